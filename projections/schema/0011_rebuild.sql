-- Rebuilds under way: what they build and up to where, and which shards of the log are in the new tables already.
create table projection_rebuild (
    id bigint generated always as identity primary key,
    projections text[] not null,
    versions integer[] not null,
    up_to bigint not null,            -- the head of the log when it began; what follows is caught up with
    started_at timestamptz not null default now()
);
create table projection_rebuild_shard (
    rebuild bigint not null references projection_rebuild on delete cascade,
    shard smallint not null,
    events bigint,                    -- null: not built yet
    primary key (rebuild, shard)
);
-- What the standing check found.
create table projection_check (
    id bigint generated always as identity primary key,
    checked_at timestamptz not null default now(),
    position bigint not null,
    streams integer not null,
    rows bigint not null,
    differences jsonb not null        -- per projection: missing and surplus rows, with some of their keys
);
create index on projection_check (checked_at);
grant select on projection_rebuild, projection_rebuild_shard, projection_check to duban_app;
grant insert, delete on projection_check to duban_app;
