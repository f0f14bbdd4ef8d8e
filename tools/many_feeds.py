"""Poll 20,000 feeds spread over a quarter of an hour as the service does, and see if it keeps up.

    python tools/many_feeds.py [--feeds 20000] [--minutes 15] [--latency 0.05]

Real are the database, the service's own job (what is due, polling, parsing, storing, judging), its
tick, and the server, in a process of its own on 5,000 loopback addresses. The clock runs as the
true one does while a tick's work is done, and jumps over the rest of the tick: work that takes
longer than a tick makes what follows late, as it would. Nine feeds of ten answer 304, each tenth
brings 40 items that are new. Feeds were polled before; their next times are spread evenly.

Told are: how late requests are after the time set for the feed; by how much the service's
processes together grow; and the longest time for which the event loop stood still, in all and
for 99 of 100 looks. Exit status 1 if a request is later than two ticks, memory grows by more than
a quarter between the second and the last minute, or the loop stands still for over 0.1 s.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import logging
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
import yaml
from children import children
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from techwatch.installation import shipped
from techwatch.model import FeedState, Manners, PollOutcome, Validators
from techwatch.runtime.local import Service
from techwatch.settings import load
from techwatch.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from techwatch.model import PollOutcome as Outcome

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOSTS = 5000
ITEMS = 40
CHANGED = 10  # one feed of so many has news
BATCH = 500
WORDS = (
    "ministry", "chip", "export", "rule", "draft", "court", "platform", "data", "network", "firm",
    "satellite", "licence",
)  # fmt: skip
console = Console(highlight=False)


class Clock:
    """The true time's pace from a moment on, which can be moved forward."""

    def __init__(self) -> None:
        self._base, self._begun = START, time.monotonic()

    def __call__(self) -> datetime:
        """Return the time it shows."""
        return self._base + timedelta(seconds=time.monotonic() - self._begun)

    def reach(self, moment: datetime) -> None:
        """Jump to a moment, unless it has passed."""
        if self() < moment:
            self._base, self._begun = moment, time.monotonic()


def document(feed: int) -> bytes:
    """Make up a feed of items an hour apart."""
    entries = []
    for n in range(ITEMS):
        words = " ".join(WORDS[(feed + n * 7 + k * k) % len(WORDS)] for k in range(12))
        date = f"Sun, {1 + n // 24:02} Mar 2026 {n % 24:02}:00:00 GMT"
        entries.append(
            f"<item><title>{words} {feed}-{n}</title><guid>{feed}-{n}</guid>"
            f"<description>{words}</description><pubDate>{date}</pubDate></item>"
        )
    inner = "".join(entries)
    return f"<rss version='2.0'><channel><title>{feed}</title>{inner}</channel></rss>".encode()


def serve(latency: float, port: Any) -> None:  # noqa: ANN401 - a pipe's end
    """Answer until killed."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                await asyncio.sleep(latency)
                feed = int(head.split(b" ", 2)[1].rpartition(b"/")[2])
                body = document(feed) if feed % CHANGED == 0 else b""
                status = b"200 OK" if body else b"304 Not Modified"
                writer.write(
                    b'HTTP/1.1 %s\r\nETag: "2"\r\nContent-Length: %d\r\n\r\n%s'
                    % (status, len(body), body)
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def main() -> None:
        server = await asyncio.start_server(answer, "0.0.0.0", 0, backlog=1000)  # noqa: S104
        port.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


def configured(folder: Path, feeds: int, minutes: float, port: int, clock: Clock) -> Watch:
    """Write the lists, and store that all feeds were polled in the quarter of an hour before."""
    listed = [
        {"url": f"http://{address(n)}:{port}/{n}", "publisher": f"P{n}", "language": "en"}
        for n in range(feeds)
    ]
    settings = {
        "data_dir": str(folder),
        "fetching": {"allow_private": True},
        "polling": {"interval": minutes, "shortest": minutes, "longest": minutes},
    }
    contents = (
        ("feeds", {"feeds": listed}),
        ("techwatch", settings),
        ("digests", {"editions": []}),
    )
    for name, content in contents:
        with (folder / f"{name}.yaml").open("w", encoding="utf-8") as file:
            yaml.dump(content, file, Dumper=yaml.CSafeDumper)
    watch = Watch(lambda: load(folder / "techwatch.yaml", {}), folder, shipped("baseline"), clock)
    watch.open_lists()
    whole = Manners(full_at=START, pace=minutes * 60)
    outcomes = (
        PollOutcome(before(state, n, feeds, minutes, whole), "not_modified")
        for n, state in enumerate(watch.store.feeds.states())
    )
    while batch := list(itertools.islice(outcomes, BATCH)):
        watch.store.feeds.record_all(batch, START)
    _ = watch.judge  # the service has it before its first tick
    return watch


def before(state: FeedState, n: int, feeds: int, minutes: float, manners: Manners) -> FeedState:
    """Return the state of a feed that is due at its share of the time."""
    due = START + timedelta(minutes=minutes * n / feeds)
    polled = due - timedelta(minutes=minutes)
    return FeedState(
        state.feed, Validators('"1"', None), None, due, polled, polled, manners=manners
    )


def address(n: int) -> str:
    """Spread feeds over hosts."""
    host = n % HOSTS
    return f"127.{1 + host // 250}.{1 + host % 250}.1"


def memory() -> float:
    """Add up what this process and those it started hold, in MB."""
    kilobytes = 0
    for pid in (os.getpid(), *children()):
        try:
            lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
        except FileNotFoundError:
            continue
        kilobytes += next((int(li.split()[1]) for li in lines if li.startswith("VmRSS")), 0)
    return kilobytes / 1000


async def stillness(found: list[float]) -> None:
    """Note how much longer than 5 ms each sleep of 5 ms takes."""
    while True:
        begun = time.perf_counter()
        await asyncio.sleep(0.005)
        found.append(time.perf_counter() - begun - 0.005)


class Run:
    """What was seen."""

    def __init__(self) -> None:
        self.late: list[float] = []  # seconds after the time that was set
        self.still: list[float] = []
        self.held: list[float] = []  # MB after each tick
        self.busy: list[float] = []  # true seconds that each tick's work took
        self.used = 0.0  # processor seconds of this process


async def run(watch: Watch, clock: Clock, minutes: float) -> Run:
    """Let the service's job run at each tick; it is the tick's length that sets the lateness."""
    seen, tick = Run(), timedelta(seconds=watch.settings.service.tick)
    end = START + timedelta(minutes=minutes)
    async with watch.asking() as ask, watch.taking() as take:

        async def noted(state: FeedState) -> Outcome:
            if state.next_poll_at:
                seen.late.append((clock() - state.next_poll_at).total_seconds())
            return await ask(state)

        service = Service(watch, noted, asyncio.Event(), take)
        meter = asyncio.create_task(stillness(seen.still))
        used = time.process_time()
        with Progress(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("Ticks", total=(end - START) // tick)
            for moment in ticks(clock, tick, end):
                begun = time.monotonic()
                await service.poll({})
                await service.judge({})
                seen.busy.append(time.monotonic() - begun)
                seen.held.append(memory())
                clock.reach(moment + tick)
                bar.advance(task)
        seen.used = time.process_time() - used
        meter.cancel()
    return seen


def ticks(clock: Clock, tick: timedelta, end: datetime) -> Iterator[datetime]:
    """Yield when ticks begin: each at its time, or when the one before is done."""
    clock.reach(START + tick)
    while (now := clock()) < end + tick:
        yield now


def main() -> None:
    """Run, and print a table."""
    quiet = structlog.make_filtering_bound_logger(logging.ERROR)  # else each feed is told
    structlog.configure(wrapper_class=quiet)
    parser = argparse.ArgumentParser(description="Poll very many feeds, spread over time.")
    parser.add_argument("--feeds", type=int, default=20_000)
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--latency", type=float, default=0.05)
    given = parser.parse_args()
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(given.latency, theirs), daemon=True)
    server.start()
    port = ours.recv()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        clock = Clock()
        console.print(f"storing {given.feeds:,} feeds", style="dim")
        watch = configured(Path(name), given.feeds, given.minutes, port, clock)
        clock.reach(START)
        seen = asyncio.run(run(watch, clock, given.minutes))
        items = watch.store.overview.counts(None, clock()).items_judged
        tick = watch.settings.service.tick
        watch.close()
    server.kill()
    sys.exit(not told(seen, given.feeds, items, tick))


def told(seen: Run, feeds: int, items: int, tick: float) -> bool:
    """Print what was seen; return whether all is well."""
    late = statistics.quantiles(seen.late, n=100)
    still = statistics.quantiles(seen.still, n=100)
    early, last = seen.held[min(1, len(seen.held) - 1)], seen.held[-1]
    held = seen.held[0], seen.held[len(seen.held) // 2], last
    table = Table("", "", title=f"{feeds:,} feeds, a tick of {tick:.0f} s")
    for name, value in (
        ("requests", f"{len(seen.late):,}"),
        ("items judged", f"{items:,}"),
        ("late by, median", f"{late[49]:.1f} s"),
        ("late by, 99 of 100", f"{late[98]:.1f} s"),
        ("late by, at most", f"{max(seen.late):.1f} s"),
        ("a tick's work, median", f"{statistics.median(seen.busy):.1f} s"),
        ("a tick's work, at most", f"{max(seen.busy):.1f} s"),
        ("processor time of the loop's process", f"{seen.used:.0f} s"),
        ("memory: first tick, middle, last", ", ".join(f"{mb:.0f}" for mb in held) + " MB"),
        ("loop stood still, 99 of 100", f"{still[98] * 1000:.0f} ms"),
        ("loop stood still, at most", f"{max(seen.still) * 1000:.0f} ms"),
    ):  # fmt: skip
        table.add_row(name, value)
    console.print(table)
    return max(seen.late) <= 2 * tick and last <= early * 1.25 and max(seen.still) <= 0.1


if __name__ == "__main__":
    main()
