"""Deadlines computed by hand, across all jurisdictions, against the notices typed in by hand."""

from datetime import date

import pytest

from domain.clock import compute
from domain.rules import jurisdictions, rules_in_force
from tests.domain.notices import BY_HAND

# jurisdiction, rule, counted from, due; then how the hand counted. "~" before the due day: provisional.
TABLE = """
npc       answer          2024-04-02  2024-07-02   the corresponding day
npc       answer          2023-11-30  2024-02-29   February's last day, leap year
npc       answer          2023-11-29  2024-02-29   leap day is the corresponding day
npc       answer          2022-11-30  2023-02-28   February's last day
npc       answer          2024-11-30  2025-02-28   February's last day
npc       answer          2020-06-09  2020-09-09   the assignment conference of 2020
npc       answer          2022-04-01  2022-07-01   the assignment conference of 2022
npc       answer          2023-04-11  2023-07-11   the assignment conference of 2023
npc       answer          2026-07-01  2026-10-08   10/1 is a holiday until 10/7
npc       answer          2026-07-07  2026-10-08   10/7 is the last day of the holiday
npc       answer          2026-07-08  2026-10-08   10/8 is no longer a holiday
npc       answer          2025-07-08  2025-10-09   in 2025 the holiday lasts until 10/8
npc       answer          2023-06-29  2023-10-07   9/29 to 10/6 off; 10/7 is a worked Saturday
npc       answer          2023-07-06  2023-10-07   10/6 is the last day of the holiday
npc       answer          2024-03-02  2024-06-02   a plain Sunday stays
npc       answer          2024-03-10  2024-06-11   Dragon Boat Festival, one day by the notice
npc       answer          2024-03-08  2024-06-08   the plain Saturday before it stays
npc       answer          2023-12-31  2024-03-31   the corresponding day, a Sunday
npc       answer          2025-01-31  2025-04-30   April's last day
npc       answer          2025-02-28  2025-05-28   not May's last day: the corresponding day exists
npc       answer          2025-03-01  2025-06-03   6/1 lies in 5/31 to 6/2
npc       answer          2025-02-01  2025-05-06   5/1 to 5/5
npc       answer          2026-09-30  2026-12-30   within the published calendar
npc       answer          2026-10-01 ~2027-01-01   beyond it, so New Year's Day is not known yet
npc       answer_extended 2024-08-31  2025-02-28   February's last day
npc       answer_extended 2023-08-31  2024-02-29   leap year
npc       answer_extended 2024-02-29  2024-08-29   from a leap day
npc       answer_extended 2024-07-28  2025-02-05   1/28 to 2/4 Spring Festival
npc       answer_extended 2023-08-10  2024-02-18   2/10 to 2/17; 2/18 is a worked Sunday
npc       answer_extended 2026-04-01  2026-10-08   National Day
npc       objection       2026-03-20  2026-03-30   ten days
npc       objection       2024-01-31  2024-02-18   2/10 opens the Spring Festival
npc       objection       2025-12-28  2026-01-07   over the year's end
npc       objection       2025-12-22  2026-01-04   1/1 to 1/3 off; 1/4 is a worked Sunday
npc       follow_up       2023-10-01  2024-10-08   a year, then National Day
npc       follow_up       2024-02-29  2025-02-28   a year from a leap day
beijing   answer          2025-02-10  2025-05-10   a plain Saturday stays
beijing   answer          2024-12-31  2025-03-31   month's last to month's last
beijing   answer_extended 2024-03-31  2024-09-30   September's last day
beijing   answer_extended 2025-04-03  2025-10-09   10/3 in a holiday until 10/8
beijing   feedback        2026-06-01  2026-06-23   2-5 8-12 15-18 22 23, without 6/19
beijing   feedback        2026-09-10  2026-10-08   11, 14-18, worked Sunday 20, 21-24, 28-30, 10/8
beijing   feedback        2025-01-20  2025-02-14   21-24, worked 26, 27, 2/5-7, worked 8, 10-14
beijing   feedback        2024-09-20  2024-10-16   23-27, worked 29, 30, 10/8-11, worked 12, 14-16
beijing   feedback        2026-12-10  2026-12-31   the fifteenth is the last published day
beijing   feedback        2026-12-11 ~2027-01-01   the fifteenth falls beyond it: weekends only
beijing   rehandling      2025-12-31  2026-02-28   February's last day, a worked Saturday
beijing   rehandling      2026-03-01  2026-05-06   5/1 to 5/5
beijing   rehandling      2023-12-30  2024-02-29   leap year
shanghai  dispatch        2026-04-01  2026-04-13   2 3, without 4-6, 7-10, 13
shanghai  dispatch        2024-04-03  2024-04-15   4-6 off, worked Sunday 7, 8-12, 15
shanghai  objection       2025-04-24  2025-05-07   25, worked Sunday 27, 28-30, 5/6, 5/7
shanghai  objection       2026-02-09  2026-02-25   10-13, worked 14, 15-23 off, 24, 25
shanghai  objection       2022-09-30  2022-10-14   1-7 off, worked 8 and 9, 10-14
shanghai  co_opinion      2024-01-31  2024-02-29   leap year
shanghai  co_opinion      2025-01-29  2025-02-28   no 29 February
shanghai  co_opinion      2025-09-01  2025-10-09   National Day until 10/8
shanghai  co_opinion      2024-03-31  2024-04-30   April's last day
shanghai  answer          2023-02-28  2023-05-28   a plain Sunday stays
shanghai  answer          2023-01-31  2023-05-04   4/30 lies in 4/29 to 5/3
shanghai  answer_extended 2025-08-31  2026-02-28   a worked Saturday
shanghai  answer_extended 2025-08-20  2026-02-24   2/15 to 2/23
shanghai  rehandling      2026-01-31  2026-02-28   February's last day
shanghai  rehandling      2025-05-31  2025-06-30   June's last day
zhejiang  dispatch        2026-05-06  2026-05-13   seven days
zhejiang  dispatch        2026-09-24  2026-10-08   10/1
zhejiang  objection       2025-03-25  2025-04-07   4/4 to 4/6
zhejiang  objection       2024-02-19  2024-02-29   onto the leap day
zhejiang  objection       2024-04-21  2024-05-06   5/1 to 5/5
zhejiang  objection       2026-05-06  2026-05-16   a plain Saturday stays
zhejiang  co_opinion      2025-12-31  2026-02-28   February's last day
zhejiang  co_opinion      2024-04-15  2024-06-15   the corresponding day
zhejiang  co_opinion      2024-12-01  2025-02-05   2/1 in the Spring Festival
zhejiang  co_opinion      2024-07-17  2024-09-18   9/15 to 9/17
zhejiang  answer          2026-03-21  2026-06-22   6/19 to 6/21
zhejiang  answer_extended 2025-12-31  2026-06-30   June's last day
zhejiang  answer_extended 2026-08-31 ~2027-02-28   February's last day, not published yet
zhejiang  rehandling      2024-08-16  2024-09-18   9/15 to 9/17
zhejiang  rehandling      2024-01-30  2024-02-29   leap year
shandong  dispatch        2025-09-26  2025-10-09   10/1 to 10/8
shandong  dispatch        2023-04-28  2023-05-04   4/29 to 5/3
shandong  objection       2026-02-10  2026-02-24   2/15 to 2/23
shandong  objection       2024-02-24  2024-02-29   onto the leap day
shandong  objection       2025-06-28  2025-07-03   over the month's end
shandong  co_opinion      2023-08-31  2023-10-07   9/30 lies in 9/29 to 10/6
shandong  co_opinion      2024-12-30  2025-02-05   1/30 in the Spring Festival
shandong  answer          2022-03-01  2022-06-01   the corresponding day
shandong  answer          2022-03-03  2022-06-06   6/3 to 6/5
shandong  answer_extended 2022-04-01  2022-10-08   10/1 to 10/7; 10/8 is a worked Saturday
shandong  rehandling      2023-05-22  2023-06-25   6/22 to 6/24; 6/25 is a worked Sunday
shandong  rehandling      2021-01-31  2021-02-28   February's last day
henan     objection       2026-04-20  2026-05-07   21-24, 27-30, 5/6, 5/7
henan     objection       2026-09-15  2026-09-29   16-18, worked 20, 21-24, 28, 29
henan     objection       2026-12-21 ~2027-01-04   22-25, 28-31, 1/1 and 1/4 by weekends only
henan     objection       2016-03-01  2016-03-11   the rules of 2000: ten days
henan     redispatch      2025-09-22  2025-10-11   23-26, worked 28, 29 30, 10/9 10/10, worked 11
henan     co_opinion      2026-01-31  2026-03-31   month's last to month's last
henan     co_opinion      2025-06-30  2025-08-30   the corresponding day, not August's last
henan     answer          2025-11-30  2026-02-28   February's last day
henan     answer_extended 2025-10-05  2026-04-07   4/4 to 4/6
henan     feedback        2024-02-05  2024-02-23   6-9, 10-17 off, worked Sunday 18, 19-23
henan     feedback        2023-01-18  2023-02-06   19 20, 21-27 off, worked 28 29, 30 31, 2/1-3, 6
henan     rehandling      2025-12-31  2026-01-31   January's last day, a plain Saturday
henan     rehandling      2015-03-01  2015-03-31   the rules of 2000: thirty days
chongqing dispatch        2025-01-15  2025-02-05   16 17, 20-24, worked 26, 27, 2/5
chongqing objection       2024-04-22  2024-05-08   23-26, worked 28, 29 30, 5/6-8
chongqing redispatch      2026-12-14  2026-12-28   15-18, 21-25, 28
chongqing first_contact   2026-02-02  2026-03-06   3-6, 9-13, worked 14, 24-27, worked 28, 3/2-6
chongqing first_contact   2024-09-02  2024-09-30   3-6, 9-13, worked 14, 18-20, 23-27, worked 29, 30
chongqing co_opinion      2026-04-01  2026-05-18   2 3, 7-10, 13-17, 20-24, 27-30, 5/6-8, worked 9, 11-15, 18
chongqing co_opinion      2025-09-01  2025-10-17   2-5, 8-12, 15-19, 22-26, worked 28, 29 30, 9-11, 13-17
chongqing co_opinion_redo 2025-04-30  2025-05-12   6-9, 12
chongqing co_opinion_redo 2023-04-21  2023-04-27   worked Sunday 23, 24-27
chongqing answer          2018-11-30  2019-02-28   February's last day
chongqing answer_extended 2019-08-30  2020-02-29   leap year
chongqing feedback        2025-12-01  2025-12-29   2-5, 8-12, 15-19, 22-26, 29
chongqing feedback        2025-12-10  2026-01-08   11 12, 15-19, 22-26, 29-31, worked Sunday 4, 5-8
chongqing fulfilment_feedback 2023-12-11 2024-01-09 12-15, 18-22, 25-29, 2-5, 8 9
chongqing rehandling      2025-12-31  2026-02-28   February's last day
chongqing rehandling      2024-08-05  2024-10-08   National Day
chongqing follow_up       2024-05-20  2024-12-31   this year's fourth quarter
chongqing follow_up       2024-09-30  2024-12-31   the day before it opens
chongqing follow_up       2024-10-01  2025-12-31   made within it: the next year's
chongqing follow_up       2026-10-05 ~2027-12-31   not published yet
qingdao   dispatch        2026-09-28  2026-10-10   29 30, 1-7 off, 8 9, worked Saturday 10
qingdao   objection       2026-09-28  2026-10-10   the same days
qingdao   objection       2026-02-13  2026-02-27   worked Saturday 14, 15-23 off, 24-27
qingdao   objection       2022-01-27  2022-02-08   28, worked 29 30, 31 to 2/6 off, 7, 8
qingdao   objection       2021-09-17  2021-09-26   worked 18, 19-21 off, 22-24, worked Sunday 26
qingdao   objection       2024-06-07  2024-06-17   weekend, 10 off, 11-14, 17
qingdao   objection       2026-12-25 ~2027-01-01   28-31, then 1/1 by weekends only
qingdao   co_opinion      2025-01-31  2025-02-28   February's last day
qingdao   co_opinion      2026-08-25  2026-09-28   9/25 to 9/27
qingdao   answer          2021-11-30  2022-02-28   February's last day
qingdao   answer          2025-07-01  2025-10-09   10/1 to 10/8
qingdao   answer_extended 2026-03-31  2026-09-30   September's last day
qingdao   answer_extended 2024-04-07  2024-10-08   10/7 is the last day of the holiday
"""
ROWS = [tuple(line.split(maxsplit=4)) for line in TABLE.strip().splitlines()]


@pytest.mark.parametrize(
    ("jurisdiction", "rule", "counted_from", "due", "by_hand"), ROWS, ids=[" ".join(row[:3]) for row in ROWS]
)
def test_the_deadline_is_the_one_counted_by_hand(
    jurisdiction: str, rule: str, counted_from: str, due: str, by_hand: str
) -> None:
    anchor = date.fromisoformat(counted_from)

    deadline = compute(rules_in_force(jurisdiction, anchor), rule, anchor, BY_HAND, anchor_event="test")

    printed = f"{'~' if deadline.provisional else ''}{deadline.due_on}"
    assert printed == due, by_hand


def test_the_table_is_large_and_leaves_no_term_of_any_jurisdiction_out() -> None:
    checked = {row[:2] for row in ROWS}
    current = {name: rules_in_force(name, date(2026, 1, 1)) for name in jurisdictions()}
    terms = {(name, term) for name, rules in current.items() for term in rules.terms if term != "follow_up"}

    assert len(ROWS) >= 130
    assert terms - checked == set()
