"""`techwatch feeds`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from techwatch.cli import output
from techwatch.cli.articles import told
from techwatch.cli.feed_checks import check, discover
from techwatch.errors import FetchError
from techwatch.feed_checks import pushed_by
from techwatch.model import Document, Feed, Validators

if TYPE_CHECKING:
    from collections.abc import Mapping

    from techwatch.cli.context import Places
    from techwatch.feeds.intervals import Wait
    from techwatch.model import ArticleState, FeedHealth, FeedState, ParsedFeed
    from techwatch.watch import Watch


@click.group()
def feeds() -> None:
    """List the feeds, and change the list."""


feeds.add_command(check)
feeds.add_command(discover)


@feeds.command("list")
@output.as_json
@click.pass_obj
def list_(places: Places, json_lines: bool) -> None:
    """Print every feed with its health, its last news, and how often it is asked and why.

    Health is well, waiting, paused, failing, silent (for unusually long) or gone; a feed may also
    have a gap, where posts were possibly missed, or have moved.
    """
    from techwatch.feeds.intervals import interval  # noqa: PLC0415 - for this command only
    from techwatch.feeds.polling import health  # noqa: PLC0415

    with places.watch() as watch:
        if watch.has_store():
            watch.open_lists()
            states = watch.store.feeds.states()
            pages = watch.store.articles.counts()
        else:
            pages = {}
            states = tuple(_unpolled(feed) for feed in watch.feeds())
        now, polling, pushed = watch.clock(), watch.settings.polling, pushed_by(watch)
        found = [
            _Found(
                state,
                health(state, now, polling),
                interval(state, polling),
                pushed.get(state.feed.url),
                pages.get(state.feed.url, {}),
            )
            for state in states
        ]
    if json_lines:
        output.print_json(*map(_record, found))
    else:
        columns = ("Publisher", "Lang", "Tier", "Health", "Last news", "Every", "Why", "URL")
        output.print_table(columns, map(_row, found))


class _Found(NamedTuple):
    state: FeedState
    health: FeedHealth
    wait: Wait | None
    push: str | None  # how it stands with its hub
    articles: Mapping[ArticleState, int]


def _unpolled(feed: Feed) -> FeedState:
    from techwatch.model import FeedState  # noqa: PLC0415 - needed as a value here only

    return FeedState(feed)


def _record(found: _Found) -> dict[str, Any]:
    state, health, wait = found.state, found.health, found.wait
    every = {"seconds": wait.span.total_seconds(), "why": wait.why} if wait else None
    return {
        "feed": state.feed,
        "health": health,
        "interval": every,
        "state": state,
        "push": found.push,
        "articles": found.articles,
    }


def _row(found: _Found) -> tuple[str, ...]:
    state, health, wait = found.state, found.health, found.wait
    feed = state.feed
    return (
        feed.publisher,
        feed.language,
        str(feed.tier),
        _health(health),
        output.ago(state.news_at),
        output.span(wait.span) if wait else "",
        _why(found),
        feed.url,
    )


def _health(health: FeedHealth) -> str:
    """Say in a few words how a feed is."""
    since = health.condition in {"failing", "gone"} and health.since is not None
    words = f"{health.condition} since {output.when(health.since)}" if since else health.condition
    more = [word for word, at in (("gap", health.gap_at), ("moved", health.moved_to)) if at]
    return ", ".join([words, *more])


def _why(found: _Found) -> str:
    """Say all that there is to know: what is wrong, a gap, what decided the interval, more."""
    health, wait, pages = found.health, found.wait, told(found.articles)
    parts = (
        health.why,
        health.gap_at and f"posts may be missed before {output.when(health.gap_at)}",
        wait and f"asked so often: {wait.why}",
        found.push,
        pages and f"articles: {pages}",
    )
    return "; ".join(part for part in parts if part)


@feeds.command()
@click.argument("url")
@click.option("--publisher", help="Who publishes it; by default what the feed calls itself.")
@click.option("--language", help="Language of its items; by default what the feed says.")
@click.option("--tier", type=click.IntRange(1, 3), default=2, show_default=True)
@click.option("--tag", "tags", multiple=True, help="A word to group feeds by.")
@click.option("--zone", help="IANA time zone of dates that name none.")
@click.option("--unchecked", is_flag=True, help="Add it without fetching it first.")
@click.pass_obj
def add(  # noqa: PLR0917 - click passes options by name
    places: Places,
    url: str,
    publisher: str | None,
    language: str | None,
    tier: int,
    tags: tuple[str, ...],
    zone: str | None,
    unchecked: bool,
) -> None:
    """Add a feed to feeds.yaml, after fetching it once to see that it is one.

    \b
    techwatch feeds add https://technode.com/feed/ --publisher TechNode --language en
    """
    from techwatch import feed_keeping  # noqa: PLC0415 - for this command only

    with places.watch() as watch:
        given = Feed(url, publisher or url, language or "en", tier, tags, zone)
        if not unchecked:
            parsed = asyncio.run(_fetch(watch, given))
            publisher = publisher or parsed.title or url
            click.echo(f"{len(parsed.items)} items, called {parsed.title!r}", err=True)
        feed = Feed(url, publisher or url, language or "en", tier, tags, zone)
        feed_keeping.add(watch, feed)
    click.echo(f"added {feed.publisher}")


@feeds.command()
@click.argument("url")
@click.pass_obj
def remove(places: Places, url: str) -> None:
    """Take a feed off feeds.yaml; what it brought stays in the database."""
    from techwatch import feed_keeping  # noqa: PLC0415 - for this command only

    with places.watch() as watch:
        removed = feed_keeping.remove(watch, url)
    click.echo(f"removed {removed.publisher}")


async def _fetch(watch: Watch, feed: Feed) -> ParsedFeed:
    from techwatch.feeds.fetching import Fetcher  # noqa: PLC0415 - httpx is slow to import
    from techwatch.feeds.parsing import parse  # noqa: PLC0415 - so is feedparser

    async with Fetcher(watch.settings.fetching, watch.clock) as fetcher:
        answer = await fetcher.fetch(feed.url, Validators())
    if not isinstance(answer, Document):
        raise FetchError(feed.url, "the server says it has not changed, but was not asked that")
    return parse(answer, feed)


@feeds.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.pass_obj
def import_(places: Places, file: Path) -> None:
    """Add the feeds of an OPML file, as feed readers export them; those known are left alone."""
    from techwatch import feed_keeping  # noqa: PLC0415 - for this command only

    with places.watch() as watch:
        found = feed_keeping.import_(watch, file.read_bytes(), str(file))
    for url in found.repeated:
        click.echo(f"stands there more than once, added once with all its tags: {url}", err=True)
    for feed in found.known:
        click.echo(f"known already: {feed.publisher} {feed.url}", err=True)
    click.echo(f"added {len(found.added)} feeds; {len(found.known)} were known already")


@feeds.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@click.pass_obj
def export(places: Places, file: Path | None) -> None:
    """Write the feeds as OPML to FILE, or to standard output."""
    from techwatch.feeds import opml  # noqa: PLC0415 - for this command only

    with places.watch() as watch:
        text = opml.write(watch.feeds())
    if file is None:
        click.echo(text, nl=False)
    else:
        file.write_text(text, encoding="utf-8")
