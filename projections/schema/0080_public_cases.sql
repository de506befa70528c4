-- What everybody may know: cases whose content was decided public, and their published texts. A case that is not
-- public, or no longer, has no row that holds now; the rows of its past are shown to nobody by way of these tables.
create function text_grams_of_long(t text) returns text[]
    language sql immutable strict parallel safe
    as $$
        select array_agg(distinct g) from (
            select unnest(array[c, c || lead(c) over (order by n)]) as g
            from string_to_table(lower(t), null) with ordinality as x(c, n)
        ) as y where g is not null
    $$;
comment on function text_grams_of_long is
    'As text_grams, in one pass over the text: single characters and pairs, by which any substring is found.';

create table p_public_cases_v1 (
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
    subject text,
    aspect text,
    stage text not null,
    year integer,                     -- of submission, else of what is known first
    latest_on date,                   -- the day of what happened last
    submitted_on date,
    assigned_on date,
    answered_on date,
    concluded_on date,
    lead_units text[] not null,
    co_units text[] not null,
    outcomes text[] not null,         -- of replies that are public
    replies_full integer not null,
    promises_made integer not null,   -- in replies that are public
    promises_kept integer not null,
    detail text not null,             -- JSON: what was decided of each reply and rating, and the promises
    from_position bigint not null,
    to_position bigint,
    primary key (case_id, from_position)
);
create unique index on p_public_cases_v1 (case_id) where to_position is null;
create index on p_public_cases_v1 (latest_on desc nulls last, case_id) where to_position is null;
create index on p_public_cases_v1 (congress, term, session) where to_position is null;
create index on p_public_cases_v1 (subject) where to_position is null;
create index on p_public_cases_v1 (year) where to_position is null;
create index on p_public_cases_v1 using gin (lead_units) where to_position is null;
create index on p_public_cases_v1 using gin (co_units) where to_position is null;
create index on p_public_cases_v1 using gin (outcomes) where to_position is null;

create table p_public_texts_v1 (
    case_id text not null,
    part text not null,               -- head: reference, title, units; content; reply
    unit text not null,               -- of a reply, else empty
    ordinal integer not null,         -- of a reply, else 0
    text text not null,
    from_position bigint not null,
    to_position bigint,
    primary key (case_id, part, unit, ordinal, from_position)
);
create unique index on p_public_texts_v1 (case_id, part, unit, ordinal) where to_position is null;
create index on p_public_texts_v1 using gin (text_grams_of_long(text)) where to_position is null;
grant select, insert, update, delete on p_public_cases_v1, p_public_texts_v1 to duban_app;
