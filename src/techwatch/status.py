"""How an installation is, gathered for `status`: figures, and the faults among them.

Sentences are for people, codes for programs; both come from the same finding.
"""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from techwatch.errors import DamagedError, SchemaOutdatedError, SchemaTooNewError, StorageError
from techwatch.faults import fault, of_clock, of_disk
from techwatch.model import ArticleState, DeliveryState
from techwatch.pulse import patience

# Imports below stand in functions: a health check every half minute needs none of them.
# ruff: noqa: PLC0415

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from techwatch.faults import Fault
    from techwatch.model import Delivery, FeedHealth, Heartbeat, QueueCounts, SetAside
    from techwatch.watch import Watch

_ILL: Mapping[str, str] = {
    "failing": "feeds.failing",
    "gone": "feeds.gone",
    "silent": "feeds.silent",
}
_UNSENT: Mapping[DeliveryState, str] = {
    DeliveryState.DUE: "deliveries.late",
    DeliveryState.FAILED: "deliveries.failed",
    DeliveryState.UNCERTAIN: "deliveries.uncertain",
}


@dataclass(frozen=True, slots=True)
class Pulses:
    """How the service is, by the signs of life that it leaves in the database."""

    started: bool  # and not stopped on purpose since
    alive: bool
    jobs: tuple[Heartbeat, ...]


def pulses(watch: Watch) -> Pulses:
    """Read whether the service lives; raises StorageError."""
    now, jobs = watch.clock(), watch.store.overview.heartbeats()
    tick = watch.settings.service.tick
    late = any(now - (job.at or now) > patience(job.job, tick) for job in jobs)
    return Pulses(bool(jobs), bool(jobs) and not late, jobs)


def unusable(watch: Watch) -> Fault | None:
    """Say what keeps the database from being opened; None if it can be."""
    if not watch.has_store():
        advice = "no database yet: `techwatch run` or `techwatch poll` makes one"
        return fault("database.missing", advice)
    try:
        _ = watch.store
    except StorageError as error:
        return failing(error)
    return None


def failing(error: StorageError) -> Fault:
    """Make the fault of a database that can't be opened, or not be read."""
    kinds: dict[type[StorageError], str] = {
        DamagedError: "database.damaged",
        SchemaOutdatedError: "database.old",
        SchemaTooNewError: "database.new",
    }
    return fault(kinds.get(type(error), "database.unusable"), str(error))


def gather(watch: Watch) -> dict[str, Any]:
    """Gather everything; raises StorageError. Its `faults` are Fault values, worst first."""
    from techwatch.composing import coverage

    now, overview = watch.clock(), watch.store.overview
    watched = coverage(watch.store, watch.editor, None, now)
    alive, queue, clock = pulses(watch), overview.queue(now), overview.clock()
    free = free_bytes(watch.settings.data_path)
    digests = [_digest(watch, edition_id, now) for edition_id in watch.editions]
    alarms = watch.settings.alarms
    faults = [
        *_of_service(alive),
        *of_disk(free, alarms),
        *of_clock(clock, now, alarms),
        *_of_queue(queue, alive, now, alarms.waiting),
        *_of_aside(watch.store.judging.aside()),
        *_of_digests(digests),
        *_of_feeds(watched.feeds),
        *_of_deliveries(watch.store.ledger.open()),
        *_of_pings(watch),
    ]
    return {
        "database": watch.store.database.name,
        "schema": watch.store.database.schema(),
        "size": watch.store.retention.size(),
        "baseline": watch.baseline.version,
        "service": service_record(alive),
        "feeds": Counter(feed.condition for feed in watched.feeds),
        "items": watched.items_seen,
        "waiting": queue.items_waiting,
        "queue": queue,
        "articles": _articles(watch),
        "verdicts": {verdict.value: n for verdict, n in watched.by_verdict.items()},
        "digests": digests,
        "clock": clock,
        "disk_free_bytes": free,
        "pings": watch.store.pings.all(),
        "workers": watch.store.jobs.workers(),
        "queues": watch.store.jobs.queues(),
        "faults": sorted(faults, key=lambda one: one.severity != "fault"),
        "attention": [one.message for one in faults if one.severity == "fault"],
        "warnings": [one.message for one in faults if one.severity == "warning"],
    }


def service_record(service: Pulses) -> dict[str, Any]:
    """Return the part of the service, as `--health` shows it too."""
    return {
        "started": service.started,
        "alive": service.alive,
        "heartbeats": {job.job: job.at for job in service.jobs},
        "failing": [one.message for one in _failing(service)],
    }


def free_bytes(folder: Path) -> int:
    """Return how much room the disk of a folder has, which need not exist yet."""
    there = next(
        place for place in (folder.absolute(), *folder.absolute().parents) if place.exists()
    )
    return shutil.disk_usage(there).free


def _articles(watch: Watch) -> dict[str, int]:
    total = watch.store.articles.totals()
    return {state.value: total[state] for state in ArticleState if total[state]}


def _of_service(service: Pulses) -> Iterator[Fault]:
    failing = list(_failing(service))
    yield from failing
    if service.started and not service.alive and not failing:
        yield fault("service.silent", "the service gives no sign of life")


def _failing(service: Pulses) -> Iterator[Fault]:
    for job in service.jobs:
        if job.error:
            since = f"{job.failing_since:%Y-%m-%d %H:%M} UTC"
            message = f"{job.job} has been failing since {since}: {job.error}"
            yield fault("jobs.failing", message)


def _of_queue(
    queue: QueueCounts, service: Pulses, now: datetime, minutes: float
) -> Iterator[Fault]:
    if queue.waiting_since is None or not service.started:
        return
    waited = now - queue.waiting_since
    if waited > timedelta(minutes=minutes):
        message = (
            f"{queue.items_waiting} items wait for a verdict, the oldest for {_length(waited)}"
        )
        yield fault("items.waiting", message, "warning")


def _of_aside(items: Iterable[SetAside]) -> Iterator[Fault]:
    for one in items:
        message = (
            f"item {one.item_id} of {one.feed_url} can't be judged since "
            f"{one.since:%Y-%m-%d %H:%M} UTC: {one.error}; tried again "
            f"{one.again_at:%Y-%m-%d %H:%M} UTC"
        )
        yield fault("items.aside", message)


def _of_digests(digests: Iterable[Mapping[str, Any]]) -> Iterator[Fault]:
    for digest in digests:
        if late := digest["late"]:
            message = f"{digest['edition']} was due at {late[0]:%Y-%m-%d %H:%M} UTC"
            yield fault("digests.late", f"{message} and is not composed")


def _of_feeds(feeds: Iterable[FeedHealth]) -> Iterator[Fault]:
    for feed in feeds:
        if code := _ILL.get(feed.condition):
            yield fault(code, f"{feed.publisher} is {feed.condition}: {feed.why}")


def _of_deliveries(deliveries: Iterable[Delivery]) -> Iterator[Fault]:
    from techwatch.composing import undelivered

    for delivery in deliveries:
        if (code := _UNSENT.get(delivery.state)) and delivery.attempts:
            yield fault(code, undelivered(delivery) + _advice(delivery))


def _advice(delivery: Delivery) -> str:
    if delivery.state not in {DeliveryState.UNCERTAIN, DeliveryState.FAILED}:
        return ""
    return f"; `techwatch digest resolve {delivery.id} send` or `drop`"


def _of_pings(watch: Watch) -> Iterator[Fault]:
    for ping in watch.store.pings.all():
        kept = ping.edition_id in watch.editions and watch.settings.ping.of(ping.edition_id)
        if ping.error and kept:
            since = f"{ping.failing_since:%Y-%m-%d %H:%M} UTC"
            message = f"the dead man's switch of {ping.edition_id} is not reached since {since}"
            yield fault("ping.failing", f"{message}: {ping.error}")


def _digest(watch: Watch, edition_id: str, now: datetime) -> dict[str, Any]:
    from techwatch.composing import due_slots
    from techwatch.digests.schedule import next_slot

    edition = watch.editions[edition_id]
    patient = timedelta(minutes=watch.settings.digests.late_after)
    due: Sequence[datetime] = due_slots(watch.store, edition, now)
    return {
        "edition": edition_id,
        "last": watch.store.digests.last_until(edition_id, now),
        "next": None if edition.alert else next_slot(edition, now).at,
        "at_once": edition.alert is not None,
        "late": [slot for slot in due if now - slot > patient],
    }


def _length(time: timedelta) -> str:
    hours, minutes = divmod(int(time.total_seconds() // 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
