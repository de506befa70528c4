-- What each reconciliation of the log with the workflows found; the newest ones are kept.
create table reconciliation (
    run uuid primary key,
    begun_at timestamptz not null,
    ended_at timestamptz,  -- null while it runs, or when it was cut off
    looked bigint not null default 0,
    late bigint not null default 0,
    examples text[] not null default '{}'  -- the first streams with a step that had not been taken
);
create index reconciliation_begun_at on reconciliation (begun_at);
grant select, insert, update, delete on reconciliation to duban_app;
