# `PERSISTENCE_MODULE=duban.event_log`: eventsourcing looks through the names of the module itself for its one factory.
# It is imported when they are looked through, because the library takes longer to load than a short command to run.
import sys
from types import ModuleType
from typing import Any


class _WithFactory(ModuleType):
    @property
    def __dict__(self) -> dict[str, Any]:  # type: ignore[override]  # a module's own is a plain attribute
        from duban.event_log.library.factory import EventLogFactory

        return {**globals(), "EventLogFactory": EventLogFactory}


sys.modules[__name__].__class__ = _WithFactory
