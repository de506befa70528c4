"""The table from an event's name on disk to its class; lines are added, never removed."""

from typing import get_args

from domain.access import AccessEvent
from domain.base import Event
from domain.calendar_notices import CalendarAmended
from domain.conference_acts import ConferenceEvent
from domain.congress import CongressEvent
from domain.delivery import DeliveryEvent
from domain.key_topic import TopicEvent
from domain.motion_acts import MotionEvent
from domain.references import ReferenceClaimed
from domain.suggestion.evolution import SuggestionEvent

EVENT_TYPES: dict[str, type[Event]] = {
    event.type: event
    for event in (
        *get_args(SuggestionEvent),
        *get_args(CongressEvent),
        *get_args(MotionEvent),
        *get_args(TopicEvent),
        *get_args(ConferenceEvent),
        *get_args(AccessEvent),
        *get_args(DeliveryEvent),
        ReferenceClaimed,
        CalendarAmended,
    )
}
