"""Problems: what a program is told when something is refused, as RFC 9457 says, in both languages."""

import re
from typing import Any, Final

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from domain.base import Refusal
from duban.entrypoints.status import status_of
from duban.entrypoints.web.identity import SAFE
from duban.entrypoints.web.pages import words_of

MEDIA: Final = "application/problem+json"
PREFIX: Final = "/api/"
URN: Final = "urn:duban:problem:"
CONFLICT: Final = 409
AGAIN_IN: Final = "2"  # seconds, for what will be there in a moment


def for_programs(request: Request) -> bool:
    return request.url.path.startswith(PREFIX)


def problem_of(
    status: int,
    kind: str,
    said: str,
    *,
    title: str | None = None,
    headers: dict[str, str] | None = None,
    **more: Any,
) -> JSONResponse:
    """A problem document; `kind` names it for ever, the rest is for people."""
    body = {
        "type": URN + kind,
        "title": clean(title or said),
        "status": status,
        "detail": clean(said),
        **more,
    }
    return JSONResponse(body, status, headers, media_type=MEDIA)


def clean(text: str) -> str:
    """A text that can be sent, whatever was sent to us."""
    return text.encode("utf-8", "replace").decode()


def refusal_problem(request: Request, refusal: Refusal) -> JSONResponse:
    """A refusal as a problem: named after its class, said in the reader's language."""
    words = words_of(request)
    from_rules = type(refusal).__module__.startswith("domain.") and request.method not in SAFE
    status = status_of(refusal, CONFLICT if from_rules else 400)
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    if status in (429, 503):
        headers["Retry-After"] = AGAIN_IN
    what = refusal.texts()[0].format(**refusal.facts) if words.lang == "en" else words.refusal(refusal)
    return problem_of(
        status, kind_of(refusal), words.refusal(refusal), title=what, headers=headers,
        lang=words.lang,
    )  # fmt: skip


def kind_of(refusal: Refusal) -> str:
    """The name of a refusal: CoOpinionsMissing is co-opinions-missing."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", type(refusal).__name__).lower()


def invalid_problem(request: Request, error: RequestValidationError) -> JSONResponse:
    """What the description of the endpoint does not allow; never the value itself."""
    said = words_of(request).text("Something in the request is not as it should be.")
    errors = [
        {"at": clean("/".join(str(part) for part in one["loc"])[:200]), "why": clean(str(one["msg"])[:300])}
        for one in error.errors()[:20]
    ]
    return problem_of(422, "invalid", said, errors=errors)
