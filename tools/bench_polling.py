"""Measure a poll of many feeds, beside the feed library `reader` on the same feeds.

    python tools/bench_polling.py [--feeds 1000] [--items 40] [--latency 0.05]

A server in a process of its own, on this machine, answers each request after the latency, over
250 addresses of the loopback net, so that the limits for one host hold as they do by default. Each
client runs in a fresh process and polls four other feeds, so that what it starts with is started.
Then comes a cold poll, where every item is new, and a warm one, where every answer is 304. Wall
clock from the first request, as the server saw it, until all is stored, and for techwatch until all
is judged; processor time of all its processes; their memory: each at its own peak, and the most
that they held at one time, with pages that they share counted for each (RSS) or once (PSS); and for
techwatch the longest time for which its event loop stood still, until all was stored and until all
was judged, and the most that its thread computed at one go: what was not other processes' or
threads' doing.
What is stored can be searched at once; `reader` makes its index in a second step, after both polls,
and "searchable" adds it to the cold one. `pip install reader sgmllib3k` brings it; it runs with 10
threads, into a file.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import json
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from children import children
from rich.console import Console
from rich.table import Table

from techwatch.installation import shipped

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from techwatch.model import FeedState, PollOutcome, PollReport
    from techwatch.watch import Watch

    Ask = Callable[[FeedState], Awaitable[PollOutcome]]

HOSTS = 250
WORDS = (
    "ministry", "chip", "export", "rule", "draft", "court", "platform", "data", "network", "firm",
    "satellite", "licence",
)  # fmt: skip
HEADER = "<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>Feed {0}</title>"
console = Console(highlight=False, width=120)


@cache
def document(feed: int, items: int) -> bytes:
    """Make up a feed of some 25 KB, its items an hour apart."""
    entries = []
    for n in range(items):
        words = " ".join(WORDS[(feed + n * 7 + k * k) % len(WORDS)] for k in range(12))
        entries.append(
            f"<item><title>{words} {feed}-{n}</title><link>https://p{feed}.example/{n}</link>"
            f"<guid>https://p{feed}.example/{n}</guid><description>&lt;p&gt;{words}. "
            f"{' '.join([words] * 4)}&lt;/p&gt;</description>"
            f"<pubDate>Sun, {1 + n // 24:02} Mar 2026 {n % 24:02}:00:00 GMT</pubDate></item>"
        )
    return (HEADER.format(feed) + "".join(entries) + "</channel></rss>").encode()


# --------------------------------------------------------------------------- the server


def serve(items: int, latency: float, port: Any) -> None:  # noqa: ANN401 - a pipe's end
    """Answer until killed."""
    begun: list[float] = []  # when the first request came

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                path = head.split(b" ", 2)[1]
                if path == b"/begun":
                    told = b"%f" % begun.pop()
                    writer.write(
                        b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(told) + told
                    )
                    continue
                if not begun:
                    begun.append(time.monotonic())
                await asyncio.sleep(latency)
                feed = int(path.rpartition(b"/")[2])
                known = b"if-none-match" in head.lower()
                body = b"" if known else document(feed, items)
                status = b"304 Not Modified" if known else b"200 OK"
                writer.write(
                    b'HTTP/1.1 %s\r\nETag: "%d"\r\nContent-Type: application/rss+xml\r\n'
                    b"Content-Length: %d\r\n\r\n%s" % (status, feed, len(body), body)
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def main() -> None:
        server = await asyncio.start_server(answer, "0.0.0.0", 0, backlog=1000)  # noqa: S104
        port.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


@contextmanager
def server(items: int, latency: float) -> Iterator[int]:
    """Run the server in a process of its own; gives its port."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=serve, args=(items, latency, theirs), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        process.kill()
        process.join()


# --------------------------------------------------------------------------- the clients


def others(port: int) -> list[str]:
    """Return a few feeds that are polled before anything is measured."""
    return [f"http://127.0.2.{n}:{port}/{1_000_000 + n}" for n in range(1, 5)]


def urls(feeds: int, port: int) -> list[str]:
    """Spread the feeds over the addresses."""
    return [f"http://127.0.1.{1 + n % HOSTS}:{port}/{n}" for n in range(feeds)]


def first_request(addresses: list[str]) -> float:
    """Return when the server got its first request since this was asked last, by the clock."""
    with urllib.request.urlopen(f"{addresses[0].rpartition('/')[0]}/begun") as answer:  # noqa: S310 - ours
        return float(answer.read())


def processor_seconds() -> float:
    """Return what this process and its children, finished or not, have used."""
    ticks = os.sysconf("SC_CLK_TCK")
    used = 0.0
    for kind in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
        found = resource.getrusage(kind)
        used += found.ru_utime + found.ru_stime
    for pid in children():
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        used += (int(fields[11]) + int(fields[12])) / ticks
    return used


def peak(pids: list[int]) -> float:
    """Add up the peak resident sets of processes that still run, in MB."""
    kilobytes = 0
    for pid in pids:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
        kilobytes += next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    return kilobytes / 1000


async def stillness(found: list[float], busy: list[float]) -> None:
    """Note for how long the loop ran nothing else, and what its thread computed meanwhile.

    The first grows with all else that the machine does, the second doesn't.
    """
    while True:
        begun, worked = time.perf_counter(), time.thread_time()
        await asyncio.sleep(0.005)
        found.append(time.perf_counter() - begun - 0.005)
        busy.append(time.thread_time() - worked)


@contextmanager
def weighing(found: dict[str, float]) -> Iterator[None]:
    """Note, five times a second, the most memory that this process and its children hold.

    In MB: `rss` adds up resident sets, `pss` counts a page that several share once.
    """
    done = threading.Event()

    def weigh() -> None:
        while True:
            with suppress(OSError):  # one of them just ended
                rolled = [rollup(pid) for pid in (os.getpid(), *children())]
                for key in ("rss", "pss"):
                    found[key] = max(found.get(key, 0.0), sum(one[key] for one in rolled))
            if done.wait(0.2):
                return

    thread = threading.Thread(target=weigh)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def rollup(pid: int) -> dict[str, float]:
    """Return a process's memory in MB, by smaps_rollup."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()[1:]
    sizes = {line.split(":")[0].lower(): int(line.split()[1]) / 1000 for line in lines}
    return {"rss": sizes["rss"], "pss": sizes["pss"]}


def techwatch(addresses: list[str], few: list[str], folder: Path) -> list[dict[str, float]]:
    """Poll and judge twice as the service does; the clock stands still: no full poll is due."""
    from techwatch.settings import load  # noqa: PLC0415 - each client pays for its own imports
    from techwatch.watch import Watch  # noqa: PLC0415

    feeds = [{"url": url, "publisher": url, "language": "en"} for url in (*few, *addresses)]
    settings = {"data_dir": str(folder), "fetching": {"allow_private": True}}
    for name, content in (("feeds", {"feeds": feeds}), ("techwatch", settings)):
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    watch = Watch(lambda: load(folder / "techwatch.yaml", {}), folder, shipped("baseline"))
    watch.store.feeds.watch(watch.feeds(), watch.clock())

    async def rounds() -> list[dict[str, float]]:
        async with watch.asking() as ask:
            await watched(watch, ask, few)
            return [await watched(watch, ask, addresses) for _ in range(2)]

    return asyncio.run(rounds())


async def watched(watch: Watch, ask: Ask, addresses: list[str]) -> dict[str, float]:
    """Poll and judge once."""
    reports: list[PollReport] = []
    still: list[float] = []
    busy: list[float] = []
    memory: dict[str, float] = {}
    wanted = frozenset(addresses)
    before = processor_seconds()
    with weighing(memory):
        meter = asyncio.create_task(stillness(still, busy))
        states = await asyncio.to_thread(watch.store.feeds.states)
        own = [state for state in states if state.feed.url in wanted]
        await watch.poll(own, ask, reports.append)
        stored, polling = time.monotonic(), max(still)
        counts = await asyncio.to_thread(watch.judge_items)
        judged = time.monotonic()
        meter.cancel()
    new, at_once = sum(r.new for r in reports), sum(r.judged for r in reports)
    if counts.total() + at_once != new:
        raise SystemExit(f"{new} items are new, {counts.total() + at_once} were judged")
    begun = first_request(addresses)
    return memory | {
        "cpu": processor_seconds() - before,
        "wall": stored - begun,
        "judged": judged - begun,
        "new": new,
        "peak": peak([os.getpid(), *children()]),
        "still": polling,
        "still_judging": max(still),
        "busy": max(busy),
    }


def reader(addresses: list[str], few: list[str], folder: Path) -> list[dict[str, float]]:
    """Poll twice."""
    from reader import make_reader  # noqa: PLC0415

    library = make_reader(str(folder / "reader.sqlite"))
    for url in few:
        library.add_feed(url)
    library.update_feeds(workers=10, scheduled=False)
    first_request(addresses)
    for url in few:
        library.disable_feed_updates(url)
    for url in addresses:
        library.add_feed(url)
    found = []
    for _ in range(2):
        before = processor_seconds()
        memory: dict[str, float] = {}
        with weighing(memory):
            library.update_feeds(workers=10, scheduled=False)
        wall = time.monotonic() - first_request(addresses)
        counts = library.get_entry_counts()
        used = {"cpu": processor_seconds() - before, "wall": wall, "new": counts.total}
        found.append(used | {"peak": peak([os.getpid()])} | memory)
    begun = time.monotonic()
    library.enable_search()
    library.update_search()
    found[0]["searchable"] = found[0]["wall"] + time.monotonic() - begun
    return found


# --------------------------------------------------------------------------- the table


def measure(client: str, feeds: int, port: int) -> list[dict[str, float]]:
    """Run a client in a fresh process."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, __file__, "--client", client, "--folder", folder]
        command += ["--feeds", str(feeds), "--port", str(port)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE)  # noqa: S603 - ourselves
    answer: list[dict[str, float]] = json.loads(done.stdout.splitlines()[-1])
    return answer


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--feeds", type=int, default=1000)
    parser.add_argument("--items", type=int, default=40)
    parser.add_argument("--latency", type=float, default=0.05)
    for hidden in ("client", "folder", "port"):
        parser.add_argument(f"--{hidden}", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.client:
        client = {"techwatch": techwatch, "reader": reader}[given.client]
        port = int(given.port)
        print(json.dumps(client(urls(given.feeds, port), others(port), Path(given.folder))))
        return
    with server(given.items, given.latency) as port:
        results = {"techwatch": measure("techwatch", given.feeds, port)}
        if all(map(importlib.util.find_spec, ("reader", "sgmllib"))):
            results["reader"] = measure("reader", given.feeds, port)
        else:
            console.print("reader is not installed: `make .venv/bench` brings it")
    show(results, given.feeds, given.items, given.latency)


def show(
    results: dict[str, list[dict[str, float]]], feeds: int, items: int, latency: float
) -> None:
    """Print what was measured."""
    title = f"{feeds:,} feeds of {items} items, {latency * 1000:.0f} ms latency"
    heads = (
        "client",
        "items",
        "stored s",
        "searchable s",
        "judged s",
        "CPU s",
        "peaks/RSS/PSS MB",
        "still/busy ms",
    )
    table = Table(*heads, title=title)
    for client, rounds in results.items():
        for name, used in zip(("cold", "warm"), rounds, strict=True):
            judged = f"{used['judged']:.1f}" if "judged" in used else ""
            still = f"{used['still'] * 1000:.0f}" if "still" in used else ""
            if "still_judging" in used:
                still += f", {used['still_judging'] * 1000:.0f}/{used['busy'] * 1000:.0f}"
            sizes = "/".join(f"{used[key]:.0f}" for key in ("peak", "rss", "pss"))
            searchable = f"{used.get('searchable', used['wall']):.1f}"
            cells = [f"{used['wall']:.1f}", searchable, judged, f"{used['cpu']:.1f}", sizes, still]
            table.add_row(f"{client}, {name}", f"{used['new']:,.0f}", *cells)
    console.print(table)
    if len(results) > 1:
        ours, theirs = results.values()
        for name, a, b in zip(("cold", "warm"), ours, theirs, strict=True):
            stored, judged = b["wall"] / a["wall"], b["wall"] / a["judged"]
            console.print(
                f"{name}: stored {stored:.2f} times as fast, judged as well {judged:.2f} times; "
                f"{a['cpu'] / b['cpu']:.2f} of its processor time, judging included"
            )


if __name__ == "__main__":
    main()
