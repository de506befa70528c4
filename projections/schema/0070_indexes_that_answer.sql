-- What the first page counts is in an index, of the present and of any past; and its lines come in their order.
drop index p_case_board_v2_case_id_idx;
drop index p_case_board_v2_next_due_idx;
drop index p_case_board_v2_int8range_idx;
create unique index p_case_board_v2_now on p_case_board_v2 (case_id)
    include (congress, stage, next_due, commitments_open) where to_position is null;
create index p_case_board_v2_urgent on p_case_board_v2
    (next_due, congress, term desc nulls last, session desc nulls last, ref) where to_position is null;
create index p_case_board_v2_then on p_case_board_v2 using gist (int8range(from_position, to_position))
    include (from_position, to_position, case_id, congress, stage, next_due, commitments_open);
-- How many cases of a stage hold now: without it the planner expects a tenth of them.
create statistics p_case_board_v2_held (mcv) on congress, stage, to_position from p_case_board_v2;

-- A unit's parts and tasks are few at any moment: found by its name, of the past too.
drop index p_unit_work_v1_unit_idx;
create index p_unit_work_v1_of_unit on p_unit_work_v1 (unit, to_position);
create index p_inbox_v1_of_who on p_inbox_v1 (who, audience, to_position);

-- Of the past only terms that ran then are asked for; and answers on the last day are few.
drop index p_clocks_v1_int8range_idx;
create index p_clocks_v1_then on p_clocks_v1 using gist (int8range(from_position, to_position)) where ended is null;
create index p_clocks_v1_last_day on p_clocks_v1 (case_id)
    where ended = 'met' and (ended_at at time zone 'Asia/Shanghai')::date = due_on;

create index p_audit_trail_v1_on_behalf on p_audit_trail_v1 (position) where on_behalf_of <> '{}';
