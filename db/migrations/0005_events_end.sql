CREATE INDEX "account_events_age" ON "account_events" USING brin ("created_at");--> statement-breakpoint
CREATE INDEX "house_events_age" ON "house_events" USING brin ("created_at");--> statement-breakpoint
-- The web process may not delete from the logs: whoever took it over could cover a trail. It may ask for what is older than
-- a year to go; how old is not for it to say. So many at a time that the statement ends in time, the rest at the next sweep.
CREATE FUNCTION "sweep_events"() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  DELETE FROM account_events WHERE ctid IN (SELECT ctid FROM account_events WHERE created_at < now() - interval '1 year' LIMIT 20000);
  DELETE FROM house_events WHERE ctid IN (SELECT ctid FROM house_events WHERE created_at < now() - interval '1 year' LIMIT 20000);
$$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION "sweep_events"() FROM PUBLIC;
