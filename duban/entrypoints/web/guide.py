"""The guide of the demonstration: what one sees, and an account for each role with a path to try; nowhere else."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse

from duban.access.viewer import PUBLIC, Role, Viewer
from duban.accounts.gate import Gate
from duban.catalogue import msgid
from duban.demo.examples import TO_ANSWER, TO_ASSIGN, TO_RATE, TO_REPLAY
from duban.entrypoints.web.demo_accounts import DEMO_ACCOUNTS, DEMO_PASSWORD
from duban.entrypoints.web.identity import viewer_of
from duban.entrypoints.web.pages import Pages, case_url, words_of
from duban.wording.wording import Wording


@dataclass(frozen=True, slots=True)
class Path:
    """What to try with an account: said in a sentence, beginning at an address."""

    text: str
    begins: str
    ref: str = ""

    def said(self, words: Wording) -> str:
        return words.text(self.text, ref=self.ref) if self.ref else words.text(self.text)


PATHS: Final[Mapping[Role, Path]] = {
    Role.AFFAIRS_COMMISSION: Path(
        msgid("Assign {ref}; then tick several cases on the board and act on all of them at once."),
        "/todo", TO_ASSIGN,
    ),
    Role.DEPUTY: Path(
        msgid("Rate the answer to {ref}, which waits in the to-do, or hand in a suggestion."), "/todo", TO_RATE
    ),
    Role.DELEGATION_STAFF: Path(
        msgid("See what became of the delegation's suggestions, and which promises are open."), "/"
    ),
    Role.UNIT_COORDINATOR: Path(
        msgid("Sign for {ref} on its page, then record a contact with the deputies."), "/todo", TO_ANSWER
    ),
    Role.UNIT_HANDLER: Path(
        msgid("Open {ref} and ask why it is due on that day; then ask for a longer term."),
        case_url(TO_ANSWER), TO_ANSWER,
    ),
    Role.UNIT_SIGNATORY: Path(
        msgid("Answer {ref} with a promise and the day by which it is kept."), case_url(TO_ANSWER), TO_ANSWER
    ),
    Role.SUPERVISING_COMMITTEE: Path(
        msgid("Replay {ref} with the arrow keys: what was promised, by whom, and what became of it."),
        case_url(TO_REPLAY, "/replay"), TO_REPLAY,
    ),
    Role.CHAIRPERSONS_OFFICE: Path(
        msgid("Look at the pictures of the season; each figure leads to its cases."), "/statistics"
    ),
    Role.AUDITOR: Path(
        msgid("Ask the log who changed a category and why; the row leads to that moment of {ref}."),
        "/audit?question=category-changes", TO_REPLAY,
    ),
    Role.OPERATOR: Path(msgid("See how far the log and each read model are."), "/operations"),
}  # fmt: skip


def guide_pages(pages: Pages) -> APIRouter:
    """The router of the guide, which exists in a demonstration only."""
    router = APIRouter(include_in_schema=False)

    @router.api_route("/guide", methods=["GET", "HEAD"])
    async def guide(request: Request) -> HTMLResponse:
        if not _demo(request):
            raise HTTPException(404)
        return pages.render(request, "guide.html", **guide_view(request))

    return router


def guide_view(request: Request) -> dict[str, Any]:
    """What the guide shows; empty outside a demonstration."""
    words = words_of(request)
    if not _demo(request):
        return {"guide": ()}
    offered = [
        (account, words.name("person-role", role), PATHS[role].said(words), PATHS[role].begins)
        for account in DEMO_ACCOUNTS
        for role in account.roles
    ]
    return {"guide": offered, "demo_password": DEMO_PASSWORD}


def path_of(request: Request) -> tuple[str, str] | None:
    """What somebody who is signed in to a demonstration may try, with its address."""
    viewer: Viewer = viewer_of(request)
    if not _demo(request) or viewer is PUBLIC:
        return None
    found = [PATHS[role] for role in sorted(viewer.roles) if role in PATHS]
    return (found[0].said(words_of(request)), found[0].begins) if found else None


def _demo(request: Request) -> bool:
    gate: Gate = request.app.state.gate
    return gate.settings.demo
