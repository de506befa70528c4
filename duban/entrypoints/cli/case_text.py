"""A case as text: where it stands, what each facet holds, and what happened."""

from collections.abc import Iterator

from domain.clock import day_of
from domain.suggestion.records import Commitment, Rating, Reply
from duban.casefile import CaseFile
from duban.entrypoints.cli.support import output
from duban.wording.case_lines import state_of
from duban.wording.changes import STATES
from duban.wording.facets import Line, Section, commitment_notes, facets, reply_notes
from duban.wording.wording import Wording


def print_case(file: CaseFile, words: Wording) -> None:
    """Print the whole case."""
    case = file.case
    output.print(f"[bold]{case.ref}[/]  ", end="")
    output.print(case.title or words.text("(no title given)"), markup=False)
    output.print(words.status_sentence(case, file.now), markup=False)
    for gap in case.gaps:
        output.print("  " + words.gap(gap), markup=False, style="dim")
    for section in (*facets(case, words), *_sections(file, words)):
        output.print(f"\n{section.title}", markup=False, style="bold")
        for line in section.lines:
            about = f"  ({line.about})" if line.about else ""
            output.print(f"  {line.tag}: {line.said}{about}", markup=False)
    _print_history(file, words)


def _sections(file: CaseFile, words: Wording) -> Iterator[Section]:
    """What the page draws by itself: roles, replies, ratings and commitments."""
    case = file.case
    roles = [
        Line(
            words.role(a.role), words.unit(a.unit), words.text("owes a reply") if a.unit in case.owing else ""
        )
        for a in case.assignments
    ]
    sections = (
        Section(words.text("Roles"), tuple(roles)),
        Section(words.text("Replies"), tuple(_reply(r, file, words) for r in case.replies)),
        Section(words.text("Ratings"), tuple(_rating(r, words) for r in case.ratings)),
        Section(words.text("Commitments"), tuple(_commitment(c, words) for c in case.commitments)),
    )
    yield from (section for section in sections if section.lines)


def _reply(reply: Reply, file: CaseFile, words: Wording) -> Line:
    category = ""
    if reply.category:
        meaning = words.outcome(reply.outcome) if reply.outcome else words.text("meaning not known here")
        category = words.text("category {code}: {meaning}", code=reply.category, meaning=meaning)
    reached = words.text("reached {who}", who=words.served(reply.served_on)) if reply.served_on else ""
    said = (words.on_day(reply.answered_at), reply.document_no or "", category)
    about = (
        words.text("second reply") if reply.ordinal > 1 else "",
        reached,
        reply_notes(reply, file.case, words),
    )
    return Line(words.unit(reply.unit), _joined(said), _joined(about))


def _rating(rating: Rating, words: Wording) -> Line:
    given = words.satisfaction(rating.result) if rating.result else rating.printed or words.text("given")
    attitude = rating.attitude and words.text(
        "attitude: {attitude}", attitude=words.satisfaction(rating.attitude)
    )
    behalf = rating.on_behalf_of and words.text("also for {who}", who=words.listed([*rating.on_behalf_of]))
    about = (
        words.text("{by} on {unit}", by=words.party(rating.by), unit=words.unit(rating.unit)),
        behalf or "",
        words.text("through {channel}", channel=words.party(rating.channel)),
        words.text("after the unit had spoken with the deputies") if rating.after_contact else "",
    )
    return Line(given, _joined((attitude or "", rating.reasons or "")) or "-", _joined(about))


def _commitment(made: Commitment, words: Wording) -> Line:
    about = (
        words.text("made {day}", day=words.on_day(made.made_at)),
        words.text(STATES[state_of(made)]),
        made.evidence or "",
        commitment_notes(made, words),
    )
    return Line(f"{made.id} {words.unit(made.owner)}", made.promise, _joined(about))


def _joined(parts: tuple[str, ...]) -> str:
    return " · ".join(part for part in parts if part)


def _print_history(file: CaseFile, words: Wording) -> None:
    output.print(f"\n{words.text('History')}", markup=False, style="bold")
    for recorded in file.recorded:
        when = day_of(recorded.body.occurred_at).isoformat() if recorded.body.occurred_at else "    -     "
        mark = " *" if recorded.body.reconstructed else ""
        output.print(f"{recorded.position:>7}  {when}  {words.event_sentence(recorded)}{mark}", markup=False)
    if any(recorded.body.reconstructed for recorded in file.recorded):
        note = words.text("* reconstructed: the source does not state this step")
        output.print(note, markup=False, style="dim")
