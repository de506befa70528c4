"""What the domain is made of: values, events, recorded events and refusals."""

from datetime import datetime
from inspect import cleandoc
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict


class Value(BaseModel):
    """A frozen value; grows by optional fields only."""

    model_config = ConfigDict(frozen=True)


class Event(Value):
    """A fact, in the past tense, without technical fields.

    On disk it is named by `type` and `schema_version`, never by its class. `occurred_at` is when it
    happened; it is absent only where a reconstructed fact has no date in its source. `reconstructed`
    says how a fact that the source does not state was derived.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: ClassVar[str]
    schema_version: ClassVar[int] = 1

    occurred_at: AwareDatetime | None
    reconstructed: str | None = None


E_co = TypeVar("E_co", bound=Event, covariant=True)


class Recorded(NamedTuple, Generic[E_co]):
    """An event as the log holds it: its body and where, when and by whom it was recorded.

    A named tuple because a scan makes hundreds of thousands a second; a frozen dataclass takes ten times as long.
    """

    position: int  # place in the whole log, from 1, without gaps
    stream_id: str
    version: int  # place in its stream, from 1
    congress: str
    event_id: UUID
    type: str
    schema_version: int
    body: E_co
    actor: str
    correlation_id: UUID
    causation_id: UUID | None
    recorded_at: datetime  # UTC, given by the log


class Refusal(Exception):
    """A command that the rules do not allow; the docstring is the message.

    The first paragraph says what and why, the second what to do. Both may name the facts given as
    keyword arguments. The texts are also the keys of the translation catalogue.
    """

    def __init__(self, **facts: Any) -> None:
        self.facts = facts
        super().__init__(self.message)

    @classmethod
    def texts(cls) -> tuple[str, ...]:
        """The untranslated paragraphs: what and why, then what to do."""
        return tuple(" ".join(p.split()) for p in cleandoc(cls.__doc__ or cls.__name__).split("\n\n"))

    @property
    def message(self) -> str:
        return " ".join(text.format(**self.facts) for text in self.texts())
