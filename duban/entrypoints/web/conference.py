"""The pages of assignment conferences: the list, how far each is, and which cases could not be assigned."""

from typing import Final, cast

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from domain.conference import AssignmentConference, ConferenceStatus, conference_stream, fold_conference
from domain.conference_acts import ConferenceEvent, NoSuchConference
from duban.access.permission import ensure_opens, opens
from duban.access.viewer import OVERSEERS, NotYours, Viewer
from duban.conferences.listed import conferences
from duban.entrypoints.web.identity import NotSignedIn, viewer_of
from duban.entrypoints.web.pages import Pages, url, words_of
from duban.entrypoints.web.places import place_of
from duban.entrypoints.web.services import Services
from duban.wording.refused_cases import reason_of

LOOK_EVERY: Final = 2  # seconds until the page of a running conference loads itself again
SHOWN: Final = 500  # refused cases on the page; `duban conference report` has all
READ: Final = "conference.read"
LIST: Final = "/conferences"
PAGE: Final = 50  # conferences


def conference_pages(pages: Pages, services: Services) -> APIRouter:
    """The router of conferences; read only."""
    router = APIRouter(include_in_schema=False)

    @router.api_route(LIST, methods=["GET", "HEAD"])
    async def listed(request: Request) -> HTMLResponse:
        viewer = viewer_of(request)
        if not opens(viewer, "conferences") and viewer.only_public:
            raise NotSignedIn
        ensure_opens(viewer, "conferences")
        asked = request.query_params.get("before")
        before = place_of(asked) if asked else None
        found = await conferences(services.pool, services.log, viewer.congress, before=before, limit=PAGE + 1)
        shown = found[:PAGE]
        return pages.render(
            request,
            "conferences.html",
            conferences=shown,
            following=url(LIST, {"before": shown[-1].position}) if len(found) > PAGE else None,
            first=LIST if before else None,
            again=LOOK_EVERY if any(one.status is ConferenceStatus.RUNNING for one in shown) else None,
        )

    @router.api_route("/conference/{congress}/{conference_id}", methods=["GET", "HEAD"])
    async def conference(request: Request, congress: str, conference_id: str) -> HTMLResponse:
        _ensure_sees(viewer_of(request), congress)
        found = await _read(services, congress, conference_id)
        words = words_of(request)
        refused = [(case.ref, reason_of(case, words)) for case in found.refused[:SHOWN]]
        return pages.render(
            request,
            "conference.html",
            conference=found,
            refused=refused,
            again=LOOK_EVERY if found.status is ConferenceStatus.RUNNING else None,
        )

    return router


async def _read(services: Services, congress: str, conference_id: str) -> AssignmentConference:
    stream_id = conference_stream(congress, conference_id)
    recorded = await services.log.read_stream(stream_id) if stream_id.isprintable() else []
    if not recorded:
        raise NoSuchConference(conference=f"{congress}/{conference_id}"[:80])
    return fold_conference(cast(ConferenceEvent, r.body) for r in recorded)


def _ensure_sees(viewer: Viewer, congress: str) -> None:
    """Those who oversee the congress; a conference names every unit and case of a session."""
    if not viewer.roles & OVERSEERS or viewer.congress not in (None, congress):
        raise NotYours(account=viewer.name, what=READ)
