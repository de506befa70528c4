-- What held still at a position is counted in order of where lines began, from an index of nothing else that is large;
-- and lines under a key topic are so few that those which have ended have cells of their own.
create index p_case_board_v2_held on p_case_board_v2 (from_position) include (congress, stage) where to_position is null;
create index p_case_board_v2_topics_then on p_case_board_v2
    (validity_cell(from_position, to_position), from_position, to_position)
    where to_position is not null and key_topics is not null;

-- The same grams by taking the text apart once: a quarter of the time; an index knows each of them once anyway.
create or replace function text_grams_of_long(t text) returns text[]
    language sql immutable strict parallel safe cost 5000
    as $$
        select nullif(c || array(select a || b from unnest(c, c[2:]) as pair(a, b) where b is not null), '{}')
        from string_to_array(lower(t), null) as c
    $$;
