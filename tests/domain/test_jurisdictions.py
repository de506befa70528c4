"""A congress is under the rules of the nearest jurisdiction that has them, and a name is never guessed."""

import csv
from pathlib import Path

import pytest

from domain.jurisdictions import PROVINCES, nearest
from domain.places import Division, divisions, divisions_named

COUNTIES = {"北京市": 16, "上海市": 16, "浙江省": 90, "山东省": 136, "河南省": 157, "重庆市": 38}


@pytest.mark.parametrize(
    ("level", "place", "jurisdiction"),
    [
        ("national", "全国", "npc"),
        ("province", "浙江", "zhejiang"),
        ("province", "浙江省", "zhejiang"),
        ("province", "河南", "henan"),
        ("province", "上海市", "shanghai"),
        ("city", "北京", "beijing"),
        ("city", "郑州", "henan"),
        ("city", "新乡", "henan"),
        ("city", "济源", "henan"),
        ("city", "青岛", "qingdao"),
        ("city", "青岛市", "qingdao"),
        ("city", "山东省青岛市", "qingdao"),
        ("city", "烟台", "shandong"),
        ("county", "台前县", "henan"),
        ("county", "滑县", "henan"),
        ("county", "管城区", "henan"),
        ("county", "郑州管城回族区", "henan"),
        ("county", "郑州市金水区", "henan"),
        ("county", "开封鼓楼区", "henan"),
        ("county", "奉节县", "chongqing"),
        ("county", "重庆市奉节县", "chongqing"),
        ("county", "秀山县", "chongqing"),
        ("county", "秀山", "chongqing"),
        ("county", "秀山土家族苗族自治县", "chongqing"),
        ("county", "忠县", "chongqing"),
        ("county", "黄岛", "qingdao"),
        ("county", "青岛黄岛区", "qingdao"),
        ("county", "山东省青岛市市南区", "qingdao"),
        ("county", "胶州", "qingdao"),
        ("county", "平度市", "qingdao"),
        ("county", "莱西", "qingdao"),
        ("county", "杭州西湖区", "zhejiang"),
        ("county", "衢州衢江区", "zhejiang"),
        ("county", "义乌", "zhejiang"),
        ("county", "龙港市", "zhejiang"),
        ("county", "济南市中区", "shandong"),
        ("county", "淄博周村区", "shandong"),
        ("county", "浦东新区", "shanghai"),
        ("county", "上海普陀区", "shanghai"),
        ("county", "北京朝阳区", "beijing"),
        ("county", " 北京 朝阳区 ", "beijing"),
        ("county", "广州番禺区", "npc"),
        ("city", "伊犁州", "npc"),
        ("city", "西双版纳州", "npc"),
        ("county", "鄂温克旗", "npc"),
        ("county", "河南县", "npc"),  # 河南蒙古族自治县 in Qinghai
    ],
)
def test_a_place_is_found_as_it_is_printed(level: str, place: str, jurisdiction: str) -> None:
    assert nearest(level, place).jurisdiction == jurisdiction


@pytest.mark.parametrize(
    ("level", "place", "jurisdiction"),
    [
        ("county", "即墨市", "qingdao"),  # now 即墨区
        ("county", "胶南市", "qingdao"),
        ("county", "密云县", "beijing"),
        ("county", "崇明县", "shanghai"),
        ("county", "闸北区", "shanghai"),
        ("county", "许昌县", "henan"),
        ("county", "开县", "chongqing"),
        ("city", "莱芜市", "shandong"),
        ("county", "富阳市", "zhejiang"),
    ],
)
def test_a_former_name_is_found(level: str, place: str, jurisdiction: str) -> None:
    assert nearest(level, place).jurisdiction == jurisdiction


@pytest.mark.parametrize(
    "place", ["鼓楼区", "西湖区", "市中区", "江北区", "普陀区", "通州区", "朝阳区", "西湖", "象山", "新华区"]
)
def test_a_name_borne_under_different_rules_is_not_guessed(place: str) -> None:
    found = nearest("county", place)

    assert (found.jurisdiction, found.province, found.code) == ("npc", None, "ambiguous-place")
    assert len(found.names) >= 2


@pytest.mark.parametrize("place", ["湖洋镇", "城关镇", "海阳镇", "济南路街道", "Springfield", "区", ""])
def test_an_unknown_place_takes_the_national_rules_and_says_so(place: str) -> None:
    found = nearest("county", place)

    assert (found.jurisdiction, found.reason) == ("npc", "unknown-place")


@pytest.mark.parametrize(
    ("level", "place", "jurisdiction"),
    [
        ("township", "青岛市黄岛区泊里镇", "qingdao"),
        ("county", "重庆巴南区圣灯山镇", "chongqing"),
        ("county", "青岛西海岸新区", "qingdao"),
        ("county", "郑州高新区", "henan"),
        ("county", "青岛市崂山区人大", "qingdao"),
        ("city", "青岛市人民代表大会常务委员会", "qingdao"),
        ("national", "全国人大", "npc"),
    ],
)
def test_a_township_a_zone_or_a_congress_is_found_by_the_division_it_names(
    level: str, place: str, jurisdiction: str
) -> None:
    assert nearest(level, place).jurisdiction == jurisdiction


def test_the_level_tells_apart_two_divisions_of_one_name() -> None:
    assert nearest("province", "海南").province == "海南省"
    assert nearest("city", "海南州").province == "青海省"


def test_the_reason_names_the_province_or_the_city() -> None:
    assert nearest("county", "黄岛区").reason == "city-rules:青岛市"
    assert nearest("county", "台前县").reason == "province-rules:河南省"
    assert nearest("city", "广州").reason == "no-local-rules:广东省"
    assert nearest("national", "全国").names == ()


def test_a_name_borne_in_several_provinces_without_rules_is_not_given_one_of_them() -> None:
    found = nearest("county", "南山区")

    assert (found.jurisdiction, found.province) == ("npc", None)
    assert found.reason == "no-local-rules:广东省|黑龙江省"


@pytest.mark.parametrize("province", list(COUNTIES))
def test_the_gazetteer_is_complete_where_there_are_rules(province: str) -> None:
    counties = [d for d in divisions() if d.province == province and d.county]
    former = {
        "崇文区",
        "宣武区",
        "卢湾区",
        "闸北区",
        "南汇区",
        "万盛区",
        "双桥区",
        "开县",
        "下城区",
        "江干区",
    }
    former |= {"江东区", "四方区", "胶南市", "长岛县", "陵县", "莱芜市", "莱城区", "吉利区", "陕县", "金明区"}

    assert len([d for d in counties if d.county not in former]) == COUNTIES[province]


@pytest.mark.parametrize("province", list(PROVINCES))
def test_every_division_is_found_by_its_full_compound(province: str) -> None:
    for division in divisions():
        if division.province == province:
            compound = division.province + division.prefecture + division.county
            expected = "qingdao" if division.prefecture == "青岛市" else PROVINCES[province]
            assert nearest(division.level, compound).jurisdiction == expected, compound


def test_a_division_contains_only_what_lies_below_it() -> None:
    shandong, qingdao = Division(province="山东省"), Division(province="山东省", prefecture="青岛市")
    shinan = Division(province="山东省", prefecture="青岛市", county="市南区")

    assert shandong.contains(qingdao)
    assert shandong.contains(shinan)
    assert qingdao.contains(shinan)
    assert not qingdao.contains(shandong)
    assert not shinan.contains(shinan)
    assert divisions_named("青岛市南区") == (shinan,)


def test_every_place_of_the_demonstration_data_is_under_some_rules() -> None:
    path = Path(__file__).parents[2] / "duban" / "demo" / "suggestions.csv"
    with path.open(encoding="utf-8-sig", newline="") as rows:
        found = {row["place"]: nearest(row["level"], row["place"]) for row in csv.DictReader(rows)}

    assert [place for place, law in found.items() if law.reason == "unknown-place"] == ["湖洋镇"]
    assert {law.jurisdiction for law in found.values()} == {
        "npc",
        "zhejiang",
        "shandong",
        "henan",
        "chongqing",
    }
