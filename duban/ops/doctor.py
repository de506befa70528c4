"""The doctor: what is wrong, since when, and what to do."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import psutil

from duban.catalogue import msgid
from duban.ops.figures import Figures, Reader
from duban.reconciliation import Report

PATIENCE = timedelta(seconds=60)  # for which a reader may be behind before that is worth a word
SKEW = timedelta(seconds=5)  # between this machine's clock and the database's
DISK_LEFT = 1 << 30  # bytes; below that PostgreSQL may stop at any moment
SAMPLE = 50  # open cases whose workflow is looked for


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. The texts are of the catalogue; `facts` fill them."""

    check: str
    fine: bool
    said: str
    do: str = ""
    since: datetime | None = None
    facts: tuple[tuple[str, str], ...] = ()


def unreachable(what: str, why: str, do: str) -> Finding:
    return Finding(what, False, msgid("does not answer: {why}"), do, facts=(("why", why),))


ANSWERS = msgid("answers")
START_IT = msgid("Start it with `duban up`, or check DUBAN_POSTGRES_DSN and DUBAN_TEMPORAL_ADDRESS.")
MIGRATE = msgid("Run `duban migrate` as the owner of the database.")
CHECK_RELAY = msgid("See that a relay runs; `duban relay status` shows where it stands.")
CHECK_PROJECTOR = msgid("See that a projector runs; `duban projections status` shows where each stands.")
RETRY = msgid("Mend the cause, then `duban projections retry {name}`, or rebuild it.")
RESUME = msgid("`duban projections resume {name}` lets it go on.")
SET_CLOCK = msgid("Set this machine's clock by a time server; dates are decided by it.")
FREE_DISK = msgid("Free space or move the data before the database has to stop.")
LATE = msgid("They were woken again. See that a worker runs, then `duban relay reconcile` looks once more.")
REHYDRATE = msgid("`duban relay rehydrate` gives every open case its workflow again.")


def of_reconciliation(report: Report | None) -> Finding:
    """What the last comparison of the log with what was done has found."""
    if report is None:
        return Finding("reconciliation", True, msgid("none has run yet"))
    facts = (
        ("looked", f"{report.looked:,}"),
        ("late", f"{report.late:,}"),
        ("first", next(iter(report.examples), "-")),
    )
    if not report.late:
        return Finding("reconciliation", True, msgid("{looked} looked at, none late"), facts=facts)
    said = msgid("a step was late in {late} of {looked}, such as {first}")
    return Finding("reconciliation", False, said, LATE, since=report.begun_at, facts=facts)


def of_schema(pending: list[str]) -> Finding:
    if not pending:
        return Finding("schema", True, msgid("up to date"))
    facts = (("files", ", ".join(pending)),)
    return Finding("schema", False, msgid("not applied yet: {files}"), MIGRATE, facts=facts)


def of_figures(found: Figures, here: datetime) -> list[Finding]:
    """What the figures of the database say."""
    findings = [
        behind("relay", found.relay, found, CHECK_RELAY),
        *(_of(r, found) for r in found.projections),
    ]
    skew = abs(here - found.now)
    facts = (("seconds", f"{skew.total_seconds():.1f}"),)
    said = msgid("{seconds} s between this machine and the database")
    findings.append(Finding("clocks", skew <= SKEW, said, "" if skew <= SKEW else SET_CLOCK, facts=facts))
    return findings


def _of(reader: Reader, found: Figures) -> Finding:
    check = f"projection {reader.name}"
    if reader.status == "running":
        return behind(check, reader, found, CHECK_PROJECTOR)
    facts = (
        ("name", reader.name),
        ("status", reader.status),
        ("position", str(reader.stopped_position or reader.position)),
        ("cause", reader.cause or "-"),
    )
    said = msgid("{status} at position {position}: {cause}")
    do = RETRY if reader.status == "stopped" else RESUME
    return Finding(check, False, said, do, since=reader.stopped_at, facts=facts)


def behind(check: str, reader: Reader, found: Figures, do: str) -> Finding:
    """Whether a reader of the log keeps up."""
    late = reader.waiting_since is not None and found.now - reader.waiting_since > PATIENCE
    facts = (("events", f"{found.head - reader.position:,}"), ("position", f"{reader.position:,}"))
    said = msgid("{events} events behind, at position {position}")
    return Finding(check, not late, said, do if late else "", reader.waiting_since if late else None, facts)


def of_disk(home: Path) -> Finding:
    free = psutil.disk_usage(str(home if home.exists() else home.parent)).free
    facts = (("free", f"{free / (1 << 30):.1f}"),)
    fine = free >= DISK_LEFT
    return Finding("disk", fine, msgid("{free} GiB free"), "" if fine else FREE_DISK, facts=facts)


async def of_workflows(sample: list[str], running: Callable[[str], Awaitable[bool]]) -> Finding:
    """Whether open cases have a workflow: of some of them, chosen by chance."""
    missing = [stream_id async for stream_id in _without(sample, running)]
    facts = (
        ("looked", str(len(sample))),
        ("missing", str(len(missing))),
        ("first", next(iter(missing), "-")),
    )
    if not missing:
        return Finding(
            "workflows", True, msgid("{looked} open cases looked at, each with its workflow"), facts=facts
        )
    said = msgid("{missing} of {looked} open cases have no workflow, such as {first}")
    return Finding("workflows", False, said, REHYDRATE, facts=facts)


async def _without(sample: list[str], running: Callable[[str], Awaitable[bool]]) -> AsyncIterator[str]:
    for stream_id in sample:
        if not await running(stream_id):
            yield stream_id
