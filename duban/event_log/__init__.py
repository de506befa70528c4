# `PERSISTENCE_MODULE=duban.event_log`: eventsourcing looks in the module itself for its one factory.
from duban.event_log.library.factory import EventLogFactory

__all__ = ["EventLogFactory"]
