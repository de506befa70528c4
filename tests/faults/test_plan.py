from collections import Counter
from datetime import date

from tests.faults.plan import LINKS, MAIL, POINTS, TARGETS, Blackout, Kill, Storm, Weather, plan
from tests.faults.script import kinds, season

DAY = date(2026, 5, 20)


def test_a_seed_reproduces_a_run() -> None:
    assert plan(7, 50) == plan(7, 50)
    assert plan(7, 50) != plan(8, 50)
    assert season(7, DAY, 20) == season(7, DAY, 20)
    assert season(7, DAY, 20) != season(8, DAY, 20)


def test_a_short_run_kills_everything_at_a_named_point_too_and_cuts_a_connection() -> None:
    for seed in range(50):
        faults = plan(seed, 8)
        kills = [fault for fault in faults if isinstance(fault, Kill)]
        assert {kill.target for kill in kills} == set(TARGETS)
        assert any(kill.point for kill in kills)
        assert Weather.CUT in {fault.weather for fault in faults if isinstance(fault, Storm)}


def test_a_long_run_comes_to_every_point_and_every_connection_and_puts_all_lights_out() -> None:
    faults = plan(1, 200)

    assert {f.point for f in faults if isinstance(f, Kill) and f.point} == set(POINTS)
    assert {(f.process, f.server) for f in faults if isinstance(f, Storm)} == {*LINKS, MAIL}
    assert sum(isinstance(f, Blackout) for f in faults) == 8
    assert sum(isinstance(f, Kill | Blackout) for f in faults) == 200
    assert min(Counter(f.target for f in faults if isinstance(f, Kill)).values()) > 20


def test_a_long_season_holds_nearly_every_command_each_lawful_where_it_was_drawn() -> None:
    lives = season(1, DAY, 120)

    assert len(kinds(lives)) > 40
    assert len({life.stream_id for life in lives}) == len({life.ref for life in lives}) == 120
    assert len({order.command_id for life in lives for order in life.orders}) == sum(
        len(life.orders) for life in lives
    )
    assert all(order.at.date() < DAY for life in lives for order in life.orders)
