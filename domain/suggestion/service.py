"""Service: drafts for comment, the answer's way to each signatory, copies, corrections and changes of category."""

from typing import ClassVar

from domain.base import Event, Refusal
from domain.law import Law
from domain.suggestion.facts import Command, stated
from domain.suggestion.promises import CommitmentMade, Promise
from domain.suggestion.records import Reply
from domain.suggestion.replies import OutcomeCategory, Replying, ReplyServed, hash_of
from domain.vocabulary import Line, Prose


class DraftSent(Event):
    """A unit has shown the deputies its draft and asked for their comments."""

    type: ClassVar[str] = "suggestion.draft-sent"
    unit: str
    text_hash: str | None


class DraftCommented(Event):
    """The deputies have said what they think of a draft."""

    type: ClassVar[str] = "suggestion.draft-commented"
    unit: str
    by: str
    comment: str


class CopiesSent(Event):
    """Copies of an answer went to those who get them (抄送)."""

    type: ClassVar[str] = "suggestion.copies-sent"
    unit: str
    ordinal: int
    to: tuple[str, ...]


class ReplyCorrected(Event):
    """An answer was corrected; what it answers and when it was given stay as they are."""

    type: ClassVar[str] = "suggestion.reply-corrected"
    unit: str
    ordinal: int
    what: str
    document_no: str | None
    text_hash: str | None


class Reclassified(Event):
    """An answer has another category: who changed it, from what, and why."""

    type: ClassVar[str] = "suggestion.reclassified"
    unit: str
    ordinal: int
    before: str | None
    category: OutcomeCategory
    by: str
    reason: str


class NoReplyYet(Refusal):
    """{unit} has not answered {ref}.

    Record the answer first: `duban answer {ref} --unit {unit}`.
    """


class AlreadyServed(Refusal):
    """The reply of {unit} in {ref} has reached {on} already.

    Still to be served: {open}.
    """


class NoDraft(Refusal):
    """No draft of {unit} in {ref} waits for comments.

    A draft is sent before the answer: `duban send-draft {ref} --unit {unit}`.
    """


class SameCategory(Refusal):
    """The reply of {unit} in {ref} is in category {code} already.

    Name the category it should be in.
    """


class SendDraft(Command):
    """Send the deputies a draft for comment."""

    unit: Line
    text: Prose | None = None


class CommentDraft(Command):
    """Comment on a draft."""

    unit: Line
    by: Line
    comment: Prose


class Serve(Command):
    """Record that the latest answer of a unit reached a signatory."""

    unit: Line
    on: Line
    way: Line | None = None


class SendCopies(Command):
    """Record to whom copies of the latest answer went."""

    unit: Line
    to: tuple[Line, ...]


class Correct(Command):
    """Correct the latest answer of a unit."""

    unit: Line
    what: Prose
    document_no: Line | None = None
    text: Prose | None = None


class Reclassify(Command):
    """Change the category of a unit's latest answer."""

    unit: Line
    category: Line
    by: Line
    reason: Prose
    commitments: tuple[Promise, ...] = ()


class Serving(Replying):
    """Decisions about an answer before and after it is given."""

    def send_draft(self, command: SendDraft) -> list[DraftSent]:
        self._ensure_assigned()
        self.ensure_owes_reply(command.unit)
        return [DraftSent(unit=command.unit, text_hash=hash_of(command.text), occurred_at=command.at)]

    def comment_draft(self, command: CommentDraft) -> list[DraftCommented]:
        if command.unit not in self.drafts:
            raise NoDraft(ref=self.ref, unit=command.unit)
        self.ensure_not_own_cause(command.by)
        return [stated(DraftCommented, command)]

    def serve(self, command: Serve, law: Law) -> list[ReplyServed]:
        reply = self._replied(command.unit)
        if command.on in reply.served_on:
            still = ", ".join(self.unserved(reply)) or "nobody"
            raise AlreadyServed(ref=self.ref, unit=command.unit, on=command.on, open=still)
        self.ensure_not_before("service", command.at, reply.answered_at)
        return [self.served(command.unit, reply.ordinal, command.on, command.at, law, command.way)]

    def send_copies(self, command: SendCopies) -> list[CopiesSent]:
        reply = self._replied(command.unit)
        new = tuple(name for name in command.to if name not in reply.copied_to)
        return [stated(CopiesSent, command, ordinal=reply.ordinal, to=new)] if new else []

    def correct(self, command: Correct) -> list[ReplyCorrected]:
        reply = self._replied(command.unit)
        self.ensure_not_before("correction", command.at, reply.answered_at)
        facts = command.model_dump(exclude={"text", "at"})
        text_hash = hash_of(command.text)
        return [ReplyCorrected(**facts, ordinal=reply.ordinal, text_hash=text_hash, occurred_at=command.at)]

    def reclassify(self, command: Reclassify, law: Law) -> list[Reclassified | CommitmentMade]:
        reply = self._replied(command.unit)
        category = self.category_of(command.category)
        assert category is not None
        if category.code == reply.category:
            raise SameCategory(ref=self.ref, unit=command.unit, code=category.code)
        self.ensure_promised(command.unit, category, command.commitments)
        changed = Reclassified(
            unit=command.unit,
            ordinal=reply.ordinal,
            before=reply.category,
            category=category,
            by=command.by,
            reason=command.reason,
            occurred_at=command.at,
        )
        return [changed, *self.promised_by(command.unit, command.commitments, command.at, law)]

    def _replied(self, unit: str) -> Reply:
        if not self.replies_of(unit):
            raise NoReplyYet(ref=self.ref, unit=unit)
        return self.last_reply(unit)
