-- A list costs a bulk load as much as twenty texts: the units are those of the roles, and an empty list is null.
truncate p_case_board_v2;
update projection_checkpoint set position = 0 where projection = 'case-board';
alter table p_case_board_v2
    drop column units,
    drop column co_units,
    alter column gaps drop not null,
    alter column basis drop not null,
    alter column key_topics drop not null,
    alter column published drop not null;
create index on p_case_board_v2 using gin (roles, key_topics) where to_position is null;
