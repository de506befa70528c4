"""References: what people call a case by, such as `npc/14-2/3973`, each borne by one case only."""

import re
from typing import ClassVar

from domain.base import Event, Refusal, Value
from domain.vocabulary import Kind

UNKNOWN = "x"  # a term or session that the source does not give
PROVISIONAL_MARK = "~"  # before a number that stands in until a real one is given
PART = r"[^/\s\x00-\x1f]{1,80}"
NOT_IN_A_PART = re.compile(r"[/\s\x00-\x1f]+|^~+")
LONGEST_NUMBER = 60  # characters; the rest of a part is for the kind, or for what tells two bearers apart
REFERENCE = re.compile(
    rf"(?P<congress>{PART})/(?P<term>\d{{1,3}}|x)-(?P<session>\d{{1,3}}|x)/(?P<number>{PART})"
)


class MalformedReference(Refusal):
    """“{text}” is not the reference of a case.

    A reference reads congress/term-session/number, for example npc/14-2/3973; a motion's number is written motion-07.
    """


class NoSuchCase(Refusal):
    """No case bears the reference {ref}.

    `duban case list` shows the references that exist.
    """


class AlreadyNumbered(Refusal):
    """{ref} is already borne by another case: numbers are unique within congress, term, session and kind.

    Give another number, or look at the case with `duban case show {ref}`.
    """


class Reference(Value):
    """A reference in its parts; `number` is as printed, with the kind before it for a motion."""

    congress: str
    term: int | None
    session: int | None
    number: str

    def __str__(self) -> str:
        term = UNKNOWN if self.term is None else self.term
        session = UNKNOWN if self.session is None else self.session
        return f"{self.congress}/{term}-{session}/{self.number}"

    @property
    def stream_id(self) -> str:
        return f"ref/{self}"

    @classmethod
    def parse(cls, text: str) -> "Reference":
        found = REFERENCE.fullmatch(text.strip())
        if found is None:
            raise MalformedReference(text=text[:80])
        term, session = (None if found[k] == UNKNOWN else int(found[k]) for k in ("term", "session"))
        return cls(congress=found["congress"], term=term, session=session, number=found["number"])


def reference_of(
    *, congress: str, term: int | None, session: int | None, kind: Kind, number: str | None, case_id: str
) -> Reference:
    """The reference of a case: by its number, or provisionally by its id while it has none."""
    printed = f"{PROVISIONAL_MARK}{case_id[-12:]}" if number is None else as_part(number)
    if kind is Kind.MOTION and number is not None:
        printed = f"{kind.value}-{printed}"
    return Reference(congress=congress, term=term, session=session, number=printed)


def as_part(printed: str) -> str:
    """A number or place as it can stand in a reference: what would part it is written as a hyphen."""
    return NOT_IN_A_PART.sub("-", printed.strip())[:LONGEST_NUMBER]


class ReferenceClaimed(Event):
    """The first and only event of a reference's stream: it belongs to this case."""

    type: ClassVar[str] = "reference.claimed"
    ref: str
    case_id: str
