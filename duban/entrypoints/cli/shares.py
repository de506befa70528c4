"""Links to replays from the machine itself: `duban case share`, `duban case shares`."""

from typing import Annotated, Any

import typer

from duban.access.viewer import ENGINE, Viewer
from duban.accounts.accounts import Accounts
from duban.bootstrap import Services, now
from duban.entrypoints.cli.support import Json, Ref, language, output, print_json, run
from duban.settings import read_settings
from duban.shares import Shared, Shares
from duban.wording.wording import wording

Account = Annotated[str | None, typer.Option(help="As which account; default the machine itself.")]


def share(
    ref: Ref,
    days: Annotated[int, typer.Option(help="For how many days the link holds, 1 to 90.")] = 7,
    seen_by: Annotated[str | None, typer.Option(help="Whose eyes it shows; default the maker's own.")] = None,
    account: Account = None,
    as_json: Json = False,
) -> None:
    """Make a link that shows this case's replay, read-only, to whoever holds it; it is printed once."""

    async def made(ready: Services) -> Shared:
        return await _shares(ready).share(await _viewer(ready, account), ref, days, seen_by)

    link, words = run(made), wording(language())
    address = f"{_origin()}{link.path}"
    if as_json:
        print_json({
            "share_id": link.share_id, "ref": link.ref, "address": address, "seen_by": link.seat,
            "expires_at": link.expires_at,
        })  # fmt: skip
        return
    output.print(address, markup=False)
    until = words.time(link.expires_at)
    output.print(
        words.text("This is the only time that it is shown. It holds until {time}.", time=until), markup=False
    )


def shares(
    revoke: Annotated[str | None, typer.Option(help="The link to end at once.", metavar="ID")] = None,
    account: Account = None,
    as_json: Json = False,
) -> None:
    """The links that were made, how often each was used; one may be revoked."""

    async def read(ready: Services) -> list[dict[str, Any]]:
        viewer = await _viewer(ready, account)
        if revoke is not None:
            await _shares(ready).revoke(viewer, revoke)
        return await _shares(ready).of(viewer)

    found, words, moment = run(read), wording(language()), now()
    if as_json:
        print_json(found)
        return
    for one in found:
        ended = words.text("revoked") if one["revoked_at"] else words.text("expired")
        state = ended if one["revoked_at"] or one["expires_at"] <= moment else words.time(one["expires_at"])
        output.print(
            f"{one['share_id']}  {one['ref']}  {one['seat'] or '-'}  {state}  {one['uses']}", markup=False
        )


def _shares(ready: Services) -> Shares:
    return Shares(ready.pool, ready.log, ready.commands, now, demo=True)


async def _viewer(ready: Services, account: str | None) -> Viewer:
    if account is None:
        return ENGINE
    return (await Accounts(ready.pool, ready.log, now).one(account)).viewer()


def _origin() -> str:
    settings = read_settings()
    return settings.web_origin or f"http://{settings.web_host}:{settings.web_port}"
