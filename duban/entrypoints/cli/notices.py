"""`duban notices`, `duban recipient` and `duban notifier`: who was told what, and where they are reached."""

from typing import Annotated, Any

import typer
from rich.table import Table

from duban.bootstrap import Services
from duban.entrypoints.cli.roles import hold
from duban.entrypoints.cli.support import Json, language, output, print_json, run
from duban.notices.contacts import Contacts
from duban.notices.inbox import Inbox, recipient_of
from duban.wording import wording

To = Annotated[str, typer.Option("--to", help="Who: unit:NAME, commission:CONGRESS, deputy:NAME.")]
OfCongress = Annotated[str | None, typer.Option("--congress", help="Only of this congress.")]

app = typer.Typer(no_args_is_help=True, help="What units, deputies and the commission were told.")
contact = typer.Typer(no_args_is_help=True, help="Where recipients of notices are reached.")


def notifier() -> None:
    """Tell units, deputies and the commission what concerns them; a second one stands by."""
    from duban.entrypoints import roles

    hold(roles.notifier)


@app.command("list")
def list_notices(
    to: To,
    congress: OfCongress = None,
    unread: Annotated[bool, typer.Option("--unread", help="Only those not read yet.")] = False,
    as_json: Json = False,
) -> None:
    """What somebody was told, newest first."""

    async def read(ready: Services) -> list[dict[str, Any]]:
        inbox = Inbox(ready.pool, ready.log)
        return await inbox.find(recipient_of(to), wording(language()), congress=congress, unread=unread)

    found = run(read)
    if as_json:
        print_json({"to": to, "notices": found})
        return
    table = Table(box=None, show_header=False, pad_edge=False)
    for one in found:
        mark = " " if one["read_at"] else "*"
        table.add_row(mark, str(one["position"]), f"{one['recorded_at']:%Y-%m-%d}", one["ref"], one["said"])
    output.print(table)


@app.command()
def read(
    to: To,
    up_to: Annotated[int, typer.Option("--up-to", help="The last position that was read.")],
    congress: OfCongress = None,
    as_json: Json = False,
) -> None:
    """Mark notices as read."""

    async def act(ready: Services) -> int:
        return await Inbox(ready.pool, ready.log).mark_read(recipient_of(to), up_to, congress)

    marked = run(act)
    if as_json:
        print_json({"marked": marked})
    else:
        output.print(f"{marked} marked as read.")


@contact.command("set")
def set_contact(
    to: To,
    email: Annotated[str, typer.Option("--email", help="The address by which it can be reached.")],
    congress: Annotated[str, typer.Option("--congress", help="The congress it is for.")] = "npc",
    lang: Annotated[str, typer.Option("--lang", help="zh or en.")] = "zh",
    as_json: Json = False,
) -> None:
    """Say where somebody is reached; they are told what is recorded from now on."""

    async def act(ready: Services) -> None:
        await Contacts(ready.pool).put(congress, recipient_of(to), email, lang)

    run(act)
    data = {"congress": congress, "to": to, "email": email, "lang": lang}
    if as_json:
        print_json(data)
    else:
        output.print(f"{to} is reached at {email}.", markup=False)


@contact.command("list")
def list_contacts(as_json: Json = False) -> None:
    """Everybody's address."""

    async def read(ready: Services) -> list[dict[str, Any]]:
        return await Contacts(ready.pool).all()

    found = run(read)
    if as_json:
        print_json({"contacts": found})
        return
    for one in found:
        output.print(f"{one['congress']} {one['audience']}:{one['who']} {one['email']} {one['lang']}")
