"""Let twenty people read a full desk while feeds are polled; print how long each page takes.

    python tools/bench_web.py [--items 1000000] [--developments 20000] [--on sqlite,postgresql]
                              [--readers 20] [--seconds 180] [--think 1] [--slow 0] [--still]
                              [--keep FOLDER | --use FOLDER] [--within 150]

A store is filled with 400 days of news that ends now (`tools/filling.py`), indexed for searching.
`--keep` leaves it in a folder, `--use` takes it from there. The desk is `techwatch web`, a process
of its own; beside it `techwatch run` polls 1,000 feeds of a real publisher every five minutes,
each tenth answer with two new items, which it judges: 23 times the rate of the news that is
stored. `--still` leaves it out. `--slow` are connections that take a page by 500 bytes a second, or
ask for one by a letter a second. The readers are connections of their own in a third process
(`tools/bench_web_readers.py`): each asks for a page, reads it whole, and thinks.

Told are, for each page: the processor's time of desk and database for it, asked by one reader
while nothing else goes on; then p50, p95 and p99 of what twenty readers waited, how many answers,
how many of them failed; and which share of the machine was used, by whom. Exit status 1 where a p95
is above `--within`, an answer is none, or fewer feeds were polled and items judged than were due.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml
from bench_database import analyse, filled
from bench_web_pages import pages
from bench_web_publisher import publishing
from bench_web_readers import Reader, quantile
from children import children
from filling import DAILY, FEEDS, ON_TOPIC, News, news

from techwatch.installation import shipped
from techwatch.model import FeedState, Manners, PollOutcome, Validators, Verdict
from techwatch.storage import Store, sqlite_url
from techwatch.testing.postgres import server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench_web_readers import Sample

PORT = 18_398  # of the publisher: feeds that are kept have it in their addresses
POLLED_EVERY = 5.0  # minutes
ALONE = 20  # times that each page is asked for while nothing else goes on
POSTGRES = {"shared_buffers": "256MB", "synchronous_commit": "on", "fsync": "on"}
TOOLS = Path(__file__).parent


# ------------------------------------------------------------------ filling


def stream(items: int, developments: int) -> News:
    """Make news that ends now."""
    made = news()
    now = datetime.now(UTC).replace(second=0, microsecond=0)  # slots of digests are whole minutes
    made.begin = now - timedelta(days=items // DAILY)
    made.opening = developments / items / ON_TOPIC
    made.feeds = [
        type(one)(address(n), f"Publisher {n}", "en", tags=("press",))
        for n, one in enumerate(made.feeds)
    ]
    return made


def address(n: int) -> str:
    """Spread feeds over hosts of this machine, so that none is asked too often."""
    return f"http://127.{1 + n // 250}.{1 + n % 250}.1:{PORT}/{n}/feed.xml"


def fill(url: str, items: int, developments: int) -> None:
    """Fill an empty database."""
    began = time.perf_counter()
    made = stream(items, developments)
    of = filled(url, made)
    of.fill(items)
    print(f"filled after {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
    of.store.search.reindex()
    analyse(of.store.database)
    of.store.close()
    print(f"indexed after {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)


def make_due(url: str) -> None:
    """Leave all feeds as polls leave them, the next ones spread over the time between two."""
    store, now = Store.open(url), datetime.now(UTC)
    states = [state for state in store.feeds.states() if state.feed.url.startswith("http://127.")]
    each = timedelta(minutes=POLLED_EVERY) / max(len(states), 1)
    past = now - timedelta(minutes=POLLED_EVERY)
    for start in range(0, len(states), 50):
        outcomes = [
            PollOutcome(
                FeedState(
                    state.feed,
                    validators=Validators(etag='"1"'),
                    manners=Manners(full_at=past),
                    next_poll_at=now + each * (start + n),
                    polled_at=past,
                    succeeded_at=past,
                    news_at=past,
                ),
                "not_modified",
            )
            for n, state in enumerate(states[start : start + 50])
        ]
        store.feeds.record_all(outcomes, now)
    store.close()


class Polled(NamedTuple):
    """What the service did in a time."""

    polls: int
    failed: int  # feeds
    new: int  # items
    judged: int  # items
    waiting: int  # items, at the end

    def falls_behind(self, seconds: float) -> bool:
        """Whether it did less than what was due in that time, or any of it failed."""
        due = FEEDS * seconds / (POLLED_EVERY * 60)
        return self.polls < 0.8 * due or self.failed > 0 or self.judged < 0.8 * self.new


def polled(url: str, since: datetime) -> Polled:
    """Ask the store what was polled and judged since a time."""
    store, now = Store.open(url), datetime.now(UTC)
    states, counts = store.feeds.states(), store.overview.counts(since, now)
    store.close()
    asked = [one for one in states if one.polled_at is not None and one.polled_at >= since]
    wrong = [one for one in states if one.failures > 0]
    for one in wrong[:3]:
        print(f"{one.feed.url}: {one.error}", file=sys.stderr, flush=True)
    new, judged = counts.items_seen, counts.items_judged
    return Polled(len(asked), len(wrong), new, judged, counts.items_waiting)


def configure(folder: Path) -> Path:
    """Write what the desk and the service are told."""
    config = folder / "config"
    config.mkdir(parents=True, exist_ok=True)
    listed = [
        {"url": address(n), "publisher": f"Publisher {n}", "language": "en", "tags": ["press"]}
        for n in range(FEEDS)
    ]
    settings = {
        "data_dir": str(folder / "data"),
        "fetching": {"allow_private": True},
        "polling": {
            "interval": POLLED_EVERY, "shortest": POLLED_EVERY, "longest": POLLED_EVERY,
        },
        "retention": {"unrelated_days": None, "text_days": None},  # what was filled stays
        "web": {"login": "none", "port": 0, "a_minute": 1_000_000},  # one address, 20 readers
        "logging": {"level": "warning"},
    }  # fmt: skip
    contents = (("feeds", {"feeds": listed}), ("techwatch", settings))
    for name, content in contents:
        (config / f"{name}.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    digests = shipped("config") / "digests.yaml"
    (config / "digests.yaml").write_bytes(digests.read_bytes())
    (folder / "data").mkdir(exist_ok=True)
    return config


# ------------------------------------------------------------------ processes


@dataclass
class Program:
    """A process, and those that it started."""

    pid: int

    def used(self) -> float:
        """Return the seconds of processor that they used."""
        pids = [self.pid]
        for pid in pids:
            pids += children(pid)
        return sum(map(ticks, pids)) / os.sysconf("SC_CLK_TCK")


def ticks(pid: int) -> int:
    """Return what a process used, and those of its children that ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except FileNotFoundError:
        return 0
    return sum(map(int, fields[11:15]))


@contextmanager
def program(config: Path, url: str, *command: str) -> Iterator[subprocess.Popen[str]]:
    """Run `techwatch` until the end of the block."""
    log = (config.parent / f"{command[0]}.log").open("w", encoding="utf-8")
    started = subprocess.Popen(  # noqa: S603 - ourselves
        [sys.executable, "-m", "techwatch", "--config", str(config), *command],
        env=os.environ | {"TECHWATCH_DATABASE_URL": url},
        stderr=log,
        text=True,
    )
    try:
        yield started
    finally:
        started.terminate()
        started.wait(30)
        log.close()


@contextmanager
def desk(config: Path, url: str) -> Iterator[tuple[Program, str]]:
    """Serve a desk as a user would; gives its address."""
    with program(config, url, "web") as running:
        end, log = time.monotonic() + 60, config.parent / "web.log"
        while time.monotonic() < end and running.poll() is None:
            if found := re.search(r"open at (\S+)", log.read_text(encoding="utf-8")):
                yield Program(running.pid), found[1]
                return
            time.sleep(0.1)
        raise SystemExit(f"the desk did not open:\n{log.read_text(encoding='utf-8')}")


def busy() -> float:
    """Return the seconds of processor that the whole machine used."""
    fields = Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()[1:]
    idle = int(fields[3]) + int(fields[4])
    return (sum(map(int, fields[:8])) - idle) / os.sysconf("SC_CLK_TCK")


# ------------------------------------------------------------------ measuring


class Held(NamedTuple):
    """A filled database."""

    url: str
    server: Program | None  # None: a file


def alone(at: str, asked: dict[str, list[Any]], served: list[Program]) -> dict[str, float]:
    """Ask for each page by one reader; returns the milliseconds of processor for each."""
    found = {}
    with Reader(at) as reader:
        for name, requests in asked.items():
            _, _, status = reader.ask(name, requests[0])
            if status != 200:
                print(f"{name}: {status} for {requests[0]}", file=sys.stderr, flush=True)
            before = sum(one.used() for one in served)
            for number in range(ALONE):
                reader.ask(name, requests[number % len(requests)])
            found[name] = (sum(one.used() for one in served) - before) / ALONE * 1000
    return found


def together(at: str, asked: dict[str, list[Any]], arguments: argparse.Namespace) -> list[Sample]:
    """Let readers read in a process of their own."""
    given = {
        "at": at, "pages": asked, "readers": arguments.readers,
        "seconds": arguments.seconds, "think": arguments.think, "slow": arguments.slow,
    }  # fmt: skip
    done = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, str(TOOLS / "bench_web_readers.py")],
        input=json.dumps(given), stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    return [tuple(one) for one in json.loads(done.stdout)]


def bench(name: str, held: Held, folder: Path, arguments: argparse.Namespace) -> bool:
    """Measure on one database; returns whether all is well."""
    url, database = held
    config = configure(folder)
    store = Store.open(url)
    asked = pages(store)
    counts = store.overview.counts(None, datetime.now(UTC))
    store.close()
    with ExitStack() as stack:
        running, at = stack.enter_context(desk(config, url))
        others = {"desk": running} | ({"database": database} if database else {})
        spent = alone(at, asked, list(others.values()))
        if not arguments.still:
            make_due(url)
            stack.enter_context(publishing(PORT))
            service = stack.enter_context(program(config, url, "run"))
            others["service"] = Program(service.pid)
            time.sleep(20)  # until it polls as it will go on to
        before = {who: one.used() for who, one in others.items()}
        machine, began, since = busy(), time.monotonic(), datetime.now(UTC)
        samples = together(at, asked, arguments)
        took = time.monotonic() - began
        done = None if arguments.still else polled(url, since)
        shares = {who: (one.used() - before[who]) / took for who, one in others.items()}
        shares["the whole machine"] = (busy() - machine) / took
    slow = f" and {arguments.slow} slow connections" if arguments.slow else ""
    related = sum(n for verdict, n in counts.by_verdict.items() if verdict is not Verdict.UNRELATED)
    items = f"{counts.items_seen:,} items, {related:,} of them on the topic"
    print(f"\n{name}: {items}, {arguments.readers} readers{slow}, {took:.0f} s")
    fine = report(spent, samples, arguments.within)
    if done is not None:
        fine = fine and not done.falls_behind(took)
        print("\nMeanwhile: " + ", ".join(f"{n} {name}" for name, n in done._asdict().items()))
    told = ", ".join(f"{who} {share:.2f}" for who, share in shares.items())
    print(f"Processors used of {os.cpu_count()}: {told}", flush=True)
    return fine


def report(spent: dict[str, float], samples: list[Sample], within: float) -> bool:
    """Print a table; returns whether every page is quick enough and always answers."""
    print("\n| page | ms of processor | p50 | p95 | p99 | answers | failed |")
    print("| --- " + "| ---: " * 6 + "|")
    fine = True
    for name, cost in spent.items():
        own = [took for page, took, _ in samples if page == name]
        failed = [status for page, _, status in samples if page == name and status != 200]
        if not own:
            print(f"| {name} | {cost:.1f} | | | | 0 | |")
            continue
        p50, p95, p99 = (1000 * quantile(own, q) for q in (0.5, 0.95, 0.99))
        slow = p95 > within
        fine = fine and not slow and not failed
        mark = " !" if slow else ""
        print(
            f"| {name} | {cost:.1f} | {p50:.0f} | {p95:.0f}{mark} | {p99:.0f} | {len(own)} | "
            f"{len(failed)}{f' ({min(failed)})' if failed else ''} |"
        )
    return fine


# ------------------------------------------------------------------ the whole


def held_in(folder: Path, name: str, arguments: argparse.Namespace, stack: ExitStack) -> Held:
    """Return a filled database; fills it unless it was kept."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)  # PostgreSQL may run as another user
    marker = folder / f"{name}.json"
    if name == "sqlite":
        url, serving = sqlite_url(folder / "filled.db"), None
    else:
        running = stack.enter_context(server(folder, **POSTGRES))
        url, serving = running.url, Program(running.pid)
    wanted = {"items": arguments.items, "developments": arguments.developments}
    if not marker.exists():
        fill(url, **wanted)
        marker.write_text(json.dumps(wanted | {"at": datetime.now(UTC).isoformat()}))
    print(f"{name}: {marker.read_text()}", flush=True)
    return Held(url, serving)


def main() -> int:
    """Fill, serve, read, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--developments", type=int, default=20_000)
    parser.add_argument("--on", default="sqlite,postgresql")
    parser.add_argument("--readers", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=180)
    parser.add_argument("--think", type=float, default=1.0, help="seconds between two pages")
    parser.add_argument("--within", type=float, default=150, help="ms that a p95 may take")
    parser.add_argument("--slow", type=int, default=0, help="connections that are held meanwhile")
    parser.add_argument("--still", action="store_true", help="poll nothing meanwhile")
    parser.add_argument("--keep", "--use", type=Path, help="a folder that keeps what is filled")
    arguments = parser.parse_args()
    fine = True
    with ExitStack() as stack:
        passing = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-web-")))
        for name in arguments.on.split(","):
            folder = (arguments.keep or passing).resolve()
            held = held_in(folder, name, arguments, stack)
            fine = bench(name, held, passing / name, arguments) and fine
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
