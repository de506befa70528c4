import os
import stat
from pathlib import Path

import pytest

from duban.runtime.home import Home, HomeInUse, NotReady, NotRunning, Run

RUN = Run(pid=os.getpid(), web="http://127.0.0.1:8520", postgres_dsn="postgresql://", temporal_address="x:1")


def test_a_second_process_on_the_same_home_is_told_which_one_holds_it(tmp_path: Path) -> None:
    with (
        Home(tmp_path).locked(),
        pytest.raises(HomeInUse, match=f"process {os.getpid()}"),
        Home(tmp_path).locked(),
    ):
        pass


def test_a_home_can_be_locked_again_after_it_was_let_go(tmp_path: Path) -> None:
    with Home(tmp_path).locked():
        pass

    with Home(tmp_path).locked(), pytest.raises(HomeInUse), Home(tmp_path).locked():
        pass


def test_others_find_what_runs_once_it_is_announced(tmp_path: Path) -> None:
    home = Home(tmp_path)

    with home.locked():
        with pytest.raises(NotReady, match=str(os.getpid())):
            Home(tmp_path).running()
        home.announce(RUN)
        assert Home(tmp_path).running() == RUN


def test_the_note_holds_a_password_so_only_its_owner_reads_it(tmp_path: Path) -> None:
    home = Home(tmp_path)

    with home.locked():
        home.announce(RUN)
        assert stat.S_IMODE((tmp_path / "run.json").stat().st_mode) == 0o600


def test_nothing_runs_on_a_home_that_was_never_used(tmp_path: Path) -> None:
    with pytest.raises(NotRunning):
        Home(tmp_path / "new").running()


def test_nothing_runs_after_the_home_was_let_go(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with home.locked():
        home.announce(RUN)

    with pytest.raises(NotRunning):
        home.running()


def test_a_note_left_by_a_killed_process_says_nothing(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with home.locked():
        pass
    home.announce(RUN)

    with pytest.raises(NotRunning):
        home.running()
    with home.locked(), pytest.raises(NotReady):
        home.running()
