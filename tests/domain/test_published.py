from dataclasses import replace
from datetime import date

from domain.suggestion import commitments, publication
from domain.suggestion.promises import Promise
from domain.suggestion.published import decided, extent_of, is_public, promised_in_public, published
from domain.suggestion.suggestion import Suggestion
from domain.vocabulary import Extent, Part, Role, Satisfaction, Stage
from tests.domain.cases import (
    ASSIGN,
    CONCLUDE,
    LEAD,
    MARA,
    NDRC,
    SATISFIED,
    after,
    answer,
    given,
    on,
    part,
    submit,
)

AT = on("2024-07-10")
WRITTEN = submit(lead_deputy="黄代表", delegation="甘肃代表团", text="全文")
PROMISED = answer(
    document_no="农办议〔2024〕1号",
    text="答复全文",
    commitments=(Promise(promise="2026年底前建成3个示范县", due=on("2026-12-31")),),
)
ANSWERED = (WRITTEN, ASSIGN, LEAD, PROMISED, SATISFIED)


def decide(what: Part, extent: Extent = Extent.FULL, **more: object) -> publication.DecidePublication:
    facts = {"part": what, "extent": extent, "by": "代表工作委员会", "at": AT}
    return publication.DecidePublication.model_validate(facts | more)


SUMMARY = decide(Part.CONTENT, Extent.SUMMARY, reason="涉及个人信息")


def test_of_a_case_about_which_nothing_was_decided_nothing_is_told() -> None:
    case = given(*ANSWERED)

    assert published(case) is None
    assert (decided(case, Part.CONTENT, None), extent_of(case, Part.CONTENT, None)) == (None, None)
    assert published(Suggestion()) is None


def test_a_case_that_is_withheld_or_became_confidential_is_told_of_no_more() -> None:
    withheld = given(*ANSWERED, decide(Part.CONTENT, Extent.WITHHELD, reason="涉密"))
    asked = publication.RequestConfidentiality(by="黄代表", reason="可能受到报复", at=AT)
    confidential = after(given(*ANSWERED, decide(Part.CONTENT)), asked)

    assert (is_public(withheld), published(withheld)) == (False, None)
    assert (is_public(confidential), published(confidential)) == (False, None)


def test_in_full_everything_is_told_that_was_decided() -> None:
    case = given(
        *ANSWERED,
        decide(Part.CONTENT),
        decide(Part.REPLY, unit=MARA),
        decide(Part.FEEDBACK, unit=MARA),
        CONCLUDE,
    )

    told = published(case)

    assert told is not None
    assert (told.text, told.lead_deputy, told.delegation, told.stage) == (
        "全文",
        "黄代表",
        "甘肃代表团",
        Stage.FOLLOWING_UP,
    )
    assert (told.submitted_on, told.assigned_on, told.answered_on) == (
        date(2024, 3, 8),
        date(2024, 4, 2),
        date(2024, 6, 20),
    )
    assert (told.year, told.latest) == (2024, date(2024, 7, 10))
    (reply,) = told.replies
    assert (reply.document_no, reply.text, reply.category) == ("农办议〔2024〕1号", "答复全文", "A")
    assert told.outcomes == (reply.outcome,)
    (rating,) = told.ratings
    assert (rating.result, rating.extent) == (Satisfaction.SATISFIED, Extent.FULL)
    (promise,) = told.promises
    assert (promise.owner, promise.due_on, promise.state, promise.kept_on) == (
        MARA,
        date(2026, 12, 31),
        "open",
        None,
    )


def test_a_summary_tells_neither_the_text_nor_the_reply_and_gives_its_reason() -> None:
    case = given(*ANSWERED, SUMMARY, decide(Part.REPLY, Extent.SUMMARY, unit=MARA, reason="商业秘密"))

    told = published(case)

    assert told is not None
    assert (told.extent, told.reason, told.text) == (Extent.SUMMARY, "涉及个人信息", None)
    (reply,) = told.replies
    assert (reply.category, reply.reason, reply.text, reply.document_no) == ("A", "商业秘密", None, None)
    assert (told.ratings, told.promises) == ((), ())


def test_of_a_withheld_reply_or_rating_it_is_told_that_there_is_one_and_why_not_more() -> None:
    case = given(
        *ANSWERED,
        SUMMARY,
        decide(Part.REPLY, Extent.WITHHELD, unit=MARA, reason="涉密"),
        decide(Part.FEEDBACK, Extent.WITHHELD, unit=MARA, reason="代表不同意公开"),
    )

    told = published(case)

    assert told is not None
    assert [(r.reason, r.category, r.outcome) for r in told.replies] == [("涉密", None, None)]
    assert [(r.reason, r.result, r.attitude) for r in told.ratings] == [("代表不同意公开", None, None)]
    assert told.outcomes == ()


def test_a_decision_that_names_no_unit_holds_for_each_and_the_last_one_holds() -> None:
    case = given(*ANSWERED, decide(Part.REPLY), decide(Part.REPLY, Extent.SUMMARY, unit=MARA, reason="节选"))

    assert extent_of(case, Part.REPLY, MARA) is Extent.SUMMARY
    assert extent_of(case, Part.REPLY, NDRC) is Extent.FULL


def test_what_was_public_in_full_shows_a_summary_once_an_identity_is_protected() -> None:
    protects = publication.ProtectIdentity(by="代表工作委员会", reason="可能受到报复", at=AT)
    case = after(given(*ANSWERED, decide(Part.CONTENT), decide(Part.REPLY, unit=MARA)), protects)

    told = published(case)

    assert told is not None
    assert (told.lead_deputy, told.delegation, told.text) == (None, None, None)
    assert [(r.extent, r.text) for r in told.replies] == [(Extent.SUMMARY, None)]


def test_units_are_told_by_their_roles_and_one_that_no_source_names_is_not() -> None:
    case = given(submit(), ASSIGN, LEAD, part(NDRC, Role.CO_HANDLING), decide(Part.CONTENT))

    told = published(case)

    assert told is not None
    assert (told.lead_units, told.co_units) == ((MARA,), (NDRC,))


def test_promises_are_told_as_kept_or_failed() -> None:
    base = given(*ANSWERED, decide(Part.CONTENT), decide(Part.REPLY, unit=MARA))
    (made,) = promised_in_public(base)
    kept = after(base, commitments.Fulfil(commitment=made.id, evidence="验收合格", at=on("2026-05-01")))

    told = published(kept)

    assert told is not None
    assert [(p.state, p.kept_on) for p in told.promises] == [("kept", date(2026, 5, 1))]


def test_a_case_of_which_no_day_is_known_is_counted_in_no_year() -> None:
    told = published(replace(given(submit(), decide(Part.CONTENT)), submitted_at=None))

    assert told is not None
    assert (told.year, told.latest) == (None, None)
