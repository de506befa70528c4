-- By congress and stage the lines that hold are counted in the order of the table, now and at any position; in the order
-- in which they began a late position took twice as long as the present.
create index p_case_board_v2_of_stage on p_case_board_v2 (congress, stage) include (from_position)
    where to_position is null;
drop index p_case_board_v2_congress_stage_idx, p_case_board_v2_held;
create index p_case_board_v2_held on p_case_board_v2 (from_position) where to_position is null;
