CREATE TABLE "account_events" (
	"user_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"what" text NOT NULL,
	"device" text,
	"origin" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "account_events_user_id_id_pk" PRIMARY KEY("user_id","id")
);
--> statement-breakpoint
CREATE TABLE "house_events" (
	"id" uuid PRIMARY KEY NOT NULL,
	"what" text NOT NULL,
	"device" text,
	"origin" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "linked_accounts" (
	"user_id" uuid NOT NULL,
	"provider" text NOT NULL,
	"subject" text NOT NULL,
	"email" text,
	"linked_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "linked_accounts_user_id_provider_pk" PRIMARY KEY("user_id","provider"),
	CONSTRAINT "linked_accounts_provider" CHECK ("linked_accounts"."provider" in ('google', 'oidc', 'github'))
);
--> statement-breakpoint
ALTER TABLE "reset_tokens" ADD COLUMN "purpose" text DEFAULT 'reset' NOT NULL;--> statement-breakpoint
ALTER TABLE "reset_tokens" ADD COLUMN "email" text;--> statement-breakpoint
ALTER TABLE "reset_tokens" ADD COLUMN "created_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "email_verified_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "background" text;--> statement-breakpoint
ALTER TABLE "account_events" ADD CONSTRAINT "account_events_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "linked_accounts" ADD CONSTRAINT "linked_accounts_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "account_events_by_time" ON "account_events" USING btree ("user_id","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "linked_accounts_subject" ON "linked_accounts" USING btree ("provider","subject");--> statement-breakpoint
CREATE INDEX "reset_tokens_by_email" ON "reset_tokens" USING btree ("email","created_at");--> statement-breakpoint
ALTER TABLE "reset_tokens" ADD CONSTRAINT "reset_tokens_purpose" CHECK ("reset_tokens"."purpose" in ('reset', 'verify', 'change'));--> statement-breakpoint
ALTER TABLE "users" ADD CONSTRAINT "users_background" CHECK ("users"."background" in ('data-scientist', 'software-engineer', 'new'));--> statement-breakpoint
-- The web process may not delete people. It may ask for one to be deleted of whom it holds a live session.
CREATE FUNCTION "delete_own_account"("session" bytea) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  person users%ROWTYPE;
BEGIN
  SELECT u.* INTO person FROM users u JOIN sessions s ON s.user_id = u.id
    WHERE s.sid_hash = "session" AND s.revoked_at IS NULL AND s.idle_expires_at > now() AND s.expires_at > now() AND u.suspended_at IS NULL;
  IF NOT FOUND THEN RETURN false; END IF;
  PERFORM forget_person(person.id, person.email);
  RETURN true;
END $$;
--> statement-breakpoint
-- What is known of a person outside the tables that point at them: counters by id, and the hash of the address.
CREATE FUNCTION "forget_person"("person" uuid, "address" text) RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM users WHERE id = person;
  DELETE FROM sign_in_failures WHERE email_hash = sha256(convert_to('sign-in:' || address, 'UTF8'));
  DELETE FROM rate_limits WHERE bucket LIKE '%:' || person::text;
  DELETE FROM reset_tokens WHERE email = address;
  INSERT INTO house_events (id, what) VALUES (gen_random_uuid(), 'account-deleted');
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION "delete_own_account"(bytea), "forget_person"(uuid, text) FROM PUBLIC;
