"""Who is told of which event: a table of rules over the case as it was after the event; pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any, Final, NamedTuple

from domain.suggestion.state import EVERYBODY
from domain.suggestion.suggestion import Suggestion
from domain.vocabulary import UNKNOWN_UNIT, Satisfaction


class Party(StrEnum):
    """Whom a notice can be for."""

    UNIT = "unit"
    COMMISSION = "commission"
    DEPUTY = "deputy"
    COMMITTEE = "committee"
    CHAIRPERSONS = "chairpersons"


class Recipient(NamedTuple):
    """One who is told; commission and chairpersons go by their congress."""

    party: Party
    who: str


Rule = Callable[[Suggestion, Any], Iterable[Recipient]]

REMINDERS: Final = frozenset({"suggestion.reminded", "suggestion.became-overdue"})
"""What is told in one digest a day, as thousands of cases may come due together."""
RUNGS: Final = {"commission": Party.COMMISSION, "chairpersons": Party.CHAIRPERSONS}


def recipients(case: Suggestion, event: Any) -> tuple[Recipient, ...]:
    """Everybody who is told of the event, each once; nobody is told of what was only reconstructed."""
    rule = RULES.get(event.type)
    if rule is None or event.reconstructed is not None:
        return ()
    found = (one for one in rule(case, event) if one.who and one.who != UNKNOWN_UNIT)
    return tuple(dict.fromkeys(found))


def _unit(case: Suggestion, event: Any) -> Iterator[Recipient]:
    yield Recipient(Party.UNIT, event.unit)


def _units(case: Suggestion, event: Any) -> Iterator[Recipient]:
    yield from (Recipient(Party.UNIT, a.unit) for a in case.assignments)


def _commission(case: Suggestion, event: Any) -> Iterator[Recipient]:
    yield Recipient(Party.COMMISSION, case.congress)


def _deputy(case: Suggestion, event: Any) -> Iterator[Recipient]:
    if (lead := _lead(case)) is not None:
        yield Recipient(Party.DEPUTY, lead)


def _taken_over(case: Suggestion, event: Any) -> Iterator[Recipient]:
    yield Recipient(Party.UNIT, event.to)
    yield Recipient(Party.UNIT, event.unit)


def _co_signers(case: Suggestion, event: Any) -> Iterator[Recipient]:
    yield from (Recipient(Party.DEPUTY, s) for s in event.co_signers)
    yield from _commission(case, event)


def _displeased(case: Suggestion, event: Any) -> Iterator[Recipient]:
    """A unit is not told a rating before it is final; it learns of it when something is ordered, or at the end."""
    if event.result is Satisfaction.NOT_SATISFIED:
        yield from _commission(case, event)


def _committee(case: Suggestion, event: Any) -> Iterator[Recipient]:
    if event.committee:
        yield Recipient(Party.COMMITTEE, event.committee)
    yield from _units(case, event)


def _late(case: Suggestion, event: Any) -> Iterator[Recipient]:
    yield from _owing(case, event)
    yield from _commission(case, event)


def _reminded(case: Suggestion, event: Any) -> Iterator[Recipient]:
    """Who owes it, and the rung of the ladder that a reminder has reached."""
    yield from _owing(case, event)
    if (party := RUNGS.get(event.to or "")) is not None:
        yield Recipient(party, case.congress)


def _owing(case: Suggestion, event: Any) -> Iterator[Recipient]:
    owner = next((c.owner for c in case.commitments if c.id == event.about), None)
    if event.about == "congress" or event.rule == "follow_up":
        yield from _commission(case, event)
    elif event.about == EVERYBODY or event.rule == "feedback":
        yield from _deputy(case, event)
    else:
        yield Recipient(Party.UNIT, owner or event.about)


def _lead(case: Suggestion) -> str | None:
    return case.delegation if case.by_delegation and case.delegation else case.lead_deputy


def _both(*rules: Rule) -> Rule:
    return lambda case, event: [one for rule in rules for one in rule(case, event)]


RULES: Final[Mapping[str, Rule]] = {
    "suggestion.submitted": _co_signers,
    "suggestion.registered": _deputy,
    "suggestion.returned": _deputy,
    "suggestion.declined": _deputy,
    "suggestion.withdrawn": _both(_commission, _units),
    "suggestion.sub-assigned": _unit,
    "suggestion.objection-raised": _commission,
    "suggestion.objection-upheld": _unit,
    "suggestion.objection-refused": _unit,
    "suggestion.reassigned": _taken_over,
    "suggestion.co-opinion-redo-asked": _unit,
    "suggestion.extension-requested": _commission,
    "suggestion.extension-granted": _both(_unit, _deputy),
    "suggestion.extension-refused": _unit,
    "suggestion.draft-sent": _deputy,
    "suggestion.draft-commented": _unit,
    "suggestion.answered": _commission,
    "suggestion.reply-served": _both(_deputy, _commission),
    "suggestion.reclassified": _both(_deputy, _commission),
    "suggestion.feedback-given": _displeased,
    "suggestion.rehandling-ordered": _both(_unit, _deputy),
    "suggestion.escalated": _commission,
    "suggestion.escalation-resolved": _both(_unit, _deputy),
    "suggestion.commitment-made": _both(_commission, _deputy),
    "suggestion.commitment-fulfilled": _both(_commission, _deputy),
    "suggestion.commitment-failed": _both(_commission, _deputy),
    "suggestion.reminded": _reminded,
    "suggestion.became-overdue": _late,
    "suggestion.put-under-key-supervision": _committee,
    "suggestion.confidentiality-requested": _commission,
    "suggestion.deadline-moved": _units,
    "suggestion.concluded": _both(_units, _deputy),
    "suggestion.reopened": _both(_units, _deputy),
}
