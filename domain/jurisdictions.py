"""Whose rules bind a congress: the nearest jurisdiction that has rules of its own, and why."""

import re
import unicodedata
from typing import Literal

from domain.base import Value
from domain.places import Division, divisions_named

NATIONAL = "npc"
NATIONAL_NAMES = ("全国", "中国", "中华人民共和国")
PROVINCES = {
    "北京市": "beijing",
    "上海市": "shanghai",
    "浙江省": "zhejiang",
    "山东省": "shandong",
    "河南省": "henan",
    "重庆市": "chongqing",
}
CITIES = {("山东省", "青岛市"): "qingdao"}

ReasonCode = Literal[
    "national", "city-rules", "province-rules", "no-local-rules", "ambiguous-place", "unknown-place"
]
CONGRESS = re.compile(
    r"(?<=..)(人民代表大会|人大)(常务委员会|常委会)?$"
)  # a congress named rather than its place


class Nearest(Value):
    """`reason` is a code, or "code:names" with the divisions it speaks of joined by "|"."""

    jurisdiction: str
    province: str | None
    reason: str

    @property
    def code(self) -> str:
        return self.reason.partition(":")[0]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name in self.reason.partition(":")[2].split("|") if name)


def nearest(level: str, place: str) -> Nearest:
    """The rules of the place's city, else of its province, else the nation's.

    `level` ("national", "province", "city", "county", "township") helps where one name is borne by two
    divisions. A name that could lie under different rules is never guessed: it takes the national rules.
    """
    name = CONGRESS.sub("", "".join(unicodedata.normalize("NFKC", place).split()))
    if level == "national" or name in NATIONAL_NAMES:
        return _nearest(NATIONAL, None, "national")
    fitting = _fitting(level, divisions_named(name))
    if not fitting:
        return _nearest(NATIONAL, None, "unknown-place")
    provinces = sorted({division.province for division in fitting})
    own = {_own_rules(division) for division in fitting}
    if len(own) > 1:
        places = sorted({division.province + division.prefecture for division in fitting})
        return _nearest(NATIONAL, None, "ambiguous-place", *places)
    province = provinces[0] if len(provinces) == 1 else None
    match own.pop():
        case None:
            return _nearest(NATIONAL, province, "no-local-rules", *provinces)
        case jurisdiction if jurisdiction in CITIES.values():
            return _nearest(jurisdiction, province, "city-rules", fitting[0].prefecture)
        case jurisdiction:
            return _nearest(jurisdiction, province, "province-rules", *provinces)


def _fitting(level: str, divisions: tuple[Division, ...]) -> tuple[Division, ...]:
    """Those of the level stated, where there are any: 海南 the province rather than 海南州."""
    return tuple(d for d in divisions if d.level == level) or divisions


def _own_rules(division: Division) -> str | None:
    return CITIES.get((division.province, division.prefecture)) or PROVINCES.get(division.province)


def _nearest(jurisdiction: str, province: str | None, code: ReasonCode, *names: str) -> Nearest:
    reason = f"{code}:{'|'.join(names)}" if names else code
    return Nearest(jurisdiction=jurisdiction, province=province, reason=reason)
