"""What a program is told while the database is away: to come again, and nothing of what was or was not done."""

import asyncio
from pathlib import Path

import asyncpg
import httpx2
import pytest

from duban.bootstrap import prepare, services
from duban.entrypoints.web.app import create_app
from duban.event_log.log import LogUnavailable
from duban.runtime.postgres import EmbeddedPostgres
from tests.conftest import UNDURABLE
from tests.entrypoints.web.conftest import asking

pytestmark = pytest.mark.postgres

ASKED = "/api/v1/congresses"
COME_AGAIN = (503, "urn:duban:problem:unreachable", True)


async def test_while_the_database_is_killed_and_starts_again_every_answer_is_to_come_again(
    tmp_path: Path,
) -> None:
    server = EmbeddedPostgres(tmp_path, options=UNDURABLE)
    dsn = await server.start()
    await prepare(dsn)
    port = int(dsn.rpartition(":")[2].partition("/")[0])
    again = EmbeddedPostgres(tmp_path, port=port, options=UNDURABLE)
    async with services(dsn) as ready, asking(create_app(ready)) as client:
        server.kill()
        await server.stop()
        answers = [await client.get(ASKED)]
        starting = asyncio.create_task(again.start())
        while answers[-1].status_code != 200:  # meanwhile it listens, and takes nobody yet
            answers.append(await client.get(ASKED))
        await starting
        await again.stop()
    *away, back = answers
    assert {_told(answer) for answer in away} == {COME_AGAIN}
    assert back.status_code == 200


@pytest.mark.parametrize(
    "error",
    [
        LogUnavailable("it is unknown what was recorded"),
        asyncpg.CannotConnectNowError("the database system is starting up"),
        asyncpg.TooManyConnectionsError("sorry, too many clients already"),
        asyncpg.InternalClientError("cut in the middle of an answer"),
    ],
)
async def test_no_kind_of_absence_is_told_as_a_failure_in_which_nothing_was_changed(
    error: Exception, database: str
) -> None:
    async with services(database) as ready:
        app = create_app(ready)

        @app.get("/api/v1/fails")
        async def fails() -> None:
            raise error

        async with asking(app) as client:
            answer = await client.get("/api/v1/fails")

    assert _told(answer) == COME_AGAIN


def _told(answer: httpx2.Response) -> tuple[int, str, bool]:
    """The status, the problem, and whether it says after how long to come again."""
    return answer.status_code, answer.json().get("type", ""), int(answer.headers.get("retry-after", "0")) > 0
