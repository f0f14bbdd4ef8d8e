"""Where items come from: feeds, and what is remembered of them and of their hosts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as the user configured it. Its URL is its key."""

    url: str
    publisher: str
    language: str  # BCP 47 primary tag: en, zh, nb
    tier: int = 2  # 1 official or of record, 2 trade and general press, 3 blogs and aggregators
    tags: tuple[str, ...] = ()
    zone: str | None = None  # IANA zone of dates that name none
    paused: bool = False
    full_text: bool | None = None  # whether its articles are read; None: as the settings say


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave to ask "has it changed?", opaque, returned byte for byte."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a publisher asks of those who poll. Nothing asked: zero and empty."""

    fresh_for: float = 0.0  # seconds from the answer on: Cache-Control, Expires
    every: float = 0.0  # seconds between two polls: ttl, sy:updatePeriod
    skip_hours: tuple[int, ...] = ()  # of the day in UTC, 0..23
    skip_days: tuple[int, ...] = ()  # of the week, 0 is Monday


@dataclass(frozen=True, slots=True)
class Manners:
    """What polling remembers of a feed to be courteous to its publisher."""

    wishes: Wishes = Wishes()
    pace: float | None = None  # seconds to wait, by how often news came; None: not known
    reach: float | None = None  # seconds that the last document went back; None: not known
    slower: float = 1.0  # waits are so many times longer, since the server said "too many"
    moved_to: str | None = None  # where permanent redirects lead
    moved_polls: int = 0  # polls in a row that led there; from the third on it is asked itself
    moved_at: datetime | None = None  # when it was first known to have moved for good
    gone_at: datetime | None = None  # when the server said that it is gone for good
    full_at: datetime | None = None  # last time the whole document came


@dataclass(frozen=True, slots=True)
class Announced:
    """Where a feed says that its news is pushed from, by WebSub."""

    hub: str | None = None  # the address to ask
    topic: str | None = None  # the feed's address as the hub knows it


@dataclass(frozen=True, slots=True)
class FeedState:
    """What polling remembers of a feed."""

    feed: Feed
    validators: Validators = Validators()
    body_hash: str | None = None  # of the last document: the same bytes are not parsed again
    next_poll_at: datetime | None = None  # None: due at once
    polled_at: datetime | None = None
    succeeded_at: datetime | None = None  # last poll that brought a document or a 304
    failing_since: datetime | None = None
    failures: int = 0  # in a row
    error: str | None = None  # the last one, for people; None when the feed is well
    error_kind: str | None = None  # name of its class in techwatch.errors
    news_at: datetime | None = None  # last poll that brought a new item
    gap_at: datetime | None = None  # last poll that had nothing in common with the one before
    damage: tuple[str, ...] = ()  # of the last document
    manners: Manners = Manners()
    announced: Announced = Announced()  # by the last document


class SubscriptionState(StrEnum):
    """How far we are with a hub."""

    ASKED = "asked"  # the hub has not confirmed it yet
    ACTIVE = "active"
    DENIED = "denied"  # by the hub
    FAILED = "failed"  # the hub could not be asked
    LEAVING = "leaving"  # no longer wanted; the hub is told


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a hub was asked to push, and how that goes."""

    token: str = field(repr=False)  # the unguessable end of the address that the hub pushes to
    feed_url: str
    hub: str
    topic: str
    callback: str = field(repr=False)  # the address that the hub pushes to
    secret: str = field(repr=False)  # the hub signs with it what it pushes
    state: SubscriptionState = SubscriptionState.ASKED
    due_at: datetime | None = None  # when the hub is asked, or asked again; None: at once
    asked_at: datetime | None = None
    active_since: datetime | None = None
    expires_at: datetime | None = None  # when the hub stops pushing unless it is asked again
    tries: int = 0  # how often it was asked since it last confirmed
    error: str | None = None  # why the last try failed, for people
    pushed_at: datetime | None = None  # last push with a good signature
    pushes: int = 0  # with a good signature
    rejected: int = 0  # with a bad one or none
    missed: int = 0  # polls that brought news no push had brought, less pushes that brought some
    look_at: datetime | None = None  # when a push told of something that only a poll can bring


@dataclass(frozen=True, slots=True)
class Push:
    """A document as a hub pushed it."""

    id: int
    token: str  # of the subscription
    feed_url: str
    content: bytes
    content_type: str | None
    pushed_at: datetime


@dataclass(frozen=True, slots=True)
class RobotsFile:
    """What the robots.txt of a host came to."""

    origin: str  # https://host, with the port where it is not the usual one
    access: Literal["rules", "open", "closed"]  # its rules; everything; nothing for now
    rules: str  # its text, where it has rules
    checked_at: datetime
    until: datetime  # asked again from then on
