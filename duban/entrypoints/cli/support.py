"""What every command of the CLI shares: services, one-line refusals, times, and output as text or JSON."""

import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import asyncpg
import typer
from pydantic import ValidationError
from rich.console import Console

from domain.base import Refusal
from domain.clock import SHANGHAI
from duban.acts.refusals import refusal_of
from duban.bootstrap import Services, dsn_of, now, services
from duban.commands import Actor
from duban.runtime import loop
from duban.settings import SettingRefused, read_settings

T = TypeVar("T")

REFUSED = 1  # exit code: refused or not found
LARGEST_TEXT = 1_000_000  # bytes read of a text file; longer texts are refused by the domain anyway

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
On = Annotated[str | None, typer.Option("--on", help="When it happened: a day or a time; default now.")]
By = Annotated[str | None, typer.Option("--by", help="Who acts; default the user of this session.")]
Ref = Annotated[str, typer.Argument(help="Reference of the case, such as npc/14-2/3973.", show_default=False)]

output = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)


class NotADate(Refusal):
    """“{text}” is not a date or time.

    Write a day such as 2024-07-02, or a time such as 2024-07-02T09:00+08:00.
    """


class TextUnreadable(Refusal):
    """{file} cannot be read as a text: {why}.

    Give a UTF-8 text file of at most 1 MB.
    """


class Unreachable(Refusal):
    """PostgreSQL does not answer: {why}.

    Start it with `duban up`, or check DUBAN_POSTGRES_DSN.
    """


def run(act: Callable[[Services], Awaitable[T]]) -> T:
    """Run one command against the log; a refusal becomes one line and exit code 1."""

    async def with_services() -> T:
        async with services(dsn_of(read_settings())) as ready:
            return await act(ready)

    return refusing(lambda: loop.run(with_services()))


def refusing(act: Callable[[], T]) -> T:
    """Do it; what is refused becomes one line and exit code 1."""
    try:
        return act()
    except Refusal as refusal:
        refuse(refusal)
    except ValidationError as invalid:
        refuse(refusal_of(invalid))
    except (OSError, asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError) as error:
        refuse(Unreachable(why=str(error) or type(error).__name__))


def refuse(refusal: Refusal) -> NoReturn:
    """Print what is refused, why and what to do, in the reader's language."""
    from duban.wording.wording import wording  # catalogues are read only when there is something to say

    refuse_text(wording(language()).refusal(refusal))


def refuse_text(text: str) -> NoReturn:
    errors.print(text, style="bold", markup=False)
    raise typer.Exit(REFUSED)


def language() -> str:
    """The language of what is printed: as set, else that of the session."""
    try:
        chosen = read_settings().lang
    except SettingRefused:
        chosen = None  # the refusal itself has to be said in some language
    session = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return chosen or ("zh" if session.startswith("zh") else "en")


def moment(text: str | None) -> datetime:
    """When something happened: now, a day (its beginning in China), or a time."""
    if text is None:
        return now()
    try:
        parsed = datetime.fromisoformat(text.strip())
    except ValueError:
        raise NotADate(text=text[:60]) from None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=SHANGHAI)


def actor(by: str | None) -> Actor:
    return Actor.of(by or os.environ.get("USER") or "cli")


def prose(text: str | None, file: Path | None) -> str | None:
    """A text given on the command line, in a file, or on standard input as “-”."""
    if file is None:
        return text
    try:
        with sys.stdin.buffer if str(file) == "-" else file.open("rb") as source:
            data = source.read(LARGEST_TEXT + 1)
        if len(data) > LARGEST_TEXT:
            raise TextUnreadable(file=file, why="it is larger than 1 MB")
        return data.decode()
    except OSError as error:
        raise TextUnreadable(file=file, why=error.strerror) from error
    except UnicodeDecodeError as error:
        raise TextUnreadable(file=file, why=f"byte {error.start + 1} is not UTF-8") from error


async def print_json_rows(rows: AsyncIterator[Any]) -> None:
    """As `print_json` of a list, each of its things as it comes: a long answer is never held."""
    before = "[\n"
    async for row in rows:
        text = json.dumps(row, ensure_ascii=False, indent=2, default=_jsonable)
        sys.stdout.write(before + "  " + text.replace("\n", "\n  "))
        before = ",\n"
    sys.stdout.write("[]\n" if before == "[\n" else "\n]\n")


def print_json(data: Any) -> None:
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=2, default=_jsonable) + "\n")


def _jsonable(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return str(value)
