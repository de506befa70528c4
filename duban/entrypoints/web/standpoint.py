"""The standpoint of a replay: whose eyes see a moment, and whether by what was recorded or by what had happened."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from domain.base import Recorded, Refusal
from domain.suggestion.suggestion import Suggestion
from duban.access.permission import sees
from duban.access.seen_case import SeenCase
from duban.access.standing import told
from duban.access.viewer import Role, case_of
from duban.casefile import CaseFile
from duban.entrypoints.web.pages import case_url, url
from duban.seats import SEATS, seated

RECORDED, EFFECTIVE = "recorded", "effective"


class NotAStandpoint(Refusal):
    """“{value}” cannot be asked of the replay.

    Choose a role, a step and a way of looking that the page of the replay offers.
    """


@dataclass(frozen=True, slots=True)
class Look:
    """How a moment is looked at, as its address says it."""

    by: Role | None = None  # None: with the viewer's own eyes
    effective: bool = False
    against: int | None = None  # the step it is compared with
    base: str | None = None  # the address of the replay, where it is not the case's own

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> "Look":
        by, way, against = (asked.get(name, "").strip() for name in ("by", "way", "against"))
        known = {role.value: role for role in SEATS}
        if by not in ("", *known) or way not in ("", RECORDED, EFFECTIVE):
            raise NotAStandpoint(value=(by or way)[:40])
        if against and not (against.isascii() and against.isdigit() and len(against) <= 9):
            raise NotAStandpoint(value=against[:40])
        return cls(known.get(by), way == EFFECTIVE, int(against) if against else None)

    def home(self, ref: str) -> str:
        """Where the replay stands."""
        return self.base or case_url(ref, "/replay")

    def address(self, ref: str, **place: Any) -> str:
        """The address of a moment, looked at in the same way unless said otherwise."""
        way = EFFECTIVE if self.effective else None
        asked = {"by": self.by.value if self.by else None, "way": way, "against": self.against}
        if self.base is not None:
            return url(self.base, {**asked, **place})
        return case_url(ref, "/replay", **{**asked, **place})


@dataclass(frozen=True, slots=True)
class Stood:
    """The case as it stood: `file` is None where these eyes saw nothing of it."""

    file: CaseFile | None
    now: datetime
    later: int  # events that had happened by then and were recorded afterwards
    present: bool = False  # the case as it stands now, rather than on the day of a step


def stood_at(seen: SeenCase, current: int, now: datetime, look: Look) -> Stood:
    """The case at a step, from a standpoint; nothing that the viewer does not see themselves."""
    if seen.file.stands is not None and current == len(seen.file.recorded):
        return Stood(seen.file, seen.file.now, 0, present=True)  # what came later is not shown as a step
    known = seen.file.recorded[:current]
    later = [r for r in seen.file.recorded[current:] if _happened(r, now)]
    recorded = (*known, *later) if look.effective else known
    file = CaseFile(case=_folded(recorded), recorded=recorded, now=now)
    if look.by is None or not seen.sight.whole:
        return Stood(file, now, len(later))
    case = case_of(file.case, seen.case.committees)
    sight = sees(seated(look.by, file.case, seen.case), case)
    shown = told(file, sight, case) if sight.case else None
    return Stood(shown if shown and shown.recorded else None, now, len(later))


def _happened(recorded: Recorded[Any], now: datetime) -> bool:
    return recorded.body.occurred_at is not None and recorded.body.occurred_at <= now


def _folded(recorded: Iterable[Recorded[Any]]) -> Suggestion:
    state = Suggestion()
    for one in recorded:
        state = replace(state, version=one.version - 1).evolve(one.body)
    return state
