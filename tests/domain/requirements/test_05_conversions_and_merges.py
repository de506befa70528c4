"""Motion, suggestion and letter turn into one another and merge; identity, number, history and replies are kept."""

import pytest

from domain.suggestion import acceptance, assignment, closing, intake, signatories
from domain.suggestion.acceptance import Outcome
from domain.suggestion.agenda import plan
from domain.suggestion.suggestion import Suggestion
from domain.vocabulary import Ground, Kind, Level, Stage
from tests.domain.cases import (
    ASSIGN,
    CASE_ID,
    LAW,
    LEAD,
    MARA,
    after,
    answer,
    given,
    local,
    on,
    submit,
    types,
)

CONVERT = acceptance.ConvertMotion(decided_by="主席团", reason="属于工作建议", at=on("2024-03-10"))
AT = on("2024-03-12")


def turned(outcome: Outcome, **more: object) -> acceptance.TurnAway:
    facts = {"outcome": outcome, "ground": Ground.FORWARDED_LETTER, "explanation": "系代转来信", "at": AT}
    return acceptance.TurnAway.model_validate(facts | more)


def test_a_motion_becomes_a_suggestion_of_the_same_identity_and_remembers_its_number() -> None:
    motion = given(submit(kind=Kind.MOTION, number="20"))
    case = after(motion, CONVERT)

    assert (motion.ref, case.ref) == ("npc/14-2/motion-20", "npc/14-2/~000000003973")
    assert (case.kind, case.case_id, case.motion) == (Kind.SUGGESTION, CASE_ID, "npc/14-2/motion-20")
    assert case.former_refs == ("npc/14-2/motion-20",)
    numbered = after(case, intake.Register(number="8001", at=AT))
    assert after(after(after(numbered, ASSIGN), LEAD), answer()).stage is Stage.ANSWERED
    with pytest.raises(acceptance.NotAMotion):
        numbered.decide(CONVERT, LAW)


@pytest.mark.parametrize(
    ("place", "level", "outcome", "how"),
    [
        ("上海", Level.PROVINCE, Outcome.LETTER, "letter"),
        ("青岛", Level.CITY, Outcome.LETTER, "letter"),
        ("浙江", Level.PROVINCE, Outcome.DECLINED, "declined"),
        ("北京", Level.PROVINCE, Outcome.DECLINED, "declined"),
        ("重庆", Level.PROVINCE, Outcome.REFERENCE, "reference"),
        ("北京", Level.PROVINCE, Outcome.RAISED, "raised"),
    ],
)
def test_what_is_not_acceptable_ends_as_the_rules_of_the_place_know_it(
    place: str, level: Level, outcome: Outcome, how: str
) -> None:
    case = given(local(place, level), turned(outcome))

    assert (case.ended_as, case.stage, case.number) == (how, Stage.ENDED, "3973")
    assert plan(case, AT).closed
    with pytest.raises(closing.HandlingEnded):
        case.decide(ASSIGN, LAW)
    archived = after(case, closing.Archive(archive_no="档2024-1", by="档案室", at=AT))
    assert archived.archived_as == "档2024-1"


@pytest.mark.parametrize("place", ["上海", "河南", "重庆"])
def test_it_is_returned_revised_and_handed_in_again_as_the_same_case(place: str) -> None:
    case = given(local(place, in_session=False, number=None), turned(Outcome.RETURNED))
    again = acceptance.Resubmit(title="修改后的建议", text="一事一议", at=on("2024-03-20"))

    assert (case.stage, plan(case, AT).waits) == (Stage.RETURNED, ("revision",))
    for command in (intake.Register(number="1", at=AT), turned(Outcome.RETURNED), ASSIGN):
        with pytest.raises(intake.AwaitingRevision):
            case.decide(command, LAW)
    revised = after(case, again)
    assert (revised.stage, revised.title, revised.case_id) == (Stage.SUBMITTED, "修改后的建议", CASE_ID)
    with pytest.raises(acceptance.NotReturned):
        revised.decide(again, LAW)


@pytest.mark.parametrize("place", ["北京", "河南"])
def test_the_office_advises_to_withdraw_and_the_deputies_decide(place: str) -> None:
    case = given(local(place, lead_deputy="黄代表"), turned(Outcome.ADVISED_TO_WITHDRAW))

    assert (case.advised_to_withdraw, case.stage) == (True, Stage.REGISTERED)
    gone = after(case, signatories.Withdraw(by=("黄代表",), at=AT))
    assert gone.ended_as == "withdrawn"


def test_an_outcome_that_the_rules_do_not_know_is_refused() -> None:
    with pytest.raises(acceptance.OutcomeNotInRules, match="declined"):
        given(local("浙江")).decide(turned(Outcome.LETTER), LAW)


def test_whether_it_is_acceptable_is_decided_before_the_assignment() -> None:
    with pytest.raises(acceptance.AlreadyUnderHandling):
        given(local("上海"), ASSIGN).decide(turned(Outcome.RETURNED), LAW)
    with pytest.raises(assignment.NotRegistered):
        given(local("上海", number=None)).decide(ASSIGN, LAW)


def test_merged_suggestions_keep_their_numbers_and_each_deputy_is_answered() -> None:
    merge = acceptance.Merge(into="npc/14-2/27", reason="同类事项", at=AT)
    merged = given(submit(number="62", lead_deputy="甲代表"), merge, ASSIGN, LEAD)
    host = given(submit(number="27", lead_deputy="乙代表"), acceptance.TakeIn(other="npc/14-2/62", at=AT))

    assert (merged.merged_into, merged.number, merged.owing) == ("npc/14-2/27", "62", (MARA,))
    assert host.merged_with == ("npc/14-2/62",)
    joint_reply = answer(document_no="农办议〔2024〕1号", served_on="甲代表")
    assert after(merged, joint_reply).replies[0].served_on == ("甲代表",)


def test_a_suggestion_is_merged_once_and_never_into_itself() -> None:
    merge = acceptance.Merge(into="npc/14-2/27", reason="同类事项", at=AT)
    with pytest.raises(acceptance.AlreadyMerged):
        given(submit(number="62"), merge).decide(merge, LAW)
    with pytest.raises(acceptance.AlreadyMerged):
        given(submit(number="27")).decide(merge, LAW)
    take_in = acceptance.TakeIn(other="npc/14-2/62", at=AT)
    assert given(submit(), take_in).decide(take_in, LAW) == []


def test_history_is_kept_over_every_conversion() -> None:
    events = [
        *Suggestion().decide(submit(kind=Kind.MOTION, number="20"), LAW),
        *given(submit(kind=Kind.MOTION, number="20")).decide(CONVERT, LAW),
    ]

    assert types(events) == ["submitted", "registered", "converted-from-motion"]
