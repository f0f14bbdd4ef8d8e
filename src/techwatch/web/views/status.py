"""Status: what is wrong first, then how everything is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from techwatch.errors import StorageError
from techwatch.model import ClockReading, Ping, StoreSize
from techwatch.status import failing, gather, unusable
from techwatch.web.views.remedies import REMEDIES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from techwatch.faults import Fault
    from techwatch.watch import Watch

MOST_FAULTS = 100  # that are told in full


@dataclass(frozen=True, slots=True)
class ToldFault:
    """One thing that is wrong, and what to do."""

    code: str
    severity: str  # fault or warning
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class JobSeen:
    """When a job of the service last ended well."""

    job: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class WorkerSeen:
    """A worker, by its last sign of life."""

    id: int
    silent_for: float  # seconds
    jobs: int  # in hand


@dataclass(frozen=True, slots=True)
class QueueSeen:
    """The jobs of a queue of the workers."""

    name: str
    waiting: int
    under_way: int
    oldest_for: float | None  # seconds that the oldest has waited


@dataclass(frozen=True, slots=True)
class EditionSeen:
    """How an edition's digests go."""

    edition: str
    last: datetime | None
    next: datetime | None
    at_once: bool  # alerts
    late: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """How everything is."""

    database: str
    schema: str | None
    size: StoreSize
    baseline: str  # version
    alive: bool  # the service
    started: bool  # and not stopped on purpose
    jobs: tuple[JobSeen, ...]
    feeds: dict[str, int]  # by condition
    feeds_due: int
    items: int
    waiting: int  # for a verdict
    waiting_since: datetime | None
    articles: dict[str, int]  # by state
    verdicts: dict[str, int]
    deliveries: dict[str, int]  # by state
    editions: tuple[EditionSeen, ...]
    clock: ClockReading | None
    disk_free: int  # bytes
    pings: tuple[Ping, ...]
    workers: tuple[WorkerSeen, ...]
    queues: tuple[QueueSeen, ...]


@dataclass(frozen=True, slots=True)
class Status:
    """How an installation is."""

    at: datetime
    well: bool  # there is no fault; warnings there may be
    faults: tuple[ToldFault, ...]  # faults before warnings
    unmentioned: int  # faults and warnings beyond those
    figures: Figures | None  # None: the database can't be used


def status(watch: Watch) -> Status:
    """Say how everything is; of a database that can't be used it says why."""
    wrong = unusable(watch)
    if wrong is None:
        try:
            record = gather(watch)
        except StorageError as error:
            wrong = failing(error)
        else:
            return _status(watch, record["faults"], _figures(record))
    return _status(watch, [wrong], None)


def _status(watch: Watch, faults: Iterable[Fault], figures: Figures | None) -> Status:
    found = tuple(faults)
    told = tuple(
        ToldFault(one.code, one.severity, one.message, REMEDIES[one.code])
        for one in found[:MOST_FAULTS]
    )
    well = all(one.severity != "fault" for one in found)
    return Status(watch.clock(), well, told, len(found) - len(told), figures)


def _figures(record: dict[str, Any]) -> Figures:
    queue, service = record["queue"], record["service"]
    return Figures(
        database=record["database"],
        schema=record["schema"],
        size=record["size"],
        baseline=record["baseline"],
        alive=service["alive"],
        started=service["started"],
        jobs=tuple(JobSeen(job, at) for job, at in service["heartbeats"].items()),
        feeds=dict(sorted(record["feeds"].items())),
        feeds_due=queue.feeds_due,
        items=record["items"],
        waiting=record["waiting"],
        waiting_since=queue.waiting_since,
        articles=record["articles"],
        verdicts=record["verdicts"],
        deliveries={str(state): n for state, n in sorted(queue.deliveries.items())},
        editions=tuple(
            EditionSeen(d["edition"], d["last"], d["next"], d["at_once"], tuple(d["late"]))
            for d in record["digests"]
        ),
        clock=record["clock"],
        disk_free=record["disk_free_bytes"],
        pings=tuple(record["pings"]),
        workers=tuple(WorkerSeen(w.id, w.silent_for, w.jobs) for w in record["workers"]),
        queues=tuple(
            QueueSeen(q.name, q.waiting, q.under_way, q.oldest_for) for q in record["queues"]
        ),
    )
