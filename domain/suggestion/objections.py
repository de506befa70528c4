"""Objections: a unit signs for its part or says it is not its business; who decides, and who takes over."""

from typing import ClassVar, Literal

from domain.base import Event, Refusal
from domain.law import DueBy, Law
from domain.provisions import Rules
from domain.rules import rules_by_id
from domain.suggestion.assignment import AlreadyHasRole, Assigning
from domain.suggestion.facts import Command, stated
from domain.suggestion.records import Assignment, Clock
from domain.vocabulary import Line, Prose, Role

ANSWER_RULES = ("answer", "answer_extended")


class SignedFor(Event):
    """A unit has received its part (签收); terms counted from receipt begin."""

    type: ClassVar[str] = "suggestion.signed-for"
    unit: str
    due: tuple[DueBy, ...]


class ObjectionRaised(Event):
    """A unit says that the case is not its business (异议)."""

    type: ClassVar[str] = "suggestion.objection-raised"
    unit: str
    reasons: str
    written: bool
    proposed_unit: str | None
    late: bool
    redispatch: DueBy | None


class ObjectionUpheld(Event):
    """The unit is relieved of its part; until another has it, the reply is owed where it was assigned to."""

    type: ClassVar[str] = "suggestion.objection-upheld"
    unit: str
    by: str
    reason: str | None
    back: DueBy | None


class ObjectionRefused(Event):
    """The unit has to handle the case."""

    type: ClassVar[str] = "suggestion.objection-refused"
    unit: str
    by: str
    reason: str | None


class Reassigned(Event):
    """Another unit has taken over the part (改派); `clock` says what became of the term, by which policy."""

    type: ClassVar[str] = "suggestion.reassigned"
    unit: str
    to: str
    role: Role
    by: str
    reason: str | None
    clock: Literal["continues", "restarts"]
    due: DueBy | None
    objection: DueBy | None


class Coordinated(Event):
    """Units that disagreed have been brought to agree, or their differences were decided (协调)."""

    type: ClassVar[str] = "suggestion.coordinated"
    units: tuple[str, ...]
    by: str
    outcome: str


class TakesNoPart(Refusal):
    """{unit} takes no part in {ref}.

    The roles are shown by `duban case show {ref}`.
    """


class ObjectionClosed(Refusal):
    """{unit} cannot object in {ref}: {why}.

    It has to handle its part.
    """


class ObjectionInWriting(Refusal):
    """The rules {rules_id} ask for a written objection with its reasons.

    Hand it in in writing, then record it with --written.
    """


class ObjectionTooLate(Refusal):
    """The term of {unit} to object in {ref} has passed, and {rules_id} do not accept late objections.

    It has to handle its part.
    """


class NoObjection(Refusal):
    """{unit} has no open objection in {ref}.

    `duban case show {ref}` shows what was decided.
    """


class OwnCause(Refusal):
    """{unit} is concerned itself, so it cannot decide this in {ref}.

    The congress or the organ that assigned the case decides.
    """


class NothingToTakeOver(Refusal):
    """{unit} has no part in {ref} that another could take over.

    Give a part with `duban assign {ref}`.
    """


class SignFor(Command):
    """A unit signs for its part."""

    unit: Line


class Object(Command):
    """A unit objects to its part."""

    unit: Line
    reasons: Prose
    written: bool = False
    proposed_unit: Line | None = None


class DecideObjection(Command):
    """Uphold an objection or refuse it."""

    unit: Line
    upheld: bool
    by: Line
    reason: Prose | None = None


class Reassign(Command):
    """Give a unit's part to another."""

    unit: Line
    to: Line
    by: Line
    reason: Prose | None = None


class Coordinate(Command):
    """Record that differences between units were settled."""

    units: tuple[Line, ...]
    by: Line
    outcome: Prose


def ensure_heard(rules: Rules, ref: str, unit: str, late: bool) -> None:
    """A late objection is heard unless the rules say that it is not."""
    if late and rules.objection_late.value == "not_accepted":
        raise ObjectionTooLate(ref=ref, unit=unit, rules_id=rules.rules_id)


class Objecting(Assigning):
    """Decisions about parts that are signed for, contested and taken over."""

    def sign_for(self, command: SignFor, law: Law) -> list[SignedFor]:
        self._ensure_assigned()
        role = self._ensure_part(command.unit)
        if command.unit in self.signed_for:
            return []
        self.ensure_not_before("signing for", command.at, self.assigned_at)
        due = tuple(d for d in self._from_receipt(command, role, law) if d is not None)
        return [stated(SignedFor, command, due=due)]

    def _from_receipt(self, command: SignFor, role: Role, law: Law) -> list[DueBy | None]:
        """The terms that begin when the unit has received its part."""
        if self.rules_id is None:
            return []
        terms = rules_by_id(self.rules_id).terms
        due = [self.objection_due(role, "receipt", command.at, law, SignedFor.type)]
        wanted = {"first_contact": role.owes_reply, "co_opinion": role is Role.CO_HANDLING}
        for rule, applies in wanted.items():
            if applies and rule in terms and terms[rule].anchor == "receipt":
                due.append(law.due_by(self.rules_id, rule, command.at, anchor_event=SignedFor.type))
        return due

    def object(self, command: Object, law: Law) -> list[ObjectionRaised]:
        self._ensure_assigned()
        self._ensure_part(command.unit)
        self._ensure_may_object(command.unit)
        rules = self.rules_at(command.at, law)
        if rules.objection_written.value and not command.written:
            raise ObjectionInWriting(rules_id=rules.rules_id)
        late = self._objects_late(command)
        ensure_heard(rules, self.ref, command.unit, late)
        redispatch = law.due_by(rules.rules_id, "redispatch", command.at, anchor_event=ObjectionRaised.type)
        return [stated(ObjectionRaised, command, late=late, redispatch=redispatch)]

    def decide_objection(self, command: DecideObjection) -> list[ObjectionUpheld | ObjectionRefused]:
        if command.unit not in self.open_objections:
            raise NoObjection(ref=self.ref, unit=command.unit)
        self.ensure_not_own_cause(command.by)
        facts = command.model_dump(exclude={"upheld", "at"})
        if not command.upheld:
            return [ObjectionRefused(**facts, occurred_at=command.at)]
        clock = self.answer_clock(command.unit)
        back = clock and DueBy(rule=clock.rule, deadline=clock.deadline)
        return [ObjectionUpheld(**facts, back=back, occurred_at=command.at)]

    def reassign(self, command: Reassign, law: Law) -> list[Reassigned]:
        self._ensure_assigned()
        self.ensure_no_self_forwarding(command.by, command.to)
        part = self._part_to_take_over(command.unit)
        if (role := self.role_of(command.to)) is not None:
            raise AlreadyHasRole(ref=self.ref, unit=command.to, role=role.value)
        policy = self.rules_at(command.at, law).reassignment_clock.value
        return [
            stated(
                Reassigned,
                command,
                role=part.role,
                clock=policy,
                due=self._taken_over_due(part, policy, command, law),
                objection=self.objection_due(part.role, "assignment", command.at, law, Reassigned.type),
            )
        ]

    def coordinate(self, command: Coordinate) -> list[Coordinated]:
        self._ensure_assigned()
        for unit in command.units:
            self._ensure_part(unit)
        self.ensure_not_own_cause(command.by)
        return [stated(Coordinated, command)]

    def answer_clock(self, unit: str) -> Clock | None:
        running = (c for c in self.running_clocks if c.about == unit and c.rule in ANSWER_RULES)
        return next(running, None)

    def ensure_not_own_cause(self, by: str) -> None:
        if self.role_of(by) is not None:
            raise OwnCause(ref=self.ref, unit=by)

    def _ensure_part(self, unit: str) -> Role:
        role = self.role_of(unit)
        if role is None:
            raise TakesNoPart(ref=self.ref, unit=unit)
        return role

    def _ensure_may_object(self, unit: str) -> None:
        decided = {o.unit: o.decided for o in self.objections}
        if unit in decided:
            why = "its objection was refused" if decided[unit] == "refused" else "it has objected already"
            raise ObjectionClosed(ref=self.ref, unit=unit, why=why)
        if self.replies_of(unit):
            raise ObjectionClosed(ref=self.ref, unit=unit, why="it has answered")

    def _objects_late(self, command: Object) -> bool:
        return any(
            c.deadline is not None and command.at > c.deadline.due_at
            for c in self.clocks
            if (c.rule, c.about) == ("objection", command.unit)
        )

    def _part_to_take_over(self, unit: str) -> Assignment:
        parts = [part for part in (*self.assignments, *self.relieved) if part.unit == unit]
        if not parts or self.replies_of(unit):
            raise NothingToTakeOver(ref=self.ref, unit=unit)
        return parts[0]

    def _taken_over_due(self, part: Assignment, policy: str, command: Reassign, law: Law) -> DueBy | None:
        if policy == "restarts" and part.role.owes_reply and self.rules_id is not None:
            return law.due_by(self.rules_id, "answer", command.at, anchor_event=Reassigned.type)
        clock = self.answer_clock(part.unit) or self.answer_clock(self.assigned_to or "")
        if part.role.owes_reply and clock is not None:
            return DueBy(rule=clock.rule, deadline=clock.deadline)
        return self.due_of(part.role, command.at, law)
