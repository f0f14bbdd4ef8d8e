"""Kill a polling process at random moments, and look whether anything was lost.

    python tools/kills.py [--kills 300] [--seed 1] [--inside]

A server in a process of its own publishes eight feeds that grow; some ask for a pause between two
polls, some say at times that they are busy. A second process polls and judges what is due, by a
clock that runs 60 times as fast, and gets SIGKILL after a random number of requests and a random
moment more, again and again; one time in ten while it starts. Documents are parsed in processes of
their own, as the service does, or with --inside in the killed process itself, where more kills fall
into storing and judging. At the end it runs once more undisturbed. Then every item published must
be stored once and judged once, and no feed may have been asked before the time that its last answer
allowed. An answer that arrives in the instant of a kill is known to nobody; the pause that is kept
all the same covers what it asks for up to `polling.first_backoff`, and longer ones are counted
apart.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import random
import shutil
import sqlite3
import sys
import tempfile
import time
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from rich.console import Console

from techwatch.feeds.fetching import Fetcher
from techwatch.feeds.parsing import parse
from techwatch.installation import shipped
from techwatch.pipeline import ask_feed
from techwatch.settings import load
from techwatch.watch import Watch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from techwatch.model import Document, Feed, FeedState, ParsedFeed, PollOutcome

SPEED = 60.0  # seconds of the clock in one second
FEEDS = 8
PAUSES = (0, 0, 120, 180)  # seconds of the clock that feeds ask for, by turns
HOLD = 180  # seconds of the clock: polling.first_backoff
BUSY = (120, 600)  # seconds of the clock that a busy server asks for, at random
MOST_REQUESTS = 10  # of one process before it is killed
PATIENCE = 60.0  # seconds for them, on a busy machine
LAST = 300.0  # seconds in which the undisturbed run may bring what is still out
HEADLINES = ("Ministry drafts chip rule {}", "Court rules on TikTok {}", "Pie recipe {}")
console = Console(highlight=False)
fork = multiprocessing.get_context("fork")


class Clock:
    """The time since a start, faster."""

    def __init__(self, start: float) -> None:
        self._start = start

    def __call__(self) -> datetime:
        """Return the time it shows."""
        passed = (time.time() - self._start) * SPEED
        return datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=passed)


def published(start: float, end: float | None = None) -> int:
    """Return how many items each feed has published by now, one in three seconds, until the end."""
    return 1 + int((min(time.time(), end or float("inf")) - start) / 3)


def document(feed: int, count: int) -> bytes:
    """Write a feed with all its items: what scrolls by unseen is no poll's loss."""
    items = "".join(
        f"<item><title>{HEADLINES[n % 3].format(n)}</title><guid>{feed}-{n}</guid></item>"
        for n in range(count)
    )
    return f"<rss version='2.0'><channel><title>F</title>{items}</channel></rss>".encode()


def serve(start: float, ending: Any, log: Path, port: Any) -> None:  # noqa: ANN401
    """Answer and take down when each feed was asked, and for what pause it was told to wait."""
    dice = random.Random(7)  # noqa: S311

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                at = time.time()
                feed = int(head.split(b" ", 2)[1].rpartition(b"/")[2])
                busy = dice.random() < 0.05
                pause = dice.choice(BUSY) if busy else PAUSES[feed % len(PAUSES)]
                with log.open("a") as lines:
                    lines.write(f"{feed} {at} {pause} {int(busy)}\n")
                body = b"" if busy else document(feed, published(start, ending.value or None))
                status = "503 Busy" if busy else "200 OK"
                wish = f"Retry-After: {pause}" if busy else f"Cache-Control: max-age={pause}"
                head = (
                    f"HTTP/1.1 {status}\r\n{wish}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
                )
                writer.write(head + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def main() -> None:
        server = await asyncio.start_server(answer, "0.0.0.0", 0)  # noqa: S104
        port.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


def configure(folder: Path, port: int) -> None:
    """Write a configuration with each feed at an address of its own."""
    feeds = [
        {"url": f"http://127.0.2.{n + 1}:{port}/{n}", "publisher": str(n), "language": "en"}
        for n in range(FEEDS)
    ]
    settings = {
        "data_dir": str(folder),
        "fetching": {"allow_private": True},
        "polling": {"interval": 1, "shortest": 1, "first_backoff": HOLD / 60},
    }
    shutil.copy(shipped("config") / "digests.yaml", folder)
    for name, content in (("feeds", {"feeds": feeds}), ("techwatch", settings)):
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")


def work(make: Callable[[], Watch], until: float, *, inside: bool) -> None:
    """Poll and judge what is due, again and again."""

    async def run() -> None:
        watch = make()
        watch.open_lists()
        async with asking_inside(watch) if inside else watch.asking() as ask:
            while time.time() < until:
                await watch.poll(watch.due_feeds(), ask, lambda _: None)
                watch.judge_items()
                await asyncio.sleep(0.02)
        watch.close()

    asyncio.run(run())


@asynccontextmanager
async def asking_inside(watch: Watch) -> AsyncIterator[Callable[[FeedState], Any]]:
    """Ask as the service does, but parse here."""

    async def parsed(document_: Document, feed: Feed) -> ParsedFeed:
        return parse(document_, feed)

    settings = watch.settings
    async with Fetcher(settings.fetching, watch.clock) as fetcher:

        async def ask(state: FeedState) -> PollOutcome:
            return await ask_feed(state, fetcher.fetch, parsed, watch.clock, settings.polling, 0.0)

        yield ask


def audit(database: Path) -> None:
    """Let the database itself count verdicts, in the transactions that store them."""
    with sqlite3.connect(database) as connection:
        connection.executescript(
            "CREATE TABLE counted (item_id, revision);"
            "CREATE TRIGGER counting AFTER INSERT ON assessments "
            "BEGIN INSERT INTO counted VALUES (new.item_id, new.revision); END;"
        )


def early(log: Path) -> tuple[int, int, int]:
    """Count requests; those before their time; and those in a pause that nobody can know of.

    The last are those after a "busy" that asked for more than the pause that is always kept.
    """
    last: dict[str, tuple[float, float, bool]] = {}
    count = too_early = unheard = 0
    for line in log.read_text().splitlines():
        feed, at, pause, busy = line.split()
        then, wanted, was_busy = last.get(feed, (0.0, 0.0, False))
        count += 1
        if (float(at) - then) * SPEED < wanted - 0.5:
            unknowable = was_busy and wanted > HOLD <= (float(at) - then) * SPEED
            too_early += not unknowable
            unheard += unknowable
        last[feed] = (float(at), float(pause), busy == "1")
    return count, too_early, unheard


def torment(folder: Path, kills: int, seed: int, *, inside: bool) -> bool:
    """Kill so many times; print what came of it, and return whether all is well."""
    dice = random.Random(seed)  # noqa: S311
    parsing = {"inside": inside}
    start, log = time.time(), folder / "requests.log"
    ours, theirs = fork.Pipe()
    ending = fork.Value("d", 0.0)
    server = fork.Process(target=serve, args=(start, ending, log, theirs), daemon=True)
    server.start()
    configure(folder, ours.recv())
    baseline = Watch(lambda: load(folder / "techwatch.yaml", {}), folder, shipped("baseline"))
    _ = baseline.judge  # read once, so that each process has it at once

    def make() -> Watch:
        baseline.clock = Clock(start)
        return baseline

    work(make, time.time(), inside=True)  # makes the database
    del baseline.store
    audit(folder / "techwatch.db")
    for number in range(kills):
        process = fork.Process(target=work, args=(make, time.time() + 600), kwargs=parsing)
        process.start()
        if dice.random() < 0.9:
            wait_for(log, requests(log) + dice.randint(0, MOST_REQUESTS))
        time.sleep(dice.uniform(0.0, 0.3))
        process.kill()
        process.join()
        if number % 50 == 49:
            console.print(f"{number + 1} kills", style="dim")
    ending.value = time.time()
    expected = FEEDS * published(start, ending.value)
    before = judged(folder)
    process = fork.Process(target=work, args=(make, time.time() + LAST), kwargs=parsing)
    process.start()
    while process.is_alive() and judged(folder) < expected:
        time.sleep(0.5)
    time.sleep(3)  # in which more might be judged than should
    process.kill()
    process.join()
    server.kill()
    console.print(f"judged before the last, undisturbed run: {before}")
    return told(folder, log, kills, expected)


def requests(log: Path) -> int:
    """Count the requests so far."""
    return log.read_bytes().count(b"\n") if log.exists() else 0


def wait_for(log: Path, most: int) -> None:
    """Wait until there were so many requests, for a while."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and requests(log) < most:
        time.sleep(0.01)


def judged(folder: Path) -> int:
    """Count the items that are judged."""
    with sqlite3.connect(folder / "techwatch.db") as connection:
        wanted = "SELECT count(*) FROM items WHERE judged_revision = revision"
        return int(connection.execute(wanted).fetchone()[0])


def told(folder: Path, log: Path, kills: int, expected: int) -> bool:
    """Print the outcome."""
    with sqlite3.connect(folder / "techwatch.db") as connection:
        one = lambda sql: connection.execute(sql).fetchone()[0]  # noqa: E731
        stored = one("SELECT count(*) FROM items")
        twice = one(
            "SELECT count(*) FROM (SELECT 1 FROM counted GROUP BY item_id, revision"
            " HAVING count(*) > 1)"
        )
        whole = one("PRAGMA integrity_check")
    done = judged(folder)
    requests, too_early, unheard = early(log)
    console.print(f"{kills} kills, {requests} requests, {expected} items published")
    console.print(f"stored {stored}, judged {done}, judged twice {twice}, database {whole}")
    console.print(
        f"asked too early {too_early}; in a long pause asked for in the instant of a kill {unheard}"
    )
    return stored == done == expected and not twice and whole == "ok" and not too_early


def main() -> None:
    """Run, and exit with 1 if anything went wrong."""
    parser = argparse.ArgumentParser(description="Kill a polling process at random moments.")
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--inside", action="store_true", help="Parse in the killed process.")
    given = parser.parse_args()
    os.environ["PYTHONWARNINGS"] = "ignore"  # of semaphores that killed processes leave
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        sys.exit(not torment(Path(folder), given.kills, given.seed, inside=given.inside))


if __name__ == "__main__":
    main()
