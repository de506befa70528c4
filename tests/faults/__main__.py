"""`make faults`: a long run, its figures as JSON and as a table: `python -m tests.faults [--kills N] [--seed N]`."""

import argparse
import asyncio
import json
import logging
import os
import random
import sys
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from domain.clock import SHANGHAI
from tests.faults.season import Plan, Result, run

STANDBY = ("relay", "projector", "notifier")
CASES_PER_KILL = 4


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--kills", type=int, default=200)
    asked.add_argument("--seed", type=int, default=random.randrange(2**32))
    asked.add_argument(
        "--day", type=date.fromisoformat, default=datetime.now(SHANGHAI).date(), help="of the run to repeat"
    )
    asked.add_argument("--cases", type=int)
    asked.add_argument("--output", type=Path, default=Path("faults.json"))
    asked.add_argument("--home", type=Path, help="where databases and logs are left; else they are removed")
    said = asked.parse_args()
    plan = Plan(said.seed, said.cases or said.kills * CASES_PER_KILL, said.kills, said.day, STANDBY)
    print(f"{plan}", flush=True)
    logging.getLogger("asyncpg").setLevel(logging.CRITICAL)  # that a database is away is no news here
    with TemporaryDirectory(prefix="duban-faults-") as home:
        result = asyncio.run(run(said.home or Path(home), plan))
    said.output.write_text(json.dumps(asdict(result), default=str, ensure_ascii=False, indent=2) + "\n")
    print(table(result))
    if result.broken:
        print(result.told(), file=sys.stderr)
    sys.stdout.flush()
    return 1 if result.broken else 0


def table(result: Result) -> str:
    """The figures, as docs/reference/reliability.md shows them."""
    rows = {
        "seed, day": f"{result.plan.seed}, {result.plan.day}",
        "kills": f"{sum(result.kills.values())}: " + _listed(result.kills),
        "of them at a named point": f"{sum(result.points.values())}: " + _listed(result.points),
        "points not reached in time (killed at random instead)": sum(result.missed.values()),
        "connections": _listed(result.storms),
        "cases, commands": f"{result.plan.cases}, {sum(result.commands.values())}: "
        + _listed(result.commands),
        "commands sent again": result.sent_again,
        "events, of them steps of the clock": f"{result.events}, {result.steps}",
        "cases whose time was moved": result.moved,
        "mails taken, of them repeated under their key": f"{result.mails}, {result.mails_repeated}",
        "events told to a webhook, of them again under their key": f"{result.webhooks}, {result.webhooks_repeated}",
        "seconds": _listed({name: round(seconds) for name, seconds in result.seconds.items()}),
        "waited for in vain": result.unsettled or "nothing",
        "invariants broken": _listed({n: len(f) for n, f in result.broken.items()}) or "none",
    }
    return "\n".join(["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows.items())])


def _listed(counted: object) -> str:
    assert isinstance(counted, dict)
    return ", ".join(f"{name} {number}" for name, number in counted.items())


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # the Temporal SDK may abort while the interpreter is torn down
