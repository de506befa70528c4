from datetime import timedelta
from typing import Any

import pytest

from domain.conference import (
    PORTION,
    AssignmentConference,
    ConferenceStatus,
    conference_stream,
    fold_conference,
)
from domain.conference_acts import (
    ConferenceCommand,
    ConferenceIsPaused,
    ConferenceNotPaused,
    ConferenceNotRunning,
    EmptySheet,
    NoSuchConference,
    NothingToRetry,
    Part,
    PauseConference,
    PrepareConference,
    Proposal,
    RefusedCase,
    ResumeConference,
    RetryConference,
    SettleCases,
    StartConference,
)
from domain.vocabulary import Role
from tests.domain.cases import MARA, on

AT = on("2024-04-02")


def proposal(number: int) -> Proposal:
    parts = (Part(unit=MARA, role=Role.LEAD),)
    return Proposal(ref=f"npc/14-2/{number}", case_id=f"c{number}", to=MARA, parts=parts, row=number + 1)


def prepare(cases: int, **more: Any) -> PrepareConference:
    facts = {
        "congress": "npc", "conference_id": "14-2-abc", "term": 14, "session": 2, "sheet": "交办表.xlsx",
        "digest": "abc", "proposals": tuple(proposal(n) for n in range(cases)), "at": AT,
    }  # fmt: skip
    return PrepareConference(**(facts | more))


START, PAUSE = StartConference(at=AT), PauseConference(reason="核对", at=AT)
RESUME, RETRY = ResumeConference(at=AT), RetryConference(at=AT)


def settle(assigned: range, refused: range = range(0), portion: int = 0) -> SettleCases:
    return SettleCases(
        portion=portion,
        assigned=tuple(f"c{n}" for n in assigned),
        refused=tuple(
            RefusedCase(ref=f"npc/14-2/{n}", case_id=f"c{n}", refusal="X", reason="x") for n in refused
        ),
        at=AT + timedelta(minutes=1),
    )


def given(*commands: ConferenceCommand) -> AssignmentConference:
    conference = AssignmentConference()
    for command in commands:
        conference = after(conference, command)
    return conference


def after(conference: AssignmentConference, command: ConferenceCommand) -> AssignmentConference:
    for event in conference.decide(command):
        conference = conference.evolve(event)
    return conference


def test_a_sheet_of_thousands_becomes_a_short_stream_of_portions() -> None:
    conference = given(prepare(9_000))

    assert conference.version == 1 + 9_000 // PORTION
    assert [p.ref for p in conference.proposals] == [f"npc/14-2/{n}" for n in range(9_000)]
    assert (conference.status, conference.pending) == (ConferenceStatus.PREPARED, 9_000)


def test_rows_with_many_long_names_make_smaller_portions() -> None:
    parts = tuple(Part(unit=f"{n}{'长' * 250}", role=Role.CO_HANDLING) for n in range(60))
    wide = tuple(proposal(n).model_copy(update={"parts": parts}) for n in range(100))

    events = AssignmentConference().decide(prepare(0, proposals=wide))

    assert max(len(event.model_dump_json().encode()) for event in events) < 1024 * 1024


def test_prepared_or_started_twice_is_once() -> None:
    conference = given(prepare(3), START)

    assert conference.decide(prepare(3)) == []
    assert conference.decide(START) == []
    assert conference.next_portion() == (0, [proposal(0), proposal(1), proposal(2)])


def test_what_is_settled_is_settled_once_and_the_last_case_ends_it() -> None:
    conference = given(prepare(4), START, settle(range(2), range(2, 3)))

    assert (conference.pending, len(conference.assigned), len(conference.refused)) == (1, 2, 1)
    assert conference.decide(settle(range(2), range(2, 3))) == []
    finished = after(conference, settle(range(4)))
    assert (finished.status, finished.pending) == (ConferenceStatus.FINISHED, 0)
    assert finished.decide(START) == []


def test_it_pauses_and_goes_on_and_what_was_under_way_still_counts() -> None:
    paused = given(prepare(4), START, PAUSE)

    assert paused.decide(PAUSE) == []
    for command in (START, RETRY):
        with pytest.raises(ConferenceIsPaused):
            paused.decide(command)
    resumed = after(after(paused, settle(range(2))), RESUME)
    assert (resumed.status, resumed.pending) == (ConferenceStatus.RUNNING, 2)


def test_refused_cases_are_tried_again_when_asked() -> None:
    finished = given(prepare(3), START, settle(range(2), range(2, 3)))

    again = after(finished, RETRY)

    assert again.status is ConferenceStatus.RUNNING
    assert again.next_portion() == (0, [proposal(2)])
    assert after(again, settle(range(2, 3))).status is ConferenceStatus.FINISHED


def test_what_does_not_fit_is_refused() -> None:
    prepared = given(prepare(1))

    with pytest.raises(EmptySheet):
        AssignmentConference().decide(prepare(0))
    with pytest.raises(NoSuchConference):
        AssignmentConference().decide(START)
    with pytest.raises(ConferenceNotRunning):
        prepared.decide(PAUSE)
    with pytest.raises(ConferenceNotPaused):
        prepared.decide(RESUME)
    with pytest.raises(NothingToRetry):
        prepared.decide(RETRY)


def test_portions_are_taken_in_order_until_every_case_is_settled() -> None:
    last = settle(range(PORTION, PORTION + 1), portion=1)
    first = given(prepare(PORTION + 1), START, settle(range(PORTION)))
    done = given(prepare(PORTION + 1), START, settle(range(PORTION)), last)
    prepared = AssignmentConference().decide(prepare(1))

    portion = first.next_portion()
    assert portion is not None
    assert (portion[0], [p.case_id for p in portion[1]], first.pending) == (1, [f"c{PORTION}"], 1)
    assert (done.next_portion(), done.pending) == (None, 0)
    assert fold_conference(prepared).stream_id == conference_stream("npc", "14-2-abc")
