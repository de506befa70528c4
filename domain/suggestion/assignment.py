"""Assignment in two hops: to a system of organs, then to units with their roles."""

from typing import ClassVar

from pydantic import AwareDatetime

from domain.base import Event, Refusal, Value
from domain.clock import day_of
from domain.law import DueBy, Law
from domain.rules import rules_by_id
from domain.suggestion.acceptance import Accepting
from domain.vocabulary import Line, Prose, Role


class Assigned(Event):
    """The congress has assigned the case (交办); the statutory term to answer begins.

    From here on the case is pinned to the rules in force that day.
    """

    type: ClassVar[str] = "suggestion.assigned"
    to: str
    rules_id: str | None
    answer: DueBy


class SubAssigned(Event):
    """A unit has its part (分办); `due` is what the part makes it owe."""

    type: ClassVar[str] = "suggestion.sub-assigned"
    unit: str
    role: Role
    due: DueBy | None
    objection: DueBy | None = None  # where the rules count the term for objecting from the assignment
    part: str | None = None  # what of the case is this unit's
    by: str | None = None  # who assigns it


class NotRegistered(Refusal):
    """{ref} has no number yet, and only a registered case can be assigned.

    Register it first: `duban register {ref} --number NUMBER`.
    """


class AlreadyAssigned(Refusal):
    """{ref} was assigned to {to} already.

    Give units their parts with `duban assign {ref} --lead UNIT`.
    """


class NotAssigned(Refusal):
    """{ref} has not been assigned yet, so nobody owes a reply.

    Assign it first: `duban assign {ref} --lead UNIT`.
    """


class AlreadyHasRole(Refusal):
    """{unit} already takes part in {ref}, as {role}.

    A unit has one part in a case; look at it with `duban case show {ref}`.
    """


class LeadAlreadyNamed(Refusal):
    """{ref} already has a lead unit, {unit}; separate handling and a lead exclude each other.

    Give {other} the role co-handling or reference.
    """


class SelfForwarding(Refusal):
    """{unit} handles {ref} itself and may not pass it on to {to} (自行转办).

    It objects, and the congress or the government's office assigns the case anew:
    `duban object {ref} --unit {unit}`.
    """


class BeforeItsCause(Refusal):
    """{what} on {on} would lie before what it follows from, which happened on {earliest}.

    Check the date.
    """


class CaseConcluded(Refusal):
    """{ref} is concluded; nothing can be added to it but to its open commitments.

    `duban case show {ref}` tells what is still open.
    """


class Assign(Value):
    """Assign the case to a system of organs."""

    to: Line
    at: AwareDatetime


class SubAssign(Value):
    """Give a unit its part in the case."""

    unit: Line
    role: Role
    part: Prose | None = None
    by: Line | None = None
    at: AwareDatetime


class Assigning(Accepting):
    """Decisions of the assignment."""

    def assign(self, command: Assign, law: Law) -> list[Assigned]:
        self.ensure_not_returned()
        if not self.registered:
            raise NotRegistered(ref=self.ref)
        if self.assigned_to is not None:
            raise AlreadyAssigned(ref=self.ref, to=self.assigned_to)
        self.ensure_not_before("assignment", command.at, self.submitted_at)
        rules_id = law.in_force(self.jurisdiction, day_of(command.at)).rules_id
        answer = law.due_by(rules_id, "answer", command.at, anchor_event=Assigned.type)
        assert answer is not None  # every jurisdiction has a term to answer
        return [Assigned(to=command.to, rules_id=rules_id, answer=answer, occurred_at=command.at)]

    def sub_assign(self, command: SubAssign, law: Law) -> list[SubAssigned]:
        self._ensure_assigned()
        role = self.role_of(command.unit)
        if role is command.role:
            return []  # said twice
        if role is not None:
            raise AlreadyHasRole(ref=self.ref, unit=command.unit, role=role.value)
        self.ensure_no_self_forwarding(command.by, command.unit)
        self._ensure_roles_agree(command)
        self.ensure_not_before("sub-assignment", command.at, self.assigned_at)
        return [
            SubAssigned(
                **command.model_dump(exclude={"at"}),
                due=self.due_of(command.role, command.at, law),
                objection=self.objection_due(command.role, "assignment", command.at, law, SubAssigned.type),
                occurred_at=command.at,
            )
        ]

    def objection_due(self, role: Role, anchor: str, at: AwareDatetime, law: Law, event: str) -> DueBy | None:
        """Until when the unit may object, if the rules count that from such an anchor."""
        term = rules_by_id(self.rules_id).terms.get("objection") if self.rules_id else None
        if self.rules_id is None or term is None or term.anchor != anchor or role is Role.REFERENCE:
            return None
        return law.due_by(self.rules_id, "objection", at, anchor_event=event)

    def ensure_no_self_forwarding(self, by: str | None, to: str) -> None:
        if by is not None and self.role_of(by) is not None:
            raise SelfForwarding(ref=self.ref, unit=by, to=to)

    def due_of(self, role: Role, at: AwareDatetime | None, law: Law) -> DueBy | None:
        """What a part makes a unit owe: a reply counted from the assignment, or an opinion."""
        if self.rules_id is None:
            return DueBy(rule="answer", deadline=None) if role.owes_reply else None
        if role.owes_reply:
            return law.due_by(self.rules_id, "answer", self.assigned_at, anchor_event=Assigned.type)
        if role is Role.CO_HANDLING:
            return law.due_by(self.rules_id, "co_opinion", at, anchor_event=SubAssigned.type)
        return None

    def ensure_not_before(self, what: str, at: AwareDatetime, earliest: AwareDatetime | None) -> None:
        if earliest is not None and day_of(at) < day_of(earliest):
            raise BeforeItsCause(what=what, on=day_of(at), earliest=day_of(earliest))

    def _ensure_assigned(self) -> None:
        if self.concluded:
            raise CaseConcluded(ref=self.ref)
        if self.assigned_to is None:
            raise NotAssigned(ref=self.ref)

    def _ensure_roles_agree(self, command: SubAssign) -> None:
        leads = [a.unit for a in self.assignments if a.role is Role.LEAD]
        separate = [a.unit for a in self.assignments if a.role is Role.SEPARATE]
        clash = separate if command.role is Role.LEAD else leads if command.role is Role.SEPARATE else []
        if clash:
            raise LeadAlreadyNamed(ref=self.ref, unit=clash[0], other=command.unit)
