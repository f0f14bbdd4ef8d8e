"""`techwatch replay`."""

from __future__ import annotations

import json
import sys
import time
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from techwatch.cli import output, replayed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from techwatch.cli.context import Places
    from techwatch.judging import Judge
    from techwatch.model import Baseline
    from techwatch.replay.archive import Archive, Line
    from techwatch.replay.replaying import Outcome
    from techwatch.watch import Watch

_FILE = click.Path(path_type=Path, dir_okay=False)
_THERE = click.Path(path_type=Path, dir_okay=False, exists=True)
_TIME = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])
_BAD_FILE = 2  # exit status, as for every mistake in a file


@dataclass(frozen=True)
class Request:
    """What to replay and how."""

    archive: Archive
    independent: bool
    as_arrived: bool  # the lines don't stand in the order of time
    gold: dict[str, dict[str, Any]]  # by id: what a reader says


@click.command()
@click.argument("items", nargs=-1, type=_THERE, metavar="ITEMS.jsonl[.gz]...")
@click.option(
    "--from",
    "first",
    type=_TIME,
    metavar="TIME",
    help="Leave out items before this: 2023-01-20, 2023-01-20T14:05, in UTC.",
)
@click.option(
    "--to", "last", type=_TIME, metavar="TIME", help="Leave out items after this day or time, UTC."
)
@click.option(
    "--baseline",
    "baseline_dir",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Judge by the baseline in this folder.",
)
@click.option(
    "--against", metavar="DIR|REVISION", help="Show which verdicts this other baseline changes."
)
@click.option("--out", type=_FILE, help="Write the lines here instead of to standard output.")
@click.option("--stories", "stories_file", type=_FILE, help="Write a line for each story here.")
@click.option("--labels", type=_THERE, help="Score against the labels in this file, found by id.")
@click.option("--independent", is_flag=True, help="Judge each item against the baseline alone.")
@click.option("--as-arrived", is_flag=True, help="Keep the order of the files, not that of time.")
@click.option(
    "--compare",
    "compared",
    type=_THERE,
    nargs=2,
    metavar="A B",
    help="Show which verdicts differ between two outputs; replays nothing.",
)
@output.as_json
@click.pass_obj
def replay(  # noqa: PLR0917 - click passes options by name
    places: Places,
    items: tuple[Path, ...],
    first: datetime | None,
    last: datetime | None,
    baseline_dir: Path | None,
    against: str | None,
    out: Path | None,
    stories_file: Path | None,
    labels: Path | None,
    independent: bool,
    as_arrived: bool,
    compared: tuple[Path, Path] | None,
    json_lines: bool,
) -> None:
    """Judge archives of items as if they came in now, with the items' own clock.

    A line of ITEMS is a JSON object: title, summary, published, link, feed or source, lang, id if
    there is one. It comes out with verdict, score, actors, laws, event, mode, rung_before,
    rung_after, story and reasons; what it said under these names stands under `given`. Lines are
    taken by time, whatever file they stand in, and each is judged against the baseline and what
    the earlier ones told; with --from that history begins there. Undated lines come last, as of
    the archive's last moment, or are left out where --from or --to is given. The store is neither
    read nor changed.

    Lines go to standard output, or with --out to a file; the summary to the other (--json: as one
    record). Lines that can't be read are told with file and line and left out: exit status 2.

    \b
    techwatch replay archive.jsonl.gz --out verdicts.jsonl
    techwatch replay labelled.jsonl --independent --out verdicts.jsonl
    techwatch replay archive.jsonl.gz --against trial/baseline
    techwatch replay --compare before.jsonl after.jsonl
    """
    if compared:
        replayed.tell_comparison(replayed.compare_files(*compared), json_lines=json_lines)
        return
    if not items:
        raise click.UsageError("give at least one file of items, or --compare A B")
    with places.elsewhere(baseline_dir).watch() as watch:
        request = _request(items, labels, (first, _whole_day(last)), as_arrived, independent)
        if against is not None:
            _against(watch, against, request, json_lines=json_lines)
        else:
            _replay(watch, request, out, stories_file, json_lines=json_lines)
    if request.archive.problems:
        click.get_current_context().exit(_BAD_FILE)


def _whole_day(last: datetime | None) -> datetime | None:
    """Take a day without a time for all of it."""
    if last is not None and (last.hour, last.minute, last.second) == (0, 0, 0):
        return last + timedelta(days=1) - timedelta(microseconds=1)
    return last


def _request(
    items: Iterable[Path],
    labels: Path | None,
    period: tuple[datetime | None, datetime | None],
    as_arrived: bool,
    independent: bool,
) -> Request:
    from techwatch.replay import archive, outcomes  # noqa: PLC0415 - not for --help

    first, last = (time and time.replace(tzinfo=UTC) for time in period)
    found = archive.read(items).between(first, last)
    gold = archive.read([labels]) if labels else found
    if labels:
        found = replace(found, problems=(*found.problems, *gold.problems))
    for problem in found.problems:
        click.echo(problem, err=True)
    if found.problems:
        count = len(found.problems)
        click.echo(f"{count} line{'s' if count > 1 else ''} left out", err=True)
    said = {line.item.id: outcomes.label(line.raw) for line in gold.lines}
    ordered = found if as_arrived else found.in_order()
    return Request(
        ordered, independent, as_arrived, {i: label for i, label in said.items() if label}
    )


def _outcomes(request: Request, by: Judge, what: str) -> Iterator[Outcome]:
    from techwatch.replay import replaying  # noqa: PLC0415 - not for --help

    lines = request.archive.lines
    judge: Callable[[Sequence[Line], Judge], Iterator[Outcome]] = replaying.together
    if request.independent:
        judge = replaying.alone
    elif request.as_arrived:
        judge = replaying.as_arrived
    with output.progress(what, len(lines)) as advance:
        for outcome in judge(lines, by):
            yield outcome
            advance()


def _replay(
    watch: Watch, request: Request, out: Path | None, stories_file: Path | None, *, json_lines: bool
) -> None:
    from techwatch.replay import outcomes  # noqa: PLC0415 - not for --help
    from techwatch.replay.counts import Counts, Stories  # noqa: PLC0415 - likewise

    counts, stories, started = Counts(), Stories(), time.process_time()
    pairs = []
    with _lines_to(out) as write:
        for outcome in _outcomes(request, watch.judge, "Judging"):
            record = outcomes.record(outcome, watch.baseline)
            write(record)
            counts.add(outcome)
            if stories_file:
                stories.add(outcome)
            if gold := request.gold.get(record["id"]):
                pairs.append((gold, record))
    seconds = time.process_time() - started
    if stories_file:
        with _lines_to(stories_file) as write:
            for record in stories.records(watch.baseline):
                write(record)
    summary = replayed.summary(counts, request.archive, pairs)
    replayed.tell_summary(summary, seconds, to_stderr=out is None, json_lines=json_lines)


def _against(watch: Watch, other: str, request: Request, *, json_lines: bool) -> None:
    """Replay by the baseline in use and by another one, and show what that changes."""
    from techwatch.baseline.loading import load  # noqa: PLC0415 - for this option only
    from techwatch.cli.comparison import baseline_at  # noqa: PLC0415 - likewise
    from techwatch.judging import Judge  # noqa: PLC0415 - likewise
    from techwatch.replay.differences import compare  # noqa: PLC0415 - likewise

    with baseline_at(watch.baseline_dir, other) as folder:
        trial = load(folder)
    by_trial = Judge.of(trial, watch.settings.matching, watch.settings.assessment)
    before = _records(_outcomes(request, watch.judge, "Judging by this one"), watch.baseline)
    after = _records(_outcomes(request, by_trial, "Judging by the other"), trial)
    replayed.tell_comparison(compare(before, after), json_lines=json_lines)


def _records(found: Iterable[Outcome], baseline: Baseline) -> dict[str, dict[str, Any]]:
    from techwatch.replay import outcomes  # noqa: PLC0415 - not for --help

    return {o.line.item.id: outcomes.record(o, baseline) for o in found}


@contextmanager
def _lines_to(path: Path | None) -> Iterator[Callable[[dict[str, Any]], None]]:
    """Give a function that writes a record as a line of JSON."""
    file: AbstractContextManager[Any]
    file = nullcontext(sys.stdout) if path is None else path.open("w", encoding="utf-8")
    with file as lines:

        def write(record: dict[str, Any]) -> None:
            lines.write(json.dumps(record, ensure_ascii=False) + "\n")

        yield write
