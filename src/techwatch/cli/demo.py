"""`techwatch demo`: the main job end to end, over real HTTP, on feeds that come along."""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click
import yaml

from techwatch.cli.service import print_flagged
from techwatch.errors import TechwatchError
from techwatch.installation import shipped
from techwatch.model import Feed, Verdict
from techwatch.settings import load
from techwatch.watch import Watch

if TYPE_CHECKING:
    from techwatch.cli.context import Places
    from techwatch.model import Digest, Judged, PollReport
    from techwatch.testing import Publisher

_MARK = ".techwatch-demo"  # a folder with it is ours to empty
_SUFFIXES = frozenset({".xml", ".rss", ".rdf", ".atom", ".json"})


@dataclass
class Summary:
    """What the demonstration did, for people and for the check that it was right."""

    feeds: int = 0
    first_poll: dict[str, int] = field(default_factory=dict)
    second_poll: dict[str, int] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    verdicts: dict[str, int] = field(default_factory=dict)
    subject: str = ""
    html: str = ""
    seconds: float = 0.0


@click.command()
@click.option(
    "--documents",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Serve the feed documents saved in this folder instead of the bundled ones.",
)
@click.option(
    "--keep",
    type=click.Path(path_type=Path, file_okay=False),
    help="Leave database, configuration and digest here instead of in a temporary folder.",
)
@click.option("--open", "browse", is_flag=True, help="Show the digest in a browser.")
@click.pass_obj
def demo(places: Places, documents: Path | None, keep: Path | None, browse: bool) -> None:
    """Show techwatch at work: poll feeds twice, judge, and write a digest.

    A publisher on this machine serves ten bundled feeds with real developments of 2021 to 2025
    among everyday noise; at the second poll one headline has changed and one item is new.
    Nothing leaves the machine.
    """
    folder = _empty(keep)
    started = time.monotonic()
    summary = asyncio.run(_demonstrate(places, documents, folder))
    summary.seconds = round(time.monotonic() - started, 1)
    (folder / "demo.json").write_text(json.dumps(asdict(summary), indent=2), encoding="utf-8")
    _tell_end(summary, folder)
    if browse:
        click.launch(Path(summary.html).as_uri())


async def _demonstrate(places: Places, documents: Path | None, folder: Path) -> Summary:
    from techwatch.testing import Publisher, demo  # noqa: PLC0415 - for this command only

    summary = Summary()
    with Publisher(documents or demo.first_edition()) as publisher:
        listed = _saved(publisher) if documents else demo.feeds(publisher.base_url)
        _configure(folder, listed)
        watch = _watch(places, folder)
        try:
            watch.open_lists()
            summary.feeds = len(listed)
            click.echo(f"Serving {len(listed)} feeds at {publisher.base_url}\n")
            summary.first_poll = await _round(watch, "First poll", summary)
            if documents is None:
                publisher.publish_folder(demo.second_edition())
            summary.second_poll = await _round(watch, "Second poll", summary)
            await _digest(watch, summary)
        finally:
            watch.close()
    return summary


def _empty(keep: Path | None) -> Path:
    folder = keep or Path(tempfile.mkdtemp(prefix="techwatch-demo-"))
    if folder.exists() and any(folder.iterdir()) and not (folder / _MARK).exists():
        message = f"{folder} holds files that are not the demonstration's; choose another folder"
        raise TechwatchError(message)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / _MARK).touch()
    return folder.absolute()


def _configure(folder: Path, listed: tuple[Feed, ...]) -> None:
    """Write a configuration that every other command can be tried on afterwards."""
    config = folder / "config"
    config.mkdir()
    feeds = [
        {key: value for key, value in asdict(feed).items() if value not in (None, (), False)}
        for feed in listed
    ]
    settings = {"data_dir": str(folder), "fetching": {"allow_private": True, "gap": 0}}
    for name, content in (("feeds", {"feeds": feeds}), ("techwatch", settings)):
        text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
        (config / f"{name}.yaml").write_text(text, encoding="utf-8")
    shutil.copy(shipped("config") / "digests.yaml", config)


def _watch(places: Places, folder: Path) -> Watch:
    config = folder / "config"
    return Watch(lambda: load(config / "techwatch.yaml", {}), config, places.baseline_dir)


def _saved(publisher: Publisher) -> tuple[Feed, ...]:
    names = [name for name in publisher.names if Path(name).suffix in _SUFFIXES]
    return tuple(Feed(publisher.url(name), name, "en") for name in names)


async def _round(watch: Watch, title: str, summary: Summary) -> dict[str, int]:
    reports: list[PollReport] = []
    judged: list[Judged] = []
    async with watch.asking() as ask:
        await watch.poll(watch.store.feeds.states(), ask, reports.append)
    counts = watch.judge_items(judged.append)
    counts[Verdict.UNRELATED] += sum(r.judged for r in reports)
    for verdict, count in counts.items():
        summary.verdicts[verdict] = summary.verdicts.get(verdict, 0) + count
    summary.errors += [f"{r.feed.publisher}: {r.error}" for r in reports if r.error]
    found = {
        "documents": sum(r.result == "document" for r in reports),
        "not_modified": sum(r.result == "not_modified" for r in reports),
        "failed": sum(r.result == "failed" for r in reports),
        "items": sum(r.seen for r in reports),
        "new": sum(r.new for r in reports),
        "revised": sum(r.revised for r in reports),
    }
    click.echo(
        f"{title}: {found['documents']} documents, {found['not_modified']} not modified, "
        f"{found['failed']} failed; {found['items']} items, {found['new']} new, "
        f"{found['revised']} changed"
    )
    print_flagged([one for one in judged if one.assessment.verdict.flagged])
    click.echo()
    return found


async def _digest(watch: Watch, summary: Summary) -> None:
    composed: Digest = watch.publish(watch.edition(None))
    for delivery in await watch.deliver():
        if delivery.error:
            summary.errors.append(delivery.error)
    summary.subject = composed.subject
    summary.html = str(next((watch.settings.data_path / "digests").rglob("latest.html"), ""))


def _tell_end(summary: Summary, folder: Path) -> None:
    counted = ", ".join(f"{count} {verdict}" for verdict, count in summary.verdicts.items())
    click.echo(f"Verdicts: {counted}")
    for error in summary.errors:
        click.echo(f"{click.style('error', fg='red')}: {error}")
    click.echo(f"Subject:  {summary.subject}")
    click.echo(f"Digest:   {summary.html}")
    click.echo(f"Took {summary.seconds} s. Look further with")
    click.echo(f"    techwatch --config {folder / 'config'} status")
    click.echo(f"    techwatch --config {folder / 'config'} explain ITEM")
