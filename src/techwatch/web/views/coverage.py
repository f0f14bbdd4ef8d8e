"""How far what is shown can be trusted: are feeds read, and items judged? Silence is no calm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from techwatch.feeds.polling import health
from techwatch.status import pulses
from techwatch.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from techwatch.model import FeedHealth
    from techwatch.status import Pulses

_SOON = timedelta(minutes=10)  # so long an item may wait for its verdict, and nobody need know
_FRESH = timedelta(hours=1)  # feeds that were read so short a time ago hide little
Code = Literal[
    "service.stopped",
    "service.silent",
    "jobs.failing",
    "feeds.none",
    "feeds.unread",
    "feeds.failing",
    "items.waiting",
    "items.aside",
]


@dataclass(frozen=True, slots=True)
class Doubt:
    """A reason why something may be missing."""

    code: Code
    severity: Literal["warning", "fault"]  # fault: that nothing is shown means nothing
    number: int | None = None  # of feeds or items that it concerns
    since: datetime | None = None  # service.stopped: when a feed was read last
    jobs: tuple[str, ...] = ()  # that fail


@dataclass(frozen=True, slots=True)
class Covered:
    """What is watched, and what speaks against trusting that nothing is missing."""

    at: datetime
    read_at: datetime | None  # when a feed was read last; None: never
    feeds: int  # watched, those that are paused not
    feeds_failing: int  # of these, gone ones too
    waiting: int  # items without a verdict
    doubts: tuple[Doubt, ...]  # faults before warnings; none: silence is calm


def covered(watch: Watch) -> Covered:
    """Say how far what is shown can be trusted; raises StorageError."""
    now, store = watch.clock(), watch.store
    states = [state for state in store.feeds.states() if not state.feed.paused]
    feeds = [health(state, now, watch.settings.polling) for state in states]
    read_at = max((s.succeeded_at for s in states if s.succeeded_at), default=None)
    service, queue = pulses(watch), store.overview.queue(now)
    doubts = [*_of_service(service, read_at, now), *_of_feeds(feeds)]
    since = queue.waiting_since
    if since is not None and (now - since > _SOON or not service.alive):
        doubts.append(Doubt("items.waiting", "warning", queue.items_waiting, since))
    if aside := store.judging.aside():
        first = min(one.since for one in aside)
        doubts.append(Doubt("items.aside", "warning", len(aside), first))
    return Covered(
        at=now,
        read_at=read_at,
        feeds=len(feeds),
        feeds_failing=_failing(feeds),
        waiting=queue.items_waiting,
        doubts=tuple(sorted(doubts, key=lambda one: one.severity != "fault")),
    )


def _of_service(service: Pulses, read_at: datetime | None, now: datetime) -> Iterator[Doubt]:
    failing = [job for job in service.jobs if job.error]
    if failing:
        since = min((job.failing_since for job in failing if job.failing_since), default=None)
        yield Doubt("jobs.failing", "fault", since=since, jobs=tuple(job.job for job in failing))
    elif service.started and not service.alive:
        yield Doubt("service.silent", "fault", since=read_at)
    elif not service.started:
        fresh = read_at is not None and now - read_at < _FRESH  # feeds may be polled by hand
        yield Doubt("service.stopped", "warning" if fresh else "fault", since=read_at)


def _of_feeds(feeds: list[FeedHealth]) -> Iterator[Doubt]:
    """Doubt where no feed is read, or at least half of them fail; a few fail always."""
    failing = _failing(feeds)
    if not feeds:
        yield Doubt("feeds.none", "fault")
    elif all(feed.condition == "waiting" for feed in feeds):
        yield Doubt("feeds.unread", "fault", len(feeds))
    elif 2 * failing >= len(feeds):
        yield Doubt("feeds.failing", "fault", failing)


def _failing(feeds: list[FeedHealth]) -> int:
    return sum(feed.condition in {"failing", "gone"} for feed in feeds)
