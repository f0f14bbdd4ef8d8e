"""Two weeks of news by one process on SQLite, and by workers on PostgreSQL: the same developments?

    python tools/cluster.py [--days 14] [--feeds 60] [--items 20] [--workers 1 2 4] [--json]
    python tools/cluster.py --throughput [--workers 1 2 4]

The feeds are made up and served from this machine; the clock of all processes is moved half a day
at a time, each time until nothing is left to do. The service on SQLite gives the measure. Then come
runs on PostgreSQL with so many workers each, and one with the most of them in which one is killed
(SIGKILL) every two to six seconds and the database server is restarted twice, once by a kill. Every
morning a digest is mailed to three readers, by a mail server that writes down what it takes.

    lost, more     items that are not stored, or that should not be there
    verdicts       items whose verdict is another
    stories        sets of items that only one of the two takes for one story
    first          stories whose first item is another
    steps          stories that follow another story's step
    standings      steps on a ladder that only one of the two has
    mail lost      neither taken by the mail server, nor in doubt by the ledger
    mail doubled   taken more than once

Exit status 1 if any of these is not 0. With --throughput: items a second, polled and judged, with
how much processor time the workers took for an item, and the database.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from cluster_news import FIRST_DAY, Entry, Press, news
from rich.console import Console
from rich.table import Table
from sqlalchemy import select

from techwatch.errors import StorageError
from techwatch.model import DeliveryState
from techwatch.storage import Store, sqlite_url
from techwatch.storage import tables as t
from techwatch.storage.rows import bare_story
from techwatch.storage.stories import step_before
from techwatch.testing.postgres import server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from techwatch.testing.postgres import Server

HALF_DAY = timedelta(hours=12)
READERS = ("one@example.org", "two@example.org", "three@example.org")
PATIENCE = 300.0  # seconds until a step that doesn't end is given up
HERE = Path(__file__).parent
TICKS = os.sysconf("SC_CLK_TCK")
console = Console(highlight=False, width=150)


@dataclass(frozen=True)
class Plan:
    """What is served, and over which time."""

    feeds: int
    days: int
    entries: list[Entry]

    def times(self) -> list[datetime]:
        """Return the times at which everybody is given work, the last ones after all news.

        A feed whose asker was killed is left alone for a quarter of an hour; nobody is killed in
        the last step, so that what one in the step before left is fetched.
        """
        half_days = [FIRST_DAY + n * HALF_DAY for n in range(1, 2 * self.days + 1)]
        after = half_days[-1] + timedelta(days=2)
        return [*half_days, after, after + HALF_DAY]


@dataclass(frozen=True)
class Result:
    """What a run came to, named by what news says, not by ids that depend on order."""

    items: frozenset[str]
    verdicts: dict[str, str]
    stories: frozenset[frozenset[str]]
    firsts: dict[frozenset[str], tuple[str, frozenset[str]]]
    standings: frozenset[tuple[str, ...]]
    sent: Counter[str]  # by the mail server: how often each message was taken
    ledger: dict[str, str]  # by message: its state
    seconds: float
    log: str
    kills: int = 0


@dataclass(frozen=True)
class Difference:
    """How a run differs from the measure."""

    lost: int
    more: int
    verdicts: int
    stories: int
    first: int
    steps: int
    standings: int
    mail_lost: int
    mail_doubled: int

    @classmethod
    def between(cls, one: Result, other: Result) -> Difference:
        """Compare a run with the measure."""
        ours = {k: v for k, v in other.ledger.items() if v != DeliveryState.UNCERTAIN}
        return cls(
            lost=len(one.items - other.items),
            more=len(other.items - one.items),
            verdicts=sum(other.verdicts.get(k) != v for k, v in one.verdicts.items()),
            stories=len(one.stories ^ other.stories),
            first=sum(other.firsts.get(k, v)[0] != v[0] for k, v in one.firsts.items()),
            steps=sum(other.firsts.get(k, v)[1] != v[1] for k, v in one.firsts.items()),
            standings=len(one.standings ^ other.standings),
            mail_lost=sum(not other.sent[k] for k in ours) + len(one.ledger) - len(other.ledger),
            mail_doubled=sum(n > 1 for n in other.sent.values()),
        )

    @property
    def none(self) -> bool:
        """Whether there is none."""
        return not any(asdict(self).values())


class Place:
    """A folder with a configuration, a mail server, and the processes of a run."""

    def __init__(self, folder: Path, url: str, press: Press) -> None:
        self.folder, self.url = folder, url
        self.processes: list[int] = []
        self.kills = 0
        folder.mkdir()
        self._journal = folder / "mail.jsonl"
        self._mail = _child("mail_server.py", str(self._journal))
        self._configure(press, int(_line(self._mail)))
        self.set_clock(FIRST_DAY)
        Store.open(url).close()
        self._nursery = _child("cluster_nursery.py", str(folder), database=url)
        _line(self._nursery)

    def _configure(self, press: Press, port: int) -> None:
        edition = {
            "id": "daily", "title": "Daily", "schedule": "0 7 * * *", "zone": "UTC",
            "channels": ["email"], "recipients": list(READERS),
        }  # fmt: skip
        feeds = [
            {"url": url, "publisher": f"P{n}", "language": "en"}
            for n, url in enumerate(press.urls())
        ]
        settings = {
            "data_dir": str(self.folder / "data"),
            "service": {"tick": 1, "stop_within": 20},
            "fetching": {"allow_private": True, "gap": 0},
            "parsing": {"workers": 1},
            "polling": {"shortest": 1},
            "email": {"host": "127.0.0.1", "port": port, "security": "none"},
            "delivery": {"first": 1},
            "workers": {"beat": 1, "lost_after": 4},
            "logging": {"level": "warning"},
        }
        files = {
            "feeds": {"feeds": feeds},
            "digests": {"editions": [edition]},
            "techwatch": settings,
        }
        for name, content in files.items():
            path = self.folder / f"{name}.yaml"
            path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")

    def set_clock(self, now: datetime) -> None:
        """Move the clock of all processes."""
        new = self.folder / "clock.new"
        new.write_text(now.isoformat(), encoding="ascii")
        new.rename(self.folder / "clock")
        self.now = now

    def start(self, kind: str) -> None:
        """Start a `worker` or a `service`."""
        assert self._nursery.stdin is not None  # noqa: S101 - it is a pipe
        self._nursery.stdin.write(f"{kind}\n")
        self._nursery.stdin.flush()
        self.processes.append(int(_line(self._nursery)))

    def kill_one(self, lot: random.Random) -> None:
        """Kill a process, and start another in its place."""
        victim = lot.choice(self.processes)
        with suppress(ProcessLookupError):
            os.kill(victim, signal.SIGKILL)
            self.kills += 1
        self.processes.remove(victim)
        self.start("worker")

    def is_quiet(self, store: Store) -> bool:
        """Whether nothing is left to do at this time."""
        queue = store.overview.queue(self.now)
        busy = {DeliveryState.DUE, DeliveryState.SENDING} & set(queue.deliveries)
        # So many slots have passed, and each must have its digest.
        last = queue.digests_at.get("daily", FIRST_DAY)
        slot_due = self.now - last >= timedelta(days=1, hours=7) or (
            self.now.hour == 12 and last.date() < self.now.date()
        )
        if store.digests.watched_since("daily") is None:
            return False  # nobody has read the lists yet
        # A feed that is being asked is not due meanwhile.
        asking = any(q.under_way or q.waiting for q in store.jobs.queues() if q.name == "polling")
        waiting = asking or queue.feeds_due or queue.items_waiting or store.together.unsettled()
        return not (waiting or busy or slot_due)

    def until_quiet(self, chaos: Chaos | None = None) -> None:
        """Wait until nothing is left to do, and disturb it meanwhile."""
        end = time.monotonic() + PATIENCE
        with closing(Store.open(self.url)) as store:
            while True:
                with suppress(StorageError):
                    if self.is_quiet(store):
                        return
                if time.monotonic() > end:
                    raise TimeoutError(f"work does not end: {self.log()[-3000:]}")
                if chaos:
                    chaos.disturb(self)
                time.sleep(0.1)

    def log(self) -> str:
        """Return what the processes said."""
        path = self.folder / "log.txt"
        return path.read_text("utf-8", "replace") if path.exists() else ""

    def mails(self) -> Counter[str]:
        """Count how often each message was taken."""
        lines = [json.loads(line) for line in self._journal.read_text("utf-8").splitlines()]
        return Counter(line["id"] for line in lines if line["taken"])

    def processor_seconds(self) -> float:
        """Return the processor time of all processes of techwatch, those of parsing included."""
        return sum(_seconds_of_tree(pid) for pid in self.processes)

    def close(self) -> None:
        """End everything."""
        for pid in self.processes:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for process in (self._nursery, self._mail):
            process.kill()
            process.communicate()


class Chaos:
    """Kills a worker every few seconds, and restarts the database server twice."""

    def __init__(self, postgres: Server, steps: int, seed: int) -> None:
        self._postgres = postgres
        self._lot = random.Random(seed)  # noqa: S311 - a seeded experiment
        self._next = time.monotonic() + 3
        self._restarts = {steps // 3: "kill", 2 * steps // 3: "stop"}
        self._step = 0

    def begin_step(self) -> None:
        """Count the steps."""
        self._step += 1

    def disturb(self, place: Place) -> None:
        """Do harm if it is time to."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + self._lot.uniform(2, 6)
        if how := self._restarts.pop(self._step, None):
            getattr(self._postgres, how)()
            time.sleep(1)
            self._postgres.start()
        else:
            place.kill_one(self._lot)


# --------------------------------------------------------------------------- reading results


def read(place: Place, seconds: float) -> Result:
    """Read from the database, and from the mail server, what a run came to."""
    with closing(Store.open(place.url)) as store, store.database.read() as connection:
        i, a, m, s = t.items.c, t.assessments.c, t.story_items.c, t.standings.c
        verdicts = {
            row.item_id: str(row.verdict)
            for row in connection.execute(
                select(a.item_id, a.verdict).order_by(a.item_id, a.revision)
            )
        }
        told: dict[str, list[tuple[datetime, str]]] = {}
        for row in connection.execute(select(m.story_id, m.item_id, m.at)):
            told.setdefault(row.story_id, []).append((row.at, row.item_id))
        sets = {key: frozenset(item for _, item in items) for key, items in told.items()}
        rows = connection.execute(select(t.stories)).all()
        follows = {row.id: step_before(connection, bare_story(row)) for row in rows}
        moved = select(s.entity_id, s.track, s.rung, s.jurisdiction, s.item_id)
        d = t.deliveries.c
        return Result(
            items=frozenset(connection.scalars(select(i.id))),
            verdicts=verdicts,
            stories=frozenset(sets.values()),
            firsts={
                sets[key]: (min(items)[1], sets.get(follows.get(key) or "", frozenset()))
                for key, items in told.items()
            },
            standings=frozenset(tuple(map(str, row)) for row in connection.execute(moved)),
            sent=place.mails(),
            ledger=dict(connection.execute(select(d.message_id, d.state)).all()),
            seconds=seconds,
            log=place.log(),
            kills=place.kills,
        )


# --------------------------------------------------------------------------- runs


def watch_weeks(
    place: Place, plan: Plan, press: Press, workers: int, chaos: Chaos | None = None
) -> Result:
    """Let the processes live through the weeks; without workers it is the service."""
    began = time.monotonic()
    for _ in range(workers or 1):
        place.start("worker" if workers else "service")
    place.until_quiet()
    for now in plan.times():
        if chaos:
            chaos.begin_step()
        press.publish_until(now)
        place.set_clock(now)
        place.until_quiet(chaos if now != plan.times()[-1] else None)
    return read(place, time.monotonic() - began)


@contextmanager
def placed(folder: Path, url: str, press: Press) -> Iterator[Place]:
    """Give a place, and clear it away."""
    place = Place(folder, url, press)
    try:
        yield place
    finally:
        place.close()


def compare(
    plan: Plan, workers: list[int], folder: Path, *, seed: int, killed_only: bool = False
) -> list[dict[str, object]]:
    """Run all ways and compare; gives a row for each, printed as it comes."""
    press = Press(plan.feeds, plan.entries)
    rows: list[dict[str, object]] = []
    with closing(press), server() as postgres:
        press.publish_until(FIRST_DAY)
        data = folder / "service" / "techwatch.db"
        with placed(folder / "sqlite", sqlite_url(_parent(data)), press) as place:
            measure = watch_weeks(place, plan, press, 0)
        rows.append(_row("SQLite, one process", measure, None))
        ways = [(f"PostgreSQL, {n} workers", n, False) for n in workers]
        killed = (f"{ways[-1][0]}, killed", workers[-1], True)
        for name, number, disturbed in [killed] if killed_only else [*ways, killed]:
            press.publish_until(FIRST_DAY)
            chaos = Chaos(postgres, len(plan.times()), seed) if disturbed else None
            where = folder / f"{number}{'-killed' if disturbed else ''}"
            with placed(where, postgres.new_database(), press) as place:
                found = watch_weeks(place, plan, press, number, chaos)
            rows.append(_row(name, found, Difference.between(measure, found)))
            for line in _others(measure, found):
                print(line, file=sys.stderr, flush=True)
    return rows


def _others(one: Result, other: Result) -> Iterator[str]:
    """Name the items whose verdict is another, and what the processes of that run said last."""
    others = {
        k: other.verdicts.get(k) for k, v in one.verdicts.items() if other.verdicts.get(k) != v
    }
    for item_id, verdict in others.items():
        yield f"{item_id}: {one.verdicts[item_id]} is {verdict} here"
    if others:
        yield other.log[-3000:]


def _row(name: str, found: Result, difference: Difference | None) -> dict[str, object]:
    row: dict[str, object] = {"way": name, "items": len(found.items), "stories": len(found.stories)}
    row |= {"mails": sum(found.sent.values()), "kills": found.kills}
    row |= {"differences": asdict(difference) if difference else None}
    row |= {"in_doubt": sum(v == DeliveryState.UNCERTAIN for v in found.ledger.values())}
    row |= {"seconds": round(found.seconds)}
    print(json.dumps(row), file=sys.stderr, flush=True)
    return row


def throughput(plan: Plan, workers: list[int], folder: Path) -> list[dict[str, object]]:
    """Poll and judge all news at once, by so many workers each."""
    press = Press(plan.feeds, plan.entries)
    end = plan.times()[-1]
    rows: list[dict[str, object]] = []
    with closing(press), server(fsync="on", synchronous_commit="on") as postgres:
        for number in workers:
            press.publish_until(FIRST_DAY)
            with placed(folder / f"{number}", postgres.new_database(), press) as place:
                for _ in range(number):
                    place.start("worker")
                place.until_quiet()
                press.publish_until(end)
                own, base = place.processor_seconds(), _seconds_of_tree(postgres.pid)
                began = time.monotonic()
                place.set_clock(end)
                place.until_quiet()
                seconds = time.monotonic() - began
                if (found := len(read(place, seconds).verdicts)) != len(plan.entries):
                    raise RuntimeError(f"{found} of {len(plan.entries)} items were judged")
                items = len(plan.entries)
                own = place.processor_seconds() - own
                base = _seconds_of_tree(postgres.pid) - base
            row: dict[str, object] = {"workers": number, "items": items}
            row |= {"seconds": round(seconds, 1), "items_a_second": round(items / seconds, 1)}
            row |= {"worker_ms_an_item": round(1000 * own / items, 2)}
            row |= {"database_ms_an_item": round(1000 * base / items, 2)}
            row |= {"database_share": round(base / (base + own), 3)}
            print(json.dumps(row), file=sys.stderr, flush=True)
            rows.append(row)
    return rows


# --------------------------------------------------------------------------- processes


def _child(name: str, *arguments: str, database: str = "") -> subprocess.Popen[str]:
    command = [sys.executable, str(HERE / name), *arguments]
    clean = {k: v for k, v in os.environ.items() if not k.startswith("TECHWATCH_")}
    given = {"TECHWATCH_DATABASE_URL": database} if database else {}
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=clean | given)  # noqa: S603 - ours


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None  # noqa: S101 - it is a pipe
    line = process.stdout.readline().strip()
    if not line:
        raise RuntimeError("a process ended before it said what was waited for")
    return line


def _parent(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _seconds_of_tree(pid: int) -> float:
    """Return the processor time of a process and its children, with those that it waited for."""
    children: dict[int, list[int]] = {}
    spent: dict[int, float] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError, IndexError):
            fields = path.read_text().rpartition(")")[2].split()
            number = int(path.parent.name)
            children.setdefault(int(fields[1]), []).append(number)
            spent[number] = sum(map(int, fields[11:15])) / TICKS
    total, left = 0.0, [pid]
    while left:
        one = left.pop()
        total += spent.get(one, 0.0)
        left += children.get(one, [])
    return total


def show(rows: list[dict[str, object]]) -> None:
    """Print the table of a comparison, or of throughput."""
    if "workers" in rows[0]:
        table = Table(*rows[0])
        for row in rows:
            table.add_row(*map(str, row.values()))
    else:
        kinds = list(Difference.__dataclass_fields__)
        table = Table("way", "items", "stories", "mails", "kills", *kinds, "in doubt", "s")
        for row in rows:
            found = row["differences"]
            cells = [str(found[k]) if isinstance(found, dict) else "" for k in kinds]
            first = [str(row[k]) for k in ("way", "items", "stories", "mails", "kills")]
            table.add_row(*first, *cells, str(row["in_doubt"]), str(row["seconds"]))
    console.print(table)


def main() -> int:
    """Read the options, run, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=14)
    parser.add_argument("--feeds", type=int, default=60)
    parser.add_argument("--items", type=int, default=20, help="of each feed")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--killed", action="store_true", help="no runs that nothing disturbs")
    parser.add_argument("--throughput", action="store_true")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args()
    made = news(options.feeds, options.days, options.items, options.seed)
    plan = Plan(options.feeds, options.days, made)
    with tempfile.TemporaryDirectory(prefix="techwatch-cluster-") as folder:
        if options.throughput:
            rows = throughput(plan, options.workers, Path(folder))
        else:
            only = options.killed
            rows = compare(plan, options.workers, Path(folder), seed=options.seed, killed_only=only)
    if options.json:
        print(json.dumps(rows))
    else:
        show(rows)
    found = [row["differences"] for row in rows if "differences" in row]
    return int(any(any(one.values()) for one in found if isinstance(one, dict)))


if __name__ == "__main__":
    sys.exit(main())
