import json
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from duban.event_log.hashing import chain_hash, event_hash, shard_of
from duban.event_log.log import Append, EventLog, NewEvent, StreamWrite
from tests.event_log.given import CORRELATION, noted, to

GOLDEN = Path(__file__).parents[1] / "golden" / "event_log" / "hashes.json"
VECTORS: list[dict[str, Any]] = json.loads(GOLDEN.read_text("utf-8"))["events"]


def field(value: bytes | None) -> bytes:
    return b"\xff\xff\xff\xff" if value is None else len(value).to_bytes(4, "big") + value


def number(value: int) -> bytes:
    return value.to_bytes(8, "big", signed=True)


def outsiders_event_hash(vector: dict[str, Any]) -> bytes:
    """Written from docs/reference/event-log.md alone."""
    causation = vector["causation_id"]
    fields = [
        number(vector["version"]),
        number(vector["shard"]),
        number(vector["schema_version"]),
        UUID(vector["event_id"]).bytes,
        UUID(vector["correlation_id"]).bytes,
        None if causation is None else UUID(causation).bytes,
        vector["stream_id"].encode(),
        vector["congress"].encode(),
        vector["event_type"].encode(),
        vector["actor"].encode(),
        bytes.fromhex(vector["payload"]),
    ]
    return sha256(b"duban.event.1" + b"".join(map(field, fields))).digest()


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["stream_id"])
def test_an_outsider_computes_the_published_hashes(vector: dict[str, Any]) -> None:
    digest = outsiders_event_hash(vector)
    link = bytes.fromhex(vector["previous"]) + digest
    place = number(vector["position"]) + number(vector["recorded_at_microseconds"])

    assert digest.hex() == vector["event_hash"]
    assert sha256(b"duban.chain.1" + link + place).hexdigest() == vector["chain_hash"]
    assert sha256(vector["stream_id"].encode()).digest()[0] % 64 == vector["shard"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["stream_id"])
def test_the_log_computes_the_published_hashes(vector: dict[str, Any]) -> None:
    causation = vector["causation_id"]
    digest = event_hash(
        **{
            name: vector[name]
            for name in ("stream_id", "version", "congress", "shard", "event_type", "actor")
        },
        schema_version=vector["schema_version"],
        event_id=UUID(vector["event_id"]),
        payload=bytes.fromhex(vector["payload"]),
        correlation_id=UUID(vector["correlation_id"]),
        causation_id=None if causation is None else UUID(causation),
    )
    moment = datetime.fromisoformat(vector["recorded_at"])

    assert digest.hex() == vector["event_hash"]
    chain = chain_hash(bytes.fromhex(vector["previous"]), digest, vector["position"], moment)
    assert chain.hex() == vector["chain_hash"]
    assert shard_of(vector["stream_id"]) == vector["shard"]


@pytest.mark.parametrize("stream_id", ["", "ab"], ids=["empty", "shifted"])
def test_what_moves_between_fields_changes_the_hash(stream_id: str) -> None:
    vector = {**VECTORS[0], "stream_id": stream_id, "congress": "abc"[len(stream_id) :]}
    other = {**VECTORS[0], "stream_id": "a", "congress": "bc"}

    assert outsiders_event_hash(vector) != outsiders_event_hash(other)


@pytest.mark.postgres
async def test_the_database_chains_as_described(log: EventLog) -> None:
    await log.append_many([to("a", 0, noted("1"), noted("2")), to("乙", 0, noted("3"))])
    await log.append(to("a", 2, noted("4")))
    event = NewEvent(UUID(int=5), "test.noted", 1, b'{"occurred_at":null,"text":""}')
    await log.append(Append("npc", "me", CORRELATION, UUID(int=9), (StreamWrite("c", 0, (event,)),)))
    previous = bytes(32)

    for row in await log.read_rows():
        stored = row._asdict() | {"payload": row.payload.hex()}
        ids = ("event_id", "correlation_id", "causation_id")
        stored |= {name: stored[name] and str(stored[name]) for name in ids}
        assert row.event_hash == outsiders_event_hash(stored)
        assert row.chain_hash == chain_hash(previous, row.event_hash, row.position, row.recorded_at)
        previous = row.chain_hash
