"""Habits that test how courteous a client is."""

# ruff: noqa: E501 - a table of habits is read best with a line for each part
from __future__ import annotations

import gzip
from datetime import timedelta
from email.utils import format_datetime

import brotli
import zstandard
from awkward_publisher import (
    START,
    Ask,
    Habit,
    Reply,
    channel,
    dated,
    entry,
    lying,
    ok,
    on,
    rss,
    status,
    to,
    validated,
)
from awkward_seen import (
    Seen,
    apart,
    asks_packed,
    at_least,
    at_most,
    backs_off,
    both,
    comes_back,
    in_turn,
    invents_nothing,
    moves,
    not_in,
    rests,
    says_who,
    sends_nothing_else,
    shows,
    shows_after_errors,
    slower_after,
    stays,
    tells,
)

from techwatch.testing import Behaviour
from techwatch.testing.answers import Answer

SY = "xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'"
NIGHT = "".join(f"<hour>{hour}</hour>" for hour in range(6))
ALWAYS = "".join(f"<hour>{hour}</hour>" for hour in range(24))


def date(**later: float) -> str:
    """Write a time after the start as HTTP does."""
    return format_datetime(START + timedelta(**later), usegmt=True)


def expiring(ask: Ask) -> tuple[Answer, Behaviour]:
    """Say that the answer is good for three hours, by a date."""
    return ok(rss(ask), Expires=format_datetime(ask.at + timedelta(hours=3), usegmt=True))


def unquoted(ask: Ask) -> tuple[Answer, Behaviour]:
    """Answer by a tag without quotes, which HTTP doesn't know and many servers send."""
    tag = f"v{ask.items[-1]}"
    same = ask.headers.get("if-none-match") == tag
    return status(304, ETag=tag) if same else ok(rss(ask), ETag=tag)


def third_fails(ask: Ask) -> tuple[Answer, Behaviour]:
    """Answer every third request with an error."""
    return status(500) if ask.number % 3 == 1 else validated(ask)


def named(ask: Ask) -> tuple[Answer, Behaviour]:
    """Name the address in each headline."""
    return ok(rss(ask, make=lambda n: entry(n, title=f"Headline {n} {ask.feed}")))


def closed(ask: Ask) -> tuple[Answer, Behaviour]:
    """Say "too many" at one of two hosts for eight hours, once; the other is well."""
    if ask.feed == "feed" and START + timedelta(days=2) <= ask.at < START + timedelta(days=2.4):
        return status(429, Retry_After="28800")
    return named(ask)


def rare(ask: Ask) -> tuple[Answer, Behaviour]:
    """Bring an item a week, and hold ten weeks of them."""
    weeks = 10 + (min(ask.at, ask.last) - START).days // 7
    made = (
        entry(n, when=format_datetime(START + timedelta(weeks=n - 9)))
        for n in reversed(range(weeks))
    )
    return ok(channel("".join(made)))


def busy(ask: Ask) -> tuple[Answer, Behaviour]:
    """Bring an item every twenty minutes, and hold six of them."""
    return ok(
        channel(
            "".join(busy_entry(n) for n in reversed(range(busy_count(ask) - 6, busy_count(ask))))
        )
    )


def busy_count(ask: Ask) -> int:
    """Return how many there are so far; the first six were there before."""
    return 6 + (min(ask.at, ask.last) - START) // timedelta(minutes=20)


def busy_entry(n: int) -> str:
    """Write one of them."""
    return entry(n, when=format_datetime(START + timedelta(minutes=20 * (n - 5))))


def answering_then_gone(ask: Ask) -> tuple[Answer, Behaviour]:
    """Redirect for good, but give the new address up after a week."""
    if ask.feed == "new":
        return validated(ask) if ask.day < 7 else status(404)
    return (
        status(301, Location=ask.path.replace("/feed", "/new")) if ask.day < 7 else validated(ask)
    )


def chained(ask: Ask) -> tuple[Answer, Behaviour]:
    """Redirect in passing, then for good: the way as a whole is not for good."""
    ways = {"feed": (302, "middle"), "middle": (301, "end")}
    if ask.feed not in ways:
        return validated(ask)
    code, place = ways[ask.feed]
    return status(code, Location=ask.path.rpartition("/")[0] + f"/{place}")


def with_max_age(seconds: int) -> Reply:
    """Ask for a pause by header."""
    return lambda a: ok(rss(a), Cache_Control=f"public, max-age={seconds}")


def with_head(head: str) -> Reply:
    """Ask for something in the document."""
    return lambda a: ok(rss(a, head))


def nothing(_: int) -> int:
    """No item can be had."""
    return 0


def packed_gzip(ask: Ask) -> bytes:
    """Pack the document of the moment."""
    return gzip.compress(rss(ask).encode())


def other_rests(s: Seen) -> bool:
    """Whether the second host was not asked in the eight hours after the first said "too many"."""
    said = next(a.at for a in s.feeds if a.at >= START + timedelta(days=2))
    later = [a for a in s.asks if a.feed == "other" and said < a.at < said + timedelta(hours=8)]
    return not later


COURTESY = (
    Habit("ETag", "shows it, takes 304", validated, shows("if-none-match")),
    Habit("weak ETag", "shows it byte for byte", lambda a: validated(a, "W/"), shows("if-none-match")),
    Habit("ETag without quotes", "shows it byte for byte", unquoted, shows("if-none-match")),
    Habit("Last-Modified in an odd form", "shows it byte for byte", dated, shows("if-modified-since")),
    Habit("no validators", "invents none", lambda a: ok(rss(a)), invents_nothing),
    Habit("a new ETag each time", "stores items once", lambda a: ok(rss(a), ETag=f'"{a.number}"')),
    Habit("ETag, and 500 every third time", "shows it after an error", third_fails, shows_after_errors),
    Habit("304 to any ETag", "asks for the whole daily", lying, shows("if-none-match")),
    Habit("sets cookies, robots.txt forbids", "no cookie, Referer, query, HEAD; asks the feed all the same", lambda a: ok(rss(a), Set_Cookie="id=1; Path=/"), sends_nothing_else),
    Habit("looks at User-Agent", "names product and contact", validated, says_who),
    Habit("gzip", "asks for it, unpacks", lambda a: ok(packed_gzip(a), Content_Encoding="gzip"), asks_packed("gzip")),
    Habit("brotli", "asks for it, unpacks", lambda a: ok(brotli.compress(rss(a).encode()), Content_Encoding="br"), asks_packed("br")),
    Habit("zstandard", "asks for it, unpacks", lambda a: ok(zstandard.compress(rss(a).encode()), Content_Encoding="zstd"), asks_packed("zstd")),
    Habit("max-age of 3 hours", "waits", with_max_age(10_800), apart(3)),
    Habit("max-age of a year", "waits, up to the user's limit", with_max_age(31_536_000), both(apart(4), at_least(70))),
    Habit("Expires in 3 hours", "waits", expiring, apart(3)),
    Habit("ttl of 180", "waits", with_head("<ttl>180</ttl>"), apart(3)),
    Habit("sy:updatePeriod", "waits", with_head(f"<sy:updatePeriod {SY}>daily</sy:updatePeriod><sy:updateFrequency {SY}>8</sy:updateFrequency>"), apart(3)),
    Habit("skipHours at night", "stays away", with_head(f"<skipHours>{NIGHT}</skipHours>"), not_in(set(range(6)), set())),
    Habit("skipDays at the weekend", "stays away", with_head("<skipDays><day>Saturday</day><day>Sunday</day></skipDays>"), not_in(set(), {5, 6})),
    Habit("skipHours all day", "doesn't heed it", with_head(f"<skipHours>{ALWAYS}</skipHours>"), at_least(14)),
    Habit("429, Retry-After 8 h", "waits as long", on(range(2, 4), lambda _: status(429, Retry_After="28800")), rests((2, 3), 6)),
    Habit("429, Retry-After a date", "waits till then", on(range(2, 4), lambda _: status(429, Retry_After=date(days=3.5))), rests((2, 3), 6)),
    Habit("429, Retry-After a year", "waits a day, not a year", on(range(2, 4), lambda _: status(429, Retry_After="31536000")), rests((2, 3), 3)),
    Habit("429, no word", "slows down, also afterwards", on(range(3, 4), lambda _: status(429)), both(slower_after(3), rests((3,), 6))),
    Habit("503, Retry-After a date", "waits till then", on(range(2, 4), lambda _: status(503, Retry_After=date(days=3))), rests((2, 3), 8)),
    Habit("429 at one of an operator's two hosts", "leaves both alone", closed, lambda s: other_rests(s) and comes_back(s), title="Headline {}".format, feeds=("feed", "other")),
    Habit("four feeds at one host", "asks them one after the other", named, in_turn(0.05), feeds=("feed", "b", "c", "d"), one_host=True),
    Habit("an item a week", "asks rarely", rare, at_most(100), most=lambda _: 10 + 1),
    Habit("an item every 20 minutes, six kept", "asks often", busy, most=lambda count: 6 + (count - 1) * 18),
    Habit("301", "asks there after three, tells", to("new", 301), moves),
    Habit("308", "asks there after three, tells", to("new", 308), moves),
    Habit("302", "follows each time", to("new", 302), stays),
    Habit("307", "follows each time", to("new", 307), stays),
    Habit("302, then 301", "follows each time", chained, lambda s: abs(len(s.feeds) * 3 - len(s.asks)) <= 3),
    Habit("301 to a place that is given up", "goes back to the old one", answering_then_gone, comes_back),
    Habit("redirects in a circle", "backs off, tells", lambda a: status(302, Location=a.path), backs_off, most=nothing),
    Habit("410", "asks no more, tells", lambda _: status(410), lambda s: len(s.asks) == 1 and "gone" in s.last_told(), most=nothing),
    Habit("404 for good", "backs off to daily, tells", lambda _: status(404), backs_off, most=nothing),
    Habit("404 for three days", "tells, comes back", on(range(3, 6), lambda _: status(404)), tells(4, "failing")),
    Habit("500 for four days", "asks on, at least daily, comes back", on(range(2, 6), lambda _: status(500)), lambda s: tells(5, "failing")(s) and all(s.on(day, day + 1) for day in range(2, 6)) and s.on(*range(2, 6)) <= 16),
    Habit("hangs up", "backs off, tells", lambda _: (Answer(200, {}), Behaviour(hang_up=True)), backs_off, most=nothing),
)  # fmt: skip
