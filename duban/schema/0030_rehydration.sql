-- How far waking every process again has come; one row, so that a cut run can be taken up where it ended.
create table rehydration (
    only_row boolean primary key default true check (only_row),
    after_stream text collate "C" not null,  -- every process up to this stream has been woken
    woken bigint not null,
    finished boolean not null,
    at timestamptz not null default clock_timestamp()
);
grant select, insert, update on rehydration to duban_app;
