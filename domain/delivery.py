"""Delivery: what is recorded of notices that could not be delivered, and of subscriptions to the log's events."""

from enum import StrEnum
from typing import ClassVar, TypeAlias

from domain.base import Event


class Channel(StrEnum):
    """The ways by which a notice leaves the house."""

    MAIL = "mail"
    WEBHOOK = "webhook"


class WebhookChange(StrEnum):
    """What changes about a subscription."""

    ADDED = "added"
    REMOVED = "removed"
    PAUSED = "paused"
    RESUMED = "resumed"
    REPLAYED = "replayed"


class DeliveryFailed(Event):
    """What was to be delivered was given up after many tries; whom it was for, never their address."""

    type: ClassVar[str] = "notice.delivery-failed"
    channel: Channel
    delivery: str
    to: str
    positions: tuple[int, ...]
    tries: int
    cause: str


class WebhookChanged(Event):
    """A subscription was added, removed, paused, taken up again or set back; never its secret."""

    type: ClassVar[str] = "notice.webhook-changed"
    webhook: str
    webhook_change: WebhookChange
    detail: str | None
    by: str


DeliveryEvent: TypeAlias = DeliveryFailed | WebhookChanged


def delivery_stream(congress: str, delivery: str) -> str:
    """A stream for each delivery, and one for each subscription."""
    return f"notice/{congress}/{delivery}"
