"""Standing: where a case truly stands, for those who see less of it than was recorded; what is kept back stays so."""

from dataclasses import replace
from typing import Final

from domain.suggestion.published import extent_of, promised_in_public
from domain.suggestion.records import Commitment, Rating, Reply
from domain.suggestion.suggestion import Suggestion
from domain.vocabulary import Extent, Part
from duban.access.permission import Sight
from duban.access.veil import NAME_KEPT, veiled
from duban.access.viewer import Case
from duban.casefile import CaseFile, Standing

OPINIONS: Final = frozenset({"co_opinion", "co_opinion_redo"})  # terms between units


def told(file: CaseFile, sight: Sight, case: Case) -> CaseFile:
    """A case as it is seen at the moment it is judged by: veiled, yet at its true stage, its terms as they truly stand.

    An answer that is kept back must not read as one that is owed.
    """
    shown = veiled(file, sight, case)
    if sight.whole:
        return shown
    stands = Standing(file.case.stage, standing(file.case, shown.case))
    known = {(clock.rule, clock.about) for clock in shown.case.clocks}
    clocks = tuple(clock for clock in stands.case.clocks if (clock.rule, clock.about) in known)
    return replace(shown, case=replace(shown.case, clocks=clocks), stands=stands)


def standing(true: Suggestion, shown: Suggestion) -> Suggestion:
    """What is shown of a case, with what its true stage rests on: that things were done, and nothing that they say."""
    promises = promised_in_public(true)
    return replace(
        shown,
        submitted_at=true.submitted_at,
        returned=true.returned,
        registered=true.registered,
        assigned_to=true.assigned_to,
        assignments=true.assignments,
        relieved=true.relieved,
        rehandled=true.rehandled,
        replies=tuple(
            Reply(r.unit, r.ordinal, None, None, None, r.answered_at, r.cause) for r in true.replies
        ),
        ratings=tuple(_kept(true, rating) for rating in true.ratings),
        lapsed_feedback=true.lapsed_feedback,
        commitments=tuple(map(_only_whether_open, promises))
        if len(promises) == len(true.commitments)
        else (),
        clocks=tuple(clock for clock in true.clocks if clock.rule not in OPINIONS),
        concluded=true.concluded,
        concluded_at=true.concluded_at,
        ended_as=true.ended_as,
    )


def _kept(case: Suggestion, rating: Rating) -> Rating:
    """That there is a rating; what it says only where that was decided public."""
    public = extent_of(case, Part.FEEDBACK, rating.unit) in (Extent.FULL, Extent.SUMMARY)
    result, printed = (rating.result, rating.printed) if public else (None, None)
    return Rating(rating.unit, rating.ordinal, None, result, printed, "", "")


def _only_whether_open(made: Commitment) -> Commitment:
    evidence = None if made.open else NAME_KEPT
    return Commitment(made.id, made.owner, made.promise, made.made_at, made.cause, evidence=evidence)
