"""Measure how fast names are read, compiled and found, and how that depends on their number.

    python tools/bench.py [--items N] [--data DIRECTORY]

Items come from ../shared/data if it is there, else they are made up. Names beyond those of the
baseline are made up too, from syllables, one or two words each, every one different, five to an
entity, which is what the baseline has. They are written as YAML, and read from there as any
baseline is. Beside the matcher stand a loop of rapidfuzz.fuzz.partial_ratio over all names, on a
small sample, which is what it replaces, and the bare automaton, which is the bound. One thread,
processor time. Memory is what the resident set of a fresh process grows by.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import multiprocessing
import os
import random
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from ahocorasick_rs import AhoCorasick
from rapidfuzz import fuzz, process
from rich.console import Console
from rich.table import Table

from techwatch.baseline.loading import load
from techwatch.matching import Matcher, MatchingSettings
from techwatch.model import Baseline, Field
from techwatch.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ROOT = Path(__file__).resolve().parents[1]
SIZES = (0, 10_000, 100_000)  # names to fill the baseline up to; 0: as it is
NAMES_AN_ENTITY = 5
NAMES_A_FILE = 5_000
LOOP_SECONDS = 2.0  # how long the loop may run for a size
SYLLABLES = (
    "ba", "bei", "chang", "co", "da", "dong", "fen", "gu", "hai", "jin", "ka", "ling", "lo", "mei",
    "min", "nu", "ping", "qiao", "ra", "shan", "su", "ti", "va", "wen", "xi", "yuan", "zhong", "zu",
)  # fmt: skip
Item = dict[Field, str]
console = Console(highlight=False)


def made_up_names(count: int, random_: random.Random) -> list[str]:
    """Give different names that no text holds by intent, capitalised, of one or two words."""
    names: dict[str, None] = {}
    while len(names) < count:
        words = random_.choice((1, 1, 2))
        name = " ".join(
            "".join(random_.choices(SYLLABLES, k=random_.randint(2, 4))).capitalize()
            for _ in range(words)
        )
        names[name] = None
    return list(names)


def batched(names: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """Cut a list into pieces of a size."""
    return (names[start : start + size] for start in range(0, len(names), size))


def names_of(baseline: Baseline) -> list[str]:
    """List the names of all entities."""
    return [name.text for entity in baseline.entities.values() for name in entity.names]


def write_filled_up(folder: Path, directory: Path, size: int) -> None:
    """Copy a baseline and add files of made-up entities until it has so many names."""
    shutil.copytree(folder, directory)
    have = names_of(load(folder))
    names = made_up_names(max(0, size - len(have)), random.Random(1))  # noqa: S311 - no secret
    known = {fold(name).text for name in have}
    names = [name for name in names if fold(name).text not in known]
    for number, part in enumerate(batched(names, NAMES_A_FILE)):
        path = directory / "actors" / f"made-up-{number}.yaml"
        path.write_text("".join(_entries(part, number)), encoding="utf-8")


def _entries(names: Sequence[str], file: int) -> Iterator[str]:
    for number, group in enumerate(batched(names, NAMES_AN_ENTITY)):
        yield f"- id: made_up_{file}_{number}\n  kind: actor\n  type: company\n"
        yield f"  name: {group[0]}\n  country: cn\n  names:\n    en:\n"
        yield from (f"      - {name}\n" for name in group)


def stored_items(path: Path, count: int) -> list[Item]:
    """Read items of real feeds."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in itertools.islice(lines, count)]
    return [{Field.TITLE: row["title"], Field.SUMMARY: row.get("summary") or ""} for row in rows]


def made_up_items(baseline: Baseline, count: int) -> list[Item]:
    """Make items of about 280 characters; one in ten names an entity."""
    random_ = random.Random(2)  # noqa: S311 - no secret
    known = names_of(baseline)
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


def resident() -> float:
    """Return the memory that this process has, in MB; 0 where the system doesn't tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def start_up(directory: Path) -> tuple[float, float, float, float]:
    """Return the seconds of reading and of compiling, and the MB that each has added."""
    memory = [resident()]
    begin = time.process_time()
    baseline = load(directory)
    read = time.process_time()
    memory.append(resident())
    _matcher = Matcher(baseline, MatchingSettings())
    built = time.process_time()
    memory.append(resident())
    return read - begin, built - read, memory[1] - memory[0], memory[2] - memory[1]


def warm_up(folder: Path) -> None:
    """Let the libraries and tables load that only some texts need."""
    Matcher(load(folder), MatchingSettings()).mentions({Field.TITLE: "Huawai and 中興通訊"})


def measure(directory: Path, items: list[Item]) -> tuple[list[str], list[str]]:
    """Measure one size; give the rows of the two tables."""
    with multiprocessing.get_context("spawn").Pool(1) as fresh:
        read, built, baseline_memory, index_memory = fresh.apply(start_up, (directory,))
    baseline = load(directory)
    names = [fold(name).text for name in names_of(baseline)]
    matcher = Matcher(baseline, MatchingSettings())
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
    count = f"{len(names):,}"
    seconds = [f"{value:.2f} s" for value in (read, built, read + built)]
    memory = [f"{value:.0f} MB" for value in (baseline_memory, index_memory)]
    return [count, *seconds, *memory], [count, *(f"{value:,.0f}" for value in rates)]


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
    starting = Table(title="From YAML files to a matcher, each in a fresh process")
    for column in ("names", "read", "compiled", "both", "baseline", "index"):
        starting.add_column(column, justify="right")
    finding = Table(title=f"Items a second, {len(items):,} {kind} items of {length:.0f} characters")
    for column in ("names", "first time", "again", "no typos", "automaton", "loop"):
        finding.add_column(column, justify="right")
    warm_up(arguments.baseline)
    for size in SIZES:
        with tempfile.TemporaryDirectory() as temporary:
            directory = Path(temporary) / "baseline"
            write_filled_up(arguments.baseline, directory, size)
            start, found = measure(directory, items)
        starting.add_row(*start)
        finding.add_row(*found)
    console.print(starting, finding)


if __name__ == "__main__":
    main()
