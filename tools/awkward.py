"""Poll publishers with awkward habits for a simulated fortnight, and say how each client takes it.

    python tools/awkward.py [--days 14] [--only WORDS] [--client techwatch] [--facts FILE]

A real server on this machine plays every publisher, each at an address of its own, with an item
more every six hours; the clock moves by half an hour at a time, and each client is started anew
each midnight. techwatch, `reader` and `rss2email` (`make .venv/bench` brings the two) run in
processes of their own, one after the other's example and none with settings of its own making.

`met` is written where a client does what a good one does and has every item once. Otherwise the
cell says what was missed: `manners`, or how many items are lost or doubled. Each cell ends with the
number of requests. Exit status 1 if techwatch misses anything.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import multiprocessing
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from time import monotonic, process_time
from typing import TYPE_CHECKING

from awkward_clients import CLIENTS
from awkward_courtesy import COURTESY
from awkward_lossless import LOSSLESS
from awkward_publisher import START, Habit, Publisher
from awkward_seen import Seen
from rich.console import Console
from rich.table import Table

from techwatch.testing import FakeClock

if TYPE_CHECKING:
    from awkward_clients import Client, Told

HABITS = (*COURTESY, *LOSSLESS)
PEERS = {"reader": "reader", "rss2email": "rss2email"}
console = Console(highlight=False, width=150)


@dataclass(frozen=True)
class Outcome:
    """How one client took one habit."""

    habit: str
    good: bool  # its manners
    requests: int
    items: int  # that it should have
    lost: int
    doubles: int

    @property
    def met(self) -> bool:
        """Whether nothing is to be said against it."""
        return self.good and not self.lost and not self.doubles

    def words(self) -> str:
        """Return the cell of the table."""
        parts = [] if self.good else ["manners"]
        parts += [f"{self.lost} lost"] if self.lost else []
        parts += [f"{self.doubles} doubled"] if self.doubles else []
        return f"{', '.join(parts) or 'met'} ({self.requests})"


def play(name: str, chosen: tuple[str, ...], days: int) -> tuple[list[Outcome], float, float]:
    """Put one client through the habits; also returns wall and processor seconds."""
    began, used = monotonic(), process_time()
    habits = tuple(habit for habit in HABITS if habit.name in chosen)
    clock = FakeClock(START)
    told: dict[int, Told] = {}
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        Publisher(habits, clock, days) as publisher,
    ):
        client: Client = CLIENTS[name](Path(folder), publisher, clock)
        for day in range(days):
            client.day()
            # The day's words are those at its end, the moment before the next begins.
            clock.move(timedelta(seconds=-1))
            told[day] = client.told()
            clock.move(timedelta(seconds=1))
        kept = client.entries()
        outcomes = [outcome(habit, publisher, kept, told) for habit in habits]
    return outcomes, monotonic() - began, process_time() - used


def outcome(
    habit: Habit, publisher: Publisher, kept: list[object], told: dict[int, Told]
) -> Outcome:
    """Look at what came of a habit."""
    urls = set(publisher.urls(habit))
    last = habit.asks[-1] if habit.asks else None
    numbers = range(habit.most(1 + (last.last - START) // timedelta(hours=6)) if last else 1)
    seen = Seen(
        tuple(habit.asks),
        tuple(entry for entry in kept if entry.url in urls),  # type: ignore[attr-defined]
        {
            day: frozenset(word for url in urls for word in words.get(url, ()))
            for day, words in told.items()
        },
        habit.expected(numbers),
    )
    good = bool(habit.asks) and habit.check(seen)
    return Outcome(
        habit.name, good, len(habit.asks), len(set(seen.expected)), seen.lost, seen.doubles
    )


def main() -> None:
    """Run, and print a table."""
    parser = argparse.ArgumentParser(description="Poll publishers with awkward habits.")
    parser.add_argument("--days", type=int, default=14, help="Days that are simulated.")
    parser.add_argument("--only", default="", help="A part of a habit's name.")
    parser.add_argument("--client", choices=tuple(CLIENTS), help="This one alone.")
    parser.add_argument("--facts", type=Path, help="Write each outcome to this file as JSON.")
    given = parser.parse_args()
    chosen = tuple(habit.name for habit in HABITS if given.only in habit.name)
    clients = [given.client] if given.client else [*CLIENTS]
    for name in [
        one for one in clients if one in PEERS and not importlib.util.find_spec(PEERS[one])
    ]:
        console.print(f"{name} is not installed: `make .venv/bench` brings it")
        clients.remove(name)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(len(clients), mp_context=context) as pool:
        runs = {name: pool.submit(play, name, chosen, given.days) for name in clients}
        done = {name: run.result() for name, run in runs.items()}
    table = Table("habit", "a good client", *(f"{name} (requests)" for name in clients))
    goods = {habit.name: habit.good for habit in HABITS}
    for row in zip(*(outcomes for outcomes, _, _ in done.values()), strict=True):
        table.add_row(row[0].habit, goods[row[0].habit], *(one.words() for one in row))
    console.print(table)
    for name, (outcomes, wall, used) in done.items():
        console.print(summary(name, outcomes, wall, used))
    if given.facts:
        facts = {name: [asdict(one) for one in found] for name, (found, _, _) in done.items()}
        given.facts.write_text(json.dumps(facts, indent=1), encoding="utf-8")
    missed = [one for one in done.get("techwatch", ([],))[0] if not one.met]
    sys.exit(bool(missed))


def summary(name: str, outcomes: list[Outcome], wall: float, used: float) -> str:
    """Say what a client's fortnight came to."""
    met, requests = sum(one.met for one in outcomes), sum(one.requests for one in outcomes)
    lost, doubles = sum(one.lost for one in outcomes), sum(one.doubles for one in outcomes)
    items = sum(one.items for one in outcomes)
    return (
        f"{name}: {met} of {len(outcomes)} met, {lost} of {items:,} items lost, {doubles} doubled, "
        f"{requests:,} requests, {wall:.0f} s, {used:.0f} s of processor time"
    )


if __name__ == "__main__":
    main()
