"""Motions on the log; one that the Presidium makes a suggestion goes on as a case of the same id, in one commit."""

from functools import reduce
from typing import cast

from domain.base import Event, Refusal
from domain.congress import Congress
from domain.motion import Motion, fold_motion, motion_stream
from domain.motion_acts import Convert, MotionCommand, MotionEvent, Move
from domain.references import Reference, ReferenceClaimed, reference_of
from domain.suggestion.acceptance import ConvertMotion
from domain.suggestion.intake import Register, Submit
from domain.suggestion.signatories import ConfirmCoSignature
from domain.suggestion.suggestion import Suggestion, SuggestionCommand
from domain.vocabulary import Kind
from duban.commands import Actor, Commands, Log, case_stream, claims_of, new_events
from duban.event_log.model import StreamWrite

PRESIDIUM = "主席团"  # who makes a motion a suggestion


class NoSuchMotion(Refusal):
    """No motion bears the reference {ref}.

    A motion's reference reads npc/14-2/motion-20; one without a number is called as it was when it was moved.
    """


class Motions:
    """Commands on motions, by their reference."""

    def __init__(self, log: Log, commands: Commands) -> None:
        self._log = log
        self._commands = commands

    async def move(self, command: Move, by: Actor) -> Motion:
        """Hand in a motion. Its provisional reference is claimed in the same append."""
        await self._commands.congress(command.congress)
        return await self._decide(motion_stream(command.congress, command.motion_id), command, by)

    async def handle(self, ref: str, by: Actor, command: MotionCommand) -> Motion:
        return await self._decide(await self.resolve(ref), command, by)

    async def motion(self, ref: str) -> Motion:
        return await self._read(await self.resolve(ref))

    async def resolve(self, ref: str) -> str:
        """The stream of the motion that bears this reference. Refuses with `NoSuchMotion`."""
        for recorded in await self._log.read_stream(Reference.parse(ref).stream_id):
            stream_id = motion_stream(recorded.congress, cast(ReferenceClaimed, recorded.body).case_id)
            if (await self._read(stream_id)).version:
                return stream_id
        raise NoSuchMotion(ref=ref)

    async def _read(self, stream_id: str) -> Motion:
        return fold_motion(cast(MotionEvent, r.body) for r in await self._log.read_stream(stream_id))

    async def _decide(self, stream_id: str, command: MotionCommand, by: Actor) -> Motion:
        self._commands.ensure_happened(command)

        async def decide() -> Motion:
            recorded = await self._log.read_stream(stream_id)
            motion = fold_motion(cast(MotionEvent, r.body) for r in recorded)
            if any(r.correlation_id == by.command_id for r in recorded):
                return motion  # the same command, sent again
            by.ensure_seen(motion.version)
            events = motion.decide(command)
            also: list[StreamWrite] = []
            if isinstance(command, Move):
                also = self._claims(reduce(Motion.evolve, events, motion), events, by)
            if isinstance(command, Convert):
                also = await self._opened(motion, command, by)
            await self._commands.append(stream_id, motion.version, events, by, also=also)
            return reduce(Motion.evolve, events, motion)

        return await self._commands.retrying(stream_id, decide)

    def _claims(self, motion: Motion, events: list[MotionEvent], by: Actor) -> list[StreamWrite]:
        """The provisional reference by which a motion without a number is called."""
        claim = ReferenceClaimed(ref=motion.ref, case_id=motion.motion_id, occurred_at=events[0].occurred_at)
        return [StreamWrite(f"ref/{motion.ref}", 0, new_events(by.then(motion.ref).command_id, [claim]))]

    async def _opened(self, motion: Motion, command: Convert, by: Actor) -> list[StreamWrite]:
        """The case as which it goes on: the same id, its movers as signatories, its number remembered."""
        congress, law = await self._commands.congress(motion.congress), await self._commands.law()
        case, events = Suggestion(), list[Event]()
        for said in going_on(motion, command, congress):
            decided = case.decide(said, law)
            case = reduce(Suggestion.evolve, decided, case)
            events += decided
        stream_id = case_stream(motion.congress, motion.motion_id)
        opened = StreamWrite(stream_id, 0, new_events(by.then(stream_id).command_id, events))
        new = [e for e in events if getattr(e, "ref", None) not in (motion.ref, *await self._borne(motion))]
        return [opened, *claims_of(new, motion.motion_id, by.command_id)]

    async def _borne(self, motion: Motion) -> list[str]:
        """References that the motion bears besides its number: the one it had before."""
        parts = {name: getattr(motion, name) for name in ("congress", "term", "session")}
        before = reference_of(**parts, kind=Kind.MOTION, number=None, case_id=motion.motion_id)
        return [str(before)] if await self._log.read_stream(before.stream_id) else []


def going_on(motion: Motion, command: Convert, congress: Congress) -> list[SuggestionCommand]:
    """What is said to a case so that it is the motion it comes from."""
    lead, others = next(iter(motion.movers), None), motion.movers[1:]
    submit = Submit(
        congress=motion.congress,
        case_id=motion.motion_id,
        level=motion.level,
        place=congress.place,
        kind=Kind.MOTION,
        term=motion.term,
        session=motion.session,
        title=motion.subject,
        text=f"{motion.grounds}\n\n{motion.plan}",
        lead_deputy=lead,
        delegation=motion.delegation,
        by_delegation=motion.delegation is not None and not others,
        co_signers=others,
        at=command.at,
    )
    confirmed = [ConfirmCoSignature(deputy=name, at=command.at) for name in submit.co_signers]
    assert motion.number is not None  # only a registered motion is disposed of
    return [
        submit,
        *confirmed,
        Register(number=motion.number, at=command.at),
        ConvertMotion(decided_by=PRESIDIUM, at=command.at),
    ]
