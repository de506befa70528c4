"""The catalogue of every act: what the command line, the API and the forms are made of."""

from collections.abc import Mapping
from typing import Any, Final

from domain.suggestion.suggestion import Suggestion
from duban.acts.act import Act
from duban.acts.on_motions import ON_MOTIONS
from duban.acts.on_suggestions import ON_SUGGESTIONS
from duban.acts.on_topics import ON_TOPICS

ACTS: Final[Mapping[str, Act]] = {
    f"{act.subject.value}.{act.name}": act for act in (*ON_SUGGESTIONS, *ON_TOPICS, *ON_MOTIONS)
}
"""Every act by subject and name."""


def possible(subject: Suggestion | Any, acts: tuple[Act, ...] = ON_SUGGESTIONS) -> tuple[Act, ...]:
    """The acts that its state leaves open; every other is refused whatever its fields hold."""
    return tuple(act for act in acts if act.open_to(subject))
