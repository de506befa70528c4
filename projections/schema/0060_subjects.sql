-- The subject under which a case is counted. Nothing was classified before, so the rows that hold stay true.
alter table p_case_board_v2 add column subject text, add column aspect text;
