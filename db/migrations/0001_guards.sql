-- Buckets are worth nothing after a crash, and are written at every request.
ALTER TABLE "rate_limits" SET UNLOGGED;
--> statement-breakpoint
-- Which database role plays which part in this house. Filled in at every migration, from the addresses in use.
CREATE TABLE "house_roles" ("part" text PRIMARY KEY CHECK ("part" IN ('app', 'verifier')), "role" text NOT NULL);
--> statement-breakpoint
-- A verdict 'verifier' comes from the verifier's role alone; the web process may never call a program's verdict 'server'.
CREATE FUNCTION "guard_verdict"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  verifier_role text := (SELECT "role" FROM "house_roles" WHERE "part" = 'verifier');
  is_program boolean := (SELECT "program" FROM "attempts" WHERE "user_id" = NEW."user_id" AND "id" = NEW."attempt_id");
BEGIN
  IF NEW."checked" = 'verifier' AND session_user IS DISTINCT FROM verifier_role THEN
    RAISE EXCEPTION 'only the verifier may record what the verifier saw' USING ERRCODE = '42501';
  END IF;
  IF NEW."checked" = 'server' AND is_program THEN
    RAISE EXCEPTION 'a program that the server did not run is not checked by the server' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER "verdicts_guard" BEFORE INSERT ON "verdicts" FOR EACH ROW EXECUTE FUNCTION "guard_verdict"();
