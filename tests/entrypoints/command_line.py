"""Commands on a test's database, each in a thread of its own, as it runs its own loop."""

import asyncio
import json
from typing import Any

from typer.testing import CliRunner, Result

from duban.entrypoints.cli.main import app


async def duban(database: str, *arguments: str, lang: str = "en", **settings: str) -> Result:
    """A command, run to its end."""
    env = {"DUBAN_POSTGRES_DSN": database, "DUBAN_LANG": lang, "COLUMNS": "200", **settings}
    return await asyncio.to_thread(lambda: CliRunner().invoke(app, arguments, env=env))


async def done(database: str, *arguments: str, **settings: str) -> Any:
    """What a command that is not refused prints as JSON."""
    result = await duban(database, *arguments, "--json", **settings)
    assert result.exit_code == 0, (arguments, result.output)
    return json.loads(result.stdout)
