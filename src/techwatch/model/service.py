"""What processes tell of themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """How a job of the service is."""

    job: str
    at: datetime | None  # when it last ended well
    failing_since: datetime | None = None
    error: str | None = None  # the last one; None when the job is well


@dataclass(frozen=True, slots=True)
class ClockReading:
    """How our clock stands beside those of the hosts that feeds come from."""

    seconds: float  # theirs are ahead of ours by so many; the median of one answer a host
    hosts: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Ping:
    """How telling a dead man's switch of an edition's digests goes."""

    edition_id: str
    slot: datetime | None  # of the last digest that it was told of
    at: datetime | None = None  # when it was
    failing_since: datetime | None = None
    failures: int = 0  # in a row
    next_at: datetime | None = None  # not before then is it tried again
    error: str | None = None  # the last one; None when it was reached


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """What waits to be done, all editions and feeds together."""

    feeds: int  # in the list
    feeds_failing: int
    feeds_due: int
    items_waiting: int  # for a verdict
    waiting_since: datetime | None  # of the oldest of them
    deliveries: Mapping[str, int]  # by state
    deliveries_due: int  # those whose time has come
    digests_at: Mapping[str, datetime]  # by edition: the last digest's slot
