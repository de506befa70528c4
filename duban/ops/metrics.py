"""Our metrics in Prometheus' words; each is read from the database when it is asked for, none is counted twice."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from duban.ops.figures import Figures, NoticeFigures, Reader

NAMES = (
    "duban_log_head",
    "duban_relay_lag_events",
    "duban_relay_lag_seconds",
    "duban_projection_position",
    "duban_projection_lag_events",
    "duban_projection_lag_seconds",
    "duban_projection_running",
    "duban_cases_open",
    "duban_cases_overdue",
    "duban_database_bytes",
    "duban_notifier_lag_events",
    "duban_notifier_lag_seconds",
    "duban_mails_waiting",
    "duban_mails_failing",
    "duban_mails_given_up",
    "duban_webhook_lag_events",
    "duban_webhook_running",
    "duban_deliveries",
)
"""Every metric of ours; dashboards and alerts may name no other."""


def exposition(figures: Figures | None) -> bytes:
    """The text that Prometheus scrapes: ours where the database answered, and the process's own always."""
    registry = CollectorRegistry()
    for kind in (ProcessCollector, PlatformCollector, GCCollector):
        kind(registry=registry)
    if figures is not None:
        registry.register(_Ours(figures))
    return generate_latest(registry)


class _Ours(Collector):
    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    def collect(self) -> Iterable[Metric]:
        found = self._figures
        yield _gauge("duban_log_head", "Last position of the log.", found.head)
        yield _gauge(
            "duban_relay_lag_events", "Events the relay has not taken.", found.head - found.relay.position
        )
        yield _gauge("duban_relay_lag_seconds", "Age of the first of them.", _age(found, found.relay))
        yield from self._of_projections()
        yield _gauge("duban_cases_open", "Cases neither concluded nor ended.", found.open_cases)
        yield _gauge("duban_cases_overdue", "Cases in which a deadline has passed.", found.overdue_cases)
        yield _gauge("duban_database_bytes", "Size of the database.", found.database_bytes)
        if found.notices is not None:
            yield from _of_notices(found, found.notices)

    def _of_projections(self) -> Iterable[Metric]:
        families = {
            "position": "Position a projection has reached.",
            "lag_events": "Events it has not taken.",
            "lag_seconds": "Age of the first of them.",
            "running": "1 while it runs, 0 when it is paused or stopped.",
        }
        for name, text in families.items():
            family = GaugeMetricFamily(f"duban_projection_{name}", text, labels=["projection"])
            for reader in self._figures.projections:
                family.add_metric([reader.name], _of_reader(name, reader, self._figures))
            yield family


def _of_notices(found: Figures, notices: NoticeFigures) -> Iterable[Metric]:
    behind = found.head - notices.notifier.position
    yield _gauge("duban_notifier_lag_events", "Events whose notices are not written.", behind)
    yield _gauge("duban_notifier_lag_seconds", "Age of the first of them.", _age(found, notices.notifier))
    yield _gauge("duban_mails_waiting", "Mails that are to leave.", notices.mails.waiting)
    yield _gauge("duban_mails_failing", "Mails that were refused at least once.", notices.mails.failing)
    yield _gauge("duban_mails_given_up", "Mails given up within seven days.", notices.mails.given_up)
    lag = GaugeMetricFamily(
        "duban_webhook_lag_events", "Events that a webhook has not taken.", labels=["webhook"]
    )
    runs = GaugeMetricFamily(
        "duban_webhook_running", "0 while a webhook is paused or given up.", labels=["webhook"]
    )
    for one in notices.webhooks:
        lag.add_metric([one.webhook], found.head - one.position)
        runs.add_metric([one.webhook], float(one.paused_at is None))
    yield from (lag, runs)
    said = "What was delivered, failed once, or was given up."
    deliveries = CounterMetricFamily("duban_deliveries", said, labels=["channel", "outcome"])
    for labels, total in notices.tallies.items():
        deliveries.add_metric(labels, total)
    yield deliveries


def _of_reader(name: str, reader: Reader, figures: Figures) -> float:
    match name:
        case "position":
            return reader.position
        case "lag_events":
            return figures.head - reader.position
        case "lag_seconds":
            return _age(figures, reader)
        case _:
            return float(reader.status == "running")


def _age(figures: Figures, reader: Reader) -> float:
    return (figures.now - reader.waiting_since).total_seconds() if reader.waiting_since else 0.0


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, text, value=value)
