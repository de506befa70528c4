"""What the library constructs its applications with: `PERSISTENCE_MODULE=duban.event_log`."""

from typing import Final
from weakref import finalize

from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    InfrastructureFactory,
    InfrastructureFactoryError,
    ProcessRecorder,
)
from eventsourcing.utils import Environment, EnvType, resolve_topic

from duban.event_log.library.bridge import Bridge
from duban.event_log.library.recorders import (
    AsyncpgAggregateRecorder,
    AsyncpgApplicationRecorder,
    AsyncpgProcessRecorder,
    AsyncpgTrackingRecorder,
)

DSN: Final = "DUBAN_POSTGRES_DSN"  # a migrated database
ORIGINATOR_ID_TYPE: Final = "ORIGINATOR_ID_TYPE"  # `uuid` (default) or `text`, as in eventsourcing.postgres


class EventLogFactory(InfrastructureFactory[AsyncpgTrackingRecorder]):
    """The library's recorders on one event log. Applications of different names do not see each other."""

    def __init__(self, env: Environment | EnvType | None) -> None:
        super().__init__(env)
        dsn = self.env.get(DSN, "")
        if not dsn:
            raise InfrastructureFactoryError(f"{DSN} is not set")
        self._text_ids = self.env.get(ORIGINATOR_ID_TYPE, "uuid") == "text"
        self._bridge = Bridge(dsn)
        self._finalizer = finalize(self, self._bridge.close)

    def close(self) -> None:
        self._finalizer()

    def aggregate_recorder(self, purpose: str = "events") -> AggregateRecorder:
        return AsyncpgAggregateRecorder(self._bridge, self._name, purpose)

    def application_recorder(self) -> ApplicationRecorder:
        return AsyncpgApplicationRecorder(self._bridge, self._name, text_ids=self._text_ids)

    def tracking_recorder(
        self, tracking_recorder_class: type[AsyncpgTrackingRecorder] | None = None
    ) -> AsyncpgTrackingRecorder:
        chosen = tracking_recorder_class
        if chosen is None and (topic := self.env.get(self.TRACKING_RECORDER_TOPIC)):
            chosen = resolve_topic(topic)
        return (chosen or AsyncpgTrackingRecorder)(self._bridge, self._name)

    def process_recorder(self) -> ProcessRecorder:
        return AsyncpgProcessRecorder(self._bridge, self._name, text_ids=self._text_ids)

    @property
    def _name(self) -> str:
        return self.env.name or "application"
