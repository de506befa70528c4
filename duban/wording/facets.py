"""The facets of a case in words: who made it, how it was handled, what became of it, what is public."""

from collections.abc import Iterator
from dataclasses import dataclass

from domain.suggestion.records import Commitment, Reply
from domain.suggestion.state import CaseState
from duban.wording.wording import Wording


@dataclass(frozen=True, slots=True)
class Line:
    """One thing said: a mark before it, the thing, and what is known about it."""

    tag: str
    said: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    lines: tuple[Line, ...]


def facets(case: CaseState, words: Wording) -> list[Section]:
    """The sections that have something to say, in the order of a case's life."""
    sections = (
        (words.text("Made by"), _makers(case, words)),
        (words.text("Subject, origin and mergers"), _origin(case, words)),
        (words.text("Assignment"), _assignment(case, words)),
        (words.text("Handling"), _handling(case, words)),
        (words.text("After the answer"), _after(case, words)),
        (words.text("Supervision"), _supervision(case, words)),
        (words.text("Publication and secrecy"), _publication(case, words)),
    )
    found = [Section(title, tuple(lines)) for title, lines in sections]
    return [section for section in found if section.lines]


def reply_notes(reply: Reply, case: CaseState, words: Wording) -> str:
    """What is known of a reply beyond its number, day and category."""
    said = [
        words.text("face to face") if reply.in_person else "",
        words.text("copies to {who}", who=words.listed(list(reply.copied_to))) if reply.copied_to else "",
        words.many("corrected once", "corrected {n} times", reply.corrections) if reply.corrections else "",
        words.text("first given as {code}", code=reply.first_category) if reply.first_category else "",
    ]
    if missing := case.unserved(reply):
        said.append(words.text("has not reached {who} yet", who=words.listed(list(missing))))
    return " · ".join(part for part in said if part)


def commitment_notes(made: Commitment, words: Wording) -> str:
    """What became of a promise, beyond its dates."""
    said = [
        words.many("progress reported once", "progress reported {n} times", made.progress)
        if made.progress
        else "",
        words.text("carried over into {into}", into=words.listed(list(made.carried_over)))
        if made.carried_over
        else "",
        words.text("cannot be kept: {why}", why=made.failed_because) if made.failed_because else "",
        words.text("verified by {by}", by=words.party(made.verified_by)) if made.verified_by else "",
        words.text("the deputies were told and may rate it") if made.reported else "",
        words.text("rated {rating}", rating=words.satisfaction(made.rated)) if made.rated else "",
    ]
    return " · ".join(part for part in said if part)


def _makers(case: CaseState, words: Wording) -> Iterator[Line]:
    for one in case.signatories:
        role = words.text("lead deputy") if one.lead else words.text("co-signer")
        yield Line(role, one.name, "" if one.lead else words.name("signature", one.signature))
    if case.delegation:
        about = words.text("the delegation itself") if case.by_delegation else ""
        yield Line(words.text("delegation"), case.delegation, about)
    known = [
        words.text("in session") if case.in_session else words.text("between sessions"),
        words.text("grass-roots deputy") if case.grass_roots else "",
        words.text("first term") if case.first_term else "",
        *(words.name("basis", basis) for basis in case.basis),
    ]
    if case.submitted_at is not None:
        yield Line(
            words.text("submitted"), words.on_day(case.submitted_at), " · ".join(p for p in known if p)
        )


def _origin(case: CaseState, words: Wording) -> Iterator[Line]:
    if case.classification is not None:
        aspect = words.subject(case.classification.aspect) if case.classification.aspect else ""
        yield Line(words.text("subject"), words.subject(case.classification.name), aspect)
    if case.motion:
        yield Line(words.text("motion"), case.motion, words.text("made a suggestion by the Presidium"))
    for ref in case.former_refs:
        yield Line(words.text("formerly"), ref)
    if case.merged_into:
        yield Line(
            words.text("merged into"), case.merged_into, words.text("each deputy is answered all the same")
        )
    for ref in case.merged_with:
        yield Line(words.text("handled together with"), ref)
    if case.advised_to_withdraw:
        yield Line(words.text("advice"), words.text("the deputies were advised to withdraw it"))
    if case.ended_as:
        yield Line(words.text("ended"), words.name("ended", case.ended_as))


def _assignment(case: CaseState, words: Wording) -> Iterator[Line]:
    if case.assigned_to:
        yield Line(words.text("assigned to"), words.unit(case.assigned_to), words.on_day(case.assigned_at))
    if case.signed_for:
        yield Line(words.text("signed for"), words.listed([words.unit(u) for u in case.signed_for]))
    for objection in case.objections:
        decided = words.name("objection", objection.decided or "open")
        late = words.text("late") if objection.late else ""
        about = " · ".join(part for part in (decided, late) if part)
        yield Line(words.text("objection"), words.unit(objection.unit), about)
    for part in case.relieved:
        waits = words.text("nobody has taken it over yet")
        yield Line(words.role(part.role), words.unit(part.unit), waits)
    if case.agreed:
        yield Line(words.text("agreed"), words.listed([words.unit(u) for u in case.agreed]))


def _handling(case: CaseState, words: Wording) -> Iterator[Line]:
    for unit, leader in case.leaders:
        yield Line(words.text("led by"), leader, words.unit(unit))
    for contact in case.contacts:
        yield Line(words.name("way", contact.way), words.unit(contact.unit), words.on_day(contact.at))
    for unit in case.extension_requests:
        yield Line(words.text("extension"), words.unit(unit), words.text("asked for, not decided yet"))
    for unit in case.drafts:
        yield Line(words.text("draft"), words.unit(unit), words.text("with the deputies for comment"))


def _after(case: CaseState, words: Wording) -> Iterator[Line]:
    for unit, ordinal in case.lapsed_feedback:
        about = words.text(
            "nobody rated reply {ordinal} in time; it is left out of the rate", ordinal=ordinal
        )
        yield Line(words.text("feedback"), words.unit(unit), about)
    for unit in dict.fromkeys(case.rehandled):
        about = words.many("ordered once", "ordered {n} times", case.rehandled.count(unit))
        yield Line(words.text("rehandling"), words.unit(unit), about)
    for one in case.escalations:
        state = words.text("open") if one.open else words.text("decided")
        yield Line(words.text("escalation"), words.unit(one.unit), f"{words.name('way', one.way)} · {state}")


def _supervision(case: CaseState, words: Wording) -> Iterator[Line]:
    for topic in case.key_topics:
        yield Line(words.text("key topic"), topic)
    if case.inspections:
        yield Line(words.text("inspected"), words.many("once", "{n} times", case.inspections))


def _publication(case: CaseState, words: Wording) -> Iterator[Line]:
    for one in case.publications:
        yield Line(
            words.name("part", one.part),
            words.name("extent", one.extent),
            words.join([words.unit(one.unit) if one.unit else "", one.reason or ""]),
        )
    if case.confidentiality_asked:
        yield Line(words.text("confidential"), words.text("the deputies asked for it"))
    if case.identity_protected:
        yield Line(words.text("identity"), words.text("the names of those who made it are protected"))
    if case.archived_as:
        yield Line(words.text("archived"), case.archived_as)
