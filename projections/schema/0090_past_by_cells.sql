-- What held at a position is found by plain indexes: what holds still by those of the present, what has ended since by
-- its cell. Cells of level 0 are 64 positions long, those of each further level twice as long; a row lies at the level of
-- the shortest that are as long as it was, in the one in which it began. So what held at a position began in the
-- position's cell of its level, or in the one before it. A row may be two million million positions long.
create function validity_level(from_position bigint, to_position bigint) returns integer
    language sql immutable parallel safe
    as $$
        select width_bucket(to_position - from_position - 1, '{
            64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536, 131072, 262144, 524288, 1048576, 2097152,
            4194304, 8388608, 16777216, 33554432, 67108864, 134217728, 268435456, 536870912, 1073741824, 2147483648,
            4294967296, 8589934592, 17179869184, 34359738368, 68719476736, 137438953472, 274877906944, 549755813888,
            1099511627776}'::bigint[])
    $$;
create function validity_cell(from_position bigint, to_position bigint) returns bigint
    language sql immutable parallel safe
    return (from_position >> (6 + validity_level(from_position, to_position))) * 64
        + validity_level(from_position, to_position);
create function validity_cells_at(at bigint) returns bigint[]
    language sql immutable parallel safe
    return (select array_agg(((at >> (6 + level)) - back) * 64 + level)
        from generate_series(0, 35) level, generate_series(0, 1) back);
comment on function validity_cell is 'The cell in which a row lies that has ended; its level is in the lowest six bits.';
comment on function validity_cells_at is 'The cells of the rows that may have held at a position: whether they did their ends say.';

drop index p_case_board_v2_now, p_case_board_v2_urgent, p_case_board_v2_then;
create unique index p_case_board_v2_now on p_case_board_v2 (case_id)
    include (congress, stage, next_due, commitments_open, from_position) where to_position is null;
create index p_case_board_v2_urgent on p_case_board_v2
    (next_due, congress, term desc nulls last, session desc nulls last, ref, from_position) where to_position is null;
create index p_case_board_v2_then on p_case_board_v2
    (validity_cell(from_position, to_position), from_position, to_position)
    include (case_id, congress, stage, next_due, commitments_open, term, session, ref) where to_position is not null;

drop index p_clocks_v1_then, p_commitments_v1_int8range_idx, p_unit_work_v1_int8range_idx, p_inbox_v1_int8range_idx;
create index p_clocks_v1_then on p_clocks_v1
    (validity_cell(from_position, to_position), from_position, to_position)
    where to_position is not null and ended is null;
create index p_commitments_v1_then on p_commitments_v1
    (validity_cell(from_position, to_position), from_position, to_position) where to_position is not null;
create index p_unit_work_v1_then on p_unit_work_v1
    (validity_cell(from_position, to_position), from_position, to_position) where to_position is not null;
create index p_inbox_v1_then on p_inbox_v1
    (validity_cell(from_position, to_position), from_position, to_position) where to_position is not null;

-- Of one unit, or of whoever has an inbox, only what held is looked up.
drop index p_unit_work_v1_of_unit, p_inbox_v1_of_who;
create index p_unit_work_v1_of_unit on p_unit_work_v1 (unit, to_position, from_position);
create index p_inbox_v1_of_who on p_inbox_v1 (who, audience, to_position, from_position);

-- How many rows a cell has: a table is counted before it has its indexes.
create statistics p_case_board_v2_cells on (validity_cell(from_position, to_position)) from p_case_board_v2;
create statistics p_clocks_v1_cells on (validity_cell(from_position, to_position)) from p_clocks_v1;
create statistics p_commitments_v1_cells on (validity_cell(from_position, to_position)) from p_commitments_v1;
create statistics p_unit_work_v1_cells on (validity_cell(from_position, to_position)) from p_unit_work_v1;
create statistics p_inbox_v1_cells on (validity_cell(from_position, to_position)) from p_inbox_v1;
-- How many cases that hold now are public: without it the planner expects a third of them.
create statistics p_visibility_v1_held (mcv) on published, to_position from p_visibility_v1;
