-- One row per case and state of its board line, valid from one position of the log to another.
create table p_case_board_v1 (
    case_id text not null,
    congress text not null,
    ref text not null,
    kind text not null,
    level text not null,
    place text not null,
    term integer,
    session integer,
    number text,
    title text,
    stage text not null,
    jurisdiction text not null,
    rules_id text,
    lead_unit text,
    units text[] not null,
    co_units text[] not null,
    next_due timestamptz,
    next_rule text,
    next_about text,
    provisional boolean not null,
    category text,
    outcome text,
    assigned_at timestamptz,
    answered_at timestamptz,
    commitments_open integer not null,
    commitments_made integer not null,
    gaps text[] not null,
    version bigint not null,
    from_position bigint not null,
    to_position bigint,
    primary key (case_id, from_position)
);
create unique index on p_case_board_v1 (case_id) where to_position is null;
create index on p_case_board_v1 (congress, stage) where to_position is null;
create index on p_case_board_v1 (next_due) where to_position is null;
create index on p_case_board_v1 (from_position, to_position);
grant select, insert, update, delete on p_case_board_v1 to duban_app;
