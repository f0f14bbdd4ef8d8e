"""Poll publishers with awkward habits for a simulated fortnight, and say how techwatch takes each.

    python tools/awkward.py [--days 14] [--only NAME]

A real server on this machine plays every publisher, each at an address of its own, with an item
more every six hours; the clock moves by half an hour at a time. What a good client does stands in
the table beside what happened. Exit status 1 if they differ anywhere.
"""

from __future__ import annotations

# ruff: noqa: E501 - the table of habits is read best with a line for each
import argparse
import asyncio
import gzip
import hashlib
import json
import sys
import tempfile
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import brotli
import yaml
import zstandard
from rich.console import Console
from rich.table import Table

from techwatch.feeds.fetching import Fetcher
from techwatch.feeds.parsing import parse
from techwatch.installation import shipped
from techwatch.pipeline import ask_feed
from techwatch.settings import load
from techwatch.testing import Behaviour, FakeClock
from techwatch.testing.answers import Answer
from techwatch.testing.server import Server
from techwatch.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from techwatch.model import Document, Feed, FeedState, ParsedFeed

START = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday
EVERY = timedelta(hours=6)
STEP = timedelta(minutes=30)
WINDOW = 30
NOW = Behaviour()
console = Console(highlight=False)


@dataclass
class Ask:
    """One request, as a publisher sees it."""

    at: datetime
    headers: Mapping[str, str]
    path: str
    number: int  # of the feed's requests, from 0

    @property
    def items(self) -> range:
        """The numbers of the items in the feed's window."""
        count = 1 + (self.at - START) // EVERY
        return range(max(0, count - WINDOW), count)

    @property
    def day(self) -> int:
        """Days since the start."""
        return (self.at - START).days


@dataclass
class Seen:
    """What came of a case."""

    asks: list[Ask]
    titles: list[str]  # stored, one an item
    headlines: int  # revisions stored
    state: FeedState
    condition: str

    def gap(self) -> float:
        """Return the fewest hours between two requests to the first address."""
        times = [ask.at for ask in self.asks if ask.path.endswith("/feed")]
        return min((b - a).total_seconds() for a, b in pairwise(times)) / 3600


Reply = Callable[[Ask], tuple[Answer, Behaviour]]
Check = Callable[[Seen], bool]


@dataclass
class Case:
    """A habit, what a good client does, and whether it was done."""

    name: str
    good: str
    reply: Reply
    check: Check
    asks: list[Ask] = field(default_factory=list)


def entry(
    n: int, *, guid: str | None = "", link: str | None = "", title: str = "", when: str = ""
) -> str:
    """Write one item; None leaves an element out."""
    date = when or format_datetime(START + n * EVERY)
    parts = [f"<title>{title or f'Headline {n}'}</title><pubDate>{date}</pubDate>"]
    parts += [] if guid is None else [f"<guid isPermaLink='false'>{guid or n}</guid>"]
    parts += [] if link is None else [f"<link>{link or f'https://a.example/{n}'}</link>"]
    return f"<item>{''.join(parts)}<description>Text {n}.</description></item>"


def rss(ask: Ask, head: str = "", make: Callable[[int], str] = entry) -> str:
    """Write the document of this moment, newest first."""
    inner = "".join(make(n) for n in reversed(ask.items))
    return f"<rss version='2.0'><channel><title>A</title>{head}{inner}</channel></rss>"


def ok(body: str | bytes, **headers: str) -> tuple[Answer, Behaviour]:
    """Answer 200."""
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
    """Answer by Last-Modified."""
    date = format_datetime(START + ask.items[-1] * EVERY, usegmt=True)
    if ask.headers.get("if-modified-since") == date:
        return status(304, Last_Modified=date)
    return ok(rss(ask), Last_Modified=date)


def lying(ask: Ask) -> tuple[Answer, Behaviour]:
    """Say 304 to everyone who shows a tag."""
    return status(304) if "if-none-match" in ask.headers else ok(rss(ask), ETag='"1"')


def to(place: str, code: int) -> Reply:
    """Redirect, and answer there."""

    def reply(ask: Ask) -> tuple[Answer, Behaviour]:
        there = ask.path.endswith(place)
        return validated(ask) if there else status(code, Location=ask.path.replace("/feed", place))

    return reply


def on(days: range, bad: Reply) -> Reply:
    """Behave badly on some days, well on others."""
    return lambda ask: bad(ask) if ask.day in days else validated(ask)


# --------------------------------------------------------------------------- what is looked at


def whole(seen: Seen) -> bool:
    """Whether every item that stood in an answer is stored once."""
    last = seen.asks[-1].items[-1]
    return len(seen.titles) == len(set(seen.titles)) == last + 1


def shown(name: str) -> Check:
    """Whether validators come back, byte for byte, and items are whole."""
    return lambda s: whole(s) and sum(name in ask.headers for ask in s.asks) > len(s.asks) * 0.7


def apart(hours: float) -> Check:
    """Whether requests keep so many hours apart, and items are whole."""
    return lambda s: whole(s) and s.gap() >= hours - 0.01


def not_in(hours: set[int], days: set[int]) -> Check:
    """Whether no request came in these hours and on these days, but the first."""
    return lambda s: (
        whole(s) and not any(ask.at.hour in hours or ask.at.weekday() in days for ask in s.asks[1:])
    )


def moved(s: Seen) -> bool:
    """Whether the old address was asked three times only."""
    return whole(s) and sum(ask.path.endswith("/feed") for ask in s.asks) == 3


def stays(s: Seen) -> bool:
    """Whether the old address was asked each time."""
    return whole(s) and sum(ask.path.endswith("/feed") for ask in s.asks) * 2 == len(s.asks)


def backs_off(s: Seen) -> bool:
    """Whether a feed that never answers is asked ever more rarely, down to daily, and told."""
    return s.condition == "failing" and len(s.asks) <= 8 + 14 and s.titles == []


def recovers(s: Seen) -> bool:
    """Whether all is there in the end, and the feed is well."""
    return whole(s) and s.condition == "well"


def changing(ask: Ask) -> str:
    """Return something new for each request."""
    return str(ask.number)


CASES = (
    Case("ETag", "shows it, takes 304", validated, shown("if-none-match")),
    Case(
        "weak ETag", "shows it byte for byte", lambda a: validated(a, "W/"), shown("if-none-match")
    ),
    Case("Last-Modified only", "shows it", dated, shown("if-modified-since")),
    Case("no validators", "stores items once", lambda a: ok(rss(a)), whole),
    Case(
        "a new ETag each time",
        "stores items once",
        lambda a: ok(rss(a), ETag=f'"{a.number}"'),
        whole,
    ),
    Case(
        "304 to any ETag",
        "asks for the whole daily",
        lying,
        lambda s: len(s.titles) >= s.asks[-1].items[-1] - 4,
    ),
    Case(
        "max-age of 3 hours", "waits", lambda a: ok(rss(a), Cache_Control="max-age=10800"), apart(3)
    ),
    Case(
        "max-age of a year",
        "waits, up to the user's limit",
        lambda a: ok(rss(a), Cache_Control="max-age=31536000"),
        apart(4),
    ),
    Case(
        "Expires in 3 hours",
        "waits",
        lambda a: ok(
            rss(a),
            # After the server's own Date, which is the true one, as RFC 9111 counts it.
            Expires=format_datetime(datetime.now(UTC) + timedelta(hours=3), usegmt=True),
        ),
        apart(3),
    ),
    Case("ttl of 180", "waits", lambda a: ok(rss(a, "<ttl>180</ttl>")), apart(3)),
    Case(
        "sy:updatePeriod",
        "waits",
        lambda a: ok(
            rss(
                a,
                "<sy:updatePeriod xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'>daily</sy:updatePeriod><sy:updateFrequency xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'>8</sy:updateFrequency>",
            )
        ),
        apart(3),
    ),
    Case(
        "skipHours at night",
        "stays away",
        lambda a: ok(
            rss(a, "<skipHours>" + "".join(f"<hour>{h}</hour>" for h in range(6)) + "</skipHours>")
        ),
        not_in(set(range(6)), set()),
    ),
    Case(
        "skipDays at the weekend",
        "stays away",
        lambda a: ok(rss(a, "<skipDays><day>Saturday</day><day>Sunday</day></skipDays>")),
        not_in(set(), {5, 6}),
    ),
    Case(
        "429, Retry-After 8 h",
        "waits as long",
        on(range(2, 4), lambda _: status(429, Retry_After="28800")),
        lambda s: recovers(s) and sum(a.day in {2, 3} for a in s.asks) <= 6,
    ),
    Case(
        "429, no word",
        "slows down",
        on(range(2, 4), lambda _: status(429)),
        lambda s: recovers(s) and sum(a.day in {2, 3} for a in s.asks) <= 8,
    ),
    Case(
        "503, Retry-After a date",
        "waits till then",
        on(
            range(2, 4),
            lambda _: status(
                503, Retry_After=format_datetime(START + timedelta(days=3), usegmt=True)
            ),
        ),
        lambda s: recovers(s) and sum(a.day in {2, 3} for a in s.asks) <= 8,
    ),
    Case("301", "asks there after three", to("/new", 301), moved),
    Case("308", "asks there after three", to("/new", 308), moved),
    Case("302", "follows each time", to("/new", 302), stays),
    Case("307", "follows each time", to("/new", 307), stays),
    Case(
        "redirects in a circle",
        "backs off, tells",
        lambda a: status(302, Location=a.path),
        backs_off,
    ),
    Case(
        "410",
        "asks no more, tells",
        lambda _: status(410),
        lambda s: len(s.asks) == 1 and s.condition == "gone",
    ),
    Case("404 for good", "backs off, tells", lambda _: status(404), backs_off),
    Case("404 for three days", "comes back", on(range(3, 6), lambda _: status(404)), recovers),
    Case(
        "500 every third time",
        "stores items once",
        lambda a: status(500) if a.number % 3 == 1 else validated(a),
        whole,
    ),
    Case(
        "hangs up",
        "backs off, tells",
        lambda _: (Answer(200, {}), Behaviour(hang_up=True)),
        backs_off,
    ),
    Case(
        "a web page for a day",
        "comes back",
        on(range(4, 5), lambda _: ok("<html><body>Log in</body></html>")),
        recovers,
    ),
    Case("nothing for a day", "comes back", on(range(4, 5), lambda _: ok("")), recovers),
    Case("breaks off in the last item", "reads the rest", lambda a: ok(rss(a)[:-60]), whole),
    Case(
        "bare ampersands",
        "reads them as text",
        lambda a: ok(rss(a, make=lambda n: entry(n, title=f"AT&T {n}"))),
        lambda s: whole(s) and "AT&T 3" in s.titles,
    ),
    Case(
        "control characters",
        "drops them",
        lambda a: ok(rss(a, make=lambda n: entry(n, title=f"A\x08B {n}"))),
        lambda s: whole(s) and "AB 3" in s.titles,
    ),
    Case(
        "windows-1252 called UTF-8",
        "reads it",
        lambda a: ok(
            (
                "<?xml version='1.0' encoding='utf-8'?>"
                + rss(a, make=lambda n: entry(n, title=f"Caf\u00e9 {n}"))
            ).encode("cp1252")
        ),
        lambda s: whole(s) and "Caf\u00e9 3" in s.titles,
    ),
    Case(
        "GBK called gb2312",
        "reads it",
        lambda a: ok(
            (
                "<?xml version='1.0' encoding='gb2312'?>"
                + rss(a, make=lambda n: entry(n, title=f"\u4e2d\u56fd\u9555 {n}"))
            ).encode("gbk")
        ),
        lambda s: whole(s) and "\u4e2d\u56fd\u9555 3" in s.titles,
    ),
    Case(
        "a new guid each time",
        "stores items once",
        lambda a: ok(rss(a, make=lambda n: entry(n, guid=f"{changing(a)}-{n}"))),
        whole,
    ),
    Case(
        "a new date each time",
        "stores items once",
        lambda a: ok(rss(a, make=lambda n: entry(n, when=format_datetime(a.at)))),
        whole,
    ),
    Case(
        "no guid, no link",
        "stores items once",
        lambda a: ok(rss(a, make=lambda n: entry(n, guid=None, link=None))),
        whole,
    ),
    Case(
        "tracking in links, no guid",
        "stores items once",
        lambda a: ok(
            rss(
                a,
                make=lambda n: entry(
                    n, guid=None, link=f"https://a.example/{n}?utm_id={changing(a)}"
                ),
            )
        ),
        whole,
    ),
    Case(
        "edits a headline",
        "keeps both, one item",
        lambda a: ok(
            rss(a, make=lambda n: entry(n, title=f"Edited {n}" if a.day > 2 and n == 4 else ""))
        ),
        lambda s: whole(s) and s.headlines == len(s.titles) + 1,
    ),
    Case(
        "gzip, asked or not",
        "unpacks",
        lambda a: ok(gzip.compress(rss(a).encode()), Content_Encoding="gzip"),
        whole,
    ),
    Case(
        "brotli",
        "unpacks",
        lambda a: ok(brotli.compress(rss(a).encode()), Content_Encoding="br"),
        whole,
    ),
    Case(
        "zstandard",
        "unpacks",
        lambda a: ok(zstandard.compress(rss(a).encode()), Content_Encoding="zstd"),
        whole,
    ),
    Case(
        "sets cookies",
        "sends none, nor a Referer",
        lambda a: ok(rss(a), Set_Cookie="id=1; Path=/"),
        lambda s: whole(s) and not any({"cookie", "referer"} & set(a.headers) for a in s.asks),
    ),
    Case(
        "JSON Feed",
        "reads it",
        lambda a: ok(
            json.dumps(
                {
                    "version": "https://jsonfeed.org/version/1.1",
                    "title": "A",
                    "items": [
                        {"id": str(n), "title": f"Headline {n}", "content_text": "T"}
                        for n in a.items
                    ],
                }
            )
        ),
        whole,
    ),
)


def run(cases: tuple[Case, ...], days: int, folder: Path) -> list[Seen]:
    """Poll all for so many days."""
    clock = FakeClock(START)

    def respond(path: str, headers: Mapping[str, str]) -> tuple[Answer, Behaviour]:
        case = cases[int(path.split("/")[1])]
        ask = Ask(clock(), headers, path, len(case.asks))
        case.asks.append(ask)
        return case.reply(ask)

    server = Server(respond, 0)
    server.start()
    try:
        watch = configured(cases, folder, server.server_port, clock)
        asyncio.run(rounds(watch, clock, days))
        return [seen(watch, case, place, server.server_port) for place, case in enumerate(cases)]
    finally:
        server.stop()


def address(place: int, port: int) -> str:
    """Return the address of a case's feed. All share one host."""
    return f"http://127.0.0.1:{port}/{place}/feed"


def configured(cases: tuple[Case, ...], folder: Path, port: int, clock: FakeClock) -> Watch:
    """Write a configuration."""
    feeds = [
        {"url": address(place, port), "publisher": case.name, "language": "en"}
        for place, case in enumerate(cases)
    ]
    settings = {"data_dir": str(folder), "fetching": {"allow_private": True, "gap": 0}}
    for name, content in (("feeds", {"feeds": feeds}), ("techwatch", settings)):
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    watch = Watch(lambda: load(folder / "techwatch.yaml", {}), folder, shipped("baseline"), clock)
    watch.store.feeds.watch(watch.feeds(), clock())
    return watch


async def rounds(watch: Watch, clock: FakeClock, days: int) -> None:
    """Let the time pass, polling what is due."""
    settings = watch.settings

    async def parsed(document: Document, feed: Feed) -> ParsedFeed:
        return parse(document, feed)

    async with AsyncExitStack() as stack:
        # Each with a fetcher of its own, since all share one host here: one that says "too many"
        # would close it to the others.
        fetchers = {
            feed.url: await stack.enter_async_context(Fetcher(settings.fetching, clock))
            for feed in watch.feeds()
        }
        while clock() < START + timedelta(days=days):
            for state in watch.due_feeds():
                fetch = fetchers[state.feed.url].fetch
                done = await ask_feed(state, fetch, parsed, clock, settings.polling, 0.0)
                watch.store.feeds.record(done, clock())
            clock.move(STEP)


def seen(watch: Watch, case: Case, place: int, port: int) -> Seen:
    """Look at what is stored."""
    from techwatch.feeds.polling import health  # noqa: PLC0415 - needed at the end

    url = address(place, port)
    state = watch.store.feeds.state(url)
    stored = [one for one in watch.store.judging.unjudged(10**6) if one.item.feed_url == url]
    return Seen(
        asks=case.asks,
        titles=[one.item.title for one in stored],
        headlines=sum(one.revision for one in stored),
        state=state,
        condition=health(state, watch.clock(), watch.settings.polling).condition,
    )


def main() -> None:
    """Run, and print a table."""
    parser = argparse.ArgumentParser(description="Poll publishers with awkward habits.")
    parser.add_argument("--days", type=int, default=14)
    parser.add_argument("--only", help="A part of a habit's name.")
    given = parser.parse_args()
    cases = tuple(case for case in CASES if (given.only or "") in case.name)
    with tempfile.TemporaryDirectory() as folder:
        results = run(cases, given.days, Path(folder))
    table = Table("habit", "a good client", "techwatch", "requests", "items", "least hours apart")
    wrong = 0
    for case, found in zip(cases, results, strict=True):
        good = case.check(found)
        wrong += not good
        gap = f"{found.gap():.1f}" if len(found.asks) > 1 else ""
        cells = ["does" if good else "does NOT", str(len(found.asks)), str(len(found.titles)), gap]
        table.add_row(case.name, case.good, *cells)
    console.print(table)
    console.print(f"{len(cases) - wrong} of {len(cases)} as a good client")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
