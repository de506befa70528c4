"""A case on the public site: opened for whoever asks as for the public, and told as it was decided public."""

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from domain.references import NoSuchCase
from domain.suggestion.published import PublicCase, promised_in_public, published
from domain.suggestion.records import Rating
from domain.suggestion.suggestion import Suggestion
from domain.vocabulary import Extent
from duban.access.permission import sees
from duban.access.veil import veiled
from duban.access.viewer import PUBLIC, case_of
from duban.casefile import AsOf, CaseFile, Log, Resolver, open_case
from duban.wording.wording import Wording

OPINIONS = frozenset({"co_opinion", "co_opinion_redo"})  # terms between units


@dataclass(frozen=True, slots=True)
class OpenCase:
    """What is told of a case, its history as the public sees it, and the state that its sentence speaks of."""

    case: PublicCase
    file: CaseFile
    stands: Suggestion
    now: datetime

    @property
    def position(self) -> int:
        """Of its last event that is public."""
        return self.file.position

    def status(self, words: Wording) -> str:
        """Where it stands, without what is not public: whatever the handling still keeps to itself."""
        return words.public_sentence(self.stands, self.case.stage, self.now)

    def timed(self, file: CaseFile) -> CaseFile:
        """What somebody sees of the case, its terms as they truly stand: what is kept back may have met one."""
        shown = {(clock.rule, clock.about) for clock in file.case.clocks}
        true = tuple(clock for clock in self.stands.clocks if (clock.rule, clock.about) in shown)
        return replace(file, case=replace(file.case, clocks=true))


async def open_public(log: Log, resolver: Resolver, ref: str, now: datetime) -> OpenCase:
    """The public case that bears a reference. One that is not public does not exist here, for nobody."""
    file = await open_case(log, resolver, ref, AsOf(None, now))
    access = case_of(file.case)
    sight, told = sees(PUBLIC, access), published(file.case)
    if not sight.case or told is None:
        raise NoSuchCase(ref=ref)
    return OpenCase(told, veiled(file, sight, access), standing(file.case, told), now)


def standing(case: Suggestion, told: PublicCase) -> Suggestion:
    """The case at its true stage, without the ratings, promises and terms that were not decided public."""
    promises = promised_in_public(case)
    public = {(r.unit, r.ordinal) for r in told.ratings if r.extent is not Extent.WITHHELD}
    return replace(
        case,
        ratings=tuple(one if (one.unit, one.ordinal) in public else _kept(one) for one in case.ratings),
        commitments=promises if len(promises) == len(case.commitments) else (),
        clocks=tuple(clock for clock in case.clocks if clock.rule not in OPINIONS),
    )


def _kept(rating: Rating) -> Rating:
    """That there is a rating, and nothing of what it says."""
    return Rating(rating.unit, rating.ordinal, None, None, None, "", "")


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


__all__ = ["OpenCase", "data_of", "open_public", "standing"]
