"""Which HTTP status a refusal has, for pages and the API alike."""

from typing import Final

from domain.base import Refusal
from domain.conference_acts import NoSuchConference
from domain.congress import UnknownCongress
from domain.references import MalformedReference, NoSuchCase
from domain.rules import UnknownRules
from duban.access.viewer import NotInYourName, NotYours
from duban.accounts.accounts import NoSuchAccount, NoSuchToken
from duban.accounts.oidc import NoRoleGiven, ProviderRefused
from duban.accounts.sessions import NotKnown, SignInRefused, TooManyAttempts
from duban.casefile import NotYetRecorded
from duban.commands import StaleVersion, TooMuchContention
from duban.entrypoints.api.acting import KeyReused, VersionNeeded
from duban.entrypoints.web.identity import NotFromOurPages, NotSignedIn, ScopeMissing
from duban.entrypoints.web.public_data import TooManyDownloads
from duban.motions import NoSuchMotion
from duban.notices.personal import NoSuchNotice
from duban.reading import NotProjectedYet
from duban.saved_views import NoSuchView
from duban.shares import NoSuchShare, NothingToShow, NotShareable, TooManyShares
from duban.topics import NoSuchTopic
from duban.typeface import NoTypeface
from projections.checkpoints import NoSuchProjection
from projections.questions import NoSuchQuestion

BAD_REQUEST: Final = 400
STATUSES: Final[dict[type[Refusal], int]] = {
    NotSignedIn: 401,
    NotKnown: 401,
    SignInRefused: 401,
    ProviderRefused: 401,
    NoRoleGiven: 403,
    NotYours: 403,
    NotInYourName: 403,
    NotFromOurPages: 403,
    NoSuchCase: 404,
    MalformedReference: 404,
    NotYetRecorded: 404,
    NoSuchTopic: 404,
    NoSuchNotice: 404,
    NoSuchConference: 404,
    NoSuchMotion: 404,
    NoSuchAccount: 404,
    NoSuchToken: 404,
    NoSuchView: 404,
    UnknownCongress: 404,
    TooMuchContention: 409,
    StaleVersion: 412,
    KeyReused: 422,
    VersionNeeded: 428,
    ScopeMissing: 403,
    NoSuchQuestion: 404,
    NoSuchProjection: 404,
    UnknownRules: 404,
    TooManyAttempts: 429,
    NotProjectedYet: 503,
    NoSuchShare: 404,
    NotShareable: 409,
    NothingToShow: 409,
    TooManyShares: 409,
    NoTypeface: 503,
    TooManyDownloads: 503,
}


def status_of(refusal: Refusal, otherwise: int = BAD_REQUEST) -> int:
    """The status of a refusal; of those that are not listed, `otherwise`."""
    return STATUSES.get(type(refusal), otherwise)
