"""`/metrics`: the counters of this process, and what the database says to every process alike."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.responses import Response
from starlette.routing import Route

from techwatch.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from prometheus_client import Metric
    from starlette.requests import Request

    from techwatch.watch import Watch

_FORMAT = "text/plain; version=0.0.4; charset=utf-8"


def routes(watch: Watch) -> list[Route]:
    """Return it."""

    async def metrics(_: Request) -> Response:
        text = await asyncio.to_thread(figures, watch)
        return Response(text, media_type=_FORMAT, headers={"Cache-Control": "no-store"})

    return [Route("/metrics", metrics)]


def figures(watch: Watch) -> bytes:
    """Return all figures in the text format of Prometheus."""
    shared = CollectorRegistry()
    shared.register(_FromDatabase(watch))
    return generate_latest(watch.metrics.registry) + generate_latest(shared)


class _FromDatabase(Collector):
    """Reads the database when it is asked; one that fails is told by `techwatch_database_up`."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch

    def describe(self) -> Iterable[Metric]:
        """Name nothing beforehand: registering reads no database."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Read it."""
        try:
            read = list(self._read())
        except StorageError:
            yield _gauge("database_up", "Whether the database answers.", 0)
            return
        yield _gauge("database_up", "Whether the database answers.", 1)
        yield from read

    def _read(self) -> Iterator[Metric]:
        overview, now = self._watch.store.overview, self._watch.clock()
        queue = overview.queue(now)
        database_bytes, _ = self._watch.store.database.room()
        waited = (now - queue.waiting_since).total_seconds() if queue.waiting_since else 0.0
        yield _gauge("feeds", "Feeds in the list.", queue.feeds)
        yield _gauge("feeds_failing", "Feeds whose last poll failed.", queue.feeds_failing)
        yield _gauge("feeds_due", "Feeds whose time has come.", queue.feeds_due)
        yield _gauge("items_waiting", "Items that wait for a verdict.", queue.items_waiting)
        yield _gauge("items_waiting_seconds", "How long the oldest of them waits.", waited)
        yield _gauge("deliveries_due", "Deliveries whose time has come.", queue.deliveries_due)
        yield _gauges("ledger", "Deliveries by state.", "state", queue.deliveries)
        yield _gauge("database_bytes", "Size of the database.", database_bytes)
        yield _gauges(
            "digest_slot_timestamp_seconds",
            "The slot of each edition's last digest.",
            "edition",
            {edition: at.timestamp() for edition, at in queue.digests_at.items()},
        )
        beats = {beat.job: beat.at.timestamp() for beat in overview.heartbeats() if beat.at}
        yield _gauges(
            "job_done_timestamp_seconds", "When a job of any process last ended well.", "job", beats
        )
        if reading := overview.clock():
            what = "Seconds by which the hosts of feeds are ahead of our clock."
            yield _gauge("clock_skew_seconds", what, reading.seconds)


def _gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(f"techwatch_{name}", what, value=value)


def _gauges(name: str, what: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(f"techwatch_{name}", what, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family
