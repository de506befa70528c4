"""`duban notices`, `duban recipient` and `duban notifier`: who was told what, and where they are reached."""

from typing import Annotated, Any
from uuid import UUID

import typer
from rich.table import Table
from rich.text import Text

from duban.bootstrap import Services
from duban.catalogue import msgid
from duban.entrypoints.cli.roles import hold
from duban.entrypoints.cli.support import Json, language, output, print_json, refusing, run
from duban.notices.contacts import Contacts
from duban.notices.inbox import Inbox, recipient_of
from duban.notices.standing import WHICH, MailFigures, mail_figures
from duban.notices.standing import mails as list_mails
from duban.notices.standing import retry as try_again
from duban.settings import read_settings
from duban.wording.wording import wording

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
        cells = (mark, str(one["position"]), f"{one['recorded_at']:%Y-%m-%d}", one["ref"], one["said"])
        table.add_row(*map(Text, cells))
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


@app.command()
def mails(
    waiting: Annotated[bool, typer.Option("--waiting", help="Those to be sent, the default.")] = False,
    given_up: Annotated[bool, typer.Option("--given-up", help="Those that were given up.")] = False,
    delivered: Annotated[bool, typer.Option("--delivered", help="Those that the server has taken.")] = False,
    as_json: Json = False,
) -> None:
    """The mails that tell notices: which wait, which were given up and why, which left."""
    chosen = [name for name, asked in zip(WHICH, (waiting, given_up, delivered), strict=True) if asked]
    if len(chosen) > 1:
        raise typer.BadParameter("take one of --waiting, --given-up and --delivered")
    which, words = next(iter(chosen), "waiting"), wording(language())

    async def read(ready: Services) -> tuple[list[dict[str, Any]], MailFigures]:
        return await list_mails(ready.pool, which), await mail_figures(ready.pool)

    found, figures = run(read)
    unset = refusing(read_settings).smtp_url is None
    if as_json:
        print_json({"which": which, "mails": found, "mail_server": not unset, "waiting": figures.waiting,
                    "failing": figures.failing, "given_up": figures.given_up})  # fmt: skip
        return
    if unset and figures.waiting:
        output.print(words.text("No mail server is set: mails wait, notices are on the web."), markup=False)
    table = Table(box=None, pad_edge=False)
    for heading in (
        msgid("mail"),
        msgid("for"),
        msgid("notices"),
        msgid("tries"),
        msgid("when"),
        msgid("cause"),
    ):
        table.add_column(words.text(heading), overflow="fold", no_wrap=heading == "mail")
    for one in found:
        at = one["delivered_at"] or one["given_up_at"] or one["try_at"]
        to = f"{one['audience']}:{one['who']}"
        cells = (one["delivery"], to, one["notices"], one["tries"], words.time(at), one["cause"] or "")
        table.add_row(*(Text(str(cell)) for cell in cells))
    output.print(table, markup=False)


@app.command()
def retry(
    delivery: Annotated[UUID | None, typer.Option("--mail", help="Only the mail with this key.")] = None,
    as_json: Json = False,
) -> None:
    """Send mails that were given up once more, each under the key that it had."""

    async def act(ready: Services) -> int:
        return await try_again(ready.pool, delivery)

    number = run(act)
    if as_json:
        print_json({"tried_again": number})
    else:
        output.print(
            wording(language()).many("{n} mail is tried again.", "{n} mails are tried again.", number)
        )


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


@contact.command("remove")
def remove_contact(
    to: To,
    congress: Annotated[str, typer.Option("--congress", help="The congress it is for.")] = "npc",
    as_json: Json = False,
) -> None:
    """Write to somebody no more; a mail that was refused before is given up."""

    async def act(ready: Services) -> None:
        await Contacts(ready.pool).remove(congress, recipient_of(to))

    run(act)
    print_json({"congress": congress, "to": to}) if as_json else output.print(
        f"{to} is written to no more.", markup=False
    )


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
        output.print(
            f"{one['congress']} {one['audience']}:{one['who']} {one['email']} {one['lang']}", markup=False
        )
