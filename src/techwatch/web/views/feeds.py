"""Feeds: how each of them is, and the list changed."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from techwatch import feed_keeping
from techwatch.errors import TechwatchError
from techwatch.feed_checks import pushed_by
from techwatch.feeds import opml
from techwatch.feeds.intervals import interval
from techwatch.feeds.polling import health
from techwatch.model import Condition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from techwatch.model import Feed, FeedHealth, FeedState
    from techwatch.watch import Watch

PAGE = 50
_READ = 200  # feeds that are read at a time where few of them are in a condition
_MOST_READ = 1_000  # for one page; the next one goes on


@dataclass(frozen=True, slots=True)
class Every:
    """How often a feed is asked, and what decided it."""

    seconds: float
    why: str


@dataclass(frozen=True, slots=True)
class ListedFeed:
    """A feed and how it is."""

    url: str
    publisher: str
    language: str
    tier: int
    tags: tuple[str, ...]
    paused: bool
    condition: Condition
    since: datetime | None  # failing since; last news of a silent one
    why: str | None
    news_at: datetime | None  # last poll that brought a new item
    polled_at: datetime | None
    next_poll_at: datetime | None
    gap_at: datetime | None  # posts may be missed before it
    moved_to: str | None
    every: Every | None
    push: str | None  # how it stands with its hub


@dataclass(frozen=True, slots=True)
class Feeds:
    """A page of the list, by publisher."""

    feeds: tuple[ListedFeed, ...]
    condition: Condition | None  # that is listed; None: all
    after: str | None  # the key of the next page; None: this is the last
    fixed: str | None  # why the list can't be changed here; None: it can


def feeds(watch: Watch, condition: Condition | None = None, after: str | None = None) -> Feeds:
    """List feeds with their health; raises NotFoundError for a key that is no feed's address."""
    found, goes_on = _found(watch, condition, after)
    subscriptions = watch.store.subscriptions.of([state.feed.url for state, _ in found])
    pushed = pushed_by(watch, subscriptions)
    return Feeds(
        feeds=tuple(_listed(watch, state, how, pushed) for state, how in found),
        condition=condition,
        after=goes_on,
        fixed=feed_keeping.why_not(watch),
    )


def _found(
    watch: Watch, condition: Condition | None, after: str | None
) -> tuple[list[tuple[FeedState, FeedHealth]], str | None]:
    """Return a page of feeds, and the key of the next one."""
    now, polling, store = watch.clock(), watch.settings.polling, watch.store.feeds
    found: list[tuple[FeedState, FeedHealth]] = []
    at_a_time = PAGE if condition is None else _READ
    for _ in range(_MOST_READ // at_a_time):
        states = store.some(at_a_time, after, condition)
        for state in states:
            how = health(state, now, polling)
            after = state.feed.url
            if condition in {None, how.condition}:
                found.append((state, how))
                if len(found) == PAGE:
                    return found, after
        if len(states) < at_a_time:
            return found, None
    return found, after


def _listed(watch: Watch, state: FeedState, how: FeedHealth, pushed: dict[str, str]) -> ListedFeed:
    feed, wait = state.feed, interval(state, watch.settings.polling)
    return ListedFeed(
        url=feed.url,
        publisher=feed.publisher,
        language=feed.language,
        tier=feed.tier,
        tags=feed.tags,
        paused=feed.paused,
        condition=how.condition,
        since=how.since,
        why=how.why,
        news_at=state.news_at,
        polled_at=state.polled_at,
        next_poll_at=state.next_poll_at,
        gap_at=how.gap_at,
        moved_to=how.moved_to,
        every=Every(wait.span.total_seconds(), wait.why) if wait else None,
        push=pushed.get(feed.url),
    )


# ------------------------------------------------------------------ the list changed


def add(watch: Watch, feed: Feed) -> None:
    """Add a feed; raises InvalidFilesError of what is wrong with it."""
    with _changed(watch):
        feed_keeping.add(watch, feed)


def pause(watch: Watch, url: str, *, paused: bool) -> Feed:
    """Pause a feed, or have it polled again; raises NotFoundError."""
    with _changed(watch):
        return feed_keeping.pause(watch, url, paused=paused)


def remove(watch: Watch, url: str) -> Feed:
    """Take a feed off the list; what it brought stays. Raises NotFoundError."""
    with _changed(watch):
        return feed_keeping.remove(watch, url)


@dataclass(frozen=True, slots=True)
class Named:
    """A feed, as a report names it."""

    url: str
    publisher: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of an OPML file."""

    added: tuple[Named, ...]
    known: tuple[Named, ...]  # in the list already, left alone
    repeated: tuple[str, ...]  # addresses that stand there more than once


def import_(watch: Watch, data: bytes, name: str) -> Imported:
    """Add the feeds of an OPML file; raises InvalidFilesError with all that is wrong with it."""
    with _changed(watch):
        found = feed_keeping.import_(watch, data, name)
    return Imported(
        tuple(Named(feed.url, feed.publisher) for feed in found.added),
        tuple(Named(feed.url, feed.publisher) for feed in found.known),
        found.repeated,
    )


def export(watch: Watch) -> str:
    """Write the list as OPML."""
    return opml.write(watch.feeds())


@contextmanager
def _changed(watch: Watch) -> Iterator[None]:
    """Change the list, and watch what it says then; raises TechwatchError where it can't be."""
    try:
        yield
    except OSError as error:
        message = f"{watch.feeds_file} can't be written: {error.strerror or error}"
        raise TechwatchError(message) from error
    watch.store.feeds.watch(watch.feeds(), watch.clock())
