"""What came of a habit with one client, and the questions that are asked of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from awkward_publisher import Ask

_PRODUCT = re.compile(r"[\w.-]+/[\w.]+ .*\+?https?://")


@dataclass(frozen=True)
class Entry:
    """Something a client kept: an item, an entry, a mail."""

    url: str  # of its feed
    key: str  # the client's own name for it
    title: str
    story: str | None = None  # what groups tellings of one event, where a client has that
    anew: bool = False  # told as news again after an edit


@dataclass(frozen=True)
class Seen:
    """What came of a habit with one client."""

    asks: tuple[Ask, ...]
    entries: tuple[Entry, ...]
    told: dict[int, frozenset[str]]  # by day: well, failing, gone, moved, gap, damage ...
    expected: tuple[str, ...]  # titles that a client which asked daily should hold

    @property
    def lost(self) -> int:
        """How many of the items that could be had are not there, or not under their headline."""
        return len(set(self.expected) - {entry.title for entry in self.entries})

    @property
    def doubles(self) -> int:
        """How many entries there are beyond one for each item."""
        names = {(e.url, e.key) for e in self.entries}
        if len({e.url for e in self.entries}) > 1:  # then one event has one story, where there are
            names = {(e.title, e.story or (e.url, e.key)) for e in self.entries}
        return max(0, len(names) - len(set(self.expected)))

    @property
    def feeds(self) -> tuple[Ask, ...]:
        """The requests to the first address."""
        return tuple(ask for ask in self.asks if ask.feed == "feed")

    def gaps(self) -> list[float]:
        """Return the hours between requests to the first address."""
        times = [ask.at for ask in self.feeds]
        return [(b - a).total_seconds() / 3600 for a, b in pairwise(times)]

    def between(self, start: datetime, end: datetime) -> int:
        """Count the requests of a time, its end not included."""
        return sum(start <= ask.at < end for ask in self.asks)

    def on(self, *days: int) -> int:
        """Count the requests of some days."""
        return sum(ask.day in days for ask in self.asks)

    def last_told(self) -> frozenset[str]:
        """Return what the client says in the end."""
        return self.told[max(self.told)]


Check = Callable[[Seen], bool]


def fine(_: Seen) -> bool:
    """Ask nothing but that items are whole."""
    return True


def shows(name: str) -> Check:
    """Whether validators come back; the server answers 304 only to those that fit byte for byte."""
    return lambda s: sum(name in ask.headers for ask in s.asks) > len(s.asks) * 0.7


def shows_after_errors(s: Seen) -> bool:
    """Whether what was learnt before an error is shown after it."""
    after = [b for a, b in pairwise(s.asks) if a.number % 3 == 1]
    return sum("if-none-match" in ask.headers for ask in after) > len(after) * 0.7


def invents_nothing(s: Seen) -> bool:
    """Whether no validators are shown where none were given."""
    return not any({"if-none-match", "if-modified-since"} & set(ask.headers) for ask in s.asks)


def apart(hours: float) -> Check:
    """Whether requests keep so many hours apart."""
    return lambda s: min(s.gaps(), default=hours) >= hours - 0.01


def at_least(times: int) -> Check:
    """Whether a feed is asked so many times."""
    return lambda s: len(s.asks) >= times


def at_most(times: int) -> Check:
    """Whether a feed is asked no more than that."""
    return lambda s: len(s.asks) <= times


def not_in(hours: set[int], days: set[int]) -> Check:
    """Whether no request came in these hours and on these days, but the first."""
    return lambda s: not any(a.at.hour in hours or a.at.weekday() in days for a in s.asks[1:])


def comes_back(s: Seen) -> bool:
    """Whether the feed is well in the end."""
    return not {"failing", "gone"} & s.last_told()


def rests(days: tuple[int, ...], most: int) -> Check:
    """Whether a feed is asked at most so often on some days, and is well in the end."""
    return lambda s: s.on(*days) <= most and comes_back(s)


def tells(day: int, word: str) -> Check:
    """Whether trouble is told on its day, and the feed is well in the end."""
    return lambda s: word in s.told[day] and comes_back(s)


def moves(s: Seen) -> bool:
    """Whether the old address was asked three times only, and the move is told."""
    return len(s.feeds) == 3 and "moved" in s.last_told()


def stays(s: Seen) -> bool:
    """Whether the old address was asked each time; a request or two may have broken on the way."""
    return abs(len(s.feeds) * 2 - len(s.asks)) <= 2


def backs_off(s: Seen) -> bool:
    """Whether one that never answers is asked ever more rarely, but daily, and told."""
    return "failing" in s.last_told() and 14 <= len(s.asks) <= 8 + 14


def slower_after(day: int) -> Check:
    """Whether the two days after one with "too many" see fewer requests than those before it."""
    return lambda s: s.on(day + 1, day + 2) < s.on(day - 1, day - 2)


def says_who(s: Seen) -> bool:
    """Whether a request names the product and where its people are found."""
    return all(_PRODUCT.match(ask.headers.get("user-agent", "")) for ask in s.asks)


def sends_nothing_else(s: Seen) -> bool:
    """Whether there is no cookie, Referer, made-up query or HEAD."""
    return not any(
        {"cookie", "referer"} & set(ask.headers) or "?" in ask.path or ask.method != "GET"
        for ask in s.asks
    )


def asks_packed(*names: str) -> Check:
    """Whether the client says that it can unpack these."""
    return lambda s: all(
        all(name in ask.headers.get("accept-encoding", "") for name in names) for ask in s.asks
    )


def in_turn(seconds: float) -> Check:
    """Whether requests to one host mostly keep so far apart, by the true clock.

    A busy machine brings some closer; of a client that keeps no gap three of four come closer.
    """

    def check(s: Seen) -> bool:
        gaps = [b.clock - a.clock for a, b in pairwise(s.asks)]
        return sum(gap < seconds for gap in gaps) <= len(gaps) * 0.4

    return check


def one_story(s: Seen) -> bool:
    """Whether each headline of two feeds is told as one event with two sources."""
    stories: dict[str, set[str | None]] = {}
    for one in s.entries:
        stories.setdefault(one.title, set()).add(one.story)
    return all(len(found) == 1 and None not in found for found in stories.values())


def told_anew(s: Seen) -> bool:
    """Whether an edit that moves the meaning is told as news."""
    return any(one.anew for one in s.entries)


def both(*checks: Check) -> Check:
    """Whether all of these hold."""
    return lambda s: all(check(s) for check in checks)
