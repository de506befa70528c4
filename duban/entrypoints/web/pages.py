"""Pages: templates in the reader's language, and the addresses that lead from one to another."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from duban.access.viewer import PUBLIC
from duban.entrypoints.web.identity import csrf_token, set_visit, viewer_of
from duban.entrypoints.web.menu import menu
from duban.wording.terms import Lang
from duban.wording.wording import LANGUAGES, Wording, wording

LANG_COOKIE = "duban_lang"
A_YEAR = 365 * 24 * 3600  # seconds


class Pages:
    """Renders the templates; everything that is not markup of ours is escaped."""

    def __init__(self, demo_path: Callable[[Request], tuple[str, str] | None] = lambda _: None) -> None:
        self._demo_path = demo_path
        self._environment = Environment(
            loader=PackageLoader("duban.entrypoints.web"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(case_url=case_url, public_url=public_url, url=url)
        self._environment.filters["named"] = lambda code, name: (code, name(code))

    def render(self, request: Request, template: str, code: int = 200, **context: Any) -> HTMLResponse:
        """A page in the language that the request asks for; one asked for by name is remembered."""
        viewer = viewer_of(request)
        known = {
            "viewer": viewer,
            "unread_notices": getattr(request.state, "unread", 0),
            "menu": menu(viewer, words_of(request)),
            "demo_path": self._demo_path(request),
            "csrf": csrf_token(request),
        }
        response = self._rendered(request, template, code, {**known, **context})
        set_visit(request, response)
        return response

    def render_for_all(
        self, request: Request, template: str, code: int = 200, **context: Any
    ) -> HTMLResponse:
        """A page that is the same for everybody: it knows no account, and remembers no visit."""
        known = {
            "viewer": PUBLIC,
            "unread_notices": 0,
            "menu": menu(PUBLIC, words_of(request)),
            "demo_path": None,
        }
        return self._rendered(request, template, code, {**known, **context})

    def _rendered(
        self, request: Request, template: str, code: int, context: Mapping[str, Any]
    ) -> HTMLResponse:
        words = words_of(request)
        other: Lang = "en" if words.lang == "zh" else "zh"
        html = self._environment.get_template(template).render(
            words=words,
            t=words.text,
            many=words.many,
            lang=words.lang,
            other_lang_url=url(request.url.path, {**dict(request.query_params), "lang": other}),
            here=url(request.url.path, dict(request.query_params)),
            **context,
        )
        response = HTMLResponse(html, code, headers={"Vary": "Accept-Language, Cookie"})
        if request.query_params.get("lang") == words.lang:
            response.set_cookie(LANG_COOKIE, words.lang, max_age=A_YEAR, httponly=True, samesite="lax")
        return response


def words_of(request: Request) -> Wording:
    """The wording of a request: as asked for, as remembered, as the browser prefers, else Chinese."""
    for wanted in (request.query_params.get("lang"), request.cookies.get(LANG_COOKIE)):
        if wanted in LANGUAGES:
            return wording(wanted)
    return wording(preferred(request.headers.get("accept-language", "")))


def preferred(accepted: str) -> Lang:
    """The language that stands highest in an Accept-Language header, of those we have."""
    weighed: list[tuple[float, Lang]] = []
    for entry in accepted.split(",")[:20]:
        tag, _, quality = entry.strip().partition(";q=")
        primary = tag.lower().partition("-")[0]
        weighed += [(_quality(quality), lang) for lang in LANGUAGES if lang == primary]
    return max(weighed, key=lambda pair: pair[0], default=(0.0, "zh"))[1]


def _quality(text: str) -> float:
    try:
        return float(text or 1)
    except ValueError:
        return 0.0


def url(path: str, query: Mapping[str, Any]) -> str:
    """A path with the parameters that have a value."""
    given = {name: value for name, value in query.items() if value not in (None, "", False)}
    return f"{path}?{urlencode(given)}" if given else path


def case_url(ref: str, below: str = "", **query: Any) -> str:
    """The page of the case with this reference, or one below it; each part percent-encoded."""
    path = "/".join(quote(part, safe="") for part in ref.split("/"))
    return url(f"/case/{path}{below}", query)


def public_url(ref: str) -> str:
    """The page of the case on the public site."""
    return "/public/case/" + "/".join(quote(part, safe="") for part in ref.split("/"))
