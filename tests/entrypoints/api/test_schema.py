"""The API attacked by its own description: no 5xx, and no status that the description does not name."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from duban.entrypoints.api.app import PREFIX, description
from duban.entrypoints.web.server import WebServer
from tests.entrypoints.api.conftest import Api

pytestmark = pytest.mark.postgres

SCHEMATHESIS = Path(sys.executable).parent / "schemathesis"
ENDLESS = f"{PREFIX}/live"  # a stream that never ends
CHECKS = "not_a_server_error,status_code_conformance"
ROLE = "affairs-commission"  # may do the most, so that it comes furthest
LONG = 100_000  # requests
EACH = 1500  # of an operation at most; some can be asked in fewer ways
WITHIN = 4 * 3600.0  # seconds for the long run


async def attacked(api: Api, report: Path, *arguments: str) -> dict[str, Any]:
    """Run schemathesis over the API as it is served; what it reports."""
    with WebServer("127.0.0.1", 0) as web:
        async with web.serving(api.app):
            process = await asyncio.create_subprocess_exec(
                SCHEMATHESIS, "run", f"{web.address}{PREFIX}/openapi.json", "--exclude-path", ENDLESS,
                "--checks", CHECKS, "-H", f"Authorization: Bearer {api.tokens[ROLE]}", "--no-color",
                "--generation-database", "none", "--continue-on-failure", "--warnings", "off",
                "--report", "json", "--report-json-path", str(report), *arguments,
                cwd=report.parent, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
            )  # fmt: skip
            out, _ = await process.communicate()
    assert process.returncode == 0, out.decode()[-6000:]
    found: dict[str, Any] = json.loads(report.read_text("utf-8"))
    return found


async def test_what_the_description_suggests_and_its_opposite_never_fail_the_server(
    api: Api, tmp_path: Path
) -> None:
    report = await attacked(
        api, tmp_path / "short.json", "--phases", "fuzzing", "--max-examples", "1", "--seed", "1"
    )

    assert report["operations"]["tested"] == operations() > 100
    assert report["test_cases"]["generated"] >= operations()


@pytest.mark.slow
@pytest.mark.timeout(WITHIN)
async def test_a_hundred_thousand_requests_never_fail_the_server(api: Api, tmp_path: Path) -> None:
    report = await attacked(
        api, tmp_path / "long.json", "--phases", "coverage,fuzzing", "--max-examples", str(EACH)
    )

    assert report["operations"]["tested"] == operations()
    assert report["test_cases"]["generated"] >= LONG, report["test_cases"]
    print(report["running_time"], report["seed"], report["test_cases"])


def operations() -> int:
    """How many the description names, the endless one left out."""
    return sum(len(found) for path, found in description()["paths"].items() if path != ENDLESS)
