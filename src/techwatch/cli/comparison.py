"""What an edit of the baseline changes in the verdicts on stored items."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from techwatch.baseline.loading import load
from techwatch.cli import output
from techwatch.errors import NotFoundError
from techwatch.judging import Judge

if TYPE_CHECKING:
    from collections.abc import Iterator

    from techwatch.model import Item, Verdict
    from techwatch.watch import Watch


@dataclass(frozen=True, slots=True)
class Change:
    """One item that is judged otherwise."""

    item_id: str
    title: str
    verdict_before: Verdict
    verdict_after: Verdict
    lost: tuple[str, ...]  # entities no longer mentioned
    gained: tuple[str, ...]


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


def compare(watch: Watch, before: Path, days: int) -> tuple[list[Change], int]:
    """Judge the stored items of the last days by both baselines, each item alone."""
    settings = watch.settings
    old = Judge.of(load(before), settings.matching, settings.assessment)
    since = watch.clock() - timedelta(days=days)
    changes, count = [], 0
    total = watch.store.overview.counts(since, watch.clock()).items_seen
    with output.progress("Judging twice", total) as advance:
        for stored in watch.store.judging.seen_since(since):
            count += 1
            change = _change(stored.item, old, watch.judge)
            advance()
            if change is not None:
                changes.append(change)
    return changes, count


def _change(item: Item, old: Judge, new: Judge) -> Change | None:
    before, after = old.alone(item), new.alone(item)
    had = {mention.entity_id for mention in before.mentions}
    has = {mention.entity_id for mention in after.mentions}
    if before.verdict is after.verdict and had == has:
        return None
    lost, gained = tuple(sorted(had - has)), tuple(sorted(has - had))
    return Change(item.id, item.title, before.verdict, after.verdict, lost, gained)


def tell(changes: list[Change], items: int) -> None:
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
