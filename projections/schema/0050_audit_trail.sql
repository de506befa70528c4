-- One row per event of the log, with the facts that auditors ask by; never changed once written.
create function text_grams(t text) returns text[]
    language sql immutable strict parallel safe
    as $$
        select array_agg(distinct substr(lower(t), at, size))
        from generate_series(1, length(t)) at, generate_series(1, 2) size
        where at + size - 1 <= length(t)
    $$;
comment on function text_grams is 'Single characters and pairs of a text: an index over them finds any Chinese substring.';

create table p_audit_trail_v1 (
    position bigint not null,
    congress text not null,
    stream_id text not null,
    case_id text, -- the case concerned; null: none is
    version bigint not null,
    event_type text not null,
    actor text not null,
    unit text, -- the handling unit concerned
    role text,
    person text, -- who decided, rated or verified, as the event names them
    on_behalf_of text[] not null,
    channel text,
    rule text,
    category_before text,
    category text,
    reason text,
    title text,
    due_at timestamptz,
    occurred_at timestamptz, -- null: the source gives no date
    recorded_at timestamptz not null,
    reconstructed boolean not null,
    correlation_id uuid not null,
    causation_id uuid,
    primary key (position)
);
create index on p_audit_trail_v1 (case_id, position);
create index on p_audit_trail_v1 (event_type, position);
create index on p_audit_trail_v1 (unit, position) where unit is not null;
create index on p_audit_trail_v1 (actor, position);
create index on p_audit_trail_v1 (occurred_at);
create index on p_audit_trail_v1 (correlation_id);
create index on p_audit_trail_v1 (channel, position) where channel is not null;
create index on p_audit_trail_v1 ((recorded_at - occurred_at)) where not reconstructed;
create index on p_audit_trail_v1 using gin (text_grams(title)) where title is not null;
grant select, insert, update, delete on p_audit_trail_v1 to duban_app;
