-- Roles beside the ones that the migrations make; run once per database, by its owner, after `duban up` has migrated it.
-- Passwords are set outside this file: alter role ... password ....

-- What the application is in the end: it may append to the log and read it, and write projections; never change the log.
do $$ begin
    create role duban_login login;
exception when duplicate_object then null;
end $$;
grant duban_app to duban_login;

-- Auditors' own SQL: the log, the read models and the views of the schema `audit` (docs/reference/audit.md), read only; accounts
-- and sessions are not theirs to see. Run it again after an upgrade, so that new read models are theirs too.
do $$ begin
    create role duban_auditor login;
exception when duplicate_object then null;
end $$;
alter role duban_auditor set default_transaction_read_only = on;
alter role duban_auditor set search_path = audit, public;
grant usage on schema audit to duban_auditor;
grant select on all tables in schema audit to duban_auditor;
grant select on event_log, projection_checkpoint to duban_auditor;
do $$
declare
    model regclass;
begin
    for model in
        select oid from pg_class
        where relkind = 'r' and relnamespace = 'public'::regnamespace and starts_with(relname, 'p_')
    loop
        execute format('grant select on %s to duban_auditor', model);
    end loop;
end $$;
