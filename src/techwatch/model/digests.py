"""Editions, their digests, and the sending of these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Literal

from techwatch.model.assessment import Burst
from techwatch.model.baseline import EntityKind
from techwatch.model.coverage import Coverage
from techwatch.model.developments import Correction, Development, Filter
from techwatch.model.mentions import EmergingName


@dataclass(frozen=True, slots=True)
class QuietHours:
    """A time of day, on the edition's clock, in which no alert goes out; may run over midnight."""

    start: time
    end: time  # exclusive


@dataclass(frozen=True, slots=True)
class AlertRule:
    """How an edition tells each development at once."""

    most_an_hour: int = 4  # alerts; what comes beyond is collected into the next one
    quiet: QuietHours | None = None


@dataclass(frozen=True, slots=True)
class Edition:
    """A configured series of digests: by schedule, or alerts."""

    id: str
    title: str
    schedule: str  # a cron line or "daily 07:00"; empty for alerts
    zone: str  # IANA
    channels: tuple[str, ...]  # ids of the channels
    recipients: tuple[str, ...] = ()  # mail addresses
    targets: tuple[str, ...] = ()  # names of webhooks and Apprise services; none: all there are
    filter: Filter = Filter()
    most: int = 40  # developments in one digest; the rest is counted and comes in the next one
    when_empty: Literal["send", "skip"] = "send"
    language: str = "en"  # of the frame
    alert: AlertRule | None = None


@dataclass(frozen=True, slots=True)
class DigestGroup:
    """The developments of one actor or law."""

    entity_id: str | None
    name: str
    kind: EntityKind | None
    developments: tuple[Development, ...]


@dataclass(frozen=True, slots=True)
class Digest:
    """One issue of an edition."""

    edition_id: str
    title: str
    slot: datetime  # the time it was due
    since: datetime | None  # start of its period; None: everything so far
    until: datetime
    subject: str
    preheader: str
    groups: tuple[DigestGroup, ...]
    coverage: Coverage
    held_over: int = 0  # developments left for the next one
    zone: str = "UTC"
    language: str = "en"
    follow_ups: tuple[Development, ...] = ()  # next steps of stories told before
    alerted: tuple[Development, ...] = ()  # told in full by an alert already
    corrections: tuple[Correction, ...] = ()
    bursts: tuple[Burst, ...] = ()
    emerging: tuple[EmergingName, ...] = ()
    missed: tuple[datetime, ...] = ()  # slots that passed without a digest; the last is its own
    alert: bool = False

    @property
    def developments(self) -> tuple[Development, ...]:
        """All that are told in full: group after group, then the follow-ups."""
        return tuple(d for group in self.groups for d in group.developments) + self.follow_ups

    @property
    def told(self) -> tuple[Development, ...]:
        """All that count as told once this digest is out."""
        return self.developments + self.alerted

    @property
    def empty(self) -> bool:
        """Whether it says nothing but what was watched."""
        return not (self.told or self.corrections)


@dataclass(frozen=True, slots=True)
class RenderedDigest:
    """A digest frozen as it is sent; a retry sends the same bytes."""

    edition_id: str
    slot: datetime
    subject: str
    html: str
    text: str
    json: str  # the digest as data, for programs
    composed_at: datetime | None = None  # when it was frozen; None: it is not


class DeliveryState(StrEnum):
    """Where a delivery is. `uncertain`: it may have arrived, and is not sent again unasked."""

    DUE = "due"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    DROPPED = "dropped"  # a person gave it up


@dataclass(frozen=True, slots=True)
class Delivery:
    """One sending of a digest: a row of the ledger."""

    id: int
    edition_id: str
    slot: datetime
    channel: str  # id of the channel
    recipient: str  # a mail address; the channel's id where there is one recipient only
    message_id: str  # RFC 5322, made when the digest was composed
    state: DeliveryState
    attempts: int = 0
    next_attempt_at: datetime | None = None
    error: str | None = None
    sent_at: datetime | None = None
    claims: int = 0  # how often a process took it up: tells one claim from the next
    claimed_at: datetime | None = None  # the last time
    claimed_by: str | None = None  # the process that took it up then
    handed_over_at: datetime | None = None  # from then on it may have arrived; None: surely not

    @property
    def key(self) -> tuple[str, datetime]:
        """The digest that it sends."""
        return self.edition_id, self.slot


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """What happened to a delivery, one line of its history."""

    delivery_id: int
    at: datetime
    state: str  # the state it went into; "handed over" stands between sending and its outcome
    note: str | None


@dataclass(frozen=True, slots=True)
class Issue:
    """A digest that was composed, as the ledger lists it."""

    edition_id: str
    slot: datetime
    subject: str
    composed_at: datetime
    scheduled: bool  # False: asked for on the command line
    states: Mapping[DeliveryState, int]  # how many deliveries are in which state


@dataclass(frozen=True, slots=True)
class Slot:
    """A time at which an edition is due, in UTC and on the edition's own calendar."""

    edition_id: str
    at: datetime
    local_date: date
