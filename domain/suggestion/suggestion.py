"""The aggregate: every command that a suggestion takes."""

from collections.abc import Iterable
from functools import reduce
from typing import TypeAlias, assert_never

from domain.law import Law
from domain.suggestion import assignment, commitments, feedback, handling, intake, replies, supervision
from domain.suggestion.agenda import steps_due
from domain.suggestion.evolution import Evolving, SuggestionEvent
from domain.suggestion.steps import TakeStep

SuggestionCommand: TypeAlias = (
    intake.Submit
    | intake.Register
    | assignment.Assign
    | assignment.SubAssign
    | handling.GiveOpinion
    | handling.GrantExtension
    | replies.Answer
    | feedback.GiveFeedback
    | commitments.Commit
    | commitments.FollowUp
    | commitments.Fulfil
    | supervision.Conclude
    | TakeStep
)


class Suggestion(supervision.Supervising, intake.Intake, Evolving):
    """A deputies' suggestion; `decide` answers a command with events or refuses, `evolve` folds them."""

    def decide(self, command: SuggestionCommand, law: Law) -> list[SuggestionEvent]:  # noqa: C901 one total match
        if not self.exists and not isinstance(command, intake.Submit):
            raise intake.NotSubmitted
        events: Iterable[SuggestionEvent]
        match command:
            case intake.Submit():
                events = self.submit(command)
            case intake.Register():
                events = self.register(command)
            case assignment.Assign():
                events = self.assign(command, law)
            case assignment.SubAssign():
                events = self.sub_assign(command, law)
            case handling.GiveOpinion():
                events = self.give_opinion(command)
            case handling.GrantExtension():
                events = self.grant_extension(command, law)
            case replies.Answer():
                events = self.answer(command, law)
            case feedback.GiveFeedback():
                events = self.give_feedback(command, law)
            case commitments.Commit():
                events = self.commit(command, law)
            case commitments.FollowUp():
                events = self.follow_up(command, law)
            case commitments.Fulfil():
                events = self.fulfil(command)
            case supervision.Conclude():
                events = self.conclude(command)
            case TakeStep():
                events = steps_due(self, command)
            case _:
                assert_never(command)
        return list(events)


def fold(events: Iterable[SuggestionEvent]) -> Suggestion:
    """The case as it stands after these events."""
    return reduce(Suggestion.evolve, events, Suggestion())
