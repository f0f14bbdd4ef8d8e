"""`techwatch feeds check` and `techwatch feeds discover`: ask, say what is found, store nothing."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import click

from techwatch import feed_checks
from techwatch.cli import output
from techwatch.errors import NotAFeedError
from techwatch.model import Feed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from techwatch.cli.context import Places
    from techwatch.feed_checks import Finding
    from techwatch.watch import Watch

_NOT_PRINTED = ("title", "language", "samples")  # what the desk shows before a feed is added


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
        found = [_advised(finding) for finding in _check(watch, chosen)]
        pushed = feed_checks.pushed_by(watch)
    _print((_record(one, pushed.get(one.url)) for one in found), json_lines=json_lines)
    if any(finding.error for finding in found):
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
        found = asyncio.run(feed_checks.discover(watch, pages))
        findings = _check(watch, [Feed(url, url, "en") for url in found.urls])
    for url, error in found.unread:
        click.echo(f"{url}: {error}", err=True)
    feeds = [finding for finding in findings if not finding.error]
    _print((_record(one, None) for one in feeds), json_lines=json_lines)
    if not feeds:
        where = f"; looked at {', '.join(found.urls)}" if found.urls else ""
        click.echo(f"no feed found{where}", err=True)
        click.get_current_context().exit(1)


def _check(watch: Watch, chosen: Sequence[Feed]) -> list[Finding]:
    with output.progress("Checking", len(chosen)) as advance:
        return asyncio.run(feed_checks.check(watch, chosen, advance))


def _advised(finding: Finding) -> Finding:
    """Say of a web page how its feeds are found."""
    if finding.error_kind != NotAFeedError.__name__:
        return finding
    advice = f"`techwatch feeds discover {finding.url}` looks for the feeds of a page"
    return replace(finding, error=f"{finding.error}; {advice}")


def _record(finding: Finding, push: str | None) -> dict[str, Any]:
    newest = output.when(finding.newest) if finding.newest else None
    record = asdict(finding) | {"newest": newest, "push": push}
    return {name: value for name, value in record.items() if name not in _NOT_PRINTED}


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
