"""One stored sample per event type and schema version, kept for ever; missing ones are written by hand-run only."""

import json
from pathlib import Path

import pytest

from domain.registry import EVENT_TYPES

GOLDEN = Path(__file__).parent.parent / "golden" / "events"
SAMPLES = sorted(GOLDEN.glob("*.json"))


def test_every_event_type_and_version_has_its_sample() -> None:
    wanted = {f"{name}.v{event.schema_version}.json" for name, event in EVENT_TYPES.items()}

    assert wanted - {sample.name for sample in SAMPLES} == set()


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_what_was_stored_once_can_be_read_and_says_the_same(sample: Path) -> None:
    name, _, version = sample.stem.rpartition(".v")
    stored = json.loads(sample.read_text("utf-8"))

    event = EVENT_TYPES[name].model_validate(stored)

    assert event.schema_version >= int(version)
    read = event.model_dump(mode="json")
    assert {key: read[key] for key in stored} == stored
