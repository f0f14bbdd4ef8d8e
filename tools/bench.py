"""Measure how fast names are read, compiled and found, and how that depends on their number.

    python tools/bench.py [--names N,N,…] [--items N] [--data DIRECTORY] [--plot FILE]

Items come from ../shared/data if it is there, else they are made up. Names beyond those of the
baseline are made up too, from syllables, one or two words each, every one different, five to an
entity, which is what the baseline has. They are written as YAML, and read from there as any
baseline is; fewer names are a part of the baseline. Beside the matcher stand other ways to find
names (tools/bench_peers.py), each for a few seconds. One thread, processor time; the matcher's
figures are the best of a few runs, each with a matcher that has seen no text. Memory is what the
resident set of a fresh process grows by. Last comes the growth: cost against the number of names
and against the length of texts, as a table and as a plot.
"""

from __future__ import annotations

import argparse
import itertools
import multiprocessing
import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bench_data import (
    Item,
    made_up_items,
    names_of,
    some_names,
    stored_items,
    texts_of_length,
    write_filled_up,
)
from bench_peers import Rate, peers, rate
from bench_plot import Panel, svg
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from techwatch.baseline.loading import load
from techwatch.matching import Matcher, MatchingSettings
from techwatch.model import Baseline, Field
from techwatch.text import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[1]
SIZES = (300, 10_000, 100_000, 1_000_000)  # names to compare with others
BETWEEN = (1_000, 3_000, 30_000, 300_000)  # names to measure growth with besides
LENGTHS = (30, 100, 300, 1_000, 3_000, 10_000, 30_000)  # characters of a text
CHARACTERS = 600_000  # of all texts of a length together
PEER_SECONDS = 3.0  # that another way may take for a size
FEW = 100_000  # names up to which a rate is the best of REPEATS
REPEATS = 3
console = Console(highlight=False)


def resident() -> float:
    """Return the memory that this process has, in MB; 0 where the system doesn't tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def start_up(directory: Path, size: int) -> list[str]:
    """Tell the seconds of reading and of compiling, and the MB that each adds; a row of a table."""
    memory = [resident()]
    begin = time.process_time()
    baseline = load(directory)
    read = time.process_time()
    memory.append(resident())
    _matcher = Matcher(baseline, MatchingSettings())
    built = time.process_time()
    memory.append(resident())
    seconds = (read - begin, built - read, built - begin)
    grown = (memory[1] - memory[0], memory[2] - memory[1])
    count = f"{min(size, len(names_of(baseline))):,}"
    return [count, *(f"{s:.2f} s" for s in seconds), *(f"{mb:,.0f} MB" for mb in grown)]


def matcher_rates(baseline: Baseline, items: Sequence[Item], repeats: int) -> dict[str, Rate]:
    """Measure the matcher: items it has not seen, the same again, and without typos."""
    best: dict[str, Rate] = {}
    for _ in range(repeats):
        for fuzzy in (True, False):
            matcher = Matcher(baseline, MatchingSettings(fuzzy=fuzzy))
            for name in ("first pass", "again") if fuzzy else ("without typos",):
                found = rate(matcher.mentions, items)
                if name not in best or found.items_a_second > best[name].items_a_second:
                    best[name] = found
    return best


def length_costs(baseline: Baseline, items: Sequence[Item], length: int) -> tuple[float, float]:
    """Return the microseconds a text of a length takes at first and again, the best of a few."""
    texts = texts_of_length(items, length, CHARACTERS // length)
    settings = MatchingSettings(text_limit=max(LENGTHS))
    first, again = [], []
    for _ in range(REPEATS):
        matcher = Matcher(baseline, settings)
        matcher.mentions({Field.TITLE: "Huawai and 中興通訊"})
        first.append(1e6 / rate(matcher.mentions, texts).items_a_second)
        again.append(1e6 / rate(matcher.mentions, texts).items_a_second)
    return min(first), min(again)


def table(title: str, rows: Sequence[Sequence[object]], columns: Sequence[str]) -> Table:
    """Lay out figures."""
    laid = Table(title=title)
    for column in columns:
        laid.add_column(column, justify="right")
    for row in rows:
        laid.add_row(*map(str, row))
    return laid


def show_found(rates: dict[int, dict[str, Rate]], title: str) -> None:
    """Print how fast each way finds names, a row for each way."""
    ways = dict.fromkeys(way for found in rates.values() for way in found)
    rows = [[way, *(found.get(way, "") for found in rates.values())] for way in ways]
    console.print(table(title, rows, ["items/s with", *(f"{size:,} names" for size in rates)]))
    few = {way: found[way].items for found in rates.values() for way in found if found[way].items}
    least = min((items, way) for way, items in few.items())
    console.print(f"Fewest items tried: {least[0]:,} by {least[1]}, stopped after some seconds.")


def measure_sizes(
    whole: Baseline, sizes: Sequence[int], items: Sequence[Item], progress: Progress
) -> dict[int, dict[str, Rate]]:
    """Measure the matcher with each number of names, and the others with some of them."""
    rates: dict[int, dict[str, Rate]] = {}
    task = progress.add_task("finding names", total=len(sizes))
    for size in sizes:
        baseline = some_names(whole, size)
        rates[size] = matcher_rates(baseline, items, REPEATS if size <= FEW else 1)
        if size in SIZES:
            names = [fold(name).text for name in names_of(baseline)]
            rates[size] |= dict(peers(names, items, PEER_SECONDS))
        progress.advance(task)
    return rates


def measure_start(folder: Path, sizes: Sequence[int], progress: Progress) -> Table:
    """Measure reading and compiling, each size in a fresh process."""
    rows = []
    task = progress.add_task("reading and compiling", total=len(sizes))
    for size in sizes:
        with tempfile.TemporaryDirectory() as temporary:
            directory = Path(temporary) / "baseline"
            write_filled_up(folder, directory, size)
            with multiprocessing.get_context("spawn").Pool(1) as fresh:
                rows.append(fresh.apply(start_up, (directory, max(size, 10_000))))
        progress.advance(task)
    columns = ("names", "read", "compiled", "both", "baseline", "index")
    return table("From YAML files to a matcher, each in a fresh process", rows, columns)


def plot(rates: dict[int, dict[str, Rate]], lengths: dict[int, tuple[float, float]]) -> str:
    """Draw the growth of the cost with names and with text."""
    by_names = {
        way: [(float(size), 1e6 / found[way].items_a_second) for size, found in rates.items()]
        for way in ("first pass", "again", "without typos")
    }
    by_length = {
        way: [(float(length), costs[which]) for length, costs in lengths.items()]
        for which, way in enumerate(("first pass", "again"))
    }
    return svg(
        [
            Panel("Cost of an item by number of names", "names", "µs an item", by_names),
            Panel("Cost of a text by its length", "characters", "µs a text", by_length),
        ]
    )


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description="Measure how fast names are found.")
    parser.add_argument("--items", type=int, default=5_000)
    parser.add_argument("--names", default=",".join(map(str, sorted(SIZES + BETWEEN))))
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--baseline", type=Path, default=ROOT / "baseline")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="write the growth as SVG")
    arguments = parser.parse_args()
    sizes = [int(size) for size in arguments.names.split(",")]
    own = load(arguments.baseline)
    stream = arguments.data / "stream_2023-01.jsonl.gz"
    real = stream.is_file()
    items = stored_items(stream, arguments.items) if real else made_up_items(own, arguments.items)
    length = sum(map(len, itertools.chain.from_iterable(i.values() for i in items))) / len(items)
    kind = "real" if real else "made-up"
    with tempfile.TemporaryDirectory() as temporary, Progress(transient=True) as progress:
        whole = Path(temporary) / "baseline"
        write_filled_up(arguments.baseline, whole, max(sizes))
        starts = measure_start(
            arguments.baseline, [0, *(s for s in sizes if s in SIZES and s > 1_000)], progress
        )
        lengths = {n: length_costs(own, items, n) for n in LENGTHS}
        rates = measure_sizes(load(whole), sizes, items, progress)
    console.print(starts)
    compared = {size: found for size, found in rates.items() if size in SIZES}
    show_found(compared, f"{len(items):,} {kind} items of {length:.0f} characters")
    rows = [
        (f"{size:,}", *(f"{1e6 / found[w].items_a_second:.1f}" for w in list(found)[:3]))
        for size, found in rates.items()
    ]
    columns = ("names", "first pass", "again", "without typos")
    console.print(table("Growth with names: µs an item", rows, columns))
    rows = [(f"{n:,}", f"{first:.1f}", f"{again:.1f}") for n, (first, again) in lengths.items()]
    console.print(table("Growth with text: µs a text", rows, ("characters", *columns[1:3])))
    if arguments.plot:
        arguments.plot.write_text(plot(rates, lengths), encoding="utf-8")
        console.print(f"{arguments.plot} written")


if __name__ == "__main__":
    main()
