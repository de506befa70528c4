"""Closing: a concluded case may be opened again; one in which nothing is open any more is archived."""

from typing import ClassVar

from domain.base import Event, Refusal
from domain.suggestion.facts import Command, stated
from domain.suggestion.publication import Publishing
from domain.vocabulary import Line, Prose


class Reopened(Event):
    """A concluded case is handled again; what was done stays done."""

    type: ClassVar[str] = "suggestion.reopened"
    by: str
    reason: str


class Archived(Event):
    """The file is closed and kept (归档); only what is published of it may still change."""

    type: ClassVar[str] = "suggestion.archived"
    archive_no: str | None
    by: str


class NotConcluded(Refusal):
    """{ref} is not concluded, so there is nothing to open again.

    `duban case show {ref}` tells where it stands.
    """


class NotClosed(Refusal):
    """{ref} cannot be archived while something is open: {what}.

    `duban case show {ref}` tells what is waited for.
    """


class FileArchived(Refusal):
    """{ref} is archived as {archive_no}; nothing can be added to it but decisions on its publication.

    A new suggestion takes the matter up again.
    """


class HandlingEnded(Refusal):
    """The handling of {ref} has ended: it is {how}.

    A new suggestion takes the matter up again.
    """


class Reopen(Command):
    """Open a concluded case again."""

    by: Line
    reason: Prose


class Archive(Command):
    """Archive a case in which nothing is open any more."""

    archive_no: Line | None = None
    by: Line


class Closing(Publishing):
    """Decisions after the end of handling."""

    def reopen(self, command: Reopen) -> list[Reopened]:
        if not self.concluded:
            raise NotConcluded(ref=self.ref)
        self.ensure_not_own_cause(command.by)
        self.ensure_not_before("reopening", command.at, self.concluded_at)
        return [stated(Reopened, command)]

    def archive(self, command: Archive) -> list[Archived]:
        if not self.closed:
            raise NotClosed(ref=self.ref, what=self.stage.value)
        return [stated(Archived, command)]
