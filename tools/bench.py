"""Measure how fast names are found, and how that depends on their number.

    python tools/bench.py [--items N] [--data DIRECTORY]

Items come from ../shared/data if it is there, else they are made up. Names beyond those of the
baseline are made up too, from syllables, one or two words each. Beside the matcher stand a loop of
rapidfuzz.fuzz.partial_ratio over all names, on a small sample, which is what it replaces, and the
bare automaton, which is the bound. One thread, processor time.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import random
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ahocorasick_rs import AhoCorasick
from rapidfuzz import fuzz, process
from rich.console import Console
from rich.table import Table

from techwatch.baseline.loading import load
from techwatch.matching import Matcher, MatchingSettings
from techwatch.model import Baseline, Entity, EntityKind, Field, Name
from techwatch.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[1]
SIZES = (0, 10_000, 100_000)  # names to fill the baseline up to; 0: as it is
LOOP_SECONDS = 2.0  # how long the loop may run for a size
SYLLABLES = (
    "ba", "bei", "chang", "co", "da", "dong", "fen", "gu", "hai", "jin", "ka", "ling", "lo", "mei",
    "min", "nu", "ping", "qiao", "ra", "shan", "su", "ti", "va", "wen", "xi", "yuan", "zhong", "zu",
)  # fmt: skip
Item = dict[Field, str]
console = Console(highlight=False)


def made_up_names(count: int, random_: random.Random) -> Iterator[str]:
    """Give names that no text holds by intent, capitalised, of one or two words."""
    for _ in range(count):
        words = random_.choice((1, 1, 2))
        yield " ".join(
            "".join(random_.choices(SYLLABLES, k=random_.randint(2, 4))).capitalize()
            for _ in range(words)
        )


def filled_up(baseline: Baseline, names: int) -> Baseline:
    """Add made-up entities of one name each until the baseline has so many names."""
    missing = names - sum(len(entity.names) for entity in baseline.entities.values())
    made_up = {
        f"made_up_{number}": Entity(
            f"made_up_{number}", EntityKind.ACTOR, "company", name, (Name(name, "en"),)
        )
        for number, name in enumerate(made_up_names(missing, random.Random(1)))  # noqa: S311 - no secret
    }
    return replace(baseline, entities={**baseline.entities, **made_up})


def stored_items(path: Path, count: int) -> list[Item]:
    """Read items of real feeds."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in itertools.islice(lines, count)]
    return [{Field.TITLE: row["title"], Field.SUMMARY: row.get("summary") or ""} for row in rows]


def made_up_items(baseline: Baseline, count: int) -> list[Item]:
    """Make items of about 280 characters; one in ten names an entity."""
    random_ = random.Random(2)  # noqa: S311 - no secret
    known = [name.text for entity in baseline.entities.values() for name in entity.names]
    words = [name.lower() for name in made_up_names(5_000, random_)]
    items = []
    for _ in range(count):
        text = random_.choices(words, k=40)
        if random_.random() < 0.1:
            text[20] = random_.choice(known)
        items.append({Field.TITLE: " ".join(text[:9]), Field.SUMMARY: " ".join(text[9:])})
    return items


def rate(work: Callable[[Item], object], items: list[Item], seconds: float = 1e9) -> float:
    """Return how many items are done in a second of processor time."""
    begin, done = time.process_time(), 0
    for item in items:
        work(item)
        done += 1
        if time.process_time() - begin > seconds:
            break
    return done / (time.process_time() - begin)


def measure(baseline: Baseline, items: list[Item]) -> list[str]:
    """Measure one size; give the row of the table."""
    names = [fold(n.text).text for e in baseline.entities.values() for n in e.names]
    begin = time.process_time()
    matcher = Matcher(baseline, MatchingSettings())
    built = time.process_time() - begin
    exact = Matcher(baseline, MatchingSettings(fuzzy=False))
    automaton = AhoCorasick(list(dict.fromkeys(names)))

    def bare(item: Item) -> None:
        for text in item.values():
            automaton.find_matches_as_indexes(fold(text).text, overlapping=True)

    def loop(item: Item) -> None:
        text = fold(" ".join(item.values())).text
        process.extract(text, names, scorer=fuzz.partial_ratio, score_cutoff=90, limit=None)

    rates = [
        rate(matcher.mentions, items),
        rate(matcher.mentions, items),
        rate(exact.mentions, items),
        rate(bare, items),
        rate(loop, items, LOOP_SECONDS),
    ]
    return [f"{len(names):,}", f"{built:.2f} s", *(f"{value:,.0f}" for value in rates)]


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description="Measure how fast names are found.")
    parser.add_argument("--items", type=int, default=5_000)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--baseline", type=Path, default=ROOT / "baseline")
    arguments = parser.parse_args()
    baseline = load(arguments.baseline)
    stream = arguments.data / "stream_2023-01.jsonl.gz"
    real = stream.is_file()
    items = (
        stored_items(stream, arguments.items) if real else made_up_items(baseline, arguments.items)
    )
    length = sum(map(len, itertools.chain.from_iterable(i.values() for i in items))) / len(items)
    kind = "real" if real else "made-up"
    table = Table(title=f"Items a second, {len(items):,} {kind} items of {length:.0f} characters")
    for column in ("names", "built in", "first time", "again", "no typos", "automaton", "loop"):
        table.add_column(column, justify="right")
    for size in SIZES:
        table.add_row(*measure(filled_up(baseline, size), items))
    console.print(table)


if __name__ == "__main__":
    main()
