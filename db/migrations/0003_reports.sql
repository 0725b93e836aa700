CREATE TABLE "reports" (
	"user_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"block" text NOT NULL,
	"version" integer NOT NULL,
	"kind" text NOT NULL,
	"attempt_id" uuid,
	"words" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"closed_at" timestamp with time zone,
	CONSTRAINT "reports_user_id_id_pk" PRIMARY KEY("user_id","id"),
	CONSTRAINT "reports_kind" CHECK ("reports"."kind" in ('refused', 'problem')),
	CONSTRAINT "reports_refused_answer" CHECK ("reports"."kind" = 'problem' or "reports"."attempt_id" is not null),
	CONSTRAINT "reports_words" CHECK (char_length("reports"."words") <= 2000)
);
--> statement-breakpoint
ALTER TABLE "reports" ADD CONSTRAINT "reports_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reports" ADD CONSTRAINT "reports_user_id_attempt_id_attempts_user_id_id_fk" FOREIGN KEY ("user_id","attempt_id") REFERENCES "public"."attempts"("user_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "reports_by_time" ON "reports" USING btree ("created_at");