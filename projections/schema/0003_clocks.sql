-- One row per clock and state of it, valid from one position of the log to another.
create table p_clocks_v1 (
    case_id text not null,
    congress text not null,
    ref text not null,
    clock text not null,
    rule text not null,
    about text not null,
    anchor date,
    due_on date,
    due_at timestamptz,
    provisional boolean not null,
    ended text,
    ended_at timestamptz,
    from_position bigint not null,
    to_position bigint,
    primary key (case_id, clock, from_position)
);
create unique index on p_clocks_v1 (case_id, clock) where to_position is null;
create index on p_clocks_v1 (due_at) where to_position is null and ended is null;
grant select, insert, update, delete on p_clocks_v1 to duban_app;
