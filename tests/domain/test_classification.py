"""The subject of a suggestion: from its congress's list, changed with who and why."""

import pytest

from domain.congress import ListSubjects, OpenCongress, SubjectsListed, fold_congress
from domain.subjects import (
    EmptyList,
    Scheme,
    Subject,
    SubjectTwice,
    UnknownSubject,
    UnknownSubjectNearOthers,
    shipped,
)
from domain.suggestion import closing, intake, signatories
from domain.suggestion.classification import AlreadyClassified, ChangeUnreasoned, Classified, Classify
from domain.suggestion.history import Mode, SourceRecord, reconstruct
from domain.suggestion.suggestion import fold
from domain.vocabulary import Kind, Level
from tests.domain.cases import ANSWER, ASSIGN, CONCLUDE, LAW, LEAD, SATISFIED, after, given, on, submit, types

AT = on("2024-03-20")
FARMING = Classify(subject="农业农村", by="代表工作委员会", at=AT)


def classify(subject: str, **more: object) -> Classify:
    return Classify.model_validate({"subject": subject, "by": "督办处", "at": AT, **more})


def subjects(*names: str) -> tuple[Subject, ...]:
    return tuple(Subject.parse(name) for name in names)


def test_a_suggestion_is_classified_by_the_name_or_the_code_of_its_congress_list() -> None:
    for wanted in ("农业农村", "04", " ０４ "):
        (event,) = given(submit()).decide(classify(wanted), LAW)

        assert isinstance(event, Classified)
        assert (event.scheme, event.code, event.name, event.aspect, event.before) == (
            "general", "04", "农业农村", "经济", None,
        )  # fmt: skip


def test_a_change_of_subject_says_what_it_was_who_decided_it_and_why() -> None:
    case = given(submit(), FARMING)

    (event,) = case.decide(classify("资源和生态环境", reason="内容主要涉及生态修复"), LAW)

    assert isinstance(event, Classified)
    assert (event.before, event.name, event.by, event.reason) == (
        "农业农村", "资源和生态环境", "督办处", "内容主要涉及生态修复",
    )  # fmt: skip
    changed = case.evolve(event).classification
    assert changed is not None
    assert (changed.scheme, changed.code, changed.name) == ("general", "07", "资源和生态环境")


def test_a_change_without_a_reason_and_the_same_subject_again_are_refused() -> None:
    case = given(submit(), FARMING)

    with pytest.raises(ChangeUnreasoned, match="农业农村"):
        case.decide(classify("教育"), LAW)
    with pytest.raises(AlreadyClassified, match="农业农村"):
        case.decide(classify("04", reason="再说一次"), LAW)


def test_a_subject_that_the_list_does_not_hold_is_refused_with_those_that_it_does() -> None:
    case = given(submit())

    with pytest.raises(UnknownSubjectNearOthers, match="农业农村"):
        case.decide(classify("农业"), LAW)
    with pytest.raises(UnknownSubject, match="the list general"):
        case.decide(classify("疫情防控"), LAW)
    with pytest.raises(intake.NotSubmitted):
        given().decide(FARMING, LAW)


def test_the_subject_may_be_said_with_the_submission_or_the_registration() -> None:
    at_once = given().decide(submit(subject="04"), LAW)
    unnumbered = given(submit(number=None, subject="04"))
    registered = given(submit(number=None)).decide(intake.Register(number="7", subject="教育", at=AT), LAW)

    assert types(at_once) == ["submitted", "registered", "classified"]
    assert isinstance(at_once[-1], Classified)
    assert isinstance(registered[-1], Classified)
    assert (at_once[-1].by, registered[-1].by, registered[-1].name) == ("deputies", "congress", "教育")
    assert unnumbered.classification is not None
    confirmed = unnumbered.decide(intake.Register(number="7", subject="农业农村", at=AT), LAW)
    assert types(confirmed) == ["registered"]  # what the deputies chose is confirmed by the registration
    with pytest.raises(ChangeUnreasoned):
        unnumbered.decide(intake.Register(number="7", subject="教育", at=AT), LAW)
    with pytest.raises(UnknownSubject):
        given().decide(submit(subject="疫情防控"), LAW)


def test_what_ended_without_handling_is_still_counted_under_a_subject_until_it_is_archived() -> None:
    withdrawn = given(submit(lead_deputy="黄代表"), signatories.Withdraw(by=("黄代表",), at=AT))
    archived = given(
        submit(), ASSIGN, LEAD, ANSWER, SATISFIED, CONCLUDE, closing.Archive(by="办公室", at=on("2024-07-11"))
    )

    assert after(withdrawn, FARMING).classification is not None
    with pytest.raises(closing.FileArchived):
        archived.decide(classify("教育"), LAW)


def test_a_congress_has_the_shipped_list_until_it_keeps_its_own() -> None:
    opened = fold_congress([])
    for place, level, scheme in (("全国", Level.NATIONAL, "general"), ("北京", Level.PROVINCE, "beijing")):
        command = OpenCongress(congress=place, place=place, level=level, at=AT)
        congress = opened
        for event in opened.open(command):
            congress = congress.evolve(event)
        assert congress.scheme == shipped(scheme)
    assert opened.scheme == shipped("general")

    (listed,) = congress.list_subjects(
        ListSubjects(subjects=subjects("城建/供水", "9=社会/养老", "其他"), at=AT)
    )
    own = congress.evolve(listed)

    assert isinstance(listed, SubjectsListed)
    assert listed.scheme == "北京@2024-03-20"
    assert [(s.code, s.aspect, s.name) for s in own.scheme.subjects] == [
        ("供水", "城建", "供水"), ("9", "社会", "养老"), ("其他", None, "其他"),
    ]  # fmt: skip
    (more,) = own.list_subjects(ListSubjects(subjects=subjects("其他", "托育"), add=True, at=AT))
    assert [s.name for s in more.subjects] == ["供水", "养老", "其他", "托育"]
    assert own.list_subjects(ListSubjects(subjects=subjects("其他"), add=True, at=AT)) == []


def test_a_list_that_names_something_twice_or_nothing_is_refused() -> None:
    congress = fold_congress([])

    with pytest.raises(EmptyList):
        congress.list_subjects(ListSubjects(subjects=(), at=AT))
    with pytest.raises(SubjectTwice, match="养老"):
        congress.list_subjects(ListSubjects(subjects=subjects("养老", "社会/养老"), at=AT))
    with pytest.raises(SubjectTwice, match="托育"):
        congress.list_subjects(ListSubjects(subjects=subjects("9=养老", "9=托育"), at=AT))


def test_a_printed_subject_is_looked_up_in_the_list_and_else_stands_as_it_is_printed() -> None:
    record = SourceRecord(
        congress="npc", level=Level.NATIONAL, place="全国", kind=Kind.SUGGESTION, title="关于种业的建议",
        mode=Mode.UNKNOWN, subject="农业农村", aspect="三农", digest="d",
    )  # fmt: skip
    schemes: tuple[Scheme | None, ...] = (shipped("general"), None)

    found = [
        fold(reconstruct(record, "c", "npc/-/x", LAW, AT.date(), scheme)).classification for scheme in schemes
    ]

    assert [(c.scheme, c.code, c.aspect) for c in found if c] == [
        ("general", "04", "经济"),
        ("printed", "农业农村", "三农"),
    ]
