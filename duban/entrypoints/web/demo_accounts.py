"""The accounts of the demonstration: one for each role, with a password that everybody may know."""

from dataclasses import replace
from typing import Final

from duban.access.viewer import Role
from duban.accounts.accounts import AccountExists, Accounts
from duban.accounts.model import Account

DEMO_PASSWORD: Final = "duban-demo-2024"
UNIT, COMMITTEE, DEPUTY, DELEGATION = "农业农村部", "农业与农村委员会", "示范代表", "示范代表团"
FIELD: Final = frozenset({"农业农村部", "农业部", "国家发展改革委"})
DEMO_ACCOUNTS: Final = (
    Account("commission", frozenset({Role.AFFAIRS_COMMISSION})),
    Account("deputy", frozenset({Role.DEPUTY}), "npc", deputy=DEPUTY, delegation=DELEGATION),
    Account("delegation", frozenset({Role.DELEGATION_STAFF}), "npc", delegation=DELEGATION),
    Account("coordinator", frozenset({Role.UNIT_COORDINATOR}), "npc", unit=UNIT),
    Account("handler", frozenset({Role.UNIT_HANDLER}), "npc", unit=UNIT),
    Account("signatory", frozenset({Role.UNIT_SIGNATORY}), "npc", unit=UNIT),
    Account("committee", frozenset({Role.SUPERVISING_COMMITTEE}), "npc", committee=COMMITTEE, fields=FIELD),
    Account("chairpersons", frozenset({Role.CHAIRPERSONS_OFFICE}), "npc"),
    Account("auditor", frozenset({Role.AUDITOR})),
    Account("operator", frozenset({Role.OPERATOR})),
)


async def add_demo_accounts(accounts: Accounts) -> None:
    """One account for each role; again, it changes nothing. They sign in to a demonstration only."""
    for account in DEMO_ACCOUNTS:
        try:
            await accounts.add(replace(account, demo=True), DEMO_PASSWORD, by="demo")
        except AccountExists:
            continue
