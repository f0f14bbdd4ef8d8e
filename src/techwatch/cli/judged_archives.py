"""What `techwatch replay` does: read the files, judge them, write lines and summary."""

from __future__ import annotations

import json
import sys
import time
from contextlib import closing, contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import click

from techwatch.cli import output, replayed

# What a replay needs is imported where it is used: `techwatch --help` needs none of it.
# ruff: noqa: PLC0415

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from datetime import datetime
    from pathlib import Path

    from techwatch.model import Baseline
    from techwatch.replay.readings import Result
    from techwatch.replay.windows import Windows
    from techwatch.watch import Watch


class Request(NamedTuple):
    """What to replay and how."""

    paths: tuple[Path, ...]
    labels: Path | None
    first: datetime | None
    last: datetime | None
    as_arrived: bool  # the lines don't stand in the order of time
    independent: bool
    days: float  # of a window
    processes: int | None
    dask: str | None


@contextmanager
def read(request: Request) -> Iterator[Windows]:
    """Read the files and say what is wrong with them; what they hold is there until the end."""
    from techwatch.replay import archive, outcomes
    from techwatch.replay.windows import Order, Windows

    order = Order(request.first, request.last, not request.as_arrived, request.days)
    with Windows(order) as windows:
        _read_all(request.paths, windows)
        if request.labels:
            gold = archive.read([request.labels])
            windows.problems += gold.problems
            said = {line.item.id: outcomes.label(line.raw) for line in gold.lines}
            windows.labels = {i: label for i, label in said.items() if label}
        for problem in windows.problems:
            click.echo(problem, err=True)
        if count := len(windows.problems):
            click.echo(f"{count} line{'s' if count > 1 else ''} left out", err=True)
        yield windows


def _read_all(paths: tuple[Path, ...], windows: Windows) -> None:
    sizes = [path.stat().st_size for path in paths]
    with output.bar("Reading", sum(sizes)) as move:
        for number, path in enumerate(paths):
            windows.read(path, partial(_done, move, sum(sizes[:number])))


def _done(move: Callable[..., None], before: int, size: int) -> None:
    move(completed=before + size)


def replay(
    watch: Watch,
    windows: Windows,
    request: Request,
    out: Path | None,
    stories_file: Path | None,
    *,
    json_lines: bool,
) -> None:
    """Judge everything, write a line for each item, and tell what it came to."""
    from techwatch.replay.counts import Counts, Stories

    counts, stories, started = Counts(), Stories(watch.baseline), time.process_time()
    pairs = []
    with _lines_to(out) as write:
        for result in _judged(watch, watch.baseline, windows, request, "Judging"):
            write(result.text)
            counts.add(result)
            if stories_file:
                stories.add(result)
            if gold := windows.labels.get(result.item_id):
                pairs.append((gold, json.loads(result.text)))
    if stories_file:
        with _lines_to(stories_file) as write:
            for record in stories.records():
                write(json.dumps(record, ensure_ascii=False))
    summary = replayed.summary(counts, windows, pairs)
    seconds = _seconds(started)
    replayed.tell_summary(summary, seconds, to_stderr=out is None, json_lines=json_lines)


def _seconds(started: float) -> float:
    """Return the processor time since then, with that of processes that have ended."""
    import resource

    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() - started + children.ru_utime + children.ru_stime


def against(
    watch: Watch, other: str, windows: Windows, request: Request, *, json_lines: bool
) -> None:
    """Replay by the baseline in use and by another one, and show what that changes."""
    from techwatch.baseline.loading import load
    from techwatch.cli.comparison import baseline_at
    from techwatch.replay.differences import compare

    with baseline_at(watch.baseline_dir, other) as folder:
        trial = load(folder)
    before, after = (
        {r.item_id: json.loads(r.text) for r in _judged(watch, baseline, windows, request, what)}
        for baseline, what in (
            (watch.baseline, "Judging by this one"),
            (trial, "Judging by the other"),
        )
    )
    replayed.tell_comparison(compare(before, after), json_lines=json_lines)


def _judged(
    watch: Watch, baseline: Baseline, windows: Windows, request: Request, what: str
) -> Generator[Result, None, None]:
    from techwatch.replay.archives import Means, judged
    from techwatch.replay.readings import Recipe

    of = watch.settings
    recipe = Recipe.of(baseline, of.matching, of.assessment, independent=request.independent)
    means = Means(request.processes, request.dask)
    found = judged(windows, recipe, means, as_arrived=request.as_arrived)
    with output.progress(what, windows.count) as advance, closing(found):
        for result in found:
            yield result
            advance()


@contextmanager
def _lines_to(path: Path | None) -> Iterator[Callable[[str], None]]:
    """Give a function that writes a line.

    A file is written beside its place and put there at the end: what is under its name is whole,
    or what was there before.
    """
    if path is None:
        yield lambda line: print(line, file=sys.stdout)  # noqa: T201 - faster than click's echo
        return
    there = path.resolve()
    if there.exists() and not there.is_file():  # such as /dev/null
        with there.open("w", encoding="utf-8") as file:
            yield lambda line: print(line, file=file)
        return
    part = there.with_name(f"{there.name}.part")
    try:
        with part.open("w", encoding="utf-8") as file:
            yield lambda line: print(line, file=file)
        part.replace(there)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise
