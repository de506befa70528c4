"""The gazetteer: which administrative division a printed place name can mean."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

from domain.base import Value

SUFFIX = re.compile(r"(特别行政区|自治区|自治州|自治县|自治旗|地区|新区|林区|省|市|州|盟|县|区|旗)$")
PEOPLES = re.compile(
    r"(?:蒙古族?|回族?|藏族?|维吾尔族?|苗族?|彝族?|壮族?|布依族|朝鲜族?|满族?|侗族?|瑶族?|白族|土家族|哈尼族|哈萨克族?|"
    r"傣族|黎族|傈僳族|佤族|畲族|拉祜族|水族|东乡族?|纳西族|景颇族|柯尔克孜族?|土族|达斡尔族?|仫佬族|羌族|布朗族|撒拉族?|"
    r"毛南族|仡佬族|锡伯族?|普米族|塔吉克族?|怒族|鄂温克族?|保安族|裕固族|独龙族|各族)+$"
)
COUNTY_SUFFIXES = ("市", "县", "区")
# What may follow a known division without changing where it lies: a township, or a zone of the city.
LOWER_DIVISION = re.compile(r".{2,}(镇|乡|苏木|街道|街道办|区|县|市)")


class Division(Value):
    """A division with its province and, for a county, its prefecture ("" directly under the province)."""

    province: str
    prefecture: str = ""
    county: str = ""

    @property
    def level(self) -> str:
        return "county" if self.county else "city" if self.prefecture else "province"

    @property
    def name(self) -> str:
        return self.county or self.prefecture or self.province

    def contains(self, other: "Division") -> bool:
        """Strictly above it."""
        if self == other or self.county or self.province != other.province:
            return False
        return not self.prefecture or self.prefecture == other.prefecture


def divisions_named(place: str) -> tuple[Division, ...]:
    """The divisions a printed name fits best; several where it is ambiguous, none where it is unknown."""
    readings = list(_readings(place, None))
    best = min((left for _, left in readings), default=0)
    return tuple(dict.fromkeys(division for division, left in readings if left == best))


def _readings(text: str, above: Division | None) -> Iterator[tuple[Division, int]]:
    """Each way to read the text as divisions from above to below, with how much of it is left over."""
    for length in range(2, len(text) + 1):
        for division in _by_name().get(text[:length], ()):
            if above is not None and not above.contains(division):
                continue
            rest = text[length:]
            if (left := _left_over(division, rest)) is not None:
                yield division, left
            if rest:
                yield from _readings(rest, division)


def _left_over(division: Division, rest: str) -> int | None:
    """How badly the rest fits: 0 nothing left, 1 another suffix (即墨市 is now 即墨区), more for a lower place."""
    if not rest:
        return 0
    if rest in COUNTY_SUFFIXES and division.level != "province":
        return 1
    return 1 + len(rest) if LOWER_DIVISION.fullmatch(rest) else None


@cache
def _by_name() -> Mapping[str, tuple[Division, ...]]:
    index: dict[str, list[Division]] = {}
    for division in divisions():
        for name in _spellings(division.name):
            index.setdefault(name, []).append(division)
    return {name: tuple(found) for name, found in index.items()}


def _spellings(name: str) -> set[str]:
    """The full name, its stem, and for autonomous places the short forms: 秀山土家族苗族自治县, 秀山县, 秀山."""
    stem = SUFFIX.sub("", name)
    bare = PEOPLES.sub("", stem) or stem.removesuffix("族")  # 鄂温克族自治旗 is 鄂温克旗
    spellings = {name, stem}
    if len(bare) >= 2:
        spellings |= {bare, bare + name[-1]}
    return {spelling for spelling in spellings if len(spelling) >= 2}


@cache
def divisions() -> tuple[Division, ...]:
    text = files("domain.regulations").joinpath("places.toml").read_text("utf-8")
    found: list[Division] = []
    for province, prefectures in tomllib.loads(text).items():
        found.append(Division(province=province))
        former = prefectures.pop("former", {})
        for prefecture, counties in [*prefectures.items(), *former.items()]:
            found.append(Division(province=province, prefecture=prefecture))
            found += [Division(province=province, prefecture=prefecture, county=c) for c in counties.split()]
    return tuple(dict.fromkeys(found))
