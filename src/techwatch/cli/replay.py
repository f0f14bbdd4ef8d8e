"""`techwatch replay`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from techwatch.cli import judged_archives, output, replayed

if TYPE_CHECKING:
    from techwatch.cli.context import Places

_FILE = click.Path(path_type=Path, dir_okay=False)
_THERE = click.Path(path_type=Path, dir_okay=False, exists=True)
_TIME = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])
_BAD_FILE = 2  # exit status, as for every mistake in a file


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
    "--processes",
    type=click.IntRange(min=1),
    metavar="N",
    help="Read lines in so many processes; one a core, if not told. The results are the same.",
)
@click.option(
    "--dask",
    metavar="ADDRESS",
    help="Read lines on the workers of this Dask cluster, such as tcp://host:8786.",
)
@click.option(
    "--window",
    "days",
    type=click.FloatRange(min=0, min_open=True),
    default=7.0,
    show_default=True,
    metavar="DAYS",
    help="So much of the archive stands in memory at once.",
)
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
    processes: int | None,
    dask: str | None,
    days: float,
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

    Lines go to standard output, or with --out to a file, which is there when all is judged and not
    before; the summary to the other (--json: as one record). Lines that can't be read are told with
    file and line and left out: exit status 2.

    An archive may be of any size: it is read once, and what doesn't fit into memory waits in the
    folder for temporary files (TMPDIR). All cores read lines, or with --dask a cluster does, whose
    workers must have the same techwatch installed.

    \b
    techwatch replay archive.jsonl.gz --out verdicts.jsonl
    techwatch replay labelled.jsonl --independent --out verdicts.jsonl
    techwatch replay archive.jsonl.gz --against trial/baseline
    techwatch replay years/*.jsonl.gz --dask tcp://host:8786 --out verdicts.jsonl
    techwatch replay --compare before.jsonl after.jsonl
    """
    if compared:
        replayed.tell_comparison(replayed.compare_files(*compared), json_lines=json_lines)
        return
    if not items:
        raise click.UsageError("give at least one file of items, or --compare A B")
    if dask is not None and processes is not None:
        raise click.UsageError("give --processes or --dask: the cluster has processes of its own")
    request = judged_archives.Request(
        items, labels, _utc(first), _utc(_whole_day(last)), as_arrived, independent, days,
        processes, dask,
    )  # fmt: skip
    with places.elsewhere(baseline_dir).watch() as watch, judged_archives.read(request) as windows:
        if against is not None:
            judged_archives.against(watch, against, windows, request, json_lines=json_lines)
        else:
            judged_archives.replay(
                watch, windows, request, out, stories_file, json_lines=json_lines
            )
        problems = bool(windows.problems)
    if problems:
        click.get_current_context().exit(_BAD_FILE)


def _utc(time: datetime | None) -> datetime | None:
    return time and time.replace(tzinfo=UTC)


def _whole_day(last: datetime | None) -> datetime | None:
    """Take a day without a time for all of it."""
    if last is not None and (last.hour, last.minute, last.second) == (0, 0, 0):
        return last + timedelta(days=1) - timedelta(microseconds=1)
    return last
