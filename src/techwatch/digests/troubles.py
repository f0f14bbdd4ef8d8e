"""What the coverage section says of single feeds and deliveries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from techwatch.digests.clock import Clock
    from techwatch.digests.wording import Wording
    from techwatch.model import Coverage, FeedHealth

FEEDS_LISTED = 40  # in one list of the coverage section


@dataclass(frozen=True, slots=True)
class Trouble:
    """A list in the coverage section: publisher and sentence, and how many are not listed."""

    label: str
    rows: tuple[tuple[str, str], ...]
    left: int


def troubles(coverage: Coverage, since: datetime | None, clock: Clock) -> tuple[Trouble, ...]:
    """List what was not delivered, and feeds that fail, are gone, moved, silent or have gaps.

    A move or a gap is told once, by the first digest after it; the others as long as they last.
    """
    words = clock.words
    failing = [_failing(f, clock) for f in coverage.feeds if f.condition == "failing"]
    gone = [_gone(f, clock) for f in coverage.feeds if f.condition == "gone"]
    moved = [
        (f.publisher, words.say("coverage.moved_to", place=f.moved_to or ""))
        for f in coverage.feeds
        if f.moved_at is not None and (since is None or f.moved_at > since)
    ]
    silent = [_silent(f, clock) for f in coverage.feeds if f.condition == "silent"]
    gaps = [
        (f.publisher, words.say("coverage.gap", moment=clock.moment(f.gap_at)))
        for f in coverage.feeds
        if f.gap_at is not None and (since is None or f.gap_at > since)
    ]
    undelivered = [("", sentence) for sentence in coverage.undelivered]
    return tuple(
        Trouble(words.say(key), tuple(rows[:FEEDS_LISTED]), max(0, len(rows) - FEEDS_LISTED))
        for key, rows in (
            ("coverage.undelivered", undelivered),
            ("coverage.failing", failing),
            ("coverage.gone", gone),
            ("coverage.moved", moved),
            ("coverage.silent", silent),
            ("coverage.gaps", gaps),
        )
        if rows
    )


def _failing(feed: FeedHealth, clock: Clock) -> tuple[str, str]:
    why = feed.why or clock.words.say("coverage.no_reason")
    if feed.since is None:
        return feed.publisher, why
    since = clock.words.say("coverage.since", moment=clock.moment(feed.since))
    return feed.publisher, f"{since}: {why}"


def _gone(feed: FeedHealth, clock: Clock) -> tuple[str, str]:
    words = clock.words
    if feed.since is None:
        return feed.publisher, words.say("coverage.gone_why")
    since = words.say("coverage.since", moment=clock.moment(feed.since))
    return feed.publisher, f"{since}: {words.say('coverage.gone_why')}"


def _silent(feed: FeedHealth, clock: Clock) -> tuple[str, str]:
    if feed.since is None:
        return feed.publisher, feed.why or clock.words.say("coverage.no_news")
    last = clock.words.say("coverage.last", moment=clock.moment(feed.since))
    return feed.publisher, f"{last}: {feed.why}" if feed.why else last


def notes(coverage: Coverage, words: Wording) -> tuple[str, ...]:
    """Name the feeds that were not read, and need not have been."""
    found = []
    for condition in ("waiting", "paused"):
        names = [feed.publisher for feed in coverage.feeds if feed.condition == condition]
        if names:
            listed = words.listed(names, FEEDS_LISTED)
            found.append(words.say(f"coverage.{condition}", names=listed))
    return tuple(found)
