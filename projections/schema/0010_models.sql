-- The read models of the dashboards. Every row of a state holds from one position of the log to another.

-- A projection may also be paused by people; a stopped one says where, why and since when.
alter table projection_checkpoint drop constraint projection_checkpoint_status_check;
alter table projection_checkpoint
    add constraint projection_checkpoint_status_check check (status in ('running', 'stopped', 'paused')),
    add column stopped_position bigint,
    add column stopped_at timestamptz;

-- The first version of the board gives way to one with everything that cases are filtered and counted by.
drop table p_case_board_v1;
delete from projection_checkpoint where projection = 'case-board' and version = 1;
create table p_case_board_v2 (
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
    stage text not null,
    jurisdiction text not null,
    rules_id text,
    system text,                      -- the organ that the case was assigned to
    lead_unit text,
    units text[] not null,
    roles text[] not null,            -- "lead:UNIT", "co-handling:UNIT", ...
    co_units text[] not null,
    next_due timestamptz,             -- the running term that ends first
    next_rule text,
    next_about text,
    provisional boolean not null,
    category text,
    outcome text,
    submitted_at timestamptz,
    assigned_at timestamptz,
    answered_at timestamptz,
    answered_late boolean not null,   -- a reply came after its term
    commitments_open integer not null,
    commitments_made integer not null,
    gaps text[] not null,
    lead_deputy text,
    delegation text,
    by_delegation boolean not null,
    in_session boolean not null,
    basis text[] not null,
    grass_roots boolean,
    first_term boolean,
    motion text,                      -- its reference as a motion, before it was made a suggestion
    ended_as text,                    -- how it ended without handling
    merged_into text,
    key_topics text[] not null,
    published text[] not null,        -- "content full", "reply withheld", ...
    protected boolean not null,       -- confidentiality was asked for, or the identity is protected
    from_position bigint not null,
    to_position bigint,
    primary key (case_id, from_position)
);
create unique index on p_case_board_v2 (case_id) where to_position is null;
create index on p_case_board_v2 (next_due) where to_position is null;
create index on p_case_board_v2 (congress, stage) where to_position is null;
create index on p_case_board_v2 using gin (units, key_topics) where to_position is null;
create index on p_case_board_v2 (lead_deputy) where to_position is null;
create index on p_case_board_v2 using gist (int8range(from_position, to_position));

create index on p_clocks_v1 (about) where to_position is null and ended is null;
create index on p_clocks_v1 using gist (int8range(from_position, to_position));

create table p_commitments_v1 (
    case_id text not null,
    commitment text not null,         -- c1, c2, ... within the case
    congress text not null,
    ref text not null,
    owner text,
    promise text not null,
    made_at timestamptz,
    made_year integer,
    due_on date,
    due_at timestamptz,
    follow_up_at timestamptz,         -- when the congress asks next
    state text not null check (state in ('open', 'kept', 'failed')),
    kept_late boolean,
    settled_at timestamptz,
    evidence text,
    failed_because text,
    verified_by text,
    carried_over text[] not null,     -- into which years and terms
    follow_ups integer not null,
    progress integer not null,
    rated text,                       -- the deputies' rating of the fulfilment
    from_position bigint not null,
    to_position bigint,
    primary key (case_id, commitment, from_position)
);
create unique index on p_commitments_v1 (case_id, commitment) where to_position is null;
create index on p_commitments_v1 (due_at) where to_position is null and state = 'open';
create index on p_commitments_v1 (owner) where to_position is null;
create index on p_commitments_v1 using gist (int8range(from_position, to_position));

create table p_unit_work_v1 (
    case_id text not null,
    unit text not null,
    congress text not null,
    ref text not null,
    system text,
    role text not null,
    owes boolean not null,            -- its role owes a reply
    owing boolean not null,           -- a reply is owed now
    signed_for boolean not null,
    opinion_given boolean not null,   -- or lapsed
    contacted boolean not null,
    due_at timestamptz,               -- of the last term for a reply, running or ended
    due_rule text,
    extension text,                   -- asked, granted
    replies integer not null,
    answered_at timestamptz,
    document_no text,
    answered_late boolean,
    category text,
    outcome text,
    first_category text,              -- as first given, where it was changed later
    attitude text,
    result text,
    feedback text,                    -- on the last reply: not-served, waiting, returned, lapsed
    rehandled integer not null,
    objected boolean not null,
    from_position bigint not null,
    to_position bigint,
    primary key (case_id, unit, from_position)
);
create unique index on p_unit_work_v1 (case_id, unit) where to_position is null;
create index on p_unit_work_v1 (unit) where to_position is null;
create index on p_unit_work_v1 using gist (int8range(from_position, to_position));

create table p_inbox_v1 (
    case_id text not null,
    audience text not null,           -- commission, unit, deputy
    who text not null,                -- the unit or deputy; the congress for its commission
    task text not null,
    about text not null,              -- the unit, person or commitment concerned; may be empty
    congress text not null,
    ref text not null,
    due_at timestamptz,
    from_position bigint not null,
    to_position bigint,
    primary key (case_id, audience, who, task, about, from_position)
);
create unique index on p_inbox_v1 (case_id, audience, who, task, about) where to_position is null;
create index on p_inbox_v1 (audience, who, due_at) where to_position is null;
create index on p_inbox_v1 using gist (int8range(from_position, to_position));

create table p_deputy_record_v1 (
    case_id text not null,
    deputy text not null,             -- or the delegation that submits
    congress text not null,
    ref text not null,
    part text not null,               -- lead, co-signer, delegation
    signature text not null,
    delegation text,
    term integer,
    session integer,
    in_session boolean not null,
    submitted_at timestamptz,
    motion text,
    ended_as text,
    replies_reached integer not null,
    ratings_given integer not null,
    satisfied integer not null,
    basically_satisfied integer not null,
    not_satisfied integer not null,
    from_position bigint not null,
    to_position bigint,
    primary key (case_id, deputy, from_position)
);
create unique index on p_deputy_record_v1 (case_id, deputy) where to_position is null;
create index on p_deputy_record_v1 (deputy, from_position);

create table p_key_topics_v1 (
    topic_id text not null,
    congress text not null,
    title text not null,
    year integer not null,
    approved_by text not null,
    committee text,
    lead_units text[] not null,
    taking_part text[] not null,
    plan text,
    activities text[] not null,
    reported_to text[] not null,
    closed boolean not null,
    case_ids text[] not null,
    refs text[] not null,
    from_position bigint not null,
    to_position bigint,
    primary key (topic_id, from_position)
);
create unique index on p_key_topics_v1 (topic_id) where to_position is null;

grant select, insert, update, delete on
    p_case_board_v2, p_commitments_v1, p_unit_work_v1, p_inbox_v1, p_deputy_record_v1, p_key_topics_v1
    to duban_app;
