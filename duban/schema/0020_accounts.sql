-- Who may sign in, and how they stand; secrets are kept as hashes only, but for the second factor's seed.
create table account (
    name text primary key,
    password_hash text,              -- null: signs in through the OpenID provider
    issuer text,                     -- of the OpenID provider, with its name for the person
    subject text,
    roles text[] not null,
    congress text,                   -- null: every congress
    unit text,
    committee text,
    deputy text,
    delegation text,
    fields text[] not null default '{}',
    totp_seed text,
    totp_confirmed boolean not null default false,
    totp_step bigint not null default 0,  -- of the last code taken: no code is taken twice
    locked boolean not null default false,
    demo boolean not null default false,
    created_at timestamptz not null default clock_timestamp(),
    signed_in_at timestamptz,
    unique (issuer, subject)
);

-- Failed attempts by the name that was tried, whether or not there is such an account.
create table sign_in_failure (
    name text primary key,
    failures integer not null,
    last_at timestamptz not null
);

create table web_session (
    token_hash bytea primary key,
    account text not null references account on delete cascade,
    created_at timestamptz not null,
    seen_at timestamptz not null,
    expires_at timestamptz not null
);
create index on web_session (account);

create table api_token (
    token_id text primary key,
    token_hash bytea not null unique,
    account text not null references account on delete cascade,
    title text not null,
    scopes text[] not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    revoked_at timestamptz
);
create index on api_token (account);

-- A sign-in under way at the OpenID provider.
create table oidc_attempt (
    state_hash bytea primary key,
    nonce text not null,
    verifier text not null,
    next text not null,
    started_at timestamptz not null
);

-- The first answer to a request that carried an Idempotency-Key.
create table api_answer (
    account text not null,
    key text not null,
    request_hash bytea not null,
    status integer not null,
    headers jsonb not null,
    body bytea not null,
    at timestamptz not null default clock_timestamp(),
    primary key (account, key)
);
create index on api_answer (at);
grant select, insert, update, delete on account, sign_in_failure, web_session, api_token, oidc_attempt, api_answer
    to duban_app;
