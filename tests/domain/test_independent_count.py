"""The terms of the eight jurisdictions typed again and counted by another hand, day by day."""

from calendar import monthrange
from datetime import date, timedelta

import pytest
from chinese_calendar import constants, is_workday

from domain.clock import compute
from domain.rules import NoSuchRule, jurisdictions, rules_in_force
from duban.calendars import official

ALL = jurisdictions()
TERMS = {
    "dispatch": {"shanghai": "7w", "zhejiang": "7d", "shandong": "5d", "chongqing": "10w", "qingdao": "5w"},
    "objection": {
        "npc": "10d", "shanghai": "7w", "zhejiang": "10d", "shandong": "5d", "henan": "10w", "chongqing": "10w",
        "qingdao": "5w",
    },
    "co_opinion": {"shanghai": "1m", "zhejiang": "2m", "shandong": "1m", "henan": "2m", "chongqing": "30w",
                   "qingdao": "1m"},
    "answer": dict.fromkeys(ALL, "3m"),
    "answer_extended": dict.fromkeys(ALL, "6m"),
    "feedback": {"beijing": "15w", "henan": "10w", "chongqing": "20w"},
    "rehandling": {
        "beijing": "2m", "shanghai": "1m", "zhejiang": "1m", "shandong": "1m", "henan": "1m", "chongqing": "2m",
    },
}  # fmt: skip
FIRST, EVERY, DAYS = date(2018, 1, 1), 97, 31  # a step that is prime to weeks, from 2018 into 2026


def counted(term: str, anchor: date) -> date:
    """The last day, by counting days off one by one."""
    count, unit = int(term[:-1]), term[-1]
    day = anchor
    if unit == "w":
        while count:
            day += timedelta(days=1)
            count -= is_workday(day)
        return day
    if unit == "d":
        day = anchor + timedelta(days=count)
    else:
        year, month = divmod(anchor.year * 12 + anchor.month - 1 + count, 12)
        day = date(year, month + 1, min(anchor.day, monthrange(year, month + 1)[1]))
    while day in constants.holidays:
        day += timedelta(days=1)
    return day


@pytest.mark.parametrize("rule", TERMS)
def test_another_hand_counts_to_the_same_day(rule: str) -> None:
    for jurisdiction in ALL:
        for number in range(DAYS):
            anchor = FIRST + timedelta(days=number * EVERY)
            rules = rules_in_force(jurisdiction, anchor)
            term = TERMS[rule].get(jurisdiction)
            if term is None:
                with pytest.raises(NoSuchRule):
                    compute(rules, rule, anchor, official(), anchor_event="test")
                continue

            due_on = compute(rules, rule, anchor, official(), anchor_event="test").due_on

            assert due_on == counted(term, anchor), (jurisdiction, rule, anchor)
