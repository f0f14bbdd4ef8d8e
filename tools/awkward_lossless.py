"""Habits that test whether a client loses or doubles anything."""

# ruff: noqa: E501 - a table of habits is read best with a line for each part
from __future__ import annotations

import codecs
import json
import random
from dataclasses import replace
from email.utils import format_datetime
from typing import TYPE_CHECKING

from awkward_publisher import (
    START,
    Ask,
    Habit,
    Reply,
    channel,
    entry,
    ok,
    on,
    rss,
)
from awkward_seen import comes_back, one_story, tells, told_anew

if TYPE_CHECKING:
    from techwatch.testing import Behaviour
    from techwatch.testing.answers import Answer

MANY = 2000
BURST = 8  # the day on which more items come than the document holds
DRAFT = "China publishes draft network data security regulations"
ADOPTED = "China adopts network data security regulations"
CHINESE = "\u4e2d\u56fd\u9555 {}"  # the last is in GBK, not in GB 2312
TRADITIONAL = "\u4e2d\u570b\u81fa\u7063 {}"
HEAD = "<?xml version='1.0' encoding='{}'?>"
ATOM = "http://www.w3.org/2005/Atom"


def making(make: object, head: str = "") -> Reply:
    """Answer with a document whose items are made by `make(ask, n)`."""
    return lambda a: ok(rss(a, head, lambda n: make(a, n)))  # type: ignore[operator]


def titled(pattern: str, encoding: str, declared: str | None = None) -> Reply:
    """Answer in an encoding, and call it something."""
    head = HEAD.format(declared) if declared else ""
    return lambda a: ok(
        (head + rss(a, make=lambda n: entry(n, title=pattern.format(n)))).encode(encoding)
    )


def many(ask: Ask) -> tuple[Answer, Behaviour]:
    """Answer with 2,000 entries at once, and with one more every six hours."""
    return ok(
        channel(
            "".join(
                entry(n, when=format_datetime(START)) for n in reversed(range(MANY + ask.count))
            )
        )
    )


def bursting(ask: Ask) -> tuple[Answer, Behaviour]:
    """Bring 100 items at once on one day, of which the newest 20 stay."""
    count = ask.count + (100 if ask.day >= BURST else 0)
    return ok(channel("".join(burst_entry(n) for n in reversed(range(max(0, count - 20), count)))))


def burst_entry(n: int) -> str:
    """Write one of them, at most at the day of the burst."""
    return entry(n, when=format_datetime(START))


def shuffled(ask: Ask) -> tuple[Answer, Behaviour]:
    """List items in another order each time."""
    items = list(ask.items)
    random.Random(ask.number).shuffle(items)  # noqa: S311 - an order, not a secret
    return ok(channel("".join(map(entry, items))))


def atom(ask: Ask, space: str = ATOM) -> tuple[Answer, Behaviour]:
    """Answer in Atom."""
    entries = "".join(
        f"<entry><id>tag:a.example,2026:{n}</id><title>Headline {n}</title>"
        f"<updated>2026-03-02T00:00:00Z</updated><link href='https://a.example/{n}'/></entry>"
        for n in reversed(ask.items)
    )
    return ok(f"<feed xmlns='{space}'><title>A</title><id>a</id>{entries}</feed>")


def json_feed(ask: Ask) -> tuple[Answer, Behaviour]:
    """Answer in JSON Feed."""
    items = [{"id": str(n), "title": f"Headline {n}", "content_text": "T"} for n in ask.items]
    return ok(
        json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "A", "items": items})
    )


def moving(ask: Ask, n: int) -> str:
    """Turn a draft into a law on the third day."""
    return entry(n, title="" if n != 4 else DRAFT if ask.day < 3 else ADOPTED)


def step_title(n: int) -> str:
    """Return the headline as it is in the end."""
    return ADOPTED if n == 4 else f"Headline {n}"


def edited(ask: Ask, n: int) -> str:
    """Edit a headline on the third day."""
    return entry(n, title=f"Edited {n}" if ask.day > 2 and n == 4 else "")


def edited_title(n: int) -> str:
    """Return the headline as it is in the end."""
    return f"{'Edited' if n == 4 else 'Headline'} {n}"


def fined(n: int) -> str:
    """Return a headline that concerns China."""
    return f"China fines Alibaba {n + 20} million yuan in antitrust case"


def twice(ask: Ask) -> tuple[Answer, Behaviour]:
    """Bring one article in two feeds, with tracking of its own in each link."""
    tracked = "https://a.example/{}?utm_source=" + ask.feed
    return ok(
        rss(
            ask,
            make=lambda n: entry(n, title=fined(n), guid=f"{ask.feed}{n}", link=tracked.format(n)),
        )
    )


def page(ask: Ask) -> tuple[Answer, Behaviour]:
    """Answer with a page of an error, in which the feed stands."""
    return ok(f"<html><head><title>500</title></head><body><h1>Error</h1>{rss(ask)}</body></html>")


def warned(ask: Ask) -> tuple[Answer, Behaviour]:
    """Answer with a warning of the program before the feed."""
    return ok(
        f"<br />\n<b>Warning</b>: Undefined variable in feed.php on line 3<br />\n{HEAD.format('utf-8')}{rss(ask)}"
    )


def blocked(_: Ask) -> tuple[Answer, Behaviour]:
    """Answer with a web page."""
    return ok(
        "<!doctype html><html><head><title>Just a moment...</title></head><body>Log in</body></html>"
    )


def rdf(ask: Ask) -> tuple[Answer, Behaviour]:
    """Answer in RSS 1.0."""
    items = "".join(
        f"<item rdf:about='https://a.example/{n}'><title>Headline {n}</title><link>https://a.example/{n}</link></item>"
        for n in reversed(ask.items)
    )
    space = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    return ok(
        f"<rdf:RDF xmlns:rdf='{space}' xmlns='http://purl.org/rss/1.0/'><channel><title>A</title></channel>{items}</rdf:RDF>"
    )


_HABITS = (
    Habit("undated entries", "stores them", making(lambda _, n: entry(n, when=None))),
    Habit("back-dated entries", "stores them", making(lambda _, n: entry(n, when=f"Mon, 0{1 + n % 9} Jan 2018 00:00:00 GMT"))),
    Habit("entries dated in 2099", "stores them", making(lambda _, n: entry(n, when="Thu, 01 Jan 2099 00:00:00 GMT"))),
    Habit("entries of one second", "stores them", making(lambda _, n: entry(n, when=format_datetime(START)))),
    Habit("2,000 entries", "takes it whole", many, most=lambda count: MANY + count),
    Habit("another order each time", "stores items once", shuffled),
    Habit("more than fit at once", "tells a possible gap", bursting, lambda s: any("gap" in told for told in s.told.values()), most=lambda count: count + 100, missing=range(32, 113)),
    Habit("a new guid each time", "stores items once", making(lambda a, n: entry(n, guid=f"{a.number}-{n}"))),
    Habit("a new guid and tracking each time", "stores items once", making(lambda a, n: entry(n, guid=f"{a.number}-{n}", link=f"https://a.example/{n}?utm_id={a.number}"))),
    Habit("a new date each time", "stores items once", making(lambda a, n: entry(n, when=format_datetime(a.at)))),
    Habit("no guid, no link", "stores items once", making(lambda _, n: entry(n, guid=None, link=None))),
    Habit("no guid, tracking in links", "stores items once", making(lambda a, n: entry(n, guid=None, link=f"https://a.example/{n}?utm_id={a.number}"))),
    Habit("no guid, all link to the front page", "stores them all", making(lambda _, n: entry(n, guid=None, link="https://a.example/"))),
    Habit("one guid for all", "stores them all", making(lambda _, n: entry(n, guid="https://a.example/"))),
    Habit("edits a headline", "keeps it as one item", making(edited), title=edited_title),
    Habit('"draft" becomes "adopted"', "tells it as news", making(moving), told_anew, title=step_title),
    Habit("one article in two feeds", "tells it once, with two sources", twice, one_story, title=fined, feeds=("feed", "b"), told_once=True),
    Habit("a block page for a day", "tells an error, comes back", on(range(4, 5), blocked), tells(4, "failing")),
    Habit("an empty body for a day", "tells an error, comes back", on(range(4, 5), lambda _: ok("")), tells(4, "failing")),
    Habit("the feed inside an error page", "reads it", page, comes_back),
    Habit("a warning before the feed", "reads it", warned, comes_back),
    Habit("breaks off in the last item", "reads the rest", lambda a: ok(rss(a)[:-60])),
    Habit("bare ampersands", "reads them as text", making(lambda _, n: entry(n, title=f"AT&T {n}")), title="AT&T {}".format),
    Habit("HTML's entities", "reads them", making(lambda _, n: entry(n, title=f"Caf&eacute;&nbsp;{n}")), title="Caf\u00e9 {}".format),
    Habit("control characters", "drops them", making(lambda _, n: entry(n, title=f"A\x08B {n}")), title="AB {}".format),
    Habit("windows-1252 called UTF-8", "reads it", titled("Caf\u00e9 {}", "cp1252", "utf-8"), title="Caf\u00e9 {}".format),
    Habit("UTF-8 called ISO-8859-1", "reads it", titled("Caf\u00e9 {}", "utf-8", "iso-8859-1"), title="Caf\u00e9 {}".format),
    Habit("GBK called gb2312", "reads it", titled(CHINESE, "gbk", "gb2312"), title=CHINESE.format, language="zh"),
    Habit("GBK called nothing", "reads it", titled(CHINESE, "gbk"), title=CHINESE.format, language="zh"),
    Habit("Big5 in name and deed", "reads it", titled(TRADITIONAL, "big5", "big5"), title=TRADITIONAL.format, language="zh"),
    Habit("a byte order mark, and space before the document", "reads it", lambda a: ok(codecs.BOM_UTF8 + b"\n \n" + (HEAD.format("utf-8") + rss(a)).encode())),
    Habit("UTF-16", "reads it", lambda a: ok((HEAD.format("utf-16") + rss(a)).encode("utf-16"))),
    Habit("prefixes that nobody declared", "reads it", making(lambda _, n: entry(n, more="<dc:creator>B</dc:creator><media:title>C</media:title>"))),
    Habit("Atom", "reads it", atom),
    Habit("Atom in a name space gone wrong", "reads it", lambda a: atom(a, "http://www.w3.org/2005/atom/")),
    Habit("RSS 1.0", "reads it", rdf),
    Habit("JSON Feed", "reads it", json_feed),
)  # fmt: skip
# Documents that did not change have their tag, as most servers send one.
LOSSLESS = tuple(replace(habit, tagged=True) for habit in _HABITS)
