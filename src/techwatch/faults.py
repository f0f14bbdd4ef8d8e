"""What can be wrong with an installation: a stable code for each fault, for people and programs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, Field

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from techwatch.model import ClockReading

Severity = Literal["warning", "fault"]
_CURRENT = timedelta(days=1)  # older readings of the clock say nothing of today
_FEWEST_HOSTS = 3  # that must agree before our clock is blamed, not theirs

CODES: Mapping[str, str] = {
    "clock.skew": "the clock differs from that of the publishers' servers",
    "database.damaged": "the database's file is not what was written; put a back-up in its place",
    "database.missing": "there is no database yet",
    "database.new": "a newer techwatch wrote the database",
    "database.old": "the database waits for `techwatch db upgrade`",
    "database.unusable": "the database can't be reached or read",
    "deliveries.failed": "a delivery was given up",
    "deliveries.late": "a delivery was tried without success and will be tried again",
    "deliveries.uncertain": "a delivery may or may not have arrived, and a person must say",
    "digests.late": "a digest's time has passed and it is not composed",
    "disk.full": "the disk of data_dir has less room than alarms.disk_fault",
    "disk.low": "the disk of data_dir has less room than alarms.disk_warning",
    "feeds.failing": "a feed can't be fetched or read",
    "feeds.gone": "a feed's server says that it is gone for good",
    "feeds.silent": "a feed has had nothing new for longer than usual",
    "items.aside": "an item can't be judged and is tried again later",
    "items.waiting": "items have been waiting for a verdict for too long",
    "jobs.failing": "a job of the service fails at each tick",
    "ping.failing": "the dead man's switch can't be reached",
    "service.silent": "the service gives no sign of life",
}


class AlarmSettings(BaseModel, frozen=True, extra="forbid"):
    """From where on something counts as wrong."""

    disk_warning: int = Field(
        1_000_000_000, ge=0, description="Bytes free on data_dir's disk below which it is low."
    )
    disk_fault: int = Field(
        200_000_000, ge=0, description="Bytes free on data_dir's disk below which it is full."
    )
    clock_warning: float = Field(
        30.0, gt=0, description="Seconds that the clock may differ from publishers' servers."
    )
    clock_fault: float = Field(300.0, gt=0, description="Seconds of it that are a fault.")
    waiting: float = Field(60.0, gt=0, description="Minutes that an item may wait for its verdict.")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong."""

    code: str  # of CODES
    severity: Severity  # only faults change the exit status
    message: str


def fault(code: str, message: str, severity: Severity = "fault") -> Fault:
    """Make a fault; raises KeyError for a code that is not listed."""
    if code not in CODES:
        raise KeyError(code)
    return Fault(code, severity, message)


def of_disk(free: int, settings: AlarmSettings) -> Iterator[Fault]:
    """Say whether the disk has room; `free` in bytes."""
    room = f"{free / 1_000_000:,.0f} MB are free on the disk of data_dir"
    if free < settings.disk_fault:
        yield fault("disk.full", room)
    elif free < settings.disk_warning:
        yield fault("disk.low", room, "warning")


def of_clock(
    reading: ClockReading | None, now: datetime, settings: AlarmSettings
) -> Iterator[Fault]:
    """Say whether the clock is right, as far as enough hosts told theirs in the last day."""
    if reading is None or reading.hosts < _FEWEST_HOSTS or now - reading.at > _CURRENT:
        return
    off = abs(reading.seconds)
    if off <= settings.clock_warning:
        return
    side = "behind" if reading.seconds > 0 else "ahead of"
    message = f"the clock is {off:,.0f} seconds {side} those of {reading.hosts} hosts of feeds"
    yield fault("clock.skew", message, "fault" if off > settings.clock_fault else "warning")
