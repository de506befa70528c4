-- The append-only log: one table, one function that may add to it, and triggers against everything else.

-- A role belongs to the cluster, so another database's migration may be creating it at this moment.
do $$ begin
    if not exists (select from pg_roles where rolname = 'duban_app') then  -- an owner may lack CREATEROLE
        create role duban_app nologin;
    end if;
exception when duplicate_object or unique_violation then null;
end $$;

do $$ begin
    if not pg_has_role(current_user, 'duban_app', 'set') then
        execute format('grant duban_app to %I', current_user);
    end if;
end $$;

-- Names are compared byte by byte (collate "C"), so an upgrade of the machine's locale cannot spoil an index.
create table event_log (
    position       bigint primary key,
    stream_id      text collate "C" not null check (char_length(stream_id) between 1 and 200),
    version        bigint not null check (version > 0),
    congress       text collate "C" not null,
    shard          smallint not null check (shard between 0 and 63),
    event_type     text collate "C" not null,
    schema_version integer not null check (schema_version > 0),
    event_id       uuid not null,
    payload        bytea not null check (octet_length(payload) <= 1048576),
    actor          text not null,
    correlation_id uuid not null,
    causation_id   uuid,
    recorded_at    timestamptz not null,
    event_hash     bytea not null check (octet_length(event_hash) = 32),
    chain_hash     bytea not null check (octet_length(chain_hash) = 32),
    constraint event_log_stream_version unique (stream_id, version),
    constraint event_log_event_id unique (event_id)
);
create index event_log_type_position on event_log (event_type, position);
create index event_log_shard_position on event_log (shard, position);

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'the event log is append-only: % is refused', tg_op using errcode = 'restrict_violation';
end $$;

create trigger event_log_is_append_only before update or delete or truncate on event_log
    for each statement execute function refuse_change();

-- Appends many commands in one transaction; each is taken whole, answered as repeated, or marked conflicting,
-- whatever becomes of its neighbours. A command is a run of writes, a write a run of events: write n belongs to
-- command write_command[n] (from 1, ascending), goes to streams[write_stream[n]], which must stand at version
-- write_expected[n], and has write_events[n] of the events. Within one call every event_id appears once.
--
-- The lock is held until commit, so positions appear in commit order, and a rollback leaves no gap.
create function append_events(
    commands           integer,
    streams            text[],
    write_command      integer[],
    write_stream       integer[],
    write_expected     bigint[],
    write_events       integer[],
    event_stream       text[],
    event_version      bigint[],
    event_congress     text[],
    event_shard        smallint[],
    event_type         text[],
    event_schema       integer[],
    event_ids          uuid[],
    event_payload      bytea[],
    event_actor        text[],
    event_correlation  uuid[],
    event_causation    uuid[],
    event_hashes       bytea[],
    out positions       bigint[],   -- per event; null where its command conflicts
    out repeated        boolean[],  -- per command
    out conflict_write  integer[],  -- per command: its first write that conflicts, or null
    out conflict_actual bigint[]    -- per command: the version that write met, or null
) language plpgsql security definer
  set search_path = pg_catalog, public, pg_temp
  set plan_cache_mode = force_generic_plan  -- planning anew would cost more than the work of a small batch
  set enable_seqscan = off  -- a plan made while the log was small must not be kept when it has grown
as $$
#variable_conflict use_variable
declare
    writes    constant integer := cardinality(write_command);
    head      bigint;
    chain     bytea;
    now_at    timestamptz;
    micros    bytea;
    versions  bigint[];
    known     bigint[];
    any_known boolean;
    chains    bytea[] := array_fill(null::bytea, array[cardinality(event_ids)]);
    command   integer;
    stored    integer;
    write     integer := 1;  -- the command's first write
    next      integer;       -- the write after its last
    event     integer := 1;  -- the command's first event
    beyond    integer;       -- the event after its last
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'append_events must see the newest head: use read committed'
            using errcode = 'invalid_transaction_state';
    end if;
    perform pg_advisory_xact_lock(7218340151);

    select l.position, l.chain_hash, greatest(l.recorded_at, clock_timestamp())
        into head, chain, now_at from event_log l order by l.position desc limit 1;
    if not found then
        head := 0; chain := decode(repeat('00', 32), 'hex'); now_at := clock_timestamp();
    end if;
    micros := int8send((extract(epoch from now_at) * 1000000)::bigint);

    select array_agg(coalesce((select l.version from event_log l where l.stream_id = s.id
                               order by l.version desc limit 1), 0) order by s.slot)
        into versions from unnest(streams) with ordinality s(id, slot);
    select array_agg((select l.position from event_log l where l.event_id = i.id and l.stream_id = i.stream)
                     order by i.n)
        into known from unnest(event_ids, event_stream) with ordinality i(id, stream, n);
    any_known := cardinality(array_remove(known, null)) > 0;

    positions := known;
    repeated := array_fill(false, array[commands]);
    conflict_write := array_fill(null::integer, array[commands]);
    conflict_actual := array_fill(null::bigint, array[commands]);

    while write <= writes loop
        command := write_command[write];
        next := write; beyond := event; stored := 0;
        while next <= writes and write_command[next] = command loop
            if conflict_write[command] is null then
                if versions[write_stream[next]] = write_expected[next] then
                    versions[write_stream[next]] := write_expected[next] + write_events[next];
                else
                    conflict_write[command] := next;
                    conflict_actual[command] := versions[write_stream[next]];
                end if;
            end if;
            beyond := beyond + write_events[next];
            next := next + 1;
        end loop;
        if any_known then
            for i in event .. beyond - 1 loop
                if known[i] is not null then stored := stored + 1; end if;
            end loop;
        end if;

        if stored = 0 and conflict_write[command] is null then
            for i in event .. beyond - 1 loop
                head := head + 1;
                positions[i] := head;
                chain := sha256('duban.chain.1'::bytea || chain || event_hashes[i] || int8send(head) || micros);
                chains[i] := chain;
            end loop;
        else
            for w in reverse coalesce(conflict_write[command], next) - 1 .. write loop
                versions[write_stream[w]] := write_expected[w];  -- what the command would have written
            end loop;
            if stored = beyond - event then
                repeated[command] := true;
                conflict_write[command] := null; conflict_actual[command] := null;
            elsif stored > 0 then
                raise exception 'some but not all events of command % are already in the log', command
                    using errcode = 'DU001';
            end if;
        end if;
        write := next; event := beyond;
    end loop;

    insert into event_log
        select e.position, e.stream, e.version, e.congress, e.shard, e.type, e.schema, e.id, e.payload,
               e.actor, e.correlation, e.causation, now_at, e.hash, e.chain
        from unnest(positions, event_stream, event_version, event_congress, event_shard, event_type, event_schema,
                    event_ids, event_payload, event_actor, event_correlation, event_causation, event_hashes, chains)
            as e(position, stream, version, congress, shard, type, schema, id, payload,
                 actor, correlation, causation, hash, chain)
        where e.chain is not null;
    if found then
        perform pg_notify('event_log', '');  -- a hint to followers; they poll anyway
    end if;
end $$;

-- The last position recorded at or before a time, 0 if none: times never decrease along the log.
create function position_recorded_by(moment timestamptz) returns bigint language plpgsql stable as $$
declare
    low  bigint := 0;
    high bigint := coalesce((select max(l.position) from event_log l), 0);
    mid  bigint;
begin
    while low < high loop
        mid := (low + high + 1) / 2;
        if (select l.recorded_at from event_log l where l.position = mid) <= moment then
            low := mid;
        else
            high := mid - 1;
        end if;
    end loop;
    return low;
end $$;

revoke all on event_log from public;
revoke all on function append_events from public;
grant usage on schema public to duban_app;
grant select on event_log to duban_app;
grant execute on function append_events to duban_app;
grant select on schema_migration to duban_app;
-- What later migrations create are projections, which the application owns; the log is not among them.
alter default privileges in schema public grant select, insert, update, delete, truncate on tables to duban_app;
alter default privileges in schema public grant usage, select on sequences to duban_app;
