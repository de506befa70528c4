"""What can be seen of a case, one line each: the lines that a step changes are what a replay shows."""

from collections.abc import Iterator

from domain.suggestion.records import Commitment
from domain.suggestion.suggestion import Suggestion

Key = tuple[str, str]  # the facet, and the unit, deputy, clock or commitment it is about
Line = tuple[Key, str]

PLAIN = (
    "ref", "title", "number", "lead_deputy", "delegation", "motion", "merged_into", "assigned_to", "rules_id",
    "ended_as", "archived_as",
)  # fmt: skip
MARKS = ("advised_to_withdraw", "confidentiality_asked", "identity_protected")  # said once, never taken back


def lines_of(case: Suggestion) -> dict[Key, str]:
    """Every line of a case; none of one that nobody has submitted."""
    return dict(_lines(case)) if case.exists else {}


def _lines(case: Suggestion) -> Iterator[Line]:
    yield ("stage", ""), case.stage.value
    for name in PLAIN:
        if (value := getattr(case, name)) is not None:
            yield (name, ""), str(value)
    for name in MARKS:
        if getattr(case, name):
            yield (name, ""), "taken"
    if case.classification is not None:
        yield ("subject", ""), case.classification.name
    yield from _intake(case)
    yield from _handling(case)
    yield from _clocks(case)
    yield from _answers(case)
    yield from _commitments(case)
    yield from _supervision(case)
    for step in case.steps_taken:
        yield ("step", step), "taken"


def _intake(case: Suggestion) -> Iterator[Line]:
    for one in case.signatories:
        if not one.lead:
            yield ("signature", one.name), one.signature.value
    for ref in case.merged_with:
        yield ("merged_with", ref), "taken"


def _handling(case: Suggestion) -> Iterator[Line]:
    for part in case.assignments:
        yield ("role", part.unit), part.role.value
    for unit in case.signed_for:
        yield ("signed_for", unit), "taken"
    for objection in case.objections:
        yield ("objection", objection.unit), objection.decided or "open"
    for unit in case.agreed:
        yield ("coordinated", unit), "taken"
    for unit, leader in case.leaders:
        yield ("leader", unit), leader
    for number, contact in enumerate(case.contacts, 1):
        yield ("contact", f"{contact.unit}|{number}"), contact.way
    for unit in case.opinions:
        yield ("opinion", unit), "in"
    for unit in case.extension_requests:
        yield ("extension", unit), "asked"
    for unit in case.drafts:
        yield ("draft", unit), "sent"


def _clocks(case: Suggestion) -> Iterator[Line]:
    for clock in case.clocks:
        due = clock.deadline.due_on.isoformat() if clock.deadline else "?"
        state = clock.ended.value if clock.ended else "running"
        yield ("clock", f"{clock.rule}|{clock.about}|{clock.cause}"), f"{state} {due}"


def _answers(case: Suggestion) -> Iterator[Line]:
    for reply in case.replies:
        of = f"{reply.unit}|{reply.ordinal}"
        yield ("reply", of), " ".join(part for part in (reply.document_no, reply.category) if part) or "given"
        if reply.served_on:
            yield ("served", of), ", ".join(reply.served_on)
        if reply.copied_to:
            yield ("copies", of), ", ".join(reply.copied_to)
        if reply.corrections:
            yield ("corrections", of), str(reply.corrections)
    for rating in case.ratings:
        of = f"{rating.unit}|{rating.ordinal}"
        yield ("rating", of), rating.result or rating.printed or "given"
        if rating.attitude:
            yield ("attitude", of), rating.attitude
    for unit, ordinal in case.lapsed_feedback:
        yield ("feedback", f"{unit}|{ordinal}"), "lapsed"
    for unit in dict.fromkeys(case.rehandled):
        yield ("rehandling", unit), str(case.rehandled.count(unit))
    for one in case.escalations:
        yield ("escalation", one.unit), "open" if one.open else "decided"


def _commitments(case: Suggestion) -> Iterator[Line]:
    for one in case.commitments:
        yield ("commitment", one.id), state_of(one)
        for facet, times in (("follow-ups", one.follow_ups), ("progress", one.progress)):
            if times:
                yield (facet, one.id), str(times)
        if one.carried_over:
            yield ("carried_over", one.id), ", ".join(one.carried_over)
        if one.reported:
            yield ("reported", one.id), "taken"
        if one.rated:
            yield ("fulfilment", one.id), one.rated


def state_of(made: Commitment) -> str:
    """How a promise stands, in a word."""
    if made.failed_because is not None:
        return "failed"
    if made.evidence is None:
        return "open"
    return "fulfilled" if made.verified_by is None else "verified"


def _supervision(case: Suggestion) -> Iterator[Line]:
    for topic in case.key_topics:
        yield ("key_topic", topic), "taken"
    if case.inspections:
        yield ("inspections", ""), str(case.inspections)
    for decided in case.publications:
        yield ("published", f"{decided.part}|{decided.unit or ''}"), decided.extent
