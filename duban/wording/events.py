"""Events as sentences: what happened, in plain words, for the timeline and the replay."""

from __future__ import annotations

from functools import singledispatchmethod
from typing import TYPE_CHECKING, Any

from domain.base import Event
from domain.congress import CongressOpened, UnitAdded
from domain.law import DueBy
from domain.references import ReferenceClaimed
from domain.suggestion import assignment, commitments, feedback, handling, intake, replies, supervision
from domain.vocabulary import UNKNOWN_UNIT
from duban.catalogue import msgid
from duban.wording.acts import ACTS, CODED, COUNTED, DUE, REMARKS

if TYPE_CHECKING:
    from duban.wording.wording import Wording


class EventSentences:
    """The sentence of each event, in the words of one language."""

    def __init__(self, words: Wording) -> None:
        self._words = words
        self._text = words.text

    @singledispatchmethod
    def sentence(self, event: Event) -> str:
        """What has no sentence of its own here is said by the table of acts."""
        said = self._text(ACTS[event.type], **{name: self._fact(name, value) for name, value in event})
        dues = [self._due(due, DUE[name]) for name, due in event if name in DUE and isinstance(due, DueBy)]
        shown = ACTS[event.type]
        remarks = [
            _closed(text)
            for name, text in event
            if name in REMARKS and isinstance(text, str) and text and f"{{{name}}}" not in shown
        ]
        return self._words.join([said, *remarks, *dues])

    def _fact(self, name: str, value: Any) -> str:
        """A field as it is read in a sentence: codes by their names, parties as they are called."""
        if isinstance(value, replies.OutcomeCategory):
            return value.code
        if isinstance(value, tuple) and name in COUNTED:
            return str(len(value))
        if isinstance(value, tuple):
            return self._words.listed([self._words.unit(str(one)) for one in value])
        if name in CODED:
            return self._words.name(CODED[name], str(value))
        if name == "rule":
            return self._words.rule(str(value))
        return self._unit(str(value)) if value is not None else ""

    @sentence.register
    def _(self, event: intake.Submitted) -> str:
        return self._text(
            "{who} submitted the {kind} “{title}” to the people's congress of {place}.",
            who=event.lead_deputy or event.delegation or self._text("The deputies"),
            kind=self._words.kind(event.kind),
            title=event.title or self._text("(no title given)"),
            place=event.place,
        )

    @sentence.register
    def _(self, event: intake.Registered) -> str:
        return self._text("Registered under number {number}, as {ref}.", number=event.number, ref=event.ref)

    @sentence.register
    def _(self, event: assignment.Assigned) -> str:
        if event.to == UNKNOWN_UNIT:
            said = self._text("Assigned; to which system of organs is not given.")
        else:
            said = self._text("Assigned to {to}.", to=event.to)
        return self._words.join([said, self._due(event.answer, "The reply is due by {due}.")])

    @sentence.register
    def _(self, event: assignment.SubAssigned) -> str:
        facts = {"unit": self._unit(event.unit), "role": self._words.role(event.role)}
        said = self._text("Sub-assigned to {unit} ({role}).", **facts)
        reply, opinion = (
            msgid("The reply is due by {due}."),
            msgid("The co-handling opinion is due by {due}."),
        )
        owed = reply if event.role.owes_reply else opinion
        return self._words.join([said, self._due(event.due, owed)])

    @sentence.register
    def _(self, event: handling.CoOpinionGiven) -> str:
        said = self._text("{unit} gave its co-handling opinion.", unit=self._unit(event.unit))
        return self._words.join([said, event.opinion or ""])

    @sentence.register
    def _(self, event: handling.CoOpinionLapsed) -> str:
        return self._text(
            "The term for the co-handling opinion of {unit} passed without it; the lead unit may answer.",
            unit=self._unit(event.unit),
        )

    @sentence.register
    def _(self, event: handling.ExtensionGranted) -> str:
        said = self._text(
            "{unit} was granted an extension: {reason}",
            unit=self._unit(event.unit),
            reason=_closed(event.reason),
        )
        approver = self._text("Approved by {who}.", who=event.approver) if event.approver else ""
        return self._words.join([said, approver, self._due(event.due, "The reply is due by {due}.")])

    @sentence.register
    def _(self, event: replies.Answered) -> str:
        again = msgid("{unit} answered again.") if event.ordinal > 1 else msgid("{unit} answered.")
        said = [self._text(again, unit=self._unit(event.unit))]
        if event.document_no:
            said.append(self._text("Document {number}.", number=event.document_no))
        if event.category:
            outcome = event.category.canonical
            meaning = self._words.outcome(outcome) if outcome else self._text("meaning not known here")
            said.append(self._text("Category {code}: {meaning}.", code=event.category.code, meaning=meaning))
        if event.signatory:
            said.append(self._text("Signed by {who}.", who=event.signatory))
        return self._words.join(said)

    @sentence.register
    def _(self, event: replies.ReplyServed) -> str:
        facts = {"unit": self._unit(event.unit), "on": self._words.party(event.on)}
        said = self._text("The reply of {unit} reached {on}.", **facts)
        return self._words.join([said, self._due(event.feedback, "Feedback may be given by {due}.")])

    @sentence.register
    def _(self, event: feedback.FeedbackGiven) -> str:
        facts = {"by": self._words.party(event.by), "unit": self._unit(event.unit)}
        if event.result is None:
            said = self._text("Feedback of {by} on the reply of {unit}:", **facts)
            return self._words.join([said, _closed(event.printed or self._text("given"))])
        result = self._words.satisfaction(event.result)
        said = self._text("Feedback of {by} on the reply of {unit}: {result}.", **facts, result=result)
        attitude = (
            self._text("Attitude: {attitude}.", attitude=self._words.satisfaction(event.attitude))
            if event.attitude
            else ""
        )
        return self._words.join([said, attitude, event.reasons or ""])

    @sentence.register
    def _(self, event: feedback.FeedbackLapsed) -> str:
        return self._text(
            "The term for feedback on the reply of {unit} passed; it is not counted in the satisfaction rate.",
            unit=self._unit(event.unit),
        )

    @sentence.register
    def _(self, event: feedback.RehandlingOrdered) -> str:
        said = self._text("{unit} has to handle the case again.", unit=self._unit(event.unit))
        return self._words.join([said, self._due(event.due, "The second reply is due by {due}.")])

    @sentence.register
    def _(self, event: commitments.CommitmentMade) -> str:
        facts = {"owner": self._unit(event.owner), "id": event.commitment, "promise": _closed(event.promise)}
        said = self._text("{owner} made the commitment {id}: {promise}", **facts)
        return self._words.join([said, self._due(event.due, "It is to be fulfilled by {due}.")])

    @sentence.register
    def _(self, event: commitments.FollowedUp) -> str:
        facts = {"id": event.commitment, "finding": _closed(event.finding)}
        said = self._text("Commitment {id} was followed up: {finding}", **facts)
        return self._words.join([said, self._due(event.follow_up, "The next follow-up is due on {due}.")])

    @sentence.register
    def _(self, event: commitments.CommitmentFulfilled) -> str:
        facts = {"id": event.commitment, "evidence": _closed(event.evidence)}
        return self._text("Commitment {id} is fulfilled: {evidence}", **facts)

    @sentence.register
    def _(self, event: supervision.Reminded) -> str:
        return self._text("Reminder to {about}: {rule} is due on {due}.", **self._mark(event))

    @sentence.register
    def _(self, event: supervision.BecameOverdue) -> str:
        return self._text("{about}: {rule} became overdue; it was due on {due}.", **self._mark(event))

    @sentence.register
    def _(self, event: supervision.Concluded) -> str:
        return self._words.join([self._text("Concluded."), event.remark or ""])

    @sentence.register
    def _(self, event: CongressOpened) -> str:
        return self._text("The people's congress of {place} keeps its cases here.", place=event.place)

    @sentence.register
    def _(self, event: UnitAdded) -> str:
        return self._text("{unit} may be assigned cases.", unit=event.unit)

    @sentence.register
    def _(self, event: ReferenceClaimed) -> str:
        return self._text("The reference {ref} was given.", ref=event.ref)

    def _mark(self, event: supervision.Reminded | supervision.BecameOverdue) -> dict[str, str]:
        return {
            "about": self._unit(event.about),
            "rule": self._words.rule(event.rule),
            "due": self._words.day(event.due_at),
        }

    def _due(self, due: DueBy | None, said: str) -> str:
        if due is None or due.deadline is None:
            return ""
        return self._text(said, due=self._words.day(due.deadline.due_on))

    def _unit(self, unit: str) -> str:
        return self._text("a unit not given") if unit == UNKNOWN_UNIT else self._words.unit(unit)


def _closed(text: str) -> str:
    """A text from elsewhere as a sentence: with a full stop of its own script, if it has no end."""
    if text.rstrip().endswith(("。", ".", "！", "？", "!", "?", "；", "…")):
        return text
    return text + ("。" if any("\u4e00" <= sign <= "\u9fff" for sign in text) else ".")
