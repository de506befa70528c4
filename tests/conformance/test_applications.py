"""The library's published application and projection cases, unmodified, on our log."""

import os
from types import ModuleType
from unittest import TestCase

import asyncpg
import pytest
from eventsourcing.persistence import InfrastructureFactory, Tracking
from eventsourcing.tests import application, persistence, projection
from eventsourcing.utils import Environment

from duban.event_log.library.factory import EventLogFactory
from duban.event_log.library.recorders import AsyncpgTrackingRecorder

pytestmark = pytest.mark.postgres

DOES_NOT_APPLY = {
    "TranscoderTestCase": "tests the library's own JSON transcoder; we bring none",
    "TaggedDecisionCountersProjectionTestCase": "needs a store of tagged decisions (DCB); a case is one stream",
    "RecorderTestCase": "a base without tests",
}
RUN = {
    "AggregateRecorderTestCase",
    "ApplicationRecorderTestCase",
    "TrackingRecorderTestCase",
    "ProcessRecorderTestCase",
    "NonInterleavingNotificationIDsBaseCase",
    "InfrastructureFactoryTestCase",
    "ExampleApplicationTestCase",
    "ApplicationTestCase",
    "EventCountersViewTestCase",
    "AggregateEventCountersProjectionTestCase",
    "EventSourcedProjectionTestCase",
}

COUNTERS = """
create table library_counters (name text primary key, n bigint not null default 0);
insert into library_counters values ('created'), ('subsequent');
grant select, update on library_counters to duban_app"""
INCREMENT = "update library_counters set n = n + 1 where name = $1"
COUNT = "select n from library_counters where name = $1"


class Counters(AsyncpgTrackingRecorder, projection.EventCountersView):
    """A view of the library's kind, in a table of its own."""

    def get_created_event_counter(self) -> int:
        return self._count("created")

    def get_subsequent_event_counter(self) -> int:
        return self._count("subsequent")

    def incr_created_event_counter(self, tracking: Tracking) -> None:
        self.record(tracking, INCREMENT, "created")

    def incr_subsequent_event_counter(self, tracking: Tracking) -> None:
        self.record(tracking, INCREMENT, "subsequent")

    def _count(self, name: str) -> int:
        count: int = self.bridge.read(COUNT, name)[0]["n"]
        return count


class WithCounters:
    @pytest.fixture(autouse=True)
    async def _counters_table(self, database: str) -> None:
        connection = await asyncpg.connect(database)
        await connection.execute(COUNTERS)
        await connection.close()


class TestExampleApplication(application.ExampleApplicationTestCase):
    expected_factory_topic = "duban.event_log.library.factory:EventLogFactory"


@pytest.mark.filterwarnings("always::DeprecationWarning")  # one case is about a deprecated attribute
class TestApplication(application.ApplicationTestCase):
    pass


class TestEventCountersView(WithCounters, projection.EventCountersViewTestCase):
    def construct_event_counters_view(self) -> Counters:
        factory = InfrastructureFactory[Counters].construct(Environment("counters", os.environ))
        assert isinstance(factory, EventLogFactory)
        self.addCleanup(factory.close)
        view = factory.tracking_recorder(Counters)
        assert isinstance(view, Counters)
        return view


class TestProjection(WithCounters, projection.AggregateEventCountersProjectionTestCase):
    view_class = Counters


class TestEventSourcedProjection(projection.EventSourcedProjectionTestCase):
    pass


def test_every_published_case_is_run_or_listed_with_its_reason() -> None:
    published = {name for module in (persistence, application, projection) for name in _cases(module)}

    assert published == RUN | set(DOES_NOT_APPLY)


def _cases(module: ModuleType) -> set[str]:
    return {
        name
        for name, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, TestCase) and value is not TestCase
    }
