"""Bulk acts: one act on many cases, each decided by itself; what is refused for one holds up no other."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from domain.base import Refusal
from duban import casefile
from duban.access.permission import ensure_may
from duban.access.policy import ON_SUGGESTIONS as POLICY
from duban.access.seen_case import case_for_acts
from duban.access.viewer import NotYours, Viewer
from duban.acts.act import Act
from duban.acts.on_suggestions import ON_SUGGESTIONS
from duban.acts.perform import command_of, perform
from duban.commands import Actor, Commands, Done

MOST: Final = 500  # cases at once; more than that is what an assignment conference is for
AT_ONCE: Final = 8  # cases under way; the log takes them in one flush
IN_BULK: Final = frozenset({
    "classify", "turn-away", "assign", "sub-assign", "sign-for", "coordinate", "contact", "appoint-leader",
    "request-extension", "extend", "refuse-extension", "send-copies", "follow-up", "carry-over", "inspect",
    "put-under", "release", "conclude", "reopen", "archive", "publish", "request-confidentiality", "protect-identity",
})  # fmt: skip
"""Acts whose fields mean the same for many cases; an answer, a rating or a number belongs to one."""
NAMESPACE: Final = uuid5(NAMESPACE_URL, "duban:bulk")


class NothingChosen(Refusal):
    """No case is chosen.

    Choose cases on the board, or all that match its filters.
    """


class TooManyChosen(Refusal):
    """{number} cases are chosen, and at most {most} can be acted on at once.

    Filter the board further and act in portions; `duban conference prepare` assigns thousands.
    """


class NotInBulk(Refusal):
    """“{act}” cannot be done to many cases at once.

    These can: {known}.
    """


class Verdict(StrEnum):
    """What became of one case, or would become of it."""

    DONE = "done"
    NOTHING_TO_DO = "nothing-to-do"  # it is so already
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One case of many: what became of it, its stage afterwards, or why it was refused."""

    ref: str
    verdict: Verdict
    stage: str | None = None
    version: int | None = None
    positions: tuple[int, ...] = ()
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Bulk:
    """One act on many cases: what is said once for all of them."""

    act: Act
    refs: tuple[str, ...]
    said: Mapping[str, Any]
    at: datetime

    @classmethod
    def of(cls, act: str, refs: Sequence[str], said: Mapping[str, Any], at: datetime) -> "Bulk":
        """Refuses an act that does not fit many, no case, too many, and fields that no case could take."""
        bulk = cls(act_in_bulk(act), chosen(refs), said, at)
        command_of(bulk.act, said, at)
        return bulk

    def command_id(self, viewer: Viewer, sending: str) -> UUID:
        """The same sending of the same thing by the same person, however often it arrives."""
        said = sorted((name, str(value)) for name, value in self.said.items())
        text = f"{viewer.name}\n{sending}\n{self.act.name}\n{said}"
        return uuid5(NAMESPACE, sha256(text.encode()).hexdigest())


def chosen(refs: Sequence[str]) -> tuple[str, ...]:
    """Each case once. Refuses none, and more than can be acted on at once."""
    found = tuple(dict.fromkeys(ref.strip() for ref in refs if ref.strip()))
    if not found:
        raise NothingChosen
    if len(found) > MOST:
        raise TooManyChosen(number=len(found), most=MOST)
    return found


def acts_in_bulk(viewer: Viewer) -> list[Act]:
    """What somebody may do to many cases, as far as their roles go."""
    return [act for act in ON_SUGGESTIONS if act.name in IN_BULK and viewer.roles & POLICY[act.name].keys()]


def act_in_bulk(name: str) -> Act:
    """The act of that name. Refuses with `NotInBulk`."""
    known = {act.name: act for act in ON_SUGGESTIONS if act.name in IN_BULK}
    if name not in known:
        raise NotInBulk(act=name[:60], known=", ".join(known))
    return known[name]


def ensure_may_in_bulk(viewer: Viewer, act: Act) -> None:
    """Refuses whoever could do it to no case at all."""
    if not viewer.roles & POLICY[act.name].keys():
        raise NotYours(account=viewer.name, what=f"suggestion.{act.name}")


async def each(
    log: casefile.Log, commands: Commands, viewer: Viewer | None, bulk: Bulk, name: str, command_id: UUID
) -> list[Outcome]:
    """Act on each case, in the order of their references; with those of a rehearsal, say what would become of it.

    Without a viewer nobody's access is asked: whoever has the machine acts, under the name they give.
    """
    commands.ensure_happened(command_of(bulk.act, bulk.said, bulk.at))
    room = asyncio.Semaphore(AT_ONCE)

    async def acted(ref: str) -> Done:
        if viewer is not None:
            case = await case_for_acts(log, commands, viewer, ref)
            ensure_may(viewer, f"suggestion.{bulk.act.name}", case, bulk.said)
        by = Actor(name, uuid5(command_id, await commands.resolve(ref)))
        return await perform(commands, bulk.act, ref, bulk.said, by, bulk.at)

    async def one(ref: str) -> Outcome:
        async with room:
            return await _outcome(ref, acted)

    return list(await asyncio.gather(*(one(ref) for ref in bulk.refs)))


async def _outcome(ref: str, acted: Callable[[str], Awaitable[Done]]) -> Outcome:
    try:
        done = await acted(ref)
    except Refusal as refusal:
        return Outcome(ref, Verdict.REFUSED, refusal=refusal)
    verdict = Verdict.DONE if done.positions else Verdict.NOTHING_TO_DO
    return Outcome(ref, verdict, done.case.stage.value, done.case.version, done.positions)
