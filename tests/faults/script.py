"""The script of a season: which cases there are, and who commands what of them; all of it follows from a seed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from random import Random
from typing import Any
from uuid import UUID, uuid5

from domain.base import Refusal
from domain.suggestion.acceptance import Merge, TakeIn, TurnAway
from domain.suggestion.assignment import Assign, SubAssign
from domain.suggestion.closing import Archive
from domain.suggestion.feedback import GiveFeedback
from domain.suggestion.intake import Register, Submit
from domain.suggestion.publication import ProtectIdentity, RequestConfidentiality
from domain.suggestion.replies import Answer
from domain.suggestion.signatories import Withdraw
from domain.suggestion.suggestion import Suggestion, SuggestionCommand
from domain.suggestion.supervision import Inspect, PutUnder, Release
from domain.vocabulary import Level
from duban.access.policy import ON_SUGGESTIONS as POLICY
from duban.access.viewer import Role as PersonRole
from duban.acts.act import Act
from duban.acts.on_suggestions import ON_SUGGESTIONS
from duban.entrypoints.api.acting import KEYS
from tests.domain.any_command import DEPUTY, MAKE, PLACES, UNITS
from tests.domain.cases import LAW, local, on, submit

ACTS: dict[type, Act] = {act.command: act for act in ON_SUGGESTIONS}
COMMISSION = "commission"  # the account that may do most; each unit has one by its name
HOST = "npc/14-2/1"  # what others are merged into
TOPIC = "2024-01"
SPINE = (GiveFeedback, Answer, SubAssign, Assign, Register)  # the way forward; the furthest that is lawful
RARE = (
    *(Withdraw, TurnAway, Archive, Merge, TakeIn),  # they end a case, or most of it
    *(Inspect, RequestConfidentiality, ProtectIdentity),  # they are lawful nearly always
)
TRIES = 40  # draws until one is lawful
LONGEST = 14  # commands of one case
SHARE_OF_THE_SPINE, SHARE_OF_THE_RARE, SHARE_OF_ANY = 0.5, 0.15, 0.08
SHARE_OVER_HTTP, SHARE_THAT_GIVES_UP, SHARE_MOVED = 0.4, 0.1, 0.5


@dataclass(frozen=True, slots=True)
class Order:
    """One command as somebody gives it; `key` is under which they send it again."""

    key: str
    by: str
    command: SuggestionCommand
    over_http: bool
    patient: bool  # sends it until it is answered; otherwise only once

    @property
    def command_id(self) -> UUID:
        return uuid5(KEYS, f"{self.by}\n{self.key}")  # as the API makes it from the key

    @property
    def at(self) -> datetime:
        at: datetime = self.command.at  # type: ignore[union-attr] # the clock's steps alone have none
        return at

    @property
    def act(self) -> Act | None:
        return ACTS.get(type(self.command))

    @property
    def said(self) -> dict[str, Any]:
        """What fills the fields of the act."""
        assert self.act is not None
        names = {field.name for field in self.act.fields}
        said = self.command.model_dump(include=names, exclude_unset=True, exclude_none=True, mode="json")
        return {name: value for name, value in said.items() if value != []}


@dataclass(frozen=True, slots=True)
class Life:
    """One case: how it begins, what is commanded of it in this order, and how far its time is moved at the end."""

    number: int
    stream_id: str
    ref: str
    orders: tuple[Order, ...]
    moved_by: timedelta | None


def season(seed: int, day: date, cases: int) -> list[Life]:
    """The lives of a season; the same for the same seed, day and number."""
    return [_life(seed, day, number) for number in range(1, cases + 1)]


def _life(seed: int, day: date, number: int) -> Life:
    chance = Random(f"{seed}/{number}")
    at = _beginning(chance, day)
    submission = _submission(chance, number, at)
    first = _order(chance, f"{seed}-{number}-0", submission)
    known = submission.model_copy(update={"case_id": str(uuid5(first.command_id, "case"))})
    case = reduce(Suggestion.evolve, Suggestion().decide(known, LAW), Suggestion())
    ref = case.ref
    orders, last = [first], on(str(day - timedelta(days=1)))
    for index in range(1, chance.randint(2, LONGEST)):
        at = min(at + timedelta(days=chance.randint(0, 25)), last)
        drawn = _drawn(chance, case, number, at)
        if drawn is None:
            break
        command, case = drawn
        orders.append(_order(chance, f"{seed}-{number}-{index}", command))
    moved_by = timedelta(days=chance.randint(20, 500)) if chance.random() < SHARE_MOVED else None
    return Life(number, f"case/{case.congress}/{case.case_id}", ref, tuple(orders), moved_by)


def _beginning(chance: Random, day: date) -> datetime:
    """Half of the cases are years old, so that much is due at once; the others began this year."""
    if chance.random() < 0.5:
        return on(str(date(2024, 3, 5) + timedelta(days=chance.randint(0, 300))))
    return on(str(day - timedelta(days=chance.randint(10, 200))))


def _submission(chance: Random, number: int, at: datetime) -> Submit:
    place = PLACES[0] if number == 1 else chance.choice(PLACES)
    joint = number != 1 and chance.random() < 0.3
    facts = {
        "lead_deputy": DEPUTY,
        "co_signers": ("马代表",) if joint else (),
        "number": None if joint else str(number),
        "in_session": chance.random() < 0.8,
        "at": at,
    }
    return submit(**facts) if place == PLACES[0] else local(place, Level.PROVINCE, **facts)


def _drawn(
    chance: Random, case: Suggestion, number: int, at: datetime
) -> tuple[SuggestionCommand, Suggestion] | None:
    """A command, and the case after it if it is lawful; now and then one that nobody asked whether it is."""
    if chance.random() < SHARE_OF_ANY:
        return _made(chance, chance.choice(MAKE), number, at), case
    forward = chance.random() < SHARE_OF_THE_SPINE
    for _ in range(TRIES):
        drawn = _made(chance, chance.choice(MAKE), number, at)
        if forward:
            drawn = _furthest(chance, case, number, at) or drawn
        if isinstance(drawn, RARE) and chance.random() > SHARE_OF_THE_RARE:
            continue
        if (after := _after(case, drawn)) is not None:
            return drawn, after
        forward = False
    return None


def _furthest(chance: Random, case: Suggestion, number: int, at: datetime) -> SuggestionCommand | None:
    made = [_made(chance, make, number, at) for make in MAKE]
    for kind in SPINE:
        lawful = [c for c in made if type(c) is kind and _after(case, c) is not None]
        if lawful:
            return chance.choice(lawful)
    return None


def _made(chance: Random, make: Any, number: int, at: datetime) -> SuggestionCommand:
    unit, other = chance.sample(UNITS, 2)
    command: Any = make(at, unit, other)
    if isinstance(command, Register):
        return command.model_copy(update={"number": str(number)})
    if isinstance(command, PutUnder | Release):
        return command.model_copy(update={"topic": TOPIC})
    return command  # type: ignore[no-any-return] # whatever was made


def _after(case: Suggestion, command: SuggestionCommand) -> Suggestion | None:
    """The case after a command; None where it is refused, or changes nothing."""
    try:
        events = case.decide(command, LAW)
    except Refusal:
        return None
    return reduce(Suggestion.evolve, events, case) if events else None


def _order(chance: Random, key: str, command: SuggestionCommand) -> Order:
    act = ACTS.get(type(command))
    return Order(
        key=key,
        by=_who(act, command),
        command=command,
        over_http=act is not None and chance.random() < SHARE_OVER_HTTP,
        patient=chance.random() >= SHARE_THAT_GIVES_UP,
    )


def _who(act: Act | None, command: SuggestionCommand) -> str:
    """The commission where it may, and otherwise the unit concerned."""
    if act is None or PersonRole.AFFAIRS_COMMISSION in POLICY[act.name]:
        return COMMISSION
    unit = getattr(command, "unit", None) or getattr(command, "owner", None)
    return str(unit) if unit in UNITS else UNITS[0]


def kinds(lives: Sequence[Life]) -> set[str]:
    """Which commands a season holds."""
    return {type(order.command).__name__ for life in lives for order in life.orders}
