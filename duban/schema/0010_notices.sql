-- Where the notifier stands, who was told what, and where they can be reached.
create table notice_cursor (
    name text primary key,
    position bigint not null
);
insert into notice_cursor values ('notices', 0);

create table notice (
    notice_id uuid primary key,  -- follows from the event and the recipient: derived again, it is the same
    position bigint not null,
    event_id uuid not null,
    event_type text not null,
    congress text not null,
    stream_id text not null,
    ref text not null,
    audience text not null,
    who text not null,
    reminder boolean not null,
    confidential boolean not null,
    recorded_at timestamptz not null,
    read_at timestamptz,
    delivery uuid  -- the mail that told it; null: none yet, or nobody to write to
);
create index on notice (congress, audience, who, position desc);
create index on notice (delivery);

create table contact (
    congress text not null,
    audience text not null,
    who text not null,
    email text not null,
    lang text not null,
    set_at timestamptz not null default clock_timestamp(),  -- what was recorded before is not mailed
    primary key (congress, audience, who)
);

create table notice_delivery (
    delivery uuid primary key,  -- the idempotency key: the Message-ID of a mail
    congress text not null,
    audience text not null,
    who text not null,
    day date,  -- of a digest
    try_at timestamptz not null,
    tries integer not null default 0,
    cause text,
    delivered_at timestamptz,
    given_up_at timestamptz
);
create unique index on notice_delivery (congress, audience, who, day);
create index on notice_delivery (try_at) where delivered_at is null and given_up_at is null;

create table webhook (
    webhook uuid primary key,
    url text not null,
    prefix text not null,
    congress text,  -- null: every congress
    secret text not null,
    position bigint not null,  -- everything up to here was sent or given up on
    tries integer not null default 0,
    try_at timestamptz not null default clock_timestamp(),
    cause text
);
grant select, insert, update, delete on notice_cursor, notice, contact, notice_delivery, webhook to duban_app;
