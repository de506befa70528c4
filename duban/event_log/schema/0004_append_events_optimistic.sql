-- Nearly no call brings an event that is there already. So append_events no longer looks for them unless it is told to be
-- careful: the caller is, once the unique index on event_id has refused a call. The common answer is one number.

drop function append_events(integer, text[], integer[], integer[], bigint[], integer[], text[], bigint[], text[], smallint[], text[], integer[],
    uuid[], bytea[], text[], uuid[], uuid[], bytea[]);

create function append_events(
    careful            boolean,
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
    out first           bigint,     -- where all was simple: the first event's position, and the rest is null
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

    -- Every stream is written to once, and its last version is the one expected.
    if not careful and cardinality(streams) = writes and (
        select coalesce(bool_and(l.version = w.expected), true)
               and count(*) = (select count(*) from unnest(write_expected) e where e > 0)
        from unnest(streams, write_expected) w(id, expected), lateral (  -- by its limit a look at the index for each
            select l.version from event_log l where l.stream_id = w.id and l.version >= w.expected limit 2) l
    ) then
        first := head + 1;
        positions := array(select generate_series(head + 1, head + cardinality(event_ids)));
        for i in 1 .. cardinality(event_ids) loop
            chain := sha256('duban.chain.1'::bytea || chain || event_hashes[i] || int8send(head + i) || micros);
            chains[i] := chain;
        end loop;
    else
        versions := array(select coalesce((select l.version from event_log l where l.stream_id = s.id
                                           order by l.version desc limit 1), 0) from unnest(streams) s(id));
        repeated := array_fill(false, array[commands]);
        conflict_write := array_fill(null::integer, array[commands]);
        conflict_actual := array_fill(null::bigint, array[commands]);
        known := array(select (select l.position from event_log l where l.event_id = i.id and l.stream_id = i.stream)
                       from unnest(event_ids, event_stream) i(id, stream));
        positions := known;
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
            for i in event .. beyond - 1 loop
                if known[i] is not null then stored := stored + 1; end if;
            end loop;

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
    end if;

    insert into event_log
        select e.* from (
            select unnest(positions), unnest(event_stream), unnest(event_version), unnest(event_congress),
                   unnest(event_shard), unnest(event_type), unnest(event_schema), unnest(event_ids),
                   unnest(event_payload), unnest(event_actor), unnest(event_correlation), unnest(event_causation),
                   now_at, unnest(event_hashes), unnest(chains)
        ) e(position, stream_id, version, congress, shard, event_type, schema_version, event_id, payload, actor,
            correlation_id, causation_id, recorded_at, event_hash, chain_hash)
        where e.chain_hash is not null;
    if found then
        perform pg_notify('event_log', '');  -- a hint to followers; they poll anyway
    end if;
    if first is not null then
        positions := null;
    end if;
end $$;

revoke all on function append_events from public;
grant execute on function append_events to duban_app;
