from pathlib import Path

import pyotp
import pytest

from tests.entrypoints.up import Installation

pytestmark = pytest.mark.postgres


@pytest.fixture
def installation(tmp_path: Path, database: str) -> Installation:
    return Installation(tmp_path / "home", DUBAN_POSTGRES_DSN=database)


def test_accounts_are_kept_from_the_command_line(installation: Installation) -> None:
    unit = ("--role", "unit-handler", "--unit", "农业农村部", "--congress", "npc")

    added = installation.json("user", "add", "li.ming", *unit, "--generate")
    assert (added["roles"], added["unit"], len(added["password"])) == (["unit-handler"], "农业农村部", 20)
    assert "There is an account li.ming already" in installation.refusal(
        "user", "add", "li.ming", *unit, "--generate"
    )
    changed = installation.json("user", "role", "li.ming", "--role", "unit-signatory")
    assert (changed["roles"], changed["unit"]) == (["unit-signatory"], "农业农村部")
    token = installation.json("user", "token", "li.ming", "--scope", "read", "--days", "2")["token"]
    assert token.startswith("duban_")
    key = installation.json("user", "totp", "li.ming")["key"]
    assert (
        installation.json("user", "totp", "li.ming", "--code", pyotp.TOTP(key).now())["second_factor"] is True
    )
    assert installation.json("user", "lock", "li.ming")["locked"] is True
    assert installation.json("user", "unlock", "li.ming")["locked"] is False
    assert [user["name"] for user in installation.json("user", "list")] == ["li.ming"]


REFUSED = [
    ("There is no account", ("user", "lock", "nobody")),
    ("has to say its unit", ("user", "add", "x", "--role", "unit-handler", "--generate")),
    ("An account needs a role", ("user", "add", "x", "--generate")),
    ("cannot be the name", ("user", "add", "a b", "--role", "auditor", "--generate")),
    ("lasts 1 to 366 days", ("user", "token", "y", "--days", "400")),
    ("lasts 1 to 366 days", ("user", "token", "y", "--scope", "everything")),
]


def test_what_cannot_be_is_refused_in_one_line(installation: Installation) -> None:
    installation.json("user", "add", "y", "--role", "auditor", "--generate")

    for said, command in REFUSED:
        assert said in installation.refusal(*command), command
