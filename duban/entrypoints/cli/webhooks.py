"""`duban webhook`: who is told of the log's events as they are recorded, and how each stands."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import uuid4

import typer
from rich.table import Table
from rich.text import Text

from duban.bootstrap import Services, caller_of, now, subscriptions_of
from duban.catalogue import msgid
from duban.commands import Actor
from duban.entrypoints.cli.support import (
    REFUSED,
    By,
    Json,
    actor,
    errors,
    language,
    output,
    print_json,
    refusing,
    run,
)
from duban.settings import read_settings
from duban.webhooks.caller import Answer
from duban.webhooks.cloud_event import test_event
from duban.webhooks.subscriptions import Subscription, Subscriptions
from duban.wording.wording import wording

app = typer.Typer(
    no_args_is_help=True, help="Who is told of events as they are recorded, by signed CloudEvents."
)

Name = Annotated[str, typer.Argument(help="Id or address of the webhook.", show_default=False)]
From = Annotated[int | None, typer.Option("--from", help="Tell everything from this position on.", min=1)]
ONCE = msgid("This is the only time that the secret is shown:")


@app.command()
def add(
    url: Annotated[str, typer.Argument(help="An https:// address.", show_default=False)],
    types: Annotated[
        list[str] | None,
        typer.Option("--types", help="Types of event such as suggestion.*; again for more, or with commas."),
    ] = None,
    congress: Annotated[str | None, typer.Option(help="Only events of this congress.")] = None,
    start: From = None,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Tell an address of what is recorded from now on."""
    patterns = [one.strip() for text in types or () for one in text.split(",") if one.strip()]

    async def act(kept: Subscriptions, who: Actor) -> Subscription:
        return await kept.add(url, patterns, who.name, congress=congress, start=start)

    added = _on(act, by)
    if as_json:
        print_json(added.data() | {"secret": added.secret})
        return
    output.print(f"{added.webhook} {added.url}", markup=False)
    output.print(f"{wording(language()).text(ONCE)} {added.secret}", markup=False)


@app.command(name="list")
def list_webhooks(as_json: Json = False) -> None:
    """Every webhook: how far it is behind the log, and what it answered where it fails."""

    async def read(ready: Services) -> tuple[list[Subscription], int]:
        kept = subscriptions_of(ready, refusing(read_settings))
        return await kept.all(), await ready.log.head()

    found, head = run(read)
    if as_json:
        print_json({"head": head, "webhooks": [one.data() | {"state": _state(one)} for one in found]})
        return
    words = wording(language())
    table = Table(box=None, pad_edge=False)
    for heading in (
        msgid("webhook"),
        msgid("address"),
        msgid("types"),
        msgid("state"),
        msgid("position"),
        msgid("cause"),
    ):
        table.add_column(words.text(heading), overflow="fold", no_wrap=heading == "webhook")
    for one in found:
        types, state = " ".join(one.types), words.name("webhook-state", _state(one))
        cells = (str(one.webhook), one.url, types, state, f"{one.position:,}/{head:,}", one.cause or "")
        table.add_row(*map(Text, cells))
    output.print(table, markup=False)


@app.command()
def remove(name: Name, by: By = None, as_json: Json = False) -> None:
    """Tell an address no more, and forget its secret."""
    _change(lambda kept, who: kept.remove(name, who.name), by, as_json, "removed")


@app.command()
def pause(name: Name, by: By = None, as_json: Json = False) -> None:
    """Let it wait; what is recorded meanwhile is told once it is taken up again."""
    _change(lambda kept, who: kept.pause(name, who.name), by, as_json, "paused")


@app.command()
def resume(name: Name, by: By = None, as_json: Json = False) -> None:
    """Take it up again from where it stands, at once."""
    _change(lambda kept, who: kept.resume(name, who.name), by, as_json, "resumed")


@app.command()
def replay(
    name: Name,
    start: Annotated[int, typer.Option("--from", help="The first position that is told again.", min=1)],
    by: By = None,
    as_json: Json = False,
) -> None:
    """Tell it everything from a position on once more, each event under the id that it had."""
    _change(lambda kept, who: kept.replay(name, start, who.name), by, as_json, "replayed")


@app.command(name="test")
def send_test(name: Name, as_json: Json = False) -> None:
    """Send it one signed event that means nothing, now, from here: exit code 1 when it is not taken."""
    settings = refusing(read_settings)

    async def act(ready: Services) -> Answer:
        found = await subscriptions_of(ready, settings).one(name)
        event_id, caller = str(uuid4()), caller_of(settings)
        async with caller.line() as line:
            return await caller.call(
                line, found.url, found.secret, event_id, test_event(event_id, now().isoformat())
            )

    answer = run(act)
    said = f"{answer.code} {answer.cause}".strip()
    if as_json:
        print_json({"taken": answer.taken, "said": said})
    elif answer.taken:
        output.print(said, markup=False)
    else:
        errors.print(said, style="bold", markup=False)
    if not answer.taken:
        raise typer.Exit(REFUSED)


def _on(act: Callable[[Subscriptions, Actor], Awaitable[Subscription]], by: str | None) -> Subscription:
    settings = refusing(read_settings)

    async def with_services(ready: Services) -> Subscription:
        return await act(subscriptions_of(ready, settings), actor(by))

    return run(with_services)


def _change(
    act: Callable[[Subscriptions, Actor], Awaitable[Subscription]], by: str | None, as_json: bool, change: str
) -> None:
    changed = _on(act, by)
    if as_json:
        shown: dict[str, Any] = changed.data() | {"state": _state(changed), "change": change}
        print_json(shown)
        return
    said = wording(language()).name("webhook-change", change)
    output.print(f"{changed.webhook} {changed.url}: {said}", markup=False)


def _state(one: Subscription) -> str:
    if one.paused_at is not None:
        return "given-up" if one.given_up else "paused"
    return "failing" if one.failing_since is not None else "active"
