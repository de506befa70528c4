"""Subjects: the classes by which a congress sorts its suggestions; its own list, or the one that is shipped."""

import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Final

from pydantic import ConfigDict

from domain.base import Refusal, Value
from domain.provisions import Basis, Text
from domain.vocabulary import Line

SUBJECTS: Final = "subjects.toml"  # beside the rules
GENERAL: Final = "general"  # the list of a congress whose jurisdiction has none
PRINTED: Final = "printed"  # the scheme of a class that only a source knows


class UnknownSubject(Refusal):
    """“{subject}” is not a subject of the list {scheme}.

    It knows: {known}. A congress keeps its own list with `duban congress set-subjects`.
    """


class UnknownSubjectNearOthers(UnknownSubject):
    """“{subject}” is not a subject of the list {scheme}. Did you mean {near}?

    It knows: {known}. A congress keeps its own list with `duban congress set-subjects`.
    """


class SubjectTwice(Refusal):
    """The list of subjects names “{subject}” twice.

    Each subject stands once, and each code means one subject.
    """


class EmptyList(Refusal):
    """A list of subjects names at least one.

    Write each as NAME, ASPECT/NAME or CODE=ASPECT/NAME.
    """


class Subject(Value):
    """A class of suggestions: its code and name in the list, and the aspect under which it is added up."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Line
    name: Line
    aspect: Line | None = None

    @classmethod
    def parse(cls, text: str) -> "Subject":
        """As people write it: NAME, ASPECT/NAME or CODE=ASPECT/NAME; a subject without a code goes by its name."""
        code, equals, rest = text.rpartition("=")
        aspect, slash, name = rest.rpartition("/")
        return cls(code=code if equals else name, name=name, aspect=aspect if slash else None)


class Scheme(Value):
    """One version of a list of subjects."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scheme: str
    subjects: tuple[Subject, ...]
    basis: Basis = "practice"
    note: Text | None = None

    def find(self, wanted: str) -> Subject | None:
        """The subject of this name or code, however wide its signs were typed."""
        text = plain(wanted)
        return next((s for s in self.subjects if text in (plain(s.name), plain(s.code))), None)

    def named(self, wanted: str) -> Subject:
        """As `find`. Refuses with `UnknownSubject`, and with names like it where there are any."""
        if (found := self.find(wanted)) is not None:
            return found
        names = [subject.name for subject in self.subjects]
        facts = {"subject": wanted, "scheme": self.scheme, "known": ", ".join(names)}
        if alike := get_close_matches(wanted, names, n=3, cutoff=0.5):
            raise UnknownSubjectNearOthers(**facts, near=", ".join(alike))
        raise UnknownSubject(**facts)


def ensure_list(subjects: Iterable[Subject]) -> None:
    """Refuses a list that is empty or names something twice."""
    seen: set[str] = set()
    for subject in subjects:
        for text in {plain(subject.code), plain(subject.name)}:
            if text in seen:
                raise SubjectTwice(subject=subject.name)
            seen.add(text)
    if not seen:
        raise EmptyList


def shipped(jurisdiction: str) -> Scheme:
    """The list of a congress that keeps none: that of its jurisdiction, else the general one."""
    schemes = _schemes()
    return schemes.get(jurisdiction, schemes[GENERAL])


@cache
def _schemes() -> Mapping[str, Scheme]:
    text = files("domain.regulations").joinpath(SUBJECTS).read_text("utf-8")
    return {
        name: Scheme.model_validate({"scheme": name, **facts}) for name, facts in tomllib.loads(text).items()
    }


def plain(text: str) -> str:
    """A name by which it is told apart, however wide or large its signs were typed."""
    return unicodedata.normalize("NFKC", text).strip().casefold()
