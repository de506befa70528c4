"""A unit's deadlines as a calendar (iCalendar): each a whole day, with its rule, its article and how it was counted."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol, cast
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from icalendar import Calendar
from icalendar import Event as Entry

from domain.base import Event, Recorded
from domain.clock import Deadline
from domain.suggestion.evolution import SuggestionEvent
from domain.suggestion.records import Clock
from domain.suggestion.suggestion import Suggestion, fold
from duban.notices.letter import clean
from duban.wording.wording import Wording

PAGE: Final = 200  # cases folded at a time
EXTENDED: Final = "_extended"  # ends the name of a rule that prolongs another
REFRESHED: Final = timedelta(hours=1)  # how often calendars are asked to look again
CONTENT_TYPE: Final = "text/calendar; charset=utf-8"

Stream = Sequence[Recorded[Event]]


class Log(Protocol):
    """Where the cases are read."""

    async def read_streams(self, stream_ids: Sequence[str]) -> dict[str, list[Recorded[Event]]]: ...


async def unit_calendar(
    log: Log, streams: Sequence[str], unit: str, words: Wording, origin: str | None
) -> tuple[bytes, int]:
    """The calendar of what a unit owes in these cases, and how many deadlines it holds; what has ended is not in it."""
    entries: list[Entry] = []
    for start in range(0, len(streams), PAGE):
        found = await log.read_streams(streams[start : start + PAGE])
        for stream in found.values():
            entries += _of_case(stream, unit, words, origin)
    calendar = Calendar()
    for name, value in (
        ("PRODID", "-//Duban//deadlines//EN"),
        ("VERSION", "2.0"),
        ("METHOD", "PUBLISH"),
        ("X-WR-CALNAME", words.text("Deadlines of {unit}", unit=clean(unit))),
        ("X-WR-TIMEZONE", "Asia/Shanghai"),
    ):
        calendar.add(name, value)
    calendar.add("REFRESH-INTERVAL", REFRESHED, parameters={"VALUE": "DURATION"})
    calendar.add("X-PUBLISHED-TTL", "PT1H")
    for entry in sorted(entries, key=lambda entry: (entry.start, str(entry["UID"]))):
        calendar.add_component(entry)
    return calendar.to_ical(), len(entries)


def _of_case(stream: Stream, unit: str, words: Wording, origin: str | None) -> Iterator[Entry]:
    case = fold(cast(SuggestionEvent, recorded.body) for recorded in stream)
    promised = {c.id for c in case.commitments if c.owner == unit}
    seen: set[str] = set()
    for clock in case.running_clocks:
        if clock.deadline is None or (clock.about != unit and clock.about not in promised):
            continue
        uid = _uid(case, clock, seen)
        set_at = stream[clock.cause - 1].recorded_at
        yield _entry(case, clock, clock.deadline, uid, set_at, words, origin)


def _uid(case: Suggestion, clock: Clock, seen: set[str]) -> str:
    """The same while the term runs, though its day may move; another where two such terms run at once."""
    rule = clock.rule.removesuffix(EXTENDED)  # a reply that may come later is the same reply
    name = f"{case.congress}/{case.case_id}/{rule}/{clock.about}"
    name = f"{name}/{clock.cause}" if name in seen else name
    seen.add(name)
    return f"{uuid5(NAMESPACE_URL, f'duban:{name}')}@duban"


def _entry(
    case: Suggestion,
    clock: Clock,
    deadline: Deadline,
    uid: str,
    set_at: datetime,
    words: Wording,
    origin: str | None,
) -> Entry:
    kept = case.confidentiality_asked
    title = "" if kept else clean(case.title or words.text("(no title given)"))
    said = words.text(
        "{rule} due: {ref} {title}", rule=words.rule(clock.rule), ref=clean(case.ref), title=title
    )
    if deadline.provisional:
        said = words.text("(provisional) {said}", said=said)
    link = f"{origin}/case/{'/'.join(quote(p, safe='') for p in case.ref.split('/'))}" if origin else None
    lines = words.derivation_lines(deadline.derivation)
    if deadline.provisional:
        lines.append(
            words.text("This day is provisional: the official calendar of that year is not published yet.")
        )
    entry = Entry()
    entry.add("UID", uid)
    entry.add("DTSTAMP", set_at)
    entry.add("LAST-MODIFIED", set_at)
    entry.add("SEQUENCE", clock.cause)
    entry.add("DTSTART", deadline.due_on)
    entry.add("DTEND", deadline.due_on + timedelta(days=1))
    entry.add("SUMMARY", said.strip())
    entry.add("DESCRIPTION", "\n".join([*lines, *([link] if link else [])]))
    entry.add("CATEGORIES", [words.rule(clock.rule)])
    entry.add("STATUS", "TENTATIVE" if deadline.provisional else "CONFIRMED")
    entry.add("TRANSP", "TRANSPARENT")
    if kept:
        entry.add("CLASS", "CONFIDENTIAL")
    if link:
        entry.add("URL", link)
    return entry
