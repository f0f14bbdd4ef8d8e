"""What was watched, and what is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from techwatch.model.assessment import Verdict

Condition = Literal["well", "failing", "silent", "gone", "paused", "waiting"]


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """A feed in the coverage section."""

    publisher: str
    url: str
    condition: Condition
    since: datetime | None = None  # failing since; last news of a silent one
    why: str | None = None
    gap_at: datetime | None = None  # last poll that had nothing in common with the one before
    moved_to: str | None = None  # its new address, once it is asked there
    moved_at: datetime | None = None  # since when that is known


@dataclass(frozen=True, slots=True)
class StoreCounts:
    """What the store saw and judged in a period."""

    items_seen: int  # new or revised
    items_judged: int
    items_waiting: int  # for a verdict, now
    by_verdict: Mapping[Verdict, int]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Which texts are left alone for now.

    They wait for an article then, or could not be judged with this version and will be tried again.
    """

    model_version: str  # of program and baseline
    now: datetime


@dataclass(frozen=True, slots=True)
class SetAside:
    """A text of an item that can't be judged."""

    item_id: str
    title: str
    feed_url: str
    revision: int
    error: str
    since: datetime  # when its judging first failed
    again_at: datetime  # when it is tried again, unless the program or the baseline change before


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was dropped for its age."""

    items: int = 0  # that matched nothing, to identity and hash
    texts: int = 0  # items whose summary and body went, with those of their earlier texts
    bytes: int = 0  # of text, in UTF-8: what a file takes for it is a little more
    changes: int = 0  # lines of the audit log

    def __add__(self, other: Pruned) -> Pruned:
        """Add up two batches."""
        return Pruned(
            self.items + other.items,
            self.texts + other.texts,
            self.bytes + other.bytes,
            self.changes + other.changes,
        )


@dataclass(frozen=True, slots=True)
class StoreSize:
    """What a database takes, and what of."""

    bytes: int  # of the database, its journal included
    free: int  # of them unused: filled before the database grows; 0 where that is not known
    items: int  # whole, or without their text
    items_without_text: int
    dropped_items: int  # of which identity and hash are left


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was watched, so that silence is not mistaken for calm."""

    feeds: tuple[FeedHealth, ...]
    items_seen: int  # new or revised, in the digest's period
    items_judged: int
    by_verdict: Mapping[Verdict, int]
    undelivered: tuple[str, ...] = ()  # sentences: earlier digests that did not go out
