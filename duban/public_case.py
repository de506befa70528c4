"""A case on the public site: opened for whoever asks as for the public, and told as it was decided public."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from domain.references import NoSuchCase
from domain.suggestion.published import PublicCase, published
from duban.access.permission import sees
from duban.access.standing import told
from duban.access.viewer import PUBLIC, case_of
from duban.casefile import AsOf, CaseFile, Log, Resolver, open_case


@dataclass(frozen=True, slots=True)
class OpenCase:
    """What is told of a case, and its history as the public sees it."""

    case: PublicCase
    file: CaseFile


async def open_public(log: Log, resolver: Resolver, ref: str, now: datetime) -> OpenCase:
    """The public case that bears a reference. One that is not public does not exist here, for nobody."""
    file = await open_case(log, resolver, ref, AsOf(None, now))
    access = case_of(file.case)
    sight, public = sees(PUBLIC, access), published(file.case)
    if not sight.case or public is None:
        raise NoSuchCase(ref=ref)
    return OpenCase(public, told(file, sight, access))


def data_of(case: PublicCase) -> dict[str, Any]:
    """A public case as JSON-ready data."""
    known = asdict(case)
    known |= {"published": known.pop("extent"), "published_reason": known.pop("reason")}
    known |= {"deputy": known.pop("lead_deputy"), "year": case.year, "outcomes": list(case.outcomes)}
    return {name: _plain(value) for name, value in known.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value
