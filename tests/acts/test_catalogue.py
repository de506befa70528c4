from typing import get_args

from hypothesis import settings

from domain.key_topic import TopicCommand
from domain.motion_acts import MotionCommand
from domain.suggestion.moves import Recount
from domain.suggestion.steps import TakeStep
from domain.suggestion.suggestion import Suggestion, SuggestionCommand
from duban.acts.catalogue import ACTS, possible
from duban.acts.fields import FieldKind
from duban.acts.labels import LABELS
from duban.acts.on_suggestions import ON_SUGGESTIONS
from tests.domain.cases import ANSWER, ASSIGN, LEAD, given, submit
from tests.domain.test_any_order_of_commands import AnyOrder

CLOCKWORK: tuple[type, ...] = (TakeStep, Recount)  # what nobody commands by hand
BY_COMMAND = {act.command: act for act in ON_SUGGESTIONS}


def commands_in(alias: object) -> set[type]:
    parts = get_args(alias)
    return {part for part in parts if isinstance(part, type)} | {
        found for part in parts if not isinstance(part, type) for found in commands_in(part)
    }


def test_every_command_that_people_give_has_exactly_one_act() -> None:
    every = commands_in(SuggestionCommand) | commands_in(TopicCommand) | commands_in(MotionCommand)

    assert len(ACTS) == len({act.command for act in ACTS.values()})
    assert {act.command for act in ACTS.values()} == every - {*CLOCKWORK}


def test_every_field_of_every_act_has_a_label() -> None:
    asked = {field.name for act in ACTS.values() for field in act.fields}

    parts = {"facts", "analysis", "proposal"}  # of what a suggestion is made of
    assert asked | parts == set(LABELS)


def test_a_field_is_asked_for_as_what_it_is() -> None:
    fields = {field.name: field for field in ACTS["suggestion.commit"].fields}
    contact = {field.name: field for field in ACTS["suggestion.contact"].fields}

    assert (fields["due"].kind, fields["due"].required) == (FieldKind.DAY, False)
    assert (fields["promise"].kind, fields["promise"].required) == (FieldKind.PROSE, True)
    assert contact["way"].choices == ("visit", "call", "symposium", "letter", "online", "inspection")
    assert (contact["deputies"].kind, contact["deputies"].many) == (FieldKind.LINE, True)


def test_what_is_possible_follows_the_life_of_a_case() -> None:
    def names(case: Suggestion) -> set[str]:
        return {act.name for act in possible(case)}

    assert names(Suggestion()) == {"submit"}
    assert "assign" in names(given(submit()))
    assert not {"answer", "conclude", "feedback"} & names(given(submit()))
    assert {"answer", "sign-for", "object"} <= names(given(submit(), ASSIGN, LEAD))
    assert {"feedback", "conclude", "reclassify"} <= names(given(submit(), ASSIGN, LEAD, ANSWER))


class AcceptedIsPossible(AnyOrder):
    """Whatever the domain accepts, in any order of commands, was open before."""

    def _do(self, command: SuggestionCommand) -> None:
        before, length = self.case, len(self.events)
        super()._do(command)
        if len(self.events) > length and not isinstance(command, TakeStep | Recount):
            assert BY_COMMAND[type(command)].open_to(before), type(command)


TestAcceptedIsPossible = AcceptedIsPossible.TestCase
TestAcceptedIsPossible.settings = settings(AnyOrder.TestCase.settings, max_examples=15)
