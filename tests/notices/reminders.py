"""A day on which thousands of cases come due together, written straight into the log."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid5

from domain.base import Event
from domain.suggestion.intake import Submitted
from domain.suggestion.supervision import Reminded
from domain.vocabulary import Kind, Level
from duban.commands import new_events
from duban.event_log.log import EventLog
from duban.event_log.model import Append, StreamWrite
from tests.wording.examples import AT

AT_ONCE = 1000  # cases of one commit


async def reminded(log: EventLog, cases: int, units: Sequence[str], first: int = 0) -> None:
    """So many cases, numbered from the first one, each with one reminder to one of the units in turn."""
    for start in range(first, first + cases, AT_ONCE):
        await log.append_many(
            [_case(n, units[n % len(units)]) for n in range(start, min(first + cases, start + AT_ONCE))]
        )


def _case(number: int, unit: str) -> Append:
    case_id, command_id = f"case-{number}", uuid5(UUID(int=7), str(number))
    facts: dict[str, Any] = {
        "congress": "npc", "case_id": case_id, "ref": f"npc/14-2/{number}", "kind": Kind.SUGGESTION,
        "level": Level.NATIONAL, "place": "全国", "term": 14, "session": 2, "title": f"第{number}号建议",
        "jurisdiction": "npc", "jurisdiction_reason": "national", "occurred_at": AT, "reconstructed": "by the test",
    }  # fmt: skip
    step = f"answer:{number}"
    events: list[Event] = [
        Submitted(**facts),
        Reminded(rule="answer", about=unit, due_at=AT, step=step, occurred_at=AT),
    ]
    write = StreamWrite(f"case/npc/{case_id}", 0, new_events(command_id, events))
    return Append("npc", "duban", command_id, None, (write,))
