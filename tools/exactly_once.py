"""Kill the service at random while it composes and delivers, and count what arrived.

    python tools/exactly_once.py [--kills N] [--hook-kills N] [--fault-kills N] [--seed N]
                                 [--channel email|hook] [--postgresql] [--json]

Each round is a slot with 20 recipients of their own, on a copy of a database that the demonstration
filled; with --postgresql it is a server's database. A process composes the slot and delivers it
over SMTP to a mail server in another process;
it is killed (SIGKILL) after a random delay, and again, up to four times in all; in every fourth
case two processes do the same work at once. Then one process may finish, its clock moved on past
every wait. What the server took is compared with what the ledger says:

Webhooks of saved filters are tried the same way: a round is eight hooks, each an edition of alerts
of its own, composed one after the other and posted to a receiver in another process.

    once       taken once, and the ledger says sent
    in doubt   the ledger says uncertain: taken once, or not at all
    failed     the server refused for good, and the ledger says failed: not taken
    LOST       not taken, and the ledger says neither
    DOUBLED    taken more than once

Exit status: 1 if anything was lost, or was doubled though doubts are held, or a repeated message
had other bytes; 0 otherwise.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter, defaultdict
from contextlib import closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from techwatch.digests.delivery.hooks import edition_id
from techwatch.digests.schedule import next_slot
from techwatch.errors import LedgerError
from techwatch.installation import shipped
from techwatch.model import DeliveryState, Edition, Filter, Hook
from techwatch.settings import load as load_settings
from techwatch.storage import Database, Store, sqlite_url
from techwatch.storage.copying import copy
from techwatch.testing import FakeClock
from techwatch.testing.postgres import Server, server
from techwatch.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

RECIPIENTS = 20
DEVELOPMENTS = 6  # of which the digest tells
CALIBRATIONS = 3
FINISHING = 80  # waits that the last process of a round may skip
SERVERS = {
    "email": Path(__file__).with_name("mail_server.py"),
    "hook": Path(__file__).with_name("hook_receiver.py"),
}
HOOKS = 8  # of a round; each is composed for itself, which takes longer than posting
NOTHING = Path(os.devnull)
# What a process wrote outlives it there too, and rounds don't wait for a disk.
MEMORY = "/dev/shm"  # noqa: S108 - a folder of a random name is made in it


@dataclass(frozen=True)
class Scenario:
    """A mail server, and a way to deal with doubts."""

    name: str
    fault: str
    policy: str = "hold"
    channel: str = "email"

    @property
    def recipients(self) -> int:
        """How many there are in a round."""
        return HOOKS if self.channel == "hook" else RECIPIENTS

    @property
    def well_behaved(self) -> bool:
        """Whether it is the one with most kills of its channel."""
        return self.fault == "none" and self.policy == "hold"


SCENARIOS = (
    Scenario("well-behaved", "none"),
    Scenario("well-behaved, doubts sent again", "none", "resend"),
    Scenario("refuses", "refuse"),
    Scenario("drops after DATA", "drop"),
    Scenario("drops after DATA, doubts sent again", "drop", "resend"),
    Scenario("answers 421", "421"),
    Scenario("stalls", "stall"),
    Scenario("hooks, well-behaved", "none", channel="hook"),
    Scenario("hooks, refuses", "refuse", channel="hook"),
    Scenario("hooks, drops", "drop", channel="hook"),
    Scenario("hooks, drops, doubts sent again", "drop", "resend", channel="hook"),
    Scenario("hooks, stalls", "stall", channel="hook"),
)


@dataclass
class Outcome:
    """What a scenario came to."""

    scenario: Scenario
    rounds: int = 0
    kills: int = 0
    hit: Counter[str] = field(default_factory=Counter)  # where kills hit
    ends: Counter[str] = field(default_factory=Counter)  # how deliveries ended
    changed: int = 0  # repeated messages whose bytes were others
    seconds: float = 0.0

    @property
    def good(self) -> bool:
        """Whether every promise was kept."""
        doubled = self.scenario.policy == "hold" and self.ends["DOUBLED"]
        return not (self.ends["LOST"] or doubled or self.changed)


@dataclass(frozen=True)
class Bench:
    """What all rounds share."""

    template: Path
    slot: datetime
    edition: Edition
    baseline: object
    judge: object
    folder: Path
    server: Server | None = None
    filled: str = ""  # the name of the server's database that is copied

    def new_place(self, place: Path) -> None:
        """Make a folder, and a copy of the database for it."""
        place.mkdir()
        if self.server is None:
            shutil.copy(self.template, place / "techwatch.db")
        else:
            (place / "url").write_text(self.server.new_database(self.filled))

    def url(self, place: Path) -> str:
        """Where the database of a place is."""
        if self.server is None:
            return sqlite_url(place / "techwatch.db")
        return (place / "url").read_text()

    def deliveries(self, place: Path, channel: str) -> list[tuple[str, str, str | None]]:
        """Return recipient, state, and when it was handed over, of each delivery."""
        query = "SELECT recipient, state, handed_over_at FROM deliveries WHERE channel = "
        values = [channel]
        if self.server is None:
            with closing(sqlite3.connect(place / "techwatch.db", timeout=20)) as database:
                return database.execute(f"{query}?", values).fetchall()
        address = self.url(place).replace("+psycopg", "")
        with psycopg.connect(address) as connection:
            return connection.execute(f"{query}%s".encode(), values).fetchall()

    def forget(self, place: Path) -> None:
        """Remove a place with its database."""
        if self.server is not None:
            self.server.drop_database(self.url(place))
        shutil.rmtree(place)

    def hang_up_hooks(self, place: Path, names: tuple[str, ...], port: int) -> None:
        """Save a filter with webhooks in the database of a place; their names are their ids."""
        early = self.slot - timedelta(days=30)
        with closing(Store.open(self.url(place))) as store:
            owner = store.people.add("owner", "analyst", early)
            assert owner is not None  # noqa: S101 - the demonstration has nobody of that name
            saved = store.saved.save(owner.id, "All", ("", Filter()), "k" * 43, early)
            for name in names:
                url = f"http://127.0.0.1:{port}/{name}"
                store.hooks.add(Hook(name, saved.id, url, "secret", early, None))
            store.digests.watch([edition_id(name) for name in names], early)

    def work(
        self, place: Path, options: list[str], recipients: tuple[str, ...], waits: int
    ) -> None:
        """Do what the service does when a slot is due: compose it, deliver it.

        `recipients` of mail; none where hooks are tried, which stand in the database.
        """
        clock = FakeClock(self.slot + timedelta(minutes=1))
        database = {"TECHWATCH_DATABASE_URL": self.url(place)}
        settings = load_settings(NOTHING, database, [f"data_dir={place}", *options])
        watch = Watch(lambda: settings, NOTHING, NOTHING, clock)
        edition = Edition(
            self.edition.id, "Exactly once", self.edition.schedule, "UTC", ("email",), recipients
        )
        watch.__dict__["baseline"] = self.baseline  # as a service has both long before the slot
        watch.__dict__["judge"] = self.judge
        watch.__dict__["editions"] = {edition.id: edition} if recipients else {}
        with suppress(LedgerError):  # the other process was faster
            watch.publish_due()
        for _ in range(waits):
            asyncio.run(watch.deliver())
            states = {delivery.state for delivery in watch.store.ledger.open()}
            if not states & {DeliveryState.DUE, DeliveryState.SENDING}:
                break
            clock.move(timedelta(hours=2))
        watch.close()


@contextmanager
def receiving(scenario: Scenario, journal: Path, seed: int) -> Iterator[int]:
    """Start a mail server, or a receiver of webhooks; gives its port."""
    script, fault = str(SERVERS[scenario.channel]), scenario.fault
    command = [sys.executable, script, str(journal), "--fault", fault, "--seed", str(seed)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - ours
    try:
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.communicate()


def start(work: Callable[[], None]) -> int:
    """Fork a process for some work; returns its number."""
    pid = os.fork()
    if pid:
        return pid
    try:
        work()
    except BaseException:  # noqa: BLE001 - told, and the process ends either way
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def load_everything() -> None:
    """Load what the work needs, so that a forked process reaches it in milliseconds."""
    for name in ("composing", "delivering", "judging_together", "digests.render"):
        importlib.import_module(f"techwatch.{name}")
    for name in ("chat", "email", "hooks", "syndication", "webhook", "folder", "senders"):
        importlib.import_module(f"techwatch.digests.delivery.{name}")


def prepare(folder: Path, server: Server | None = None) -> Bench:
    """Fill a database by the demonstration, on the server if there is one, and choose a slot."""
    load_everything()
    demo = folder / "demo"
    subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-m", "techwatch", "demo", "--keep", str(demo)],
        check=True,
        capture_output=True,
    )
    edition = Edition("exactly-once", "Exactly once", "0 7 * * *", "UTC", ("email",))
    now = datetime.now(UTC)
    with closing(Store.open(sqlite_url(demo / "techwatch.db"))) as store:
        store.digests.watch([edition.id], now)
    with closing(sqlite3.connect(demo / "techwatch.db")) as database, database:
        # A short digest: it is the sending that is to be disturbed.
        kept = "SELECT id FROM developments ORDER BY id LIMIT ?"
        database.execute(f"DELETE FROM developments WHERE id NOT IN ({kept})", [DEVELOPMENTS])  # noqa: S608 - ours
        told = "DELETE FROM digest_developments WHERE development_id NOT IN"
        database.execute(f"{told} (SELECT id FROM developments)")  # noqa: S608 - ours
        database.commit()
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    slot = next_slot(edition, now).at
    ready = Watch(lambda: load_settings(NOTHING, {}), NOTHING, shipped("baseline"), FakeClock(now))
    ready.judge.names.lacks("nobody")  # the first question takes half a second
    filled = moved(demo / "techwatch.db", server) if server else ""
    template = demo / "techwatch.db"
    return Bench(template, slot, edition, ready.baseline, ready.judge, folder, server, filled)


def moved(file: Path, server: Server) -> str:
    """Copy a database to a server; returns its name there."""
    url = server.new_database()
    with closing(Database.open(sqlite_url(file))) as old, closing(Database.open(url)) as new:
        copy(old, new)
    return url.rpartition("/")[2]


class Experiment:
    """One scenario: rounds until there were enough kills."""

    def __init__(self, bench: Bench, scenario: Scenario, seed: int) -> None:
        self._bench = bench
        self._lot = random.Random(f"{seed} {scenario.name}")  # noqa: S311 - a seeded experiment
        self.outcome = Outcome(scenario)
        self._places = 0
        self._port = 0
        self._states_of: dict[str, str | None] = {}  # of each recipient, in the end
        self._whole = self._composed = 0.1  # seconds

    def run(self, kills: int, advance: Callable[[int], None]) -> Outcome:
        """Run rounds until the service was killed so many times, then count."""
        began = time.monotonic()
        scenario = self.outcome.scenario
        name = f"{scenario.channel}-{scenario.fault}-{scenario.policy}.jsonl"
        journal = self._bench.folder / name
        with receiving(scenario, journal, self._lot.randrange(10**6)) as port:
            self._port = port
            timeout = 0.4 if scenario.fault == "stall" else 20
            options = [
                "email.host=127.0.0.1",
                f"email.port={port}",
                "email.security=none",
                f"email.timeout={timeout}",
                f"email.data_timeout={timeout}",
                "webhook.allow_private=true",
                f"webhook.timeout={timeout}",
                f"delivery.on_uncertain={scenario.policy}",
            ]
            self._calibrate(options)
            while self.outcome.kills < kills:
                before = self.outcome.kills
                self._round(options)
                advance(self.outcome.kills - before)
        self._count([json.loads(line) for line in journal.read_text("utf-8").splitlines()])
        self.outcome.seconds = time.monotonic() - began
        return self.outcome

    def _calibrate(self, options: list[str]) -> None:
        """Find out how long the work takes undisturbed, and when it has composed."""
        wholes, composed = [], []
        for _ in range(CALIBRATIONS):
            place, recipients = self._place()
            began = time.monotonic()
            pid = start(lambda p=place, r=recipients: self._work(p, options, r, 1))  # type: ignore[misc]
            while len(self._states(place)) < len(recipients) and not os.waitid(
                os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT
            ):
                time.sleep(0.002)
            composed.append(time.monotonic() - began)
            os.waitpid(pid, 0)
            wholes.append(time.monotonic() - began)
            self._finish(place, options, recipients)
        self._whole, self._composed = max(wholes), min(composed)

    def _round(self, options: list[str]) -> None:
        place, recipients = self._place()
        for _ in range(self._lot.randint(1, 4)):
            twins = 2 if self._lot.random() < 0.25 else 1
            work = lambda: self._work(place, options, recipients, 2)  # noqa: E731 - bound here
            pids = [start(work) for _ in range(twins)]
            time.sleep(self._delay())
            for pid in pids:
                self.outcome.kills += self._kill(pid)
            self.outcome.hit[self._where(place)] += 1
        self._finish(place, options, recipients)

    def _finish(self, place: Path, options: list[str], recipients: tuple[str, ...]) -> None:
        pid = start(lambda: self._work(place, options, recipients, FINISHING))
        if os.waitpid(pid, 0)[1]:
            message = "the last process of a round failed"
            raise RuntimeError(message)
        self.outcome.rounds += 1
        states = {recipient: state for recipient, state, _ in self._states(place)}
        self._states_of |= {recipient: states.get(recipient) for recipient in recipients}
        self._bench.forget(place)

    def _work(self, place: Path, options: list[str], names: tuple[str, ...], waits: int) -> None:
        self._bench.work(place, options, () if self._is_hook else names, waits)

    @property
    def _is_hook(self) -> bool:
        return self.outcome.scenario.channel == "hook"

    def _place(self) -> tuple[Path, tuple[str, ...]]:
        self._places += 1
        number = self._places
        scenario = self.outcome.scenario
        name = f"{scenario.channel}-{scenario.fault}-{scenario.policy}-{number}"
        place = self._bench.folder / name
        self._bench.new_place(place)
        form = "{n:06x}{number:06x}" if self._is_hook else "r{n}.{number}@example.org"
        names = tuple(form.format(n=n, number=number) for n in range(scenario.recipients))
        if self._is_hook:
            self._bench.hang_up_hooks(place, names, self._port)
        return place, names

    def _delay(self) -> float:
        """Choose when to kill: while composing in every fourth case, else anywhere."""
        span = self._composed if self._lot.random() < 0.25 else self._whole
        return self._lot.random() * span * 1.05

    def _kill(self, pid: int) -> int:
        """Kill a process; returns 1 if it still lived."""
        os.kill(pid, signal.SIGKILL)
        status = os.waitpid(pid, 0)[1]
        if os.WIFEXITED(status) and os.WEXITSTATUS(status):
            message = "a process failed before it was killed"
            raise RuntimeError(message)
        return int(os.WIFSIGNALED(status))

    def _where(self, place: Path) -> str:
        states = self._states(place)
        if len(states) < self.outcome.scenario.recipients:
            return "composing"
        if any(state == "sending" and handed for _, state, handed in states):
            return "handed over"
        if any(state == "sending" for _, state, _ in states):
            return "claimed"
        closed = sum(state != "due" for _, state, _ in states)
        if closed == len(states):
            return "after the last"
        return "between two" if closed else "composed, none sent"

    def _states(self, place: Path) -> list[tuple[str, str, str | None]]:
        return self._bench.deliveries(place, self.outcome.scenario.channel)

    def _count(self, journal: list[dict[str, object]]) -> None:
        taken = Counter(str(line["recipient"]) for line in journal if line["taken"])
        forms: defaultdict[object, set[object]] = defaultdict(set)
        for line in journal:
            forms[line["recipient"]].add((line["id"], line["hash"]))
        self.outcome.changed = sum(len(different) > 1 for different in forms.values())
        for recipient, state in self._states_of.items():
            self.outcome.ends[ending(taken[recipient], state)] += 1


def ending(taken: int, state: str | None) -> str:
    """Say how a delivery ended, from what the server took and what the ledger says."""
    if taken > 1:
        return "DOUBLED"
    if state == "uncertain":
        return "in doubt, arrived" if taken else "in doubt, did not"
    if state == "sent" and taken:
        return "once"
    return "failed" if state == "failed" and not taken else "LOST"


ENDS = ("once", "in doubt, arrived", "in doubt, did not", "failed", "LOST", "DOUBLED")
PLACES = (
    "composing",
    "composed, none sent",
    "claimed",
    "handed over",
    "between two",
    "after the last",
)


def show(outcomes: list[Outcome]) -> None:
    """Print both tables as Markdown would have them."""
    console = Console(width=160)
    ends = Table("receiver", "rounds", "kills", "deliveries", *ENDS, "other bytes", "s")
    hits = Table("where kills hit", *PLACES)
    for one in outcomes:
        numbers = [one.rounds, one.kills, sum(one.ends.values()), *(one.ends[end] for end in ENDS)]
        ends.add_row(one.scenario.name, *map(str, numbers), str(one.changed), f"{one.seconds:.0f}")
        hits.add_row(one.scenario.name, *(str(one.hit[place]) for place in PLACES))
    console.print(ends)
    console.print(hits)


def print_json(one: Outcome) -> None:
    """Print what came of a scenario as one line of JSON, as soon as it is over."""
    counts = {"rounds": one.rounds, "kills": one.kills, "ends": one.ends, "hit": one.hit}
    rest = {"changed": one.changed, "seconds": round(one.seconds), "good": one.good}
    print(json.dumps({"name": one.scenario.name} | counts | rest), flush=True)


def main() -> int:
    """Run every scenario and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=500, help="with the well-behaved server")
    parser.add_argument("--hook-kills", type=int, default=200, help="with the well-behaved hooks")
    parser.add_argument("--channel", choices=SERVERS, help="only mail, or only webhooks")
    parser.add_argument("--fault-kills", type=int, default=60, help="with each of the others")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgresql", action="store_true", help="on a server of its own")
    parser.add_argument("--json", action="store_true", help="print a line a scenario instead")
    options = parser.parse_args()
    outcomes = []
    memory = MEMORY if Path(MEMORY).is_dir() else None
    with (
        tempfile.TemporaryDirectory(prefix="exactly-once-", dir=memory) as folder,
        server() if options.postgresql else nullcontext() as running,
    ):
        bench = prepare(Path(folder), running)
        with Progress(console=Console(stderr=True), transient=True) as progress:
            for scenario in SCENARIOS:
                many = options.hook_kills if scenario.channel == "hook" else options.kills
                kills = many if scenario.well_behaved else options.fault_kills
                if not kills or options.channel not in {None, scenario.channel}:
                    continue
                task = progress.add_task(scenario.name, total=kills)
                experiment = Experiment(bench, scenario, options.seed)
                outcomes.append(experiment.run(kills, lambda n, t=task: progress.advance(t, n)))  # type: ignore[misc]
                if options.json:
                    print_json(outcomes[-1])
    if not options.json:
        show(outcomes)
    return 0 if all(one.good for one in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
