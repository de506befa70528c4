-- How many lines there were at a position that still hold is counted in the narrowest index, as those of the present are.
drop index p_case_board_v2_congress_stage_idx;
create index p_case_board_v2_stages on p_case_board_v2 (congress, stage, from_position) where to_position is null;
