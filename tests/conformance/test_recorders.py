"""The library's published recorder and factory cases, unmodified, on our log."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from eventsourcing.persistence import (
    ApplicationRecorder,
    InfrastructureFactory,
    ProcessRecorder,
    TrackingRecorder,
)
from eventsourcing.tests import persistence
from eventsourcing.utils import Environment

from duban.event_log.library.factory import EventLogFactory
from duban.event_log.library.recorders import (
    AsyncpgAggregateRecorder,
    AsyncpgApplicationRecorder,
    AsyncpgProcessRecorder,
    AsyncpgTrackingRecorder,
)

pytestmark = pytest.mark.postgres


class WithFactory:
    factory: EventLogFactory

    @pytest.fixture(autouse=True)
    def _constructed(self, library_environment: None) -> Iterator[None]:
        factory = InfrastructureFactory[Any].construct(Environment("conformance", os.environ))
        assert isinstance(factory, EventLogFactory)
        self.factory = factory
        yield
        factory.close()


class TestSnapshots(WithFactory, persistence.AggregateRecorderTestCase):
    def create_recorder(self) -> AsyncpgAggregateRecorder:
        recorder = self.factory.aggregate_recorder("snapshots")
        assert isinstance(recorder, AsyncpgAggregateRecorder)
        return recorder


class TestApplicationRecorder(WithFactory, persistence.ApplicationRecorderTestCase[ApplicationRecorder]):
    def create_recorder(self) -> ApplicationRecorder:
        return self.factory.application_recorder()

    def test_insert_subscribe(self) -> None:
        """The library leaves this case to recorders that take subscribers; it asserts what each is given."""
        self.optional_test_insert_subscribe()

        assert self.create_recorder().max_notification_id() == 3  # the events that it wrote and was given


class TestNonInterleaving(WithFactory, persistence.NonInterleavingNotificationIDsBaseCase):
    def create_recorder(self) -> ApplicationRecorder:
        return self.factory.application_recorder()


class TestTrackingRecorder(WithFactory, persistence.TrackingRecorderTestCase):
    def create_recorder(self) -> TrackingRecorder:
        return self.factory.tracking_recorder()


class TestProcessRecorder(WithFactory, persistence.ProcessRecorderTestCase):
    def create_recorder(self) -> ProcessRecorder:
        return self.factory.process_recorder()


class OwnTrackingRecorder(AsyncpgTrackingRecorder):
    pass


class TestFactory(persistence.InfrastructureFactoryTestCase[EventLogFactory]):
    def setUp(self) -> None:
        names = ("PERSISTENCE_MODULE", "DUBAN_POSTGRES_DSN")
        self.env = Environment("conformance", {name: os.environ[name] for name in names})
        super().setUp()

    def expected_factory_class(self) -> type[EventLogFactory]:
        return EventLogFactory

    def expected_aggregate_recorder_class(self) -> type[AsyncpgAggregateRecorder]:
        return AsyncpgAggregateRecorder

    def expected_application_recorder_class(self) -> type[AsyncpgApplicationRecorder]:
        return AsyncpgApplicationRecorder

    def expected_tracking_recorder_class(self) -> type[AsyncpgTrackingRecorder]:
        return AsyncpgTrackingRecorder

    def tracking_recorder_subclass(self) -> type[AsyncpgTrackingRecorder]:
        return OwnTrackingRecorder

    def expected_process_recorder_class(self) -> type[AsyncpgProcessRecorder]:
        return AsyncpgProcessRecorder
