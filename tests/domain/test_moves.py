from datetime import date

import pytest

from domain.calendar_notices import (
    AmendCalendar,
    CalendarNotices,
    DayNamedTwice,
    NotAWeekend,
    NothingInNotice,
    NoticeKnownOtherwise,
    fold_calendar,
)
from domain.law import Law
from domain.suggestion.agenda import plan
from domain.suggestion.moves import (
    DeadlineMoved,
    MigrateRules,
    NotPinned,
    OtherJurisdiction,
    Recount,
    SameRules,
)
from domain.suggestion.suggestion import Suggestion
from domain.vocabulary import Role
from domain.work_calendar import Amendment
from tests.domain.cases import ANSWER, ASSIGN, CO, COMMIT, LAW, LEAD, MARA, MOF, NDRC, given, on, part, submit

AT = on("2024-06-01")
LATE_HOLIDAY = Amendment(name="国办发〔2024〕9号", holidays={date(2024, 7, 2): "Remembrance"})
RECOUNT = Recount(because=LATE_HOLIDAY.name, at=AT)
UNDER = Law(LAW.calendar.amended(LATE_HOLIDAY))
NEW = "npc@2025-03-11"
OLD = "npc@2015-08-29"


def moved(case: Suggestion, law: Law = UNDER) -> list[DeadlineMoved]:
    return [event for event in case.decide(RECOUNT, law) if isinstance(event, DeadlineMoved)]


def after(case: Suggestion, law: Law = UNDER) -> Suggestion:
    for event in moved(case, law):
        case = case.evolve(event)
    return case


def test_a_late_holiday_on_the_last_day_moves_the_date_of_every_unit_that_owes() -> None:
    case = given(submit(), ASSIGN, part(MARA, Role.SEPARATE), part(MOF, Role.SEPARATE))

    moves = moved(case)

    assert [(m.rule, m.about, m.before) for m in moves] == [
        ("answer", MARA, date(2024, 7, 2)),
        ("answer", MOF, date(2024, 7, 2)),
    ]
    assert {m.due.deadline.due_on for m in moves if m.due.deadline} == {date(2024, 7, 3)}
    assert all(m.due.deadline and "国办发〔2024〕9号" in m.due.deadline.derivation.calendar for m in moves)


def test_a_moved_date_has_a_cause_of_its_own_so_that_no_step_collides() -> None:
    case = after(given(submit(), ASSIGN, part(MARA, Role.SEPARATE), part(MOF, Role.SEPARATE)))

    running = [c for c in case.running_clocks if c.rule == "answer"]
    keys = [step.key for step in plan(case, on("2024-07-04")).due]
    assert len({c.cause for c in running}) == 2
    assert len(keys) == len(set(keys))
    assert sum("overdue" in key for key in keys) == 2


def test_counting_again_moves_nothing_twice_and_leaves_met_clocks_and_promises_alone() -> None:
    assert moved(after(given(submit(), ASSIGN, LEAD, CO))) == []
    assert moved(given(submit(), ASSIGN, LEAD, ANSWER, COMMIT)) == []
    assert moved(Suggestion(version=1)) == []
    assert moved(given(submit(), ASSIGN, LEAD), LAW) == []


def test_a_provisional_date_becomes_certain_by_an_event_though_it_stays() -> None:
    late = given(submit(at=on("2026-10-01")), ASSIGN.model_copy(update={"at": on("2026-11-02")}))
    later = Law(LAW.calendar.amended(Amendment(name="2027", horizon=date(2027, 12, 31))))

    (event,) = moved(late, later)

    assert event.due.deadline is not None
    assert (event.before, event.due.deadline.due_on) == (date(2027, 2, 2), date(2027, 2, 2))
    assert not event.due.deadline.provisional


def test_a_case_goes_over_to_another_version_of_its_rules_with_every_clock() -> None:
    case = given(submit(), ASSIGN, LEAD, CO)
    command = MigrateRules(to=NEW, by="代表工作委员会", reason="代表法修改", at=AT)

    events = case.decide(command, LAW)
    for event in events:
        case = case.evolve(event)

    assert events[0].type == "suggestion.rules-migrated"
    assert {e.about for e in events if isinstance(e, DeadlineMoved)} == {MARA}
    assert case.rules_id == NEW
    assert {c.deadline.derivation.rules_id for c in case.running_clocks if c.deadline} == {NEW}
    assert NDRC in {c.about for c in case.running_clocks} or case.role_of(NDRC) is Role.CO_HANDLING
    back = MigrateRules(to=OLD, by="代表工作委员会", reason="误迁", at=AT)
    assert next(e.type for e in case.decide(back, LAW)) == "suggestion.rules-migrated"


def test_a_case_is_not_moved_to_what_cannot_hold_it() -> None:
    def to(rules_id: str) -> MigrateRules:
        return MigrateRules(to=rules_id, by="代表工作委员会", reason="代表法修改", at=AT)

    with pytest.raises(NotPinned):
        given(submit()).decide(to(NEW), LAW)
    with pytest.raises(OtherJurisdiction):
        given(submit(), ASSIGN).decide(to("qingdao@2021-07-29"), LAW)
    with pytest.raises(SameRules):
        given(submit(), ASSIGN).decide(to(OLD), LAW)


def named(*days: str) -> list[dict[str, str]]:
    return [{"day": day, "name": "Remembrance"} for day in days]


def notice(**facts: object) -> AmendCalendar:
    return AmendCalendar.model_validate({"notice": "国办发〔2024〕9号", "at": AT} | facts)


def test_a_notice_is_recorded_once_and_a_later_one_prevails() -> None:
    notices = CalendarNotices()
    first = notice(holidays=named("2024-07-02"), make_up=named("2024-07-06"))
    for event in notices.amend(first):
        notices = notices.evolve(event)
    again = notice(notice="国办发〔2024〕10号", ordinary=["2024-07-02"])

    assert notices.amend(first) == []
    assert notices.applied_to(LAW.calendar).is_statutory_holiday(date(2024, 7, 2))
    assert notices.applied_to(LAW.calendar).is_workday(date(2024, 7, 6))
    notices = fold_calendar([*notices.notices, *notices.amend(again)])
    assert notices.version == 2
    assert not notices.applied_to(LAW.calendar).is_statutory_holiday(date(2024, 7, 2))
    with pytest.raises(NoticeKnownOtherwise):
        notices.amend(notice(ordinary=["2024-07-02"]))


def test_a_notice_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(NothingInNotice):
        CalendarNotices().amend(notice())
    with pytest.raises(DayNamedTwice, match="2024-07-06"):
        CalendarNotices().amend(notice(holidays=named("2024-07-06"), make_up=named("2024-07-06")))
    with pytest.raises(NotAWeekend, match="2024-07-02"):
        CalendarNotices().amend(notice(make_up=named("2024-07-02")))
