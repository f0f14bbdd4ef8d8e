"""What an edit of the baseline changes in the verdicts on stored items."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from techwatch.baseline.loading import load
from techwatch.cli import output
from techwatch.comparing import compare as compare_item
from techwatch.errors import NotFoundError
from techwatch.judging import Judge

if TYPE_CHECKING:
    from collections.abc import Iterator

    from techwatch.comparing import VerdictChange
    from techwatch.watch import Watch


@contextmanager
def baseline_at(directory: Path, revision: str) -> Iterator[Path]:
    """Give the baseline's folder as it was at a git revision, or another folder."""
    if Path(revision).is_dir():
        yield Path(revision)
        return
    archive = subprocess.run(  # noqa: S603 - no shell; the revision is one argument
        ["git", "-C", str(directory), "archive", "--format=tar", revision],  # noqa: S607 - git
        capture_output=True,
        check=False,
    )
    if archive.returncode != 0:
        said = archive.stderr.decode(errors="replace").strip().splitlines()
        raise NotFoundError("revision", revision, said[0] if said else "git knows none")
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
            files.extractall(folder, filter="data")
        yield Path(folder)


def compare(watch: Watch, before: Path, days: int) -> tuple[list[VerdictChange], int]:
    """Judge the stored items of the last days by both baselines, each item alone."""
    settings = watch.settings
    old = Judge.of(load(before), settings.matching, settings.assessment)
    since = watch.clock() - timedelta(days=days)
    changes, count = [], 0
    total = watch.store.overview.counts(since, watch.clock()).items_seen
    with output.progress("Judging twice", total) as advance:
        for stored in watch.store.judging.seen_since(since):
            count += 1
            change = compare_item(stored.item, old, watch.judge)
            advance()
            if change is not None:
                changes.append(change)
    return changes, count


def tell(changes: list[VerdictChange], items: int) -> None:
    """Print the changes for a person."""
    for change in changes:
        click.echo(f"{change.title}  [{change.item_id}]")
        if change.verdict_before is not change.verdict_after:
            before, after = map(output.verdict, (change.verdict_before, change.verdict_after))
            click.echo(f"    {before} -> {after}")
        moved = [f"-{entity}" for entity in change.lost] + [f"+{e}" for e in change.gained]
        if moved:
            click.echo(f"    mentions {' '.join(moved)}")
    verdicts = sum(c.verdict_before is not c.verdict_after for c in changes)
    others = len(changes) - verdicts
    click.echo(f"{items} items: {verdicts} verdicts change, of {others} only the mentions")
