"""`techwatch feeds check` and `techwatch feeds discover`: ask, say what is found, store nothing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import click

from techwatch.cli import output
from techwatch.errors import FetchError, NotAFeedError, ParseError
from techwatch.model import Document, Feed, Validators

if TYPE_CHECKING:
    from collections.abc import Iterable

    from techwatch.cli.context import Places
    from techwatch.feeds.fetching import Fetcher
    from techwatch.feeds.parsing_pool import ParsingPool
    from techwatch.watch import Watch


@click.command()
@click.argument("urls", nargs=-1, metavar="[URL]...")
@output.as_json
@click.pass_obj
def check(places: Places, urls: tuple[str, ...], json_lines: bool) -> None:
    """Fetch feeds once and say what is found: all in the list, or the given addresses.

    Nothing is stored. Exit status 1 if one can't be read.

    \b
    techwatch feeds check https://technode.com/feed/
    """
    with places.watch() as watch:
        listed = watch.feeds()
        chosen = [next((f for f in listed if f.url == u), Feed(u, u, "en")) for u in urls] or listed
        findings = asyncio.run(_check(watch, chosen))
        pushed = pushed_by(watch)
    for finding in findings:
        finding["push"] = pushed.get(str(finding["url"]))
    _print(findings, json_lines=json_lines)
    if any(finding["error"] for finding in findings):
        click.get_current_context().exit(1)


@click.command()
@click.argument("pages", nargs=-1, required=True, metavar="URL...")
@output.as_json
@click.pass_obj
def discover(places: Places, pages: tuple[str, ...], json_lines: bool) -> None:
    """Find the feeds of web pages, and fetch each once to see that it is one.

    Looks for those that the page names, then for those it links to, then where feeds often are.
    Nothing is stored: `techwatch feeds add` does. Exit status 1 if none is found.

    \b
    techwatch feeds discover https://technode.com/
    """
    with places.watch() as watch:
        found, unread = asyncio.run(_discover(watch, pages))
        findings = asyncio.run(_check(watch, [Feed(url, url, "en") for url in found]))
    for url, error in unread:
        click.echo(f"{url}: {error}", err=True)
    feeds = [finding for finding in findings if not finding["error"]]
    _print(feeds, json_lines=json_lines)
    if not feeds:
        where = f"; looked at {', '.join(found)}" if found else ""
        click.echo(f"no feed found{where}", err=True)
        click.get_current_context().exit(1)


def pushed_by(watch: Watch) -> dict[str, str]:
    """Say by feed how it stands with the hubs that push."""
    from techwatch.feeds.reliance import told  # noqa: PLC0415 - for these commands only

    if not watch.has_store():
        return {}
    now = watch.clock()
    subscriptions = watch.store.subscriptions.all()
    # Of one that is given up and one that took its place, the second is told.
    given_up_first = sorted(subscriptions, key=lambda one: one.state != "leaving")
    return {one.feed_url: told(one, now) for one in given_up_first}


def _print(findings: Iterable[dict[str, Any]], *, json_lines: bool) -> None:
    if json_lines:
        output.print_json(*findings)
        return
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


def _ills(finding: dict[str, Any]) -> list[str]:
    if finding["error"]:
        return [str(finding["error"])]
    return list(finding["damage"]) or ["well"]


async def _discover(
    watch: Watch, pages: tuple[str, ...]
) -> tuple[tuple[str, ...], list[tuple[str, str]]]:
    """Return where the feeds of these pages may be, and which pages couldn't be read and why.

    A page that is a feed is its own.
    """
    from techwatch.feeds import discovery, encoding  # noqa: PLC0415 - for this command only
    from techwatch.feeds.fetching import Fetcher  # noqa: PLC0415 - httpx is slow to import

    found: list[str] = []
    unread: list[tuple[str, str]] = []
    async with Fetcher(watch.settings.fetching, watch.clock) as fetcher:
        for url in pages:
            try:
                answer = await fetcher.fetch(url, Validators())
            except FetchError as error:
                unread.append((url, str(error)))
                continue
            if isinstance(answer, Document):
                page = encoding.decode(answer.content, answer.content_type, "en").text
                is_page = "<html" in page[:4096].lower()
                found += discovery.candidates(page, answer.url) if is_page else [url]
    return tuple(dict.fromkeys(found)), unread


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
    finding |= {"newest": None, "damage": [], "error": None, "error_kind": None}
    finding |= {"hub": None, "push": None}
    try:
        answer = await fetcher.fetch(feed.url, Validators())
        if isinstance(answer, Document):
            parsed = await pool.parse(answer, feed)
            dates = [item.published for item in parsed.items if item.published]
            newest = output.when(max(dates)) if dates else None
            finding |= {"items": len(parsed.items), "newest": newest, "damage": parsed.damage}
            finding["hub"] = answer.announced.hub or parsed.announced.hub
    except (FetchError, ParseError) as error:
        finding |= {"error": _advised(error, feed.url), "error_kind": type(error).__name__}
    return finding


def _advised(error: FetchError | ParseError, url: str) -> str:
    """Say what went wrong, and how the feeds of a web page are found."""
    if not isinstance(error, NotAFeedError):
        return str(error)
    return f"{error}; `techwatch feeds discover {url}` looks for the feeds of a page"
