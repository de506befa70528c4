"""Shapes: what the API answers with, as its description shows them."""

from datetime import datetime
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field


class Problem(BaseModel):
    """Why something was refused, as RFC 9457 says."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:duban:problem:co-opinions-missing",
                    "title": "The lead unit may not answer before every co-handling opinion is in or has lapsed.",
                    "status": 409,
                    "detail": "The lead unit may not answer before every co-handling opinion is in or has lapsed. "
                    "Remind them, or answer once their term has passed.",
                }
            ]
        }
    )

    type: str = Field(description="Names the problem, for ever.")
    title: str
    status: int
    detail: str = Field(description="What is refused, why, and what to do, in the reader's language.")


def _refusal(description: str) -> dict[str, Any]:
    return {"description": description, "content": {"application/problem+json": {"schema": PROBLEM_REF}}}


PROBLEM_REF: Final = {"$ref": "#/components/schemas/Problem"}
STATUSES: Final[dict[int, str]] = {
    400: "Something asked for cannot be",
    401: "Nobody is signed in, or the token is not in force",
    403: "Those who are signed in may not do this",
    404: "There is no such thing, or not for those who ask",
    413: "Larger than 1 MB",
    422: "Not as described here",
    429: "Too often; Retry-After says when again",
    503: "Not at the moment",
}
ON_ACTS: Final[dict[int, str]] = {
    409: "The rules do not allow it now",
    412: "It has changed since it was read",
    428: "If-Match is missing",
}
Responses = dict[int | str, dict[str, Any]]
REFUSED: Final[Responses] = {status: _refusal(said) for status, said in STATUSES.items()}
ACT_REFUSED: Final[Responses] = REFUSED | {status: _refusal(said) for status, said in ON_ACTS.items()}


class Answer(BaseModel):
    """What every answer says about itself."""

    position: int = Field(description="Of the log, that the answer is true at.", examples=[48211])


class Page(Answer):
    """A list as of a moment."""

    items: list[dict[str, Any]]
    judged_at: datetime = Field(description="By which clock lateness is told.")


class CasePage(Page):
    """A page of a list that may be long."""

    next: str | None = Field(description="Where the next page begins, if there is one.")


class Counts(Answer):
    """The figures above the board."""

    cases: int
    due_this_week: int
    overdue: int
    commitments_open: int
    judged_at: datetime


class Events(Answer):
    """Events, oldest first."""

    items: list[dict[str, Any]]


class Steps(Events):
    """Steps of a replay."""


class Clocks(Events):
    """Clocks, each with the derivation of its date."""


class CaseShape(Answer):
    """A case, as far as the reader sees it."""

    model_config = ConfigDict(extra="allow")

    ref: str = Field(examples=["npc/14-2/3973"])
    version: int
    stage: str
    title: str | None
    confidential: bool
    whole: bool = Field(description="Whether all that was recorded is shown, or what is public.")
    events: list[dict[str, Any]]


class Acted(BaseModel):
    """What an act came to."""

    ref: str = Field(examples=["npc/14-2/3973"])
    version: int = Field(description="Of the stream now; the next If-Match.")
    stage: str
    positions: list[int] = Field(description="Of the log, that it took; none: nothing was left to do.")


class Report(Answer):
    """Figures, each with what tells its cases."""

    model_config = ConfigDict(extra="allow")

    judged_at: datetime
