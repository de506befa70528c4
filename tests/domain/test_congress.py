import pytest

from domain.congress import (
    AddUnits,
    Congress,
    EndTerm,
    OpenCongress,
    TermsOutOfOrder,
    UnknownUnit,
    UnknownUnitNearOthers,
    fold_congress,
)
from domain.references import MalformedReference, Reference
from domain.vocabulary import Level
from tests.domain.cases import MARA, on

OPEN = OpenCongress(congress="npc", place="全国", level=Level.NATIONAL, at=on("2024-03-01"))
UNITS = AddUnits(units=(MARA, "财政部", MARA), at=on("2024-03-01"))


def opened() -> Congress:
    congress = fold_congress(Congress().open(OPEN))
    return fold_congress([*Congress().open(OPEN), *congress.add_units(UNITS)])


def test_a_congress_is_opened_once_and_knows_its_units_once() -> None:
    congress = opened()

    assert (congress.congress, congress.level, congress.stream_id) == ("npc", Level.NATIONAL, "congress/npc")
    assert congress.units == (MARA, "财政部")
    assert congress.open(OPEN) == []
    assert congress.add_units(UNITS) == []


def test_a_term_ends_once_and_is_followed_by_a_later_one() -> None:
    end = EndTerm(term=14, successor=15, at=on("2028-03-04"))
    (ended,) = opened().end_term(end)
    after = opened().evolve(ended)

    assert after.ended_terms == (14,)
    assert after.end_term(end) == []
    with pytest.raises(TermsOutOfOrder, match="14"):
        opened().end_term(end.model_copy(update={"successor": 14}))


def test_a_unit_that_is_not_known_is_refused_with_those_that_look_like_it() -> None:
    opened().ensure_unit(MARA)
    with pytest.raises(UnknownUnitNearOthers, match=MARA):
        opened().ensure_unit("农业农村厅")
    with pytest.raises(UnknownUnit, match="duban unit add"):
        opened().ensure_unit("气象局")


def test_a_reference_is_read_in_its_parts_and_what_is_none_is_refused() -> None:
    assert Reference.parse(" npc/14-2/motion-07 ").number == "motion-07"
    unknown = Reference.parse("npc/x-x/7")
    assert (unknown.term, unknown.session, str(unknown), unknown.stream_id) == (
        None, None, "npc/x-x/7", "ref/npc/x-x/7",
    )  # fmt: skip
    with pytest.raises(MalformedReference, match="3973"):
        Reference.parse("3973")
