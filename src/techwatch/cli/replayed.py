"""How `replay` tells a person what it came to, and what differs between two of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from techwatch.cli import output
from techwatch.errors import InvalidFilesError, Problem
from techwatch.model import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from techwatch.replay.counts import Counts
    from techwatch.replay.differences import Comparison
    from techwatch.replay.scoring import Pair
    from techwatch.replay.windows import Windows

_MOST_DAYS = 45  # more are told by month
_MONTH = 7  # characters of 2023-01
_COLUMNS = ("items", "escalating", "novel", "easing", "known", "developments")


def summary(counts: Counts, windows: Windows, pairs: Sequence[Pair]) -> dict[str, Any]:
    """Return what a replay came to, with its score where items are labelled."""
    from techwatch.replay.scoring import score  # noqa: PLC0415 - for labelled items only

    told = counts.record() | {
        "undated": windows.undated,
        "outside": windows.outside,
        "unreadable": len(windows.problems),
    }
    return told | ({"score": score(pairs)} if pairs else {})


def tell_summary(
    record: Mapping[str, Any], seconds: float, *, to_stderr: bool, json_lines: bool
) -> None:
    """Print the summary where the lines don't go."""
    if json_lines:
        line = json.dumps({**record, "seconds": round(seconds, 2)}, ensure_ascii=False)
        click.echo(line, err=to_stderr)
        return
    rate = f"{record['items'] / seconds:,.0f} a second" if seconds else "at once"
    click.echo(f"{record['items']:,} items, {rate} of processor time", err=to_stderr)
    for count, what in (
        (record["undated"], "undated: judged last"),
        (record["outside"], "of another time, or undated: left out"),
        (record["unreadable"], "lines can't be read: left out"),
    ):
        if count:
            click.echo(f"{count:,} {what}", err=to_stderr)
    verdicts = ", ".join(f"{n:,} {v}" for v, n in reversed(record["by_verdict"].items()) if n)
    click.echo(verdicts or "nothing to judge", err=to_stderr)
    flagged = f"{record['developments']:,} of them flagged"
    click.echo(f"{record['stories']:,} stories, {flagged}", err=to_stderr)
    _tell_days(record["days"], to_stderr=to_stderr)
    if "score" in record:
        _tell_score(record["score"], to_stderr=to_stderr)


def _tell_days(days: Mapping[str, Mapping[str, int]], *, to_stderr: bool) -> None:
    length = None if len(days) <= _MOST_DAYS else _MONTH
    spans: dict[str, dict[str, int]] = {}
    for day, counts in days.items():
        span = spans.setdefault(day[:length], dict.fromkeys(_COLUMNS, 0))
        for column in _COLUMNS:
            span[column] += counts.get(column, 0)
    rows = ((span, *(str(n) for n in counts.values())) for span, counts in spans.items())
    output.print_table(("month" if length else "day", *_COLUMNS), rows, to_stderr=to_stderr)


def _tell_score(found: Mapping[str, Any], *, to_stderr: bool) -> None:
    click.echo(f"Against {found['items']:,} labels:", err=to_stderr)
    figures = {
        **{k: v for k, v in found.items() if isinstance(v, dict) and k != "verdicts"},
        **found.get("verdicts", {}),
    }
    rows = ((name, *(f"{value:.3f}" for value in row.values())) for name, row in figures.items())
    output.print_table(("", "precision", "recall", "F1"), rows, to_stderr=to_stderr)
    for name in ("accuracy", "average_precision"):
        if name in found:
            click.echo(f"{name.replace('_', ' ')} {found[name]:.3f}", err=to_stderr)


def compare_files(before: Path, after: Path) -> Comparison:
    """Compare two outputs of `replay`; raises InvalidFilesError where one is none."""
    from techwatch.replay.differences import compare  # noqa: PLC0415 - for this option only

    problems: list[Problem] = []
    records = [_read_output(path, problems) for path in (before, after)]
    if problems:
        raise InvalidFilesError(problems)
    return compare(*records)


def _read_output(path: Path, problems: list[Problem]) -> dict[str, dict[str, Any]]:
    from techwatch.replay import archive  # noqa: PLC0415 - for this option only

    read = archive.read([path])
    problems += read.problems
    known = set(Verdict)
    if any(line.raw.get("verdict") not in known for line in read.lines):
        problems.append(Problem(str(path), 0, "is no output of `techwatch replay`: verdicts lack"))
    return {line.item.id: line.raw for line in read.lines}


def tell_comparison(found: Comparison, *, json_lines: bool) -> None:
    """Print which verdicts differ; with JSON a line an item, and the counts on stderr."""
    from techwatch.replay.differences import moves  # noqa: PLC0415 - for comparisons only

    if json_lines:
        output.print_json(*found.verdicts)
    else:
        for one in found.verdicts:
            before, after = (
                output.verdict(Verdict(v)) for v in (one.verdict_before, one.verdict_after)
            )
            click.echo(f"{before} -> {after}  {one.title}  [{one.id}]")
            click.echo(f"    before: {one.reason_before}\n    after:  {one.reason_after}")
    for old, new, count in moves(found.verdicts):
        click.echo(f"{count:>6}  {old} -> {new}", err=json_lines)
    click.echo(
        f"{found.items:,} items: {len(found.verdicts):,} verdicts differ, "
        f"{len(found.stories):,} items stand with others",
        err=json_lines,
    )
    for count, which in ((found.only_before, "first"), (found.only_after, "second")):
        if count:
            click.echo(f"{count:,} items are in the {which} only", err=json_lines)
