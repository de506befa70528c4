"""What commands need of Temporal: a client of the server that is set, or that the engine on this home started."""

from typing import TYPE_CHECKING

from domain.base import Refusal
from duban.bootstrap import connect_temporal
from duban.runtime.home import Home
from duban.settings import Settings

if TYPE_CHECKING:
    from temporalio.client import Client


class TemporalUnreachable(Refusal):
    """Temporal does not answer at {address}.

    Start it with `duban up`, or check DUBAN_TEMPORAL_ADDRESS.
    """


async def connected(settings: Settings) -> "Client":
    """Refuses with `NotRunning` or `TemporalUnreachable`."""
    address = settings.temporal_address or Home(settings.home).running().temporal_address
    try:
        return await connect_temporal(address, settings.temporal_namespace)
    except RuntimeError as error:  # the SDK's word for it
        raise TemporalUnreachable(address=address) from error
