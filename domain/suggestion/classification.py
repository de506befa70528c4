"""Classification: under which subject a suggestion is counted; a change says who decided it and why."""

from typing import ClassVar

from domain.base import Event, Refusal
from domain.subjects import GENERAL, Scheme, shipped
from domain.suggestion.facts import Command
from domain.suggestion.records import Classification
from domain.suggestion.state import CaseState
from domain.vocabulary import Line, Prose


class Classified(Event):
    """The suggestion is counted under a subject of a list; `before` is the one that it was under."""

    type: ClassVar[str] = "suggestion.classified"
    scheme: str
    code: str
    name: str
    aspect: str | None
    before: str | None
    by: str
    reason: str | None


class AlreadyClassified(Refusal):
    """{ref} is classified under {subject} already.

    Name the subject that it should be under.
    """


class ChangeUnreasoned(Refusal):
    """{ref} is classified under {subject}; to put it under another needs a reason.

    Say why with --reason: the figures of the report change with it.
    """


class Classify(Command):
    """Classify the suggestion by its subject, in the list that its congress keeps."""

    subject: Line
    by: Line
    reason: Prose | None = None
    scheme: Scheme = shipped(GENERAL)


class Classifying(CaseState):
    """Decisions about the subject."""

    def classify(self, command: Classify) -> list[Classified]:
        subject = command.scheme.named(command.subject)
        before = self.classification
        if before is not None and (before.scheme, before.code) == (command.scheme.scheme, subject.code):
            raise AlreadyClassified(ref=self.ref, subject=subject.name)
        if before is not None and command.reason is None:
            raise ChangeUnreasoned(ref=self.ref, subject=before.name)
        return [
            Classified(
                scheme=command.scheme.scheme,
                **subject.model_dump(),
                before=before.name if before else None,
                by=command.by,
                reason=command.reason,
                occurred_at=command.at,
            )
        ]


def classified(event: Classified) -> Classification:
    return Classification(scheme=event.scheme, code=event.code, name=event.name, aspect=event.aspect)
