"""How the events of assignment and handling change a case."""

from typing import Self, TypeAlias, assert_never

from domain.replacing import replace
from domain.suggestion import assignment, contacts, handling, objections
from domain.suggestion.fold import Folding
from domain.suggestion.records import Assignment, ClockStatus, Contact, Objection
from domain.vocabulary import CONGRESS

HandlingEvent: TypeAlias = (
    assignment.Assigned
    | assignment.SubAssigned
    | objections.SignedFor
    | objections.ObjectionRaised
    | objections.ObjectionUpheld
    | objections.ObjectionRefused
    | objections.Reassigned
    | objections.Coordinated
    | handling.CoOpinionGiven
    | handling.CoOpinionLapsed
    | contacts.CoOpinionRedoAsked
    | handling.ExtensionRequested
    | handling.ExtensionGranted
    | handling.ExtensionRefused
    | contacts.DeputyContacted
    | contacts.LeaderAppointed
)
OPINIONS = ("co_opinion", "co_opinion_redo")


class FoldingHandling(Folding):
    """The fold of assignment and handling."""

    def evolve_handling(self, event: HandlingEvent) -> Self:  # noqa: C901 one total match
        match event:
            case assignment.Assigned():
                return self._assigned(event)
            case assignment.SubAssigned():
                return self._sub_assigned(event)
            case objections.SignedFor():
                return self._signed_for(event)
            case objections.ObjectionRaised():
                return self._objected(event)
            case objections.ObjectionUpheld():
                return self._relieved(event)
            case objections.ObjectionRefused():
                return self._decided(event.unit, "refused").superseded("redispatch", CONGRESS, event)
            case objections.Reassigned():
                return self._reassigned(event)
            case objections.Coordinated():
                return replace(self, agreed=tuple(dict.fromkeys((*self.agreed, *event.units))))
            case handling.CoOpinionGiven():
                return self._opinion(event, None)
            case handling.CoOpinionLapsed():
                return self._opinion(event, ClockStatus.LAPSED).taken(event.step)
            case contacts.CoOpinionRedoAsked():
                waiting = tuple(unit for unit in self.opinions if unit != event.unit)
                return replace(self, opinions=waiting).started(event.due, event.unit)
            case handling.ExtensionRequested():
                return replace(self, extension_requests=(*self.extension_requests, event.unit))
            case handling.ExtensionGranted():
                case = self._not_asking(event.unit).superseded("answer", event.unit, event)
                return case.started(event.due, event.unit)
            case handling.ExtensionRefused():
                return self._not_asking(event.unit)
            case contacts.DeputyContacted():
                contact = Contact(event.unit, event.way, event.occurred_at)
                case = replace(self, contacts=(*self.contacts, contact))
                return case.stopped("first_contact", event.unit, event)
            case contacts.LeaderAppointed():
                return replace(self, leaders=(*self.leaders, (event.unit, event.leader)))
            case _:
                assert_never(event)

    def _assigned(self, event: assignment.Assigned) -> Self:
        case = replace(self, assigned_to=event.to, assigned_at=event.occurred_at, rules_id=event.rules_id)
        return case.stopped("dispatch", CONGRESS, event).started(event.answer, event.to)

    def _sub_assigned(self, event: assignment.SubAssigned) -> Self:
        part = Assignment(unit=event.unit, role=event.role, cause=self.version + 1)
        taken_over = next((p for p in self.relieved if p.role is event.role), None)
        relieved = tuple(p for p in self.relieved if p is not taken_over)
        case = replace(self, assignments=(*self.assignments, part), relieved=relieved)
        if event.role.owes_reply:
            case = case._placed(event)
        return case.started(event.due, event.unit).started(event.objection, event.unit)

    def _placed(self, event: assignment.SubAssigned | objections.Reassigned) -> Self:
        """From here on units owe the reply that the system of organs was assigned."""
        unit = event.to if isinstance(event, objections.Reassigned) else event.unit
        owner = self.assigned_to
        if owner is None or self.unplaced or (owner != unit and self.role_of(owner) is not None):
            return self  # the last: it was assigned to a unit at once, whose own clock that is
        case = self
        for rule in objections.ANSWER_RULES:
            case = case.superseded(rule, owner, event)
        return case

    def _signed_for(self, event: objections.SignedFor) -> Self:
        case = replace(self, signed_for=(*self.signed_for, event.unit))
        running = {c.rule for c in self.running_clocks if c.about == event.unit}
        for due in event.due:
            if due.rule not in OPINIONS or due.rule in running:
                case = case.restarted(due, event.unit, event)
        return case

    def _objected(self, event: objections.ObjectionRaised) -> Self:
        case = replace(self, objections=(*self.objections, Objection(event.unit, event.late)))
        return case.stopped("objection", event.unit, event).started(event.redispatch, CONGRESS)

    def _relieved(self, event: objections.ObjectionUpheld) -> Self:
        case = self._decided(event.unit, "upheld")._without(event.unit)
        case = case.all_superseded(event, about=event.unit)
        return case.started(event.back, self.assigned_to or event.unit)

    def _reassigned(self, event: objections.Reassigned) -> Self:
        case = self._decided(event.unit, "upheld")._without(event.unit)
        case = case.all_superseded(event, about=event.unit).stopped("redispatch", CONGRESS, event)
        part = Assignment(unit=event.to, role=event.role, cause=self.version + 1)
        relieved = tuple(p for p in case.relieved if p.unit != event.unit)
        case = replace(case, assignments=(*case.assignments, part), relieved=relieved)
        if event.role.owes_reply:
            case = case._placed(event)
        return case.started(event.due, event.to).started(event.objection, event.to)

    def _without(self, unit: str) -> Self:
        kept = tuple(part for part in self.assignments if part.unit != unit)
        gone = tuple(part for part in self.assignments if part.unit == unit)
        return replace(self._not_asking(unit), assignments=kept, relieved=(*self.relieved, *gone))

    def _decided(self, unit: str, how: str) -> Self:
        decided = tuple(
            replace(o, decided=how) if o.unit == unit and o.decided is None else o for o in self.objections
        )
        return replace(self, objections=decided)

    def _opinion(
        self, event: handling.CoOpinionGiven | handling.CoOpinionLapsed, ended: ClockStatus | None
    ) -> Self:
        case = replace(self, opinions=(*self.opinions, event.unit))
        for rule in OPINIONS:
            case = case.stopped(rule, event.unit, event, ended)
        return case

    def _not_asking(self, unit: str) -> Self:
        return replace(self, extension_requests=tuple(u for u in self.extension_requests if u != unit))
