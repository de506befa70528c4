"""What an event changed about a case, one plain sentence for each facet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from domain.suggestion.state import ClockStatus
from domain.vocabulary import Satisfaction
from duban.catalogue import msgid
from duban.wording.terms import words as bilingual

if TYPE_CHECKING:
    from duban.replaying import Changed
    from duban.wording.wording import Wording

SATISFACTIONS = frozenset(map(str, Satisfaction))
ARROW = bilingual("{before} → {after}", "{before} → {after}")

# What a facet is called; {unit} is the party that it is about, {id} what is called by its own name.
LABELS: Final[Mapping[str, str]] = {
    "stage": msgid("Stage"),
    "ref": msgid("Reference"),
    "title": msgid("Title"),
    "subject": msgid("Subject"),
    "number": msgid("Number"),
    "lead_deputy": msgid("Lead deputy"),
    "delegation": msgid("Delegation"),
    "motion": msgid("Was the motion"),
    "merged_into": msgid("Merged into"),
    "merged_with": msgid("Handled together with {id}"),
    "assigned_to": msgid("Assigned to"),
    "rules_id": msgid("Rules"),
    "ended_as": msgid("Handling ended"),
    "archived_as": msgid("Archived as"),
    "advised_to_withdraw": msgid("Advice to withdraw it"),
    "confidentiality_asked": msgid("Request for confidentiality"),
    "identity_protected": msgid("Protection of identity"),
    "step": msgid("Recorded once"),
    "signature": msgid("Signature of {unit}"),
    "role": msgid("Role of {unit}"),
    "signed_for": msgid("Signed for by {unit}"),
    "objection": msgid("Objection of {unit}"),
    "coordinated": msgid("Agreement of {unit}"),
    "leader": msgid("Leader in charge at {unit}"),
    "contact": msgid("Contact of {unit} with the deputies"),
    "opinion": msgid("Co-handling opinion of {unit}"),
    "extension": msgid("Extension for {unit}"),
    "draft": msgid("Draft of {unit}"),
    "reply": msgid("Reply of {unit}"),
    "served": msgid("Reply of {unit} has reached"),
    "copies": msgid("Copies of the reply of {unit}"),
    "corrections": msgid("Corrections of the reply of {unit}"),
    "rating": msgid("Rating of {unit}"),
    "attitude": msgid("Attitude of {unit}, as rated"),
    "feedback": msgid("Feedback on {unit}"),
    "rehandling": msgid("Rehandlings ordered of {unit}"),
    "escalation": msgid("Escalation about {unit}"),
    "commitment": msgid("Commitment {id}"),
    "follow-ups": msgid("Follow-ups of commitment {id}"),
    "progress": msgid("Progress reports of commitment {id}"),
    "carried_over": msgid("Commitment {id} is carried over into"),
    "reported": msgid("Report on commitment {id} to the deputies"),
    "fulfilment": msgid("Rating of how commitment {id} was kept"),
    "key_topic": msgid("Key topic {id}"),
    "inspections": msgid("Inspections"),
}
NAMED: Final[Mapping[str, str]] = {  # facets whose values have names, and of which kind
    "stage": "stage",
    "role": "role",
    "signature": "signature",
    "objection": "objection",
    "contact": "way",
    "attitude": "satisfaction",
    "fulfilment": "satisfaction",
    "ended_as": "ended",
    "published": "extent",
}
STATES: Final[Mapping[str, str]] = {
    "in": msgid("in"),
    "given": msgid("given"),
    "open": msgid("open"),
    "fulfilled": msgid("fulfilled"),
    "verified": msgid("fulfilled and verified"),
    "failed": msgid("cannot be kept"),
    "asked": msgid("asked for"),
    "sent": msgid("sent for comment"),
    "lapsed": msgid("not returned in time"),
    "decided": msgid("decided"),
    "taken": msgid("done"),
}
STATED: Final = frozenset({  # facets whose values are states
    "opinion", "reply", "rating", "commitment", "step", "merged_with", "advised_to_withdraw",
    "confidentiality_asked", "identity_protected", "signed_for", "coordinated", "extension", "draft", "feedback",
    "escalation", "reported", "key_topic",
})  # fmt: skip
PARTIES: Final = ("assigned_to", "served", "copies")


class Changes:
    """The sentence of each facet, in the words of one language."""

    def __init__(self, words: Wording) -> None:
        self._words = words
        self._text = words.text

    def sentence(self, changed: Changed) -> str:
        """ "Stage: awaiting reply → awaiting feedback"; a thing that is new is only named."""
        label = self._label(changed)
        before = None if changed.before is None else self._value(changed.facet, changed.before)
        after = self._text("none") if changed.after is None else self._value(changed.facet, changed.after)
        if before is None:
            return self._text("{label}: {value}", label=label, value=after)
        change = ARROW[self._words.lang].format(before=before, after=after)
        return self._text("{label}: {value}", label=label, value=change)

    def _label(self, changed: Changed) -> str:
        subject, _, rest = changed.of.partition("|")
        if changed.facet == "clock":
            facts = {"rule": self._words.rule(subject), "unit": self._words.unit(rest.split("|")[0])}
            return self._text("Clock “{rule}”, {unit}", **facts)
        if changed.facet == "published":
            said = self._text("Publication: {part}", part=self._words.name("part", subject))
            return f"{said} ({self._words.unit(rest)})" if rest else said
        label = self._text(LABELS[changed.facet])
        return label.format(unit=self._words.unit(subject), id=subject) if subject else label

    def _value(self, facet: str, value: str) -> str:
        if facet == "clock":
            return self._clock(value)
        if facet in NAMED:
            return self._words.name(NAMED[facet], value)
        if facet == "rating" and value in SATISFACTIONS:
            return self._words.satisfaction(value)
        if facet in PARTIES:
            return self._words.unit(value)
        return self._text(STATES[value]) if facet in STATED and value in STATES else value

    def _clock(self, value: str) -> str:
        state, _, due = value.partition(" ")
        named = self._words.clock_status(ClockStatus.OPEN if state == "running" else state)
        if due == "?":
            return self._text("{state}, no date known", state=named)
        return self._text("{state}, due {day}", state=named, day=due)
