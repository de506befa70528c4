"""Letters to lead deputies after an assignment conference: who handles their suggestions, and until when."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, cast

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from domain.base import Event, Recorded
from domain.conference import AssignmentConference
from domain.references import as_part
from domain.suggestion.evolution import SuggestionEvent
from domain.suggestion.suggestion import Suggestion, fold
from duban.wording.wording import LANGUAGES, Wording, wording

PAGE = 500  # cases read at a time

Deputy = tuple[str, str | None]  # name and delegation: two deputies may bear one name
Progress = Callable[[int, int], None]  # how many are written, of how many


class Log(Protocol):
    """What letters ask of the event log."""

    async def read_streams(self, stream_ids: Sequence[str]) -> dict[str, list[Recorded[Event]]]: ...


@dataclass(frozen=True, slots=True)
class Written:
    """How many letters there are, and the cases that no letter tells of because no lead deputy is known."""

    letters: int
    without_deputy: list[str]


async def write_letters(
    log: Log, conference: AssignmentConference, into: Path, progress: Progress = lambda done, of: None
) -> Written:
    """One letter to each lead deputy in each language; written again, the letters are as the log is now."""
    cases: defaultdict[Deputy, list[Suggestion]] = defaultdict(list)
    without: list[str] = []
    for case in await _assigned(log, conference):
        if case.lead_deputy is None:
            without.append(case.ref)
        else:
            cases[case.lead_deputy, case.delegation].append(case)
    template = _template()
    for lang in LANGUAGES:
        (into / lang).mkdir(parents=True, exist_ok=True)
    for number, (deputy, own) in enumerate(cases.items(), 1):
        for lang in LANGUAGES:
            letter = _letter(template, wording(lang), conference, deputy, own)
            (into / lang / _file_of(deputy)).write_text(letter, "utf-8")
        progress(number, len(cases))
    return Written(letters=len(cases), without_deputy=without)


async def _assigned(log: Log, conference: AssignmentConference) -> list[Suggestion]:
    proposed = [p for p in conference.proposals if p.case_id in conference.assigned]
    found: list[Suggestion] = []
    for start in range(0, len(proposed), PAGE):
        names = [f"case/{conference.congress}/{p.case_id}" for p in proposed[start : start + PAGE]]
        streams = await log.read_streams(names)
        found += [fold(cast(SuggestionEvent, r.body) for r in streams[name]) for name in names]
    return found


def _letter(
    template: Template,
    words: Wording,
    conference: AssignmentConference,
    deputy: Deputy,
    cases: list[Suggestion],
) -> str:
    def due(case: Suggestion) -> str | None:
        days = [c.deadline.due_on for c in case.clocks if c.rule == "answer" and c.deadline is not None]
        return words.day(max(days)) if days else None

    return template.render(
        words=words,
        t=words.text,
        many=words.many,
        lang=words.lang,
        due=due,
        deputy=deputy[0],
        delegation=deputy[1],
        cases=cases,
        congress=conference.congress,
        term=conference.term,
        session=conference.session,
        assigned_at=conference.started_at,
    )


def _file_of(deputy: Deputy) -> str:
    return "-".join(as_part(part) for part in deputy if part) + ".html"


def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("assignment.html")
