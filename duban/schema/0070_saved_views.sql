-- Questions put to the board that somebody keeps under a name; what they show is cut to whoever opens them.
create table saved_view (
    view_id uuid primary key,
    account text not null references account on delete cascade,
    name text not null,
    query text not null,              -- as the board's address holds it
    shared boolean not null default false,
    saved_at timestamptz not null default clock_timestamp(),
    unique (account, name)
);
grant select, insert, update, delete on saved_view to duban_app;
