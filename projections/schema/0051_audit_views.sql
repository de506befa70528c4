-- What auditors query with SQL of their own; views, so that tables may change behind them.
create schema audit;
grant usage on schema audit to duban_app;

create view audit.event as
select l.position, l.stream_id, l.version, l.congress, l.event_type, l.schema_version, l.event_id, l.actor,
    l.correlation_id, l.causation_id, l.recorded_at, convert_from(l.payload, 'UTF8')::jsonb as body,
    encode(l.event_hash, 'hex') as event_hash, encode(l.chain_hash, 'hex') as chain_hash,
    t.case_id, t.unit, t.role, t.person, t.on_behalf_of, t.channel, t.rule, t.category_before, t.category, t.reason,
    t.title, t.due_at, t.occurred_at, t.reconstructed
from public.event_log l left join public.p_audit_trail_v1 t using (position);
comment on view audit.event is 'Every event of the log: as it is stored, and flattened. A row without flattened facts has not been projected yet.';
grant select on audit.event to duban_app;
