-- Links that show the replay of one case, read-only, to whoever holds them; of the secret only its digest is kept.
create table replay_share (
    share_id text primary key,
    token_hash bytea not null unique,
    account text references account on delete cascade, -- null: made at the machine itself
    congress text not null,
    ref text not null,
    seat text,                                         -- whose eyes it shows; null: the maker's own
    created_at timestamptz not null,
    expires_at timestamptz not null,
    revoked_at timestamptz,
    uses bigint not null default 0,
    used_at timestamptz
);
create index on replay_share (account, created_at);
grant select, insert, update, delete on replay_share to duban_app;
