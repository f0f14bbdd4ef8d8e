"""What this process did, in the form that Prometheus reads.

Counters belong to one process; what all of them share is read from the database when somebody asks,
see `techwatch.endpoints.metrics`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, GCCollector, Histogram, ProcessCollector

from techwatch.model import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from techwatch.model import Delivery, PollReport

_SECONDS = (0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 900)
_LAGS = (0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5)


class Metrics:
    """The counters of one process, and the registry that holds them."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self._polls = self._counter("polls", "Polls of feeds by outcome.", "outcome")
        self._items = self._counter("items", "Items that polls stored, new or revised.", "change")
        self._verdicts = self._counter("verdicts", "Items judged, by verdict.", "verdict")
        self._digests = self._counter("digests_composed", "Digests composed.", "edition")
        self._deliveries = self._counter(
            "deliveries", "Attempts to deliver, by channel and the state they led to.",
            "channel", "state",
        )  # fmt: skip
        self._pings = self._counter("pings", "Pings after digests, by outcome.", "outcome")
        self._jobs = Histogram(
            "techwatch_job_seconds",
            "Seconds that jobs took, by how they ended.",
            ("job", "outcome"),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._lag = Histogram(
            "techwatch_loop_lag_seconds",
            "Seconds by which the event loop came late.",
            buckets=_LAGS,
            registry=self.registry,
        )

    def polled(self, report: PollReport) -> None:
        """Count a poll of a feed."""
        self._polls.labels(report.result).inc()
        self._items.labels("new").inc(report.new)
        self._items.labels("revised").inc(report.revised)
        self.judged({Verdict.UNRELATED: report.judged})

    def judged(self, counts: Mapping[Verdict, int]) -> None:
        """Count items judged."""
        for verdict, count in counts.items():
            self._verdicts.labels(verdict.value).inc(count)

    def composed(self, edition_id: str) -> None:
        """Count a digest."""
        self._digests.labels(edition_id).inc()

    def delivered(self, delivery: Delivery) -> None:
        """Count an attempt to deliver."""
        self._deliveries.labels(delivery.channel, delivery.state.value).inc()

    def pinged(self, *, well: bool) -> None:
        """Count a ping."""
        self._pings.labels("sent" if well else "failed").inc()

    def worked(self, job: str, seconds: float, *, well: bool) -> None:
        """Note how long a job took."""
        self._jobs.labels(job, "done" if well else "failed").observe(seconds)

    def lagged(self, seconds: float) -> None:
        """Note by how much the event loop came late."""
        self._lag.observe(max(seconds, 0.0))

    def _counter(self, name: str, what: str, *labels: str) -> Counter:
        return Counter(f"techwatch_{name}", what, labels, registry=self.registry)
