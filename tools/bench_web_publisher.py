"""A publisher of a thousand feeds in a process of its own, of which each tenth answer has news."""

from __future__ import annotations

import asyncio
import multiprocessing
import random
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from html import escape
from typing import TYPE_CHECKING

from filling import ON_TOPIC, News, news

if TYPE_CHECKING:
    from collections.abc import Iterator

SHOWN = 20  # items of a document
NEW = (
    2  # of these are new; the others repeat the last of them, so that they cost what known ones do
)
NEWS_EVERY = 10  # answers


def _document(feed: int, version: int, made: News) -> bytes:
    """Write a feed whose items are those of a version."""
    now = datetime.now(UTC)
    entries = []
    for place in range(SHOWN):
        number = version * NEW + min(place, NEW - 1)
        chance = random.Random(feed * 1_000_003 + number)  # noqa: S311 - the same each time
        of = chance.choice(made.stories if chance.random() < ON_TOPIC else made.noise)
        at = (now - timedelta(minutes=3)).strftime("%a, %d %b %Y %H:%M:%S GMT")
        entries.append(
            f"<item><title>{escape(of.title)} ({feed}-{number})</title>"
            f"<guid isPermaLink='false'>{feed}-{number}</guid>"
            f"<link>https://news.example/{feed}/{number}</link>"
            f"<description>{escape(of.summary)}</description><pubDate>{at}</pubDate></item>"
        )
    inner = "".join(entries)
    return f"<rss version='2.0'><channel><title>{feed}</title>{inner}</channel></rss>".encode()


def _serve(port: int) -> None:
    made, asked = news(), 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                feed = int(head.split(b" ", 2)[1].split(b"/")[1])
                asked += 1
                # Who names no version is told all: "not modified" would be no answer to that.
                new = asked % NEWS_EVERY == 0 or b"\r\nif-none-match:" not in head.lower()
                version = int(datetime.now(UTC).timestamp())
                body = _document(feed, version, made) if new else b""
                status = b"200 OK" if body else b"304 Not Modified"
                head = b'HTTP/1.1 %s\r\nETag: "%d"\r\nContent-Length: %d\r\n\r\n'
                writer.write(head % (status, version, len(body)) + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, ValueError):
            writer.close()

    async def main() -> None:
        listening = await asyncio.start_server(answer, "0.0.0.0", port, backlog=1000)  # noqa: S104
        await listening.serve_forever()

    asyncio.run(main())


@contextmanager
def publishing(port: int) -> Iterator[None]:
    """Publish until the end of the block."""
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=[port], daemon=True)
    process.start()
    try:
        yield
    finally:
        process.terminate()
        process.join(10)
