"""Keeping accounts from the machine itself: `duban user ...`."""

import sys
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

import typer

from duban.access.viewer import Role
from duban.accounts.accounts import Accounts
from duban.accounts.model import SCOPES, Account
from duban.accounts.secrets import new_password, seed_address
from duban.bootstrap import Services, now
from duban.catalogue import msgid
from duban.entrypoints.cli.support import By, Json, actor, language, output, print_json, run
from duban.wording.wording import wording

T = TypeVar("T")

app = typer.Typer(no_args_is_help=True, help="Accounts: who may sign in, and as whom.")

Name = Annotated[str, typer.Argument(help="Name of the account.", show_default=False)]
Roles = Annotated[list[Role] | None, typer.Option("--role", help="A role; may be given several times.")]
Congress = Annotated[str | None, typer.Option(help="Only this congress; default every one.")]
Unit = Annotated[str | None, typer.Option(help="The handling unit, for unit roles.")]
Committee = Annotated[str | None, typer.Option(help="The committee, for a supervising committee.")]
Deputy = Annotated[str | None, typer.Option(help="The deputy's name, as signatories bear it.")]
Delegation = Annotated[str | None, typer.Option(help="The delegation.")]
Fields = Annotated[list[str] | None, typer.Option("--field", help="A unit of the committee's field.")]
SECRET = "The password is asked for, or read from standard input; --generate makes one and prints it."


def keeping(act: Callable[[Accounts], Awaitable[T]]) -> T:
    """Run one command on the accounts."""

    async def kept(ready: Services) -> T:
        return await act(Accounts(ready.pool, ready.log, now))

    return run(kept)


@app.command(help=f"Add an account. {SECRET}")
def add(
    name: Name,
    roles: Roles = None,
    congress: Congress = None,
    unit: Unit = None,
    committee: Committee = None,
    deputy: Deputy = None,
    delegation: Delegation = None,
    fields: Fields = None,
    generate: Annotated[bool, typer.Option("--generate", help="Make a password and print it.")] = False,
    by: By = None,
    as_json: Json = False,
) -> None:
    account = Account(
        name, frozenset(roles or ()), congress, unit, committee, deputy, delegation, frozenset(fields or ())
    )
    password = new_password() if generate else _asked()
    keeping(lambda accounts: accounts.add(account, password, actor(by).name))
    if as_json:
        print_json({**account.data(), "password": password if generate else None})
        return
    _say(msgid("{name} can sign in."), name=name)
    if generate:
        output.print(password, markup=False)


@app.command()
def role(
    name: Name,
    roles: Roles = None,
    congress: Congress = None,
    unit: Unit = None,
    committee: Committee = None,
    deputy: Deputy = None,
    delegation: Delegation = None,
    fields: Fields = None,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Give an account other roles; its sessions and tokens end."""
    belongs: dict[str, Any] = {
        "congress": congress, "unit": unit, "committee": committee, "deputy": deputy, "delegation": delegation,
        "fields": frozenset(fields) if fields else None,
    }  # fmt: skip
    account = keeping(
        lambda accounts: accounts.set_roles(name, frozenset(roles or ()), actor(by).name, **belongs)
    )
    print_json(account.data()) if as_json else _say(msgid("{name} has other roles now."), name=name)


@app.command(name="list")
def list_users(as_json: Json = False) -> None:
    """The accounts, with their roles."""
    found = keeping(lambda accounts: accounts.all())
    if as_json:
        print_json([account.data() for account in found])
        return
    for account in found:
        belongs = account.unit or account.committee or account.deputy or account.delegation or ""
        state = wording(language()).text("locked") if account.locked else ""
        output.print(
            f"{account.name}  {', '.join(sorted(account.roles))}  {belongs}  {state}".rstrip(), markup=False
        )


@app.command(help=f"Set another password; the account's sessions end. {SECRET}")
def password(
    name: Name,
    generate: Annotated[bool, typer.Option("--generate", help="Make a password and print it.")] = False,
    by: By = None,
    as_json: Json = False,
) -> None:
    secret = new_password() if generate else _asked()
    keeping(lambda accounts: accounts.set_password(name, secret, actor(by).name))
    if as_json:
        print_json({"name": name, "password": secret if generate else None})
        return
    _say(msgid("{name} has another password."), name=name)
    if generate:
        output.print(secret, markup=False)


@app.command()
def lock(name: Name, by: By = None, as_json: Json = False) -> None:
    """Nobody signs in with the account any more; its sessions and tokens end."""
    keeping(lambda accounts: accounts.lock(name, actor(by).name))
    _done(name, as_json)


@app.command()
def unlock(name: Name, by: By = None, as_json: Json = False) -> None:
    """Let an account sign in again, after a lock or too many failed attempts."""
    keeping(lambda accounts: accounts.unlock(name, actor(by).name))
    _done(name, as_json)


@app.command()
def totp(
    name: Name,
    code: Annotated[
        str | None, typer.Option(help="Confirm with the code that the authenticator shows.")
    ] = None,
    off: Annotated[bool, typer.Option("--off", help="Take the second factor away.")] = False,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Set up the second factor: without options a new key is printed, which --code confirms."""
    if off:
        keeping(lambda accounts: accounts.drop_second_factor(name, actor(by).name))
        _done(name, as_json)
    elif code is not None:
        keeping(lambda accounts: accounts.confirm_second_factor(name, code, actor(by).name))
        _done(name, as_json)
    else:
        _show_seed(name, keeping(lambda accounts: accounts.begin_second_factor(name)), as_json)


def _show_seed(name: str, seed: str, as_json: bool) -> None:
    address = seed_address(seed, name)
    if as_json:
        print_json({"name": name, "key": seed, "address": address})
        return
    import segno  # draws only here

    segno.make(address).terminal(compact=True)
    output.print(seed, markup=False)


@app.command()
def token(
    name: Name,
    scope: Annotated[
        list[str] | None, typer.Option("--scope", help=f"{', '.join(SCOPES)}; default read.")
    ] = None,
    days: Annotated[int, typer.Option(help="How long it holds.", min=1)] = 30,
    title: Annotated[str, typer.Option(help="What it is for.")] = "command line",
    revoke: Annotated[str | None, typer.Option(help="Take the token with this id back.")] = None,
    listed: Annotated[bool, typer.Option("--list", help="The tokens there are.")] = False,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Issue a token for a program; it is printed once and cannot be shown again."""
    who = actor(by).name
    if listed:
        print_json(keeping(lambda accounts: accounts.tokens(name)))
    elif revoke is not None:
        keeping(lambda accounts: accounts.revoke_token(name, revoke, who))
        _done(name, as_json)
    else:
        scopes = frozenset(scope or ["read"])
        issued = keeping(lambda accounts: accounts.issue_token(name, title, scopes, days, who))
        print_json({"name": name, "token": issued}) if as_json else output.print(issued, markup=False)


def _asked() -> str:
    """A password, typed twice, or the first line of standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    asked: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return asked


def _done(name: str, as_json: bool) -> None:
    account = keeping(lambda accounts: accounts.one(name))
    print_json(account.data()) if as_json else _say(msgid("Done: {name}."), name=name)


def _say(text: str, **facts: Any) -> None:
    output.print(wording(language()).text(text).format(**facts), markup=False)
