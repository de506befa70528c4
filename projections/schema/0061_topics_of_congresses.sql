-- Two congresses may call a topic by the same id, such as 2024-03.
alter table p_key_topics_v1
    drop constraint p_key_topics_v1_pkey,
    add primary key (congress, topic_id, from_position);
drop index if exists p_key_topics_v1_topic_id_idx;
create unique index on p_key_topics_v1 (congress, topic_id) where to_position is null;
