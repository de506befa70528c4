"""Secrecy, identity and publication decided apart, each with its reason; every published figure from the events."""

from fractions import Fraction

import pytest

from domain.figures import figures, record_of
from domain.suggestion import acceptance, contacts, feedback, objections, publication, replies, service
from domain.suggestion.promises import Promise
from domain.suggestion.suggestion import fold
from domain.vocabulary import Basis, ContactWay, Extent, Ground, Part, Role, Satisfaction
from tests.domain.cases import (
    ASSIGN,
    COMMIT,
    FULFIL,
    LAW,
    LEAD,
    MARA,
    NDRC,
    SATISFIED,
    after,
    answer,
    given,
    local,
    on,
    part,
    submit,
)

AT = on("2024-07-10")


def decide(what: Part, extent: Extent = Extent.FULL, **more: object) -> publication.DecidePublication:
    facts = {"part": what, "extent": extent, "by": "代表工作委员会", "at": AT}
    return publication.DecidePublication.model_validate(facts | more)


def test_content_reply_and_feedback_are_decided_apart() -> None:
    case = given(
        submit(),
        ASSIGN,
        LEAD,
        answer(),
        SATISFIED,
        decide(Part.CONTENT),
        decide(Part.REPLY, Extent.SUMMARY, unit=MARA, reason="涉及商业秘密"),
        decide(Part.FEEDBACK, Extent.WITHHELD, reason="代表不同意公开"),
    )

    found = {p.part: p.extent for p in case.publications}
    assert found == {"content": "full", "reply": "summary", "feedback": "withheld"}
    later = after(case, decide(Part.FEEDBACK))
    assert {p.part: p.extent for p in later.publications}["feedback"] == "full"


def test_what_is_not_published_in_full_has_its_reason() -> None:
    with pytest.raises(publication.PublicationUnreasoned):
        given(submit()).decide(decide(Part.CONTENT, Extent.SUMMARY), LAW)


def test_what_does_not_exist_is_not_published() -> None:
    for what in (Part.REPLY, Part.FEEDBACK):
        with pytest.raises(publication.NothingToPublish):
            given(submit(), ASSIGN, LEAD).decide(decide(what), LAW)


def test_a_deputy_asks_for_confidentiality_and_the_identity_may_be_protected() -> None:
    asks = publication.RequestConfidentiality(by="黄代表", reason="可能受到报复", at=AT)
    protects = publication.ProtectIdentity(by="代表工作委员会", reason="可能受到报复", at=AT)
    case = given(submit(lead_deputy="黄代表"), asks, protects, ASSIGN, LEAD)

    assert (case.confidentiality_asked, case.identity_protected) == (True, True)
    assert case.decide(asks, LAW) == case.decide(protects, LAW) == []
    with pytest.raises(publication.IdentityIsProtected):
        case.decide(decide(Part.CONTENT), LAW)
    assert after(case, decide(Part.CONTENT, Extent.SUMMARY, reason="隐去姓名")).publications
    with pytest.raises(feedback.NotASignatory):
        case.decide(asks.model_copy(update={"by": "旁人"}), LAW)
    with pytest.raises(objections.OwnCause):
        given(submit(), ASSIGN, LEAD).decide(protects.model_copy(update={"by": MARA}), LAW)


def test_the_full_text_has_a_hash_and_a_correction_is_an_event() -> None:
    correct = service.Correct(
        unit=MARA, what="文号有误", document_no="农办议〔2024〕2号", text="更正后的全文", at=AT
    )
    case = given(submit(), ASSIGN, LEAD, answer(text="答复全文", in_person=True))
    first = case.last_reply(MARA)
    corrected = after(case, correct).last_reply(MARA)

    assert first.text_hash == replies.hash_of("答复全文")
    assert first.in_person
    assert (corrected.corrections, corrected.document_no) == (1, "农办议〔2024〕2号")
    assert corrected.text_hash == replies.hash_of("更正后的全文")
    bare = correct.model_copy(update={"document_no": None, "text": None})
    assert after(case, bare).last_reply(MARA).text_hash == first.text_hash


def test_a_draft_goes_to_the_deputies_for_comment_and_copies_go_where_they_belong() -> None:
    draft = service.SendDraft(unit=MARA, text="征求意见稿", at=on("2024-06-10"))
    comment = service.CommentDraft(unit=MARA, by="四川代表团", comment="请补充时限", at=on("2024-06-12"))
    copies = service.SendCopies(unit=MARA, to=("常委会办公厅", "国务院办公厅"), at=AT)
    case = given(submit(), ASSIGN, LEAD, draft, comment, answer(), copies)

    assert case.last_reply(MARA).copied_to == ("常委会办公厅", "国务院办公厅")
    assert case.decide(copies, LAW) == []
    with pytest.raises(service.NoDraft):
        case.decide(comment, LAW)
    with pytest.raises(service.NoReplyYet):
        given(submit(), ASSIGN, LEAD).decide(copies, LAW)


def test_every_published_figure_comes_from_the_events() -> None:
    call = contacts.RecordContact(unit=MARA, way=ContactWay.VISIT, official="王处长", at=on("2024-05-08"))
    promise = Promise(promise="明年建成", due=on("2025-06-30"))
    cases = [
        given(submit(lead_deputy="甲", basis=(Basis.RESEARCH,), grass_roots=True), ASSIGN, LEAD, call, answer(),
              SATISFIED.model_copy(update={"by": "甲"})),
        given(submit(lead_deputy="甲", first_term=True), ASSIGN, LEAD, answer(at="2024-07-05"), COMMIT.model_copy(
            update={"at": on("2024-07-05")}), FULFIL, decide(Part.CONTENT)),
        given(submit(), ASSIGN, part(MARA, Role.SEPARATE), part(NDRC, Role.SEPARATE),
              answer(category="B", commitments=(promise,))),
        given(local("上海"), acceptance.TurnAway(
            outcome=acceptance.Outcome.LETTER, ground=Ground.PERSONAL, explanation="个人问题", at=AT)),
    ]  # fmt: skip

    found = figures(cases)
    assert (found.cases, found.replies_due, found.replies_given, found.replies_late) == (4, 4, 3, 1)
    assert found.by_unit == {MARA: 3, NDRC: 1}
    assert found.by_outcome == {"resolved": 2, "in_progress": 1}
    assert (found.rest_on, found.grass_roots, found.first_term) == ({"research": 1}, 1, 1)
    assert found.ended == {"letter": 1}
    assert found.published == {"content full": 1}
    assert (found.commitments, found.commitments_open, found.commitments_fulfilled) == (2, 1, 1)
    assert found.ratings == {Satisfaction.SATISFIED: 1}
    assert found.rates.answered == Fraction(3, 4)
    assert found.rates.resolved == Fraction(2, 3)
    assert found.rates.fulfilled == Fraction(1, 2)
    assert found.rates.contacted == Fraction(1, 3)
    assert record_of("甲", cases).replies == 2


def test_no_cases_have_no_rates() -> None:
    none = figures([fold([])])

    assert none.rates.answered is None
    assert none.rates.fulfilled is None
