-- What one person has read of the notices of those they work for: everything up to a position, and single ones after it.
create table notice_mark (
    account text primary key,
    up_to bigint not null
);
create table notice_read (
    account text not null,
    notice_id uuid not null references notice on delete cascade,
    read_at timestamptz not null default clock_timestamp(),
    primary key (account, notice_id)
);
create index notice_unread on notice (audience, who, position desc) where read_at is null;
create index notice_told on notice (audience, who, position desc);
grant select, insert, update, delete on notice_mark, notice_read to duban_app;
