"""`techwatch feeds`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from techwatch.cli import output
from techwatch.cli.articles import told
from techwatch.errors import FetchError, ParseError, TechwatchError
from techwatch.installation import came_along
from techwatch.model import Document, Feed, Validators

if TYPE_CHECKING:
    from techwatch.cli.context import Places
    from techwatch.model import FeedHealth, FeedState, ParsedFeed
    from techwatch.watch import Watch


@click.group()
def feeds() -> None:
    """List the feeds, and change the list."""


@feeds.command("list")
@output.as_json
@click.pass_obj
def list_(places: Places, json_lines: bool) -> None:
    """Print every feed with its health."""
    from techwatch.feeds.polling import health  # noqa: PLC0415 - for this command only

    with places.watch() as watch:
        if watch.has_store():
            watch.open_lists()
            states = watch.store.feeds.states()
            pages = watch.store.articles.counts()
        else:
            pages = {}
            states = tuple(_unpolled(feed) for feed in watch.feeds())
        now, pushed = watch.clock(), _pushed(watch)
        found = [(state, health(state, now, watch.settings.polling)) for state in states]
    if json_lines:
        output.print_json(
            *(
                {
                    "feed": s.feed,
                    "health": h,
                    "state": s,
                    "push": pushed.get(s.feed.url),
                    "articles": pages.get(s.feed.url, {}),
                }
                for s, h in found
            )
        )
    else:
        output.print_table(
            ("Publisher", "Lang", "Tier", "Health", "Last news", "Why", "URL"),
            (
                _row(state, condition, pushed, told(pages.get(state.feed.url, {})))
                for state, condition in found
            ),
        )


def _unpolled(feed: Feed) -> FeedState:
    from techwatch.model import FeedState  # noqa: PLC0415 - needed as a value here only

    return FeedState(feed)


def _pushed(watch: Watch) -> dict[str, str]:
    """Say by feed how it stands with the hubs that push."""
    from techwatch.feeds.reliance import told  # noqa: PLC0415 - for these commands only

    if not watch.has_store():
        return {}
    now = watch.clock()
    subscriptions = watch.store.subscriptions.all()
    # Of one that is given up and one that took its place, the second is told.
    given_up_first = sorted(subscriptions, key=lambda one: one.state != "leaving")
    return {one.feed_url: told(one, now) for one in given_up_first}


def _row(
    state: FeedState, condition: FeedHealth, pushed: dict[str, str], pages: str
) -> tuple[str, ...]:
    feed = state.feed
    return (
        feed.publisher,
        feed.language,
        str(feed.tier),
        condition.condition,
        output.ago(state.news_at),
        "; ".join(
            filter(None, (_why(condition, pushed.get(feed.url)), pages and f"articles: {pages}"))
        ),
        feed.url,
    )


def _why(condition: FeedHealth, pushed: str | None) -> str:
    """Say all that there is to know, a gap and its hub included."""
    gap = f"posts may be missed before {output.when(condition.gap_at)}" if condition.gap_at else ""
    return "; ".join(part for part in (condition.why, gap, pushed) if part)


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
    from techwatch.feeds import catalogue  # noqa: PLC0415 - for this command only

    with places.watch() as watch:
        given = Feed(url, publisher or url, language or "en", tier, tags, zone)
        if not unchecked:
            parsed = asyncio.run(_fetch(watch, given))
            publisher = publisher or parsed.title or url
            click.echo(f"{len(parsed.items)} items, called {parsed.title!r}", err=True)
        feed = Feed(url, publisher or url, language or "en", tier, tags, zone)
        catalogue.add(_editable(watch), feed)
    click.echo(f"added {feed.publisher}")


@feeds.command()
@click.argument("url")
@click.pass_obj
def remove(places: Places, url: str) -> None:
    """Take a feed off feeds.yaml; what it brought stays in the database."""
    from techwatch.feeds import catalogue  # noqa: PLC0415 - for this command only

    with places.watch() as watch:
        removed = catalogue.remove(_editable(watch), url)
    click.echo(f"removed {removed.publisher}")


@feeds.command()
@click.argument("urls", nargs=-1, metavar="[URL]...")
@click.option("--discover", is_flag=True, help="Look for the feeds of these web pages instead.")
@output.as_json
@click.pass_obj
def check(places: Places, urls: tuple[str, ...], discover: bool, json_lines: bool) -> None:
    """Fetch feeds once and say what is found: all in the list, or the given addresses.

    Nothing is stored. Exit status 1 if one can't be read.

    \b
    techwatch feeds check --discover https://technode.com/
    """
    if discover and not urls:
        message = "say which pages: techwatch feeds check --discover https://technode.com/"
        raise click.UsageError(message)
    with places.watch() as watch:
        listed = watch.feeds()
        if discover:
            urls = asyncio.run(_discover(watch, urls))
        chosen = [next((f for f in listed if f.url == u), Feed(u, u, "en")) for u in urls] or listed
        findings = asyncio.run(_check(watch, chosen))
        pushed = _pushed(watch)
        for finding in findings:
            finding["push"] = pushed.get(str(finding["url"]))
    if json_lines:
        output.print_json(*findings)
    else:
        output.print_table(
            ("Feed", "Items", "Newest", "Findings"),
            (
                (
                    str(f["publisher"]),
                    str(f["items"]),
                    str(f["newest"] or ""),
                    "; ".join([*_ills(f), *filter(None, [f["push"]])]),
                )
                for f in findings
            ),
        )
    if any(finding["error"] for finding in findings):
        click.get_current_context().exit(1)


def _ills(finding: dict[str, Any]) -> list[str]:
    if finding["error"]:
        return [str(finding["error"])]
    return list(finding["damage"]) or ["well"]


async def _discover(watch: Watch, pages: tuple[str, ...]) -> tuple[str, ...]:
    """Return where the feeds of these pages may be; a page that is a feed is its own."""
    from techwatch.feeds import discovery, encoding  # noqa: PLC0415 - for this command only
    from techwatch.feeds.fetching import Fetcher  # noqa: PLC0415 - httpx is slow to import

    found: list[str] = []
    async with Fetcher(watch.settings.fetching, watch.clock) as fetcher:
        for url in pages:
            answer = await fetcher.fetch(url, Validators())
            if isinstance(answer, Document):
                page = encoding.decode(answer.content, answer.content_type, "en").text
                is_page = "<html" in page[:4096].lower()
                found += discovery.candidates(page, answer.url) if is_page else [url]
    return tuple(dict.fromkeys(found))


async def _check(watch: Watch, chosen: list[Feed] | tuple[Feed, ...]) -> list[dict[str, Any]]:
    from techwatch.feeds.fetching import Fetcher  # noqa: PLC0415 - httpx is slow to import
    from techwatch.feeds.parsing_pool import ParsingPool  # noqa: PLC0415 - so are processes

    with output.progress("Checking", len(chosen)) as advance:
        async with (
            Fetcher(watch.settings.fetching, watch.clock) as fetcher,
            ParsingPool(watch.settings.parsing) as pool,
        ):

            async def one(feed: Feed) -> dict[str, Any]:
                finding = await _finding(fetcher, pool, feed)
                advance()
                return finding

            return list(await asyncio.gather(*map(one, chosen)))


async def _finding(fetcher: Fetcher, pool: ParsingPool, feed: Feed) -> dict[str, Any]:
    finding: dict[str, Any] = {"url": feed.url, "publisher": feed.publisher, "items": 0}
    finding |= {"newest": None, "damage": [], "error": None, "error_kind": None, "hub": None}
    try:
        answer = await fetcher.fetch(feed.url, Validators())
        if isinstance(answer, Document):
            parsed = await pool.parse(answer, feed)
            dates = [item.published for item in parsed.items if item.published]
            newest = output.when(max(dates)) if dates else None
            finding |= {"items": len(parsed.items), "newest": newest, "damage": parsed.damage}
            finding["hub"] = answer.announced.hub or parsed.announced.hub
    except (FetchError, ParseError) as error:
        finding |= {"error": str(error), "error_kind": type(error).__name__}
    return finding


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
    from techwatch.feeds import catalogue, opml  # noqa: PLC0415 - for this command only

    with places.watch() as watch:
        path = _editable(watch)
        known = {catalogue.key(feed.url) for feed in watch.feeds()}
        data = file.read_bytes()
        found = {catalogue.key(feed.url): feed for feed in opml.read(data, str(file))}
        for url in opml.repeated(data, str(file)):
            click.echo(
                f"stands there more than once, added once with all its tags: {url}", err=True
            )
        for one, feed in found.items():
            if one in known:
                click.echo(f"known already: {feed.publisher} {feed.url}", err=True)
        new = [feed for key, feed in found.items() if key not in known]
        catalogue.add(path, *new)
    click.echo(f"added {len(new)} feeds; {len(found) - len(new)} were known already")


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


def _editable(watch: Watch) -> Path:
    """Return the list of feeds, unless it is the one that came with the installed package."""
    path = watch.feeds_file
    if came_along(path):
        message = f"{path} came with techwatch; make your own copy with `techwatch config init`"
        raise TechwatchError(message)
    return path


if TYPE_CHECKING:
    from typing import Any

    from techwatch.feeds.fetching import Fetcher
    from techwatch.feeds.parsing_pool import ParsingPool
