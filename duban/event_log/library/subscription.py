"""The library's endless iterator over notifications, by polling: no hint can be lost, no listener can die."""

from collections.abc import Sequence
from contextlib import suppress
from threading import Event
from typing import Final, Protocol

from eventsourcing.persistence import (
    ApplicationRecorder,
    ListenNotifySubscription,
    OperationalError,
)

POLL: Final = 0.05  # seconds between looks for what other processes have recorded


class _Listening(Protocol):
    def listen(self, event: Event) -> None: ...
    def unlisten(self, event: Event) -> None: ...


class PollingSubscription(ListenNotifySubscription[ApplicationRecorder]):
    """Woken by its own recorder, and otherwise polling; outlives a restart of the database."""

    def __init__(self, recorder: "ApplicationRecorder", gt: int | None, topics: Sequence[str]) -> None:
        super().__init__(recorder=recorder, gt=gt, topics=topics)
        self._source: _Listening = recorder  # type: ignore[assignment]  # only our recorders construct it
        self._source.listen(self._has_been_notified)

    def stop(self) -> None:
        super().stop()
        self._source.unlisten(self._has_been_notified)

    def _loop_on_pull(self) -> None:
        try:
            while not self._has_been_stopped:
                self._pull_if_there()
                self._has_been_notified.wait(POLL)
        except BaseException as error:  # raised again by the iteration, in the reader's thread
            self._thread_error = error
            self.stop()

    def _pull_if_there(self) -> None:
        with suppress(OperationalError):  # the database is away; the next look asks from the same place
            self._pull()
