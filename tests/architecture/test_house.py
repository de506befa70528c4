import os
import subprocess
import sys
from pathlib import Path

import pytest

from duban.settings import Settings

ROOT = Path(__file__).parents[2]
PACKAGES = ("domain", "workflows", "activities", "projections", "duban")


def test_the_five_packages_come_from_this_repository() -> None:
    """Another distribution's `workflows` would win silently; see docs/decisions/0002."""
    script = f"import importlib\nfor name in {PACKAGES}: print(importlib.import_module(name).__file__)"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd="/",
        env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.split() == [str(ROOT / name / "__init__.py") for name in PACKAGES]


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_export_nothing_of_their_own(package: str) -> None:
    """What a module offers is imported from it; the log's factory is the one exception, and says why."""
    marked = [p for p in (ROOT / package).rglob("__init__.py") if p.read_text().strip()]

    assert [p.relative_to(ROOT).as_posix() for p in marked] in ([], ["duban/event_log/__init__.py"])


def test_every_setting_is_described_for_operators() -> None:
    page = (ROOT / "docs/reference/settings.md").read_text("utf-8")

    missing = [name for name in Settings.model_fields if f"DUBAN_{name.upper()}" not in page]
    assert missing == []


def test_the_lock_names_hashes_and_no_addresses() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")

    assert "--hash=sha256:" in lock
    assert "://" not in lock


def test_the_library_is_loaded_only_by_those_who_run_on_it() -> None:
    """It takes a tenth of a second, at every start of the command line."""
    script = """
import sys
import duban.event_log.log, duban.event_log.verify, duban.bootstrap
assert "eventsourcing" not in sys.modules
from eventsourcing.persistence import InfrastructureFactory
print(type(InfrastructureFactory.construct({"PERSISTENCE_MODULE": "duban.event_log", "DUBAN_POSTGRES_DSN": "x"})))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert "EventLogFactory" in done.stdout


def test_everything_runs_on_the_one_event_loop() -> None:
    """`duban.runtime.loop` chooses it; asyncio.run would bring another."""
    others = [
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if path.name != "loop.py"
        and ("asyncio.run(" in (text := path.read_text("utf-8")) or "asyncio.Runner(" in text)
    ]
    assert others == []
