"""Made-up news for `cluster.py`: feeds over two weeks, and an HTTP server that serves them.

Every event is told by one to four feeds in words of their own, some hours apart; one in three items
is of an event, the others are off the topic. The same seed gives the same news.
"""

from __future__ import annotations

import hashlib
import random
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST_DAY = datetime(2026, 3, 2, tzinfo=UTC)
WHO = (
    "Huawei", "TikTok", "SMIC", "ZTE", "DJI", "Hikvision", "ByteDance", "Temu", "Shein", "YMTC",
    "WeChat", "Alibaba", "Tencent", "BYD", "China Mobile", "Xiaomi", "DeepSeek", "CXMT", "Nvidia",
)  # fmt: skip
WHERE = ("Washington", "Brussels", "Berlin", "The Netherlands", "Canada", "Australia", "Taiwan")
HOW = (
    ("{where} bans {who} from government devices", "{who} banned on state phones by {where}",
     "Officials may no longer use {who}, {where} decides"),
    ("{where} fines {who} {n} million euros over personal data",
     "{who} must pay {n} million euros in data case, {where} says",
     "Privacy fine of {n} million euros for {who} in {where}"),
    ("{where} opens an investigation into {who}", "{who} is investigated by {where}",
     "Probe of {who} begins in {where}"),
    ("{where} puts {who} on export control list", "{who} added to trade blacklist by {where}",
     "Exports to {who} need a licence from now on, {where} rules"),
    ("{where} lifts restrictions on {who}", "{who} is off the list again, {where} announces",
     "Ban on {who} ends as {where} gives way"),
    ("{where} plans new rules for {who}", "{who} faces tighter rules planned by {where}",
     "Draft law in {where} takes aim at {who}"),
    ("Court in {where} overturns the ban on {who}", "{who} wins against ban in court of {where}",
     "Judges in {where} side with {who} over ban"),
)  # fmt: skip
OFF = (
    "Rain delays the harvest in the north", "City council renames a bridge",
    "Local team wins the cup after extra time", "New bakery opens beside the station",
    "Museum shows paintings of the coast", "Ferry timetable changes in spring",
    "Orchestra plays for full house", "Bicycle lane finished on Main Street",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of one feed."""

    feed: int
    at: datetime
    guid: str
    title: str
    summary: str


def news(feeds: int, days: int, entries: int, seed: int = 1) -> list[Entry]:
    """Make up about so many entries a feed, spread over the days, oldest first."""
    lot = random.Random(seed)  # noqa: S311 - the same every time
    span = days * 86_400
    made = [
        _entry(lot.randrange(feeds), lot.uniform(0, span), f"{lot.choice(OFF)}, day {n}", "", n)
        for n in range(feeds * entries * 2 // 3)
    ]
    for number, told in enumerate(_tellings(lot, feeds * entries // 3)):
        begins = lot.uniform(0, span - 86_400)
        for n, title in enumerate(told):
            at = begins + lot.uniform(0, 30 * 3600)
            summary = lot.choice(("", "The decision was told to reporters.", title + " on Monday."))
            made.append(_entry(lot.randrange(feeds), at, title, summary, f"{number}-{n}"))
    return sorted(made, key=lambda e: (e.at, e.guid))


def _tellings(lot: random.Random, entries: int) -> Iterator[list[str]]:
    while entries > 0:
        words = {"who": lot.choice(WHO), "where": lot.choice(WHERE), "n": lot.randint(2, 900)}
        forms = [form.format(**words) for form in lot.choice(HOW)]
        told = [lot.choice(forms) for _ in range(min(entries, lot.randint(1, 4)))]
        entries -= len(told)
        yield told


def _entry(feed: int, second: float, title: str, summary: str, key: object) -> Entry:
    at = FIRST_DAY + timedelta(seconds=int(second))
    guid = hashlib.sha256(f"{feed} {key} {title}".encode()).hexdigest()[:16]
    return Entry(feed, at, guid, title, summary)


def document(feed: int, entries: list[Entry]) -> bytes:
    """Write a feed as RSS 2.0, newest first."""
    items = "".join(
        f"<item><title>{escape(e.title)}</title><link>https://p{feed}.example/{e.guid}</link>"
        f"<guid isPermaLink='false'>{e.guid}</guid><description>{escape(e.summary)}</description>"
        f"<pubDate>{format_datetime(e.at)}</pubDate></item>"
        for e in reversed(entries)
    )
    head = f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>P{feed}"
    return f"{head}</title>{items}</channel></rss>".encode()


class Press:
    """Serves feeds on many addresses of this machine, so that they have hosts of their own."""

    def __init__(self, feeds: int, entries: list[Entry]) -> None:
        self._feeds, self._entries = feeds, entries
        self._documents: dict[str, bytes] = {}
        press = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                body = press.document(self.path)
                tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
                known = self.headers.get("If-None-Match") == tag
                self.send_response(304 if known else 200)
                self.send_header("ETag", tag)
                self.send_header("Content-Type", "application/rss+xml")
                if not known:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(b"" if known else body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - inherited
                """Say nothing."""

        self._server = ThreadingHTTPServer(("0.0.0.0", 0), Handler)  # noqa: S104 - for 127.0.1.*
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def document(self, path: str) -> bytes:
        """Return what stands at a path now."""
        return self._documents.get(path.strip("/"), b"")

    def urls(self) -> list[str]:
        """Return the addresses of the feeds, each of a host of its own."""
        port = self._server.server_address[1]
        return [f"http://127.0.1.{1 + n % 250}:{port}/{n}" for n in range(self._feeds)]

    def publish_until(self, now: datetime) -> None:
        """Let the feeds show what happened until then."""
        shown: dict[int, list[Entry]] = {n: [] for n in range(self._feeds)}
        for entry in self._entries:
            if entry.at <= now:
                shown[entry.feed].append(entry)
        self._documents = {str(n): document(n, entries) for n, entries in shown.items()}

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
