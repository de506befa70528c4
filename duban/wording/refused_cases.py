"""Why a case could not be assigned at a conference, in a reader's language."""

from collections.abc import Iterator

from domain.base import Refusal
from domain.conference_acts import RefusedCase
from duban.wording.wording import Wording


def reason_of(case: RefusedCase, words: Wording) -> str:
    """As it was said then, where that refusal is no more or speaks of other facts now."""
    facts = {fact.name: fact.value for fact in case.facts}
    kind = next((kind for kind in _kinds(Refusal) if kind.__name__ == case.refusal), None)
    try:
        return words.refusal(kind(**facts)) if kind is not None else case.reason
    except KeyError:
        return case.reason


def _kinds(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    for below in kind.__subclasses__():
        yield below
        yield from _kinds(below)
