"""Wording: what the CLI and the web say, in Chinese and English; facts stay as they were recorded."""

from datetime import date, datetime
from functools import cache, cached_property
from typing import Any, cast

from domain.base import Event, Recorded, Refusal
from domain.clock import SHANGHAI, Derivation, day_of
from domain.congress import NATIONAL
from domain.jurisdictions import Nearest
from domain.suggestion.state import CaseState
from domain.vocabulary import UNKNOWN_UNIT, Stage
from duban.acts.labels import LABELS
from duban.casefile import CaseFile
from duban.catalogue import texts
from duban.replaying import Changed
from duban.wording import clock as wording_clock
from duban.wording.changes import Changes
from duban.wording.events import EventSentences
from duban.wording.names import NAMES
from duban.wording.status import StatusSentences
from duban.wording.terms import RULES, Lang

LANGUAGES: tuple[Lang, ...] = ("zh", "en")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
UNIT_FACTS = ("unit", "units", "owner", "other", "to", "owing")  # facts of refusals that name units

NAMED_FACTS = {
    "what": "act",
    "role": "role",
    "how": "ended",
    "part": "part",
    "outcome": "outcome",
    "fault": "address-fault",
}


class Wording:
    """Everything that is said in one language."""

    def __init__(self, lang: Lang) -> None:
        self.lang: Lang = lang
        self._texts = texts(lang)

    def text(self, msgid: str, **facts: Any) -> str:
        """A text of the catalogue, with its facts filled in."""
        found = self._texts.get(msgid)
        return found.format(**facts) if facts else found

    def many(self, one: str, other: str, number: int, **facts: Any) -> str:
        """A text that speaks of a number of things; {n} is the number."""
        return self._texts.many(one, other, number).format(n=number, **facts)

    def join(self, sentences: list[str]) -> str:
        """Sentences as one paragraph."""
        return ("" if self.lang == "zh" else " ").join(sentence for sentence in sentences if sentence)

    def listed(self, things: list[str]) -> str:
        return ("、" if self.lang == "zh" else ", ").join(things)

    def name(self, kind: str, code: str) -> str:
        """The name of a coded thing; a code without one stands for itself."""
        known = NAMES[kind].get(code)
        return self._texts.get(known, kind) if known else code

    def stage(self, stage: str) -> str:
        return self.name("stage", stage)

    def role(self, role: str) -> str:
        return self.name("role", role)

    def satisfaction(self, rating: str) -> str:
        return self.name("satisfaction", rating)

    def outcome(self, outcome: str) -> str:
        return self.name("outcome", outcome)

    def subject(self, name: str) -> str:
        """A subject or an aspect; those of the shipped lists are said in either language."""
        return self.name("subject", name)

    def clock_status(self, status: str) -> str:
        return self.name("clock", status)

    def level(self, level: str) -> str:
        return self.name("level", level)

    def kind(self, kind: str) -> str:
        return self.name("kind", kind)

    def gap(self, gap: str) -> str:
        return self.name("gap", gap)

    def jurisdiction(self, jurisdiction: str) -> str:
        return self.name("jurisdiction", jurisdiction)

    def jurisdiction_reason(self, case: CaseState) -> str:
        """Why a case is under the rules it is under."""
        nearest = Nearest(jurisdiction=case.jurisdiction, province=None, reason=case.jurisdiction_reason)
        return wording_clock.reason_in_words(nearest, self.lang)

    def rule(self, rule: str) -> str:
        return RULES[rule][self.lang] if rule in RULES else rule

    def unit(self, unit: str | None) -> str:
        """A unit, or another party, as it is called; one that no source names is a gap."""
        return self.name("party", unit or UNKNOWN_UNIT)

    def party(self, actor: str) -> str:
        return self.name("party", actor)

    def congress(self, slug: str) -> str:
        return self.text("National People's Congress") if slug == NATIONAL else slug

    def place(self, case: CaseState) -> str:
        """The place of a case's congress, with its level."""
        level = self.level(case.level) if case.level else ""
        if level in ("", case.place):
            return case.place
        return self.text("{place} ({level})", place=case.place, level=level)

    def served(self, on: tuple[str, ...]) -> str:
        return self.listed([self.party(name) for name in on])

    def on_day(self, moment: datetime | None) -> str:
        """A day without its weekday; a gap where none is known."""
        return day_of(moment).isoformat() if moment else self.text("day not given")

    def time(self, moment: datetime) -> str:
        """An instant in China's time."""
        return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")

    def reconstructed(self, reason: str) -> str:
        """Why a step stands here that the source does not state."""
        return self.text(reason)

    def day(self, moment: datetime | date) -> str:
        """A day with its weekday, "2024-07-02 (Tue)"."""
        day = day_of(moment) if isinstance(moment, datetime) else moment
        weekday = self._texts.get(WEEKDAYS[day.weekday()], "weekday")
        return self.text("{day} ({weekday})", day=day.isoformat(), weekday=weekday)

    def left(self, due_on: date, now: datetime) -> str:
        """How many days are left, or by how many it is late."""
        days = (due_on - day_of(now)).days
        if days == 0:
            return self.text("due today")
        if days > 0:
            return self.many("{n} day left", "{n} days left", days)
        return self.many("overdue by {n} day", "overdue by {n} days", -days)

    def derivation_lines(self, derivation: Derivation) -> list[str]:
        return wording_clock.lines(derivation, self.lang)

    def derivation_facts(self, derivation: Derivation) -> list[tuple[str, str]]:
        return wording_clock.facts(derivation, self.lang)

    def status_sentence(self, case: CaseState, now: datetime) -> str:
        """Where the case stands, by when who owes what, and why: to be read aloud."""
        return self._status.sentence(case, now)

    def status_of(self, file: CaseFile) -> str:
        """Where a case stands, told of as much as its file may tell."""
        if file.stands is None:
            return self.status_sentence(file.case, file.now)
        return self.public_sentence(file.stands.case, file.stands.stage, file.now)

    def public_sentence(self, case: CaseState, stage: Stage, now: datetime) -> str:
        """Where the case stands, as the public may know it."""
        return self._status.public_sentence(case, stage, now)

    def event_sentence(self, recorded: Recorded[Any]) -> str:
        """What happened, in one plain sentence."""
        said = self._events.sentence(cast(Event, recorded.body))
        return said[:1].upper() + said[1:]

    def changed_sentence(self, changed: Changed) -> str:
        """What an event changed about the case."""
        return self._changes.sentence(changed)

    def refusal(self, refusal: Refusal) -> str:
        """What is refused, why, and what to do."""
        facts = {name: self._fact(name, value) for name, value in refusal.facts.items()}
        return self.join([self.text(text).format(**facts) for text in refusal.texts()])

    def _fact(self, name: str, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        if name in NAMED_FACTS:
            return self.name(NAMED_FACTS[name], value)
        if name == "field" and self.lang == "zh" and value in LABELS:
            return self.text(LABELS[value])
        return self.unit(value) if name in (*UNIT_FACTS, "on", "open") else value

    @cached_property
    def _status(self) -> StatusSentences:
        return StatusSentences(self)

    @cached_property
    def _events(self) -> EventSentences:
        return EventSentences(self)

    @cached_property
    def _changes(self) -> Changes:
        return Changes(self)


@cache
def wording(lang: str) -> Wording:
    """The wording of a language; Chinese unless English is asked for."""
    return Wording("en" if lang.lower().startswith("en") else "zh")
