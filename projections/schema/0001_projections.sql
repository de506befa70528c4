-- Where each projection stands; moved in the transaction that writes its rows, so each event counts once.
create table projection_checkpoint (
    projection text not null,
    version integer not null,
    position bigint not null,
    status text not null default 'running' check (status in ('running', 'stopped')),
    cause text,
    moved_at timestamptz not null default now(),
    primary key (projection, version)
);
grant select, insert, update on projection_checkpoint to duban_app;
