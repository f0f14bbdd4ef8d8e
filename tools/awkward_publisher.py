"""A publisher of many feeds, each with a habit of its own, over a real server and a moved clock.

Each feed has an address of its own in the loopback net, so that what one host asks for does not
concern the others. An item more comes every six hours, the newest 20 stand in the document, and
nothing new comes on the last day: a client that asks daily has seen all there was.
"""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any, Self

from techwatch.testing import Behaviour
from techwatch.testing.answers import Answer
from techwatch.testing.server import Server

if TYPE_CHECKING:
    from awkward_seen import Seen

    from techwatch.testing import FakeClock

START = datetime(2026, 3, 4, tzinfo=UTC)  # a Wednesday: the end is no weekend
EVERY = timedelta(hours=6)
WINDOW = 20  # items in a document
NOW = Behaviour()
EVERYWHERE = "0.0.0.0"  # noqa: S104 - all loopback addresses are wanted


@dataclass(frozen=True)
class Ask:
    """One request, as a publisher sees it."""

    at: datetime  # by the moved clock
    clock: float  # seconds, by the true one
    method: str
    path: str
    headers: Mapping[str, str]
    number: int  # of the feed's requests, from 0
    last: datetime  # when the last item comes

    @property
    def count(self) -> int:
        """How many items there are so far."""
        return 1 + (min(self.at, self.last) - START) // EVERY

    @property
    def items(self) -> range:
        """The numbers of the items in the feed's window."""
        return range(max(0, self.count - WINDOW), self.count)

    @property
    def day(self) -> int:
        """Days since the start."""
        return (self.at - START).days

    @property
    def feed(self) -> str:
        """The last part of the path: which of the habit's addresses was asked."""
        return self.path.partition("?")[0].rpartition("/")[2]


Reply = Callable[[Ask], tuple[Answer, Behaviour]]


@dataclass
class Habit:
    """A habit, what a good client does, and how that is seen."""

    name: str
    good: str
    reply: Reply
    check: Callable[[Seen], bool] = lambda _: True
    title: Callable[[int], str] = "Headline {}".format  # of an item, as it should be kept
    feeds: tuple[str, ...] = ("feed",)  # what is subscribed to
    one_host: bool = False  # all of them at one
    told_once: bool = False  # the same in all of them
    language: str = "en"
    most: Callable[[int], int] = lambda count: count  # items that can be had, of those published
    missing: range = range(0)  # items that nobody can have seen
    tagged: bool = False  # 304 where the document is the one that the client shows the tag of
    asks: list[Ask] = field(default_factory=list)

    def expected(self, numbers: range) -> tuple[str, ...]:
        """Return the headlines that a client should hold in the end."""
        titles = [self.title(n) for n in numbers if n not in self.missing]
        if len(self.feeds) == 1 or self.told_once:
            return tuple(titles)
        return tuple(f"{title} {feed}" for title in titles for feed in self.feeds)


def entry(
    n: int,
    *,
    guid: str | None = "",
    link: str | None = "",
    title: str = "",
    when: str | None = "",
    more: str = "",
) -> str:
    """Write one item; None leaves an element out, nothing gives it the usual value."""
    date = when or format_datetime(START + n * EVERY)
    parts = [f"<title>{title or f'Headline {n}'}</title>"]
    parts += [] if when is None else [f"<pubDate>{date}</pubDate>"]
    parts += [] if guid is None else [f"<guid isPermaLink='false'>{guid or n}</guid>"]
    parts += [] if link is None else [f"<link>{link or f'https://a.example/{n}'}</link>"]
    return f"<item>{''.join(parts)}{more}<description>Text {n}.</description></item>"


def rss(ask: Ask, head: str = "", make: Callable[[int], str] = entry) -> str:
    """Write the document of this moment, newest first."""
    return channel("".join(make(n) for n in reversed(ask.items)), head)


def channel(entries: str, head: str = "") -> str:
    """Write a document around items."""
    return f"<rss version='2.0'><channel><title>A</title>{head}{entries}</channel></rss>"


def ok(body: str | bytes, **headers: str) -> tuple[Answer, Behaviour]:
    """Answer 200; `Cache_Control` is the header Cache-Control."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(200, named, body.encode() if isinstance(body, str) else body), NOW


def status(code: int, **headers: str) -> tuple[Answer, Behaviour]:
    """Answer with a status and no document."""
    return Answer(code, {name.replace("_", "-"): value for name, value in headers.items()}), NOW


def validated(ask: Ask, weak: str = "") -> tuple[Answer, Behaviour]:
    """Answer by ETag, as is right."""
    body = rss(ask)
    tag = f'{weak}"{hashlib.sha256(body.encode()).hexdigest()[:8]}"'
    if ask.headers.get("if-none-match") == tag:
        return status(304, ETag=tag)
    return ok(body, ETag=tag)


def dated(ask: Ask) -> tuple[Answer, Behaviour]:
    """Answer by Last-Modified, in a form of its own: clients are to give it back as it is."""
    date = format_datetime(START + ask.items[-1] * EVERY).replace("+0000", "+0000 (UTC)")
    if ask.headers.get("if-modified-since") == date:
        return status(304, Last_Modified=date)
    return ok(rss(ask), Last_Modified=date)


def lying(ask: Ask) -> tuple[Answer, Behaviour]:
    """Say 304 to everyone who shows a tag."""
    return status(304) if "if-none-match" in ask.headers else ok(rss(ask), ETag='"1"')


def to(place: str, code: int, then: Reply = validated) -> Reply:
    """Redirect, and answer there."""

    def reply(ask: Ask) -> tuple[Answer, Behaviour]:
        if ask.feed == place:
            return then(ask)
        return status(code, Location=ask.path.rpartition("/")[0] + f"/{place}")

    return reply


def on(days: range, bad: Reply, well: Reply = validated) -> Reply:
    """Behave badly on some days, well on others."""
    return lambda ask: bad(ask) if ask.day in days else well(ask)


def host(place: int, index: int = 0) -> str:
    """Return the address of a habit's host."""
    return f"127.{10 + place // 200}.{1 + place % 200}.{1 + index}"


class Publisher:
    """Plays habits; `urls` gives the addresses to subscribe to, by habit."""

    def __init__(self, habits: tuple[Habit, ...], clock: FakeClock, days: int) -> None:
        self.habits = habits
        self._clock = clock
        self._last = START + timedelta(days=days - 1)
        self._server = _Everywhere(self._respond, 0)
        self._server.RequestHandlerClass = _handler(self._server.RequestHandlerClass, self)

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()

    def urls(self, habit: Habit) -> tuple[str, ...]:
        """Return the addresses of a habit's feeds, each at a host of its own unless they share."""
        place, port = self.habits.index(habit), self._server.server_port
        return tuple(
            f"http://{host(place, 0 if habit.one_host else index)}:{port}/{place}/{name}"
            for index, name in enumerate(habit.feeds)
        )

    def hosts(self) -> dict[str, tuple[str, ...]]:
        """Return which hosts one operator runs, as the settings name them."""
        return {
            f"operator{place}": tuple(host(place, index) for index in range(len(habit.feeds)))
            for place, habit in enumerate(self.habits)
            if len(habit.feeds) > 1 and not habit.one_host
        }

    def note(self, method: str, path: str, headers: Mapping[str, str]) -> tuple[Habit, Ask] | None:
        """Take down a request; None where nothing was ever at its path."""
        place = path.split("/")[1]
        if not place.isdecimal():
            for habit in self.habits:  # such as /robots.txt, whose host is not told by its path
                if headers.get("host", "").startswith(f"{host(self.habits.index(habit))}:"):
                    habit.asks.append(self._ask(habit, method, path, headers))
            return None
        habit = self.habits[int(place)]
        ask = self._ask(habit, method, path, headers)
        habit.asks.append(ask)
        return habit, ask

    def moment(self) -> str:
        """Return the moved clock's time, as a server's Date."""
        return format_datetime(self._clock(), usegmt=True)

    def _ask(self, habit: Habit, method: str, path: str, headers: Mapping[str, str]) -> Ask:
        number, now = len(habit.asks), self._clock()
        return Ask(now, time.monotonic(), method, path, dict(headers), number, self._last)

    def _respond(self, path: str, headers: Mapping[str, str]) -> tuple[Answer, Behaviour]:
        noted = self.note("GET", path, headers)
        if noted is None:
            disallowed = b"User-agent: *\nDisallow: /\n"
            return Answer(200, {"Content-Type": "text/plain"}, disallowed), NOW
        habit, ask = noted
        told, behaviour = habit.reply(ask)
        return (_tagged(told, ask) if habit.tagged else told), behaviour


def _tagged(told: Answer, ask: Ask) -> Answer:
    """Give a document its tag, or say that it is the one the client has."""
    if told.status != 200 or not told.body:
        return told
    tag = f'"{hashlib.sha256(told.body).hexdigest()[:8]}"'
    if ask.headers.get("if-none-match") == tag:
        return Answer(304, {"ETag": tag})
    return Answer(told.status, told.headers | {"ETag": tag}, told.body)


class _Everywhere(Server):
    """A server at every loopback address."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that hang up; others are told."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]

    def server_bind(self) -> None:
        self.server_address = (EVERYWHERE, self.server_address[1])
        super().server_bind()


def _handler(base: Any, publisher: Publisher) -> Any:  # noqa: ANN401 - a class
    class Handler(base):  # type: ignore[misc]
        def date_time_string(self, timestamp: float | None = None) -> str:
            del timestamp
            return publisher.moment()

        def do_HEAD(self) -> None:  # noqa: N802 - the name that http.server calls
            publisher.note("HEAD", self.path, {k.lower(): v for k, v in self.headers.items()})
            self.send_response(200)
            self.end_headers()

    return Handler
