-- What access depends on about each case; the rows that hold now say what may be seen, of the past too.
create table p_visibility_v1 (
    case_id text not null,
    congress text not null,
    units text[] not null,
    system text,                      -- the organ that the case was assigned to
    signatories text[] not null,
    delegation text,
    by_delegation boolean not null,
    key_topics text[] not null,
    confidential boolean not null,
    protected boolean not null,       -- the identity of those who made it
    published boolean not null,       -- its content is public
    replies_public text[] not null,   -- units whose reply is public in full
    concluded boolean not null,       -- ratings are final
    from_position bigint not null,
    to_position bigint,
    primary key (case_id, from_position)
);
create unique index on p_visibility_v1 (case_id) where to_position is null;
create index on p_visibility_v1 (case_id) where to_position is null and published;
create index on p_visibility_v1 using gin (units) where to_position is null;
create index on p_visibility_v1 using gin (signatories) where to_position is null;
create index on p_visibility_v1 (congress) where to_position is null;
grant select, insert, update, delete on p_visibility_v1 to duban_app;
