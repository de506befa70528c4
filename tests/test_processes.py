from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from domain.base import Event, Recorded
from domain.suggestion.contacts import RecordContact
from domain.suggestion.suggestion import Suggestion, SuggestionCommand
from domain.vocabulary import ContactWay
from duban.processes import is_news, wakes
from tests.domain.cases import ANSWER, ASSIGN, CONCLUDE, EXTEND, LAW, LEAD, SATISFIED, given, on, submit, take

NAME = "case/npc/x"
NOW = on("2024-04-03")


def stream(*commands: SuggestionCommand) -> list[Recorded[Event]]:
    case, events = Suggestion(), list[Event]()
    for command in commands:
        for event in case.decide(command, LAW):
            case = case.evolve(event)
            events.append(event)
    return [recorded(event, position) for position, event in enumerate(events, 1)]


def recorded(event: Event, position: int = 1) -> Recorded[Event]:
    return Recorded(
        position=position, stream_id=NAME, version=position, congress="npc", event_id=UUID(int=position),
        type=event.type, schema_version=1, body=event, actor="people", correlation_id=UUID(int=1),
        causation_id=None, recorded_at=NOW,
    )  # fmt: skip


def last(events: Sequence[Recorded[Event]], number: int = 1) -> int:
    """The position before the last so many events."""
    return len(events) - number


def test_a_case_without_a_clock_has_no_workflow() -> None:
    events = stream(submit())

    assert wakes(NAME, events, 0, NOW) is None


def test_the_first_clock_starts_it_and_says_when_to_look() -> None:
    events = stream(submit(), ASSIGN)

    call = wakes(NAME, events, last(events), NOW)

    assert call is not None
    assert call.first
    assert (call.outlook.stage, call.outlook.due) == ("assigned", False)
    assert call.outlook.next_at is not None
    assert call.outlook.next_at > NOW


def test_what_moves_neither_the_next_moment_nor_the_stage_wakes_nobody() -> None:
    contact = RecordContact(
        unit=LEAD.unit, way=ContactWay.CALL, official="处长", deputies=("张三",), at=on("2024-04-10")
    )
    events = stream(submit(lead_deputy="张三"), ASSIGN, LEAD, contact)

    assert wakes(NAME, events, last(events), NOW) is None


def test_a_moved_deadline_another_stage_and_the_end_wake_it() -> None:
    for commands in (
        (submit(), ASSIGN, LEAD, EXTEND),
        (submit(), ASSIGN, LEAD),
        (submit(), ASSIGN, LEAD, ANSWER, SATISFIED, CONCLUDE),
    ):
        events = stream(*commands)
        call = wakes(NAME, events, last(events), on("2024-06-21"))
        assert call is not None
        assert not call.first  # it was there before


def test_what_is_due_wakes_it_whatever_changed() -> None:
    events = stream(submit(), ASSIGN, LEAD)

    call = wakes(NAME, events, len(events), NOW + timedelta(days=200))

    assert call is not None
    assert call.outlook.due


def test_its_own_steps_are_no_news() -> None:
    case = given(submit(), ASSIGN, LEAD)
    (step,) = take(case, f"answer-overdue:{case.running_clocks[-1].cause}", on("2024-08-01"))

    assert not is_news(recorded(step))
    assert all(is_news(r) for r in stream(submit(), ASSIGN, LEAD))
