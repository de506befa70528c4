"""Pages of a list: a cursor pins the position of the log, so that what comes in meanwhile moves nothing."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Any, Self

from fastapi import Query

from domain.base import Refusal

LONGEST_OFFSET = 10_000_000
Limit = Annotated[int, Query(ge=1, le=200, description="How many at most.")]
CursorText = Annotated[
    str | None, Query(alias="cursor", max_length=300, description="From “next” of the page before.")
]


class NotACursor(Refusal):
    """This cursor is not from a page of this list.

    Ask for the first page, and follow its “next”.
    """


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the next page begins: at a position of the log, after so many, of one question."""

    position: int
    offset: int
    question: str

    def text(self) -> str:
        said = json.dumps([self.position, self.offset, self.question], separators=(",", ":"))
        return urlsafe_b64encode(said.encode()).decode().rstrip("=")

    @classmethod
    def of(cls, text: str, question: str) -> Self:
        try:
            position, offset, asked = json.loads(urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4)))
            cursor = cls(int(position), int(offset), str(asked))
        except (ValueError, TypeError):
            raise NotACursor from None
        strange = not 1 <= cursor.position < 2**62 or not 0 <= cursor.offset <= LONGEST_OFFSET
        if strange or cursor.question != question:
            raise NotACursor
        return cursor


def question_of(*parts: Any) -> str:
    """What a list was asked, in short: a cursor is good for the same question only."""
    return sha256(json.dumps(parts, default=str, sort_keys=True).encode()).hexdigest()[:12]
