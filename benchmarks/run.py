"""`make bench`: every benchmark of the log in a process of its own, one table, and the same as JSON."""

import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.harness import Row, Sample, table_line

SCRIPTS = (
    "concurrent_commands",
    "one_client",
    "bulk_append",
    "scan_log",
    "verification",
    "stream_growth",
    "memory",
    "conference",
    "history_size",
    "idle_cases",
    "rebuild",
    "lag",
    "reads",
)
RESULTS = Path("benchmarks/results.json")


def main(arguments: list[str]) -> int:
    """Arguments: --quick or --long, and names of scripts to run instead of all."""
    flags = [argument for argument in arguments if argument.startswith("--")]
    names = [argument for argument in arguments if not argument.startswith("--")] or list(SCRIPTS)
    print(
        f"machine: {machine()}\n\n| work | unit | duban: median (spread) | peers | goal: measured | load |\n"
        "|---|---|---|---|---|---|"
    )
    rows: list[Row] = []
    for name in names:
        command = [sys.executable, "-m", f"benchmarks.{name}", "--json", *flags]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        for data in json.loads(done.stdout.splitlines()[-1]):
            rows.append(_row(data))
            print(table_line(rows[-1]), flush=True)
    results = {
        "machine": machine(),
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "quick": "--quick" in flags,
        "rows": [_data(row) for row in rows],
    }
    RESULTS.write_text(json.dumps(results, ensure_ascii=False, indent=2) + "\n", "utf-8")
    return 0 if all(met for row in rows for _, _, met in row.goals) else 1


def machine() -> str:
    processor = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.processor(),
    )
    memory = next(
        (int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0
    )
    return (
        f"{os.cpu_count()} cores ({processor}), {memory / 2**20:.0f} GB, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, PostgreSQL 18 (embedded, fsync on)"
    )


def _lines(path: str) -> list[str]:
    file = Path(path)
    return file.read_text().splitlines() if file.exists() else []


def _row(data: dict[str, object]) -> Row:
    def sample(value: object) -> Sample:
        assert isinstance(value, dict)
        return Sample(value["values"])

    peers, goals = data["peers"], data["goals"]
    assert isinstance(peers, dict)
    assert isinstance(goals, list)
    return Row(
        name=str(data["name"]),
        unit=str(data["unit"]),
        ours=sample(data["ours"]),
        peers={name: sample(value) for name, value in peers.items()},
        goals=[(text, value, met) for text, value, met in goals],
        load=float(str(data["load"])),
    )


def _data(row: Row) -> dict[str, object]:
    return {
        "name": row.name,
        "unit": row.unit,
        "duban": _numbers(row.ours),
        "peers": {name: _numbers(sample) for name, sample in row.peers.items()},
        "load": row.load,
        "goals": [{"goal": text, "measured": round(value, 3), "met": met} for text, value, met in row.goals],
    }


def _numbers(sample: Sample) -> dict[str, object]:
    return {"median": round(sample.median, 1), "values": [round(value, 1) for value in sample.values]}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
