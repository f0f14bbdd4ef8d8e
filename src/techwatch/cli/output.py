"""Printing: tables for people, JSON lines for programs; data on stdout, the rest on stderr."""

from __future__ import annotations

import dataclasses
import json
import sys
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import click

from techwatch.model import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import timedelta

    from techwatch.judging import Judge
    from techwatch.model import Item, Judgement

_COLOURS: Mapping[str, str] = {
    Verdict.ESCALATING: "red",
    Verdict.NOVEL: "yellow",
    Verdict.EASING: "green",
    Verdict.KNOWN: "blue",
    Verdict.UNRELATED: "white",
}

as_json = click.option("--json", "json_lines", is_flag=True, help="Print JSON, a line a record.")


def data(value: Any) -> Any:  # noqa: ANN401 - any value of the model
    """Turn a value of the model into what JSON can hold."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: data(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(key): data(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [data(inner) for inner in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value


def print_json(*records: Any) -> None:  # noqa: ANN401 - any value of the model
    """Print each record as one line of JSON."""
    for record in records:
        click.echo(json.dumps(data(record), ensure_ascii=False))


def warn_of_unread(judge: Judge, item: Item) -> None:
    """Say on stderr that an item is longer than what is searched for names, if it is."""
    if unread := judge.unread(item):
        click.echo(
            f"techwatch: {unread:,} characters at the end of “{item.title[:60]}” were not searched "
            "for names; raise matching.text_limit to have them searched",
            err=True,
        )


def print_table(
    columns: Sequence[str], rows: Iterable[Sequence[str]], *, to_stderr: bool = False
) -> None:
    """Print a table as wide as the terminal, or as wide as it needs where there is none."""
    from rich import box  # noqa: PLC0415 - slow to import, and --json needs none of it
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(*columns, box=box.SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))  # Text: a headline is not markup
    stream = sys.stderr if to_stderr else sys.stdout
    console = Console(file=stream, width=None if stream.isatty() else 200)
    console.print(table)


def verdict(value: Verdict) -> str:
    """Colour a verdict; click drops the colour where there is no terminal."""
    return click.style(value.value, fg=_COLOURS[value], bold=value.flagged)


def said(judgement: Judgement) -> str:
    """Write what a person said, with the entities or the story that they named."""
    named = (judgement.entity_id, judgement.right_id, judgement.other_story_id)
    return " ".join((judgement.decision.value, *(name for name in named if name)))


def when(time: datetime | None) -> str:
    """Print a time in the zone of the person's machine."""
    return time.astimezone().strftime("%Y-%m-%d %H:%M") if time else "never"


def ago(time: datetime | None) -> str:
    """Print how long ago a time was, roughly."""
    if time is None:
        return "never"
    seconds = (datetime.now(UTC) - time).total_seconds()
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            count = int(seconds // length)
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"


def span(time: timedelta) -> str:
    """Print a length of time, roughly."""
    minutes = round(time.total_seconds() / 60)
    if minutes < 120:  # noqa: PLR2004 - two hours
        return f"{minutes} min"
    return f"{minutes / 60:.1f} h"


@contextmanager
def bar(what: str, total: int | None = None) -> Iterator[Callable[..., None]]:
    """Show a bar on stderr while a person waits.

    Gives the function that moves it: by `advance`, to `completed`, of a `total` that may be told
    later. It does nothing where nobody sees it.
    """
    if not sys.stderr.isatty() or total == 0:
        yield lambda **_: None
        return
    from rich.console import Console  # noqa: PLC0415 - only where somebody sees it
    from rich.progress import Progress  # noqa: PLC0415

    with Progress(console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(what, total=total)
        yield lambda **changes: shown.update(task, **changes)


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[], None]]:
    """Show a bar as `bar` does; gives the function that moves it on by one."""
    with bar(what, total) as move:
        yield lambda: move(advance=1)
