import asyncpg
import pytest

from duban.event_log.log import EventLog
from tests.event_log.given import CODEC


@pytest.fixture
def log(pool: asyncpg.Pool) -> EventLog:
    """A log whose codec knows the events of `given`."""
    return EventLog(pool, CODEC)
