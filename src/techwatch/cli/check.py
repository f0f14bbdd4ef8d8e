"""`techwatch check`."""

from __future__ import annotations

import sys
from dataclasses import astuple
from typing import TYPE_CHECKING, Any

import click

from techwatch import checking
from techwatch.cli import output, telling
from techwatch.errors import FetchError, StorageError
from techwatch.text import web_link

if TYPE_CHECKING:
    from techwatch.checking import Check
    from techwatch.cli.context import Places
    from techwatch.model import Item
    from techwatch.watch import Watch


@click.command()
@click.argument("text", metavar="TEXT|URL|-")
@click.option("--summary", default="", help="Text that follows the headline.")
@click.option("--language", default=None, help="Language of the text: en, zh or nb.")
@click.option(
    "--no-archive", "--no-store", "no_archive", is_flag=True, help="Leave out what the store holds."
)
@output.as_json
@click.pass_obj
def check(
    places: Places,
    text: str,
    summary: str,
    language: str | None,
    no_archive: bool,
    json_lines: bool,
) -> None:
    """Judge a text, a page or a name against the baseline.

    Prints what matches and why, what the baseline knows of it, the verdict with its reasons, and
    what the store holds on it: items that mention the same entities, items with all the words of
    the headline, and developments. A name alone prints what is known of it, or the nearest names.

    Exit status: 0 if it is flagged (for a name: if it is known), 1 if not, 2 for a usage error.

    \b
    techwatch check "Montana bans TikTok"
    techwatch check https://example.org/article
    techwatch check huawie
    pbpaste | techwatch check -
    """
    with places.judging() as watch:
        item = _item(watch, text, summary, language)
        if not item.title:
            raise click.UsageError("there is no text to check")
        output.warn_of_unread(watch.judge, item)
        found, looked = _checked(watch, item, archive=not no_archive)
    if json_lines:
        output.print_json(_record(found, looked=looked))
    else:
        telling.tell_check(found)
    if not found.flagged:
        click.get_current_context().exit(1)


def _checked(watch: Watch, item: Item, *, archive: bool) -> tuple[Check, bool]:
    """Judge it, and say whether the archive was looked at: a verdict needs none."""
    try:
        return checking.check(watch, item, archive=archive), archive and watch.has_store()
    except StorageError as error:
        message = f"techwatch: {error}; the archive is left out, as by --no-archive"
        click.echo(message, err=True)
        return checking.check(watch, item, archive=False), False


def _item(watch: Watch, text: str, summary: str, language: str | None) -> Item:
    if text == "-":
        title, _, rest = sys.stdin.read().strip().partition("\n")
        return checking.item_of(title, f"{rest} {summary}".strip(), language)
    if web_link(text):
        return _page(watch, text, language)
    return checking.item_of(text.strip(), summary, language)


def _page(watch: Watch, url: str, language: str | None) -> Item:
    import asyncio  # noqa: PLC0415 - the network is for links only

    from techwatch import reading_pages  # noqa: PLC0415 - likewise

    try:
        return asyncio.run(reading_pages.read(watch, url, language))
    except FetchError as error:  # 1 would say: read, and nothing in it
        click.echo(f"techwatch: {url}: {error}", err=True)
        click.get_current_context().exit(2)


def _record(found: Check, *, looked: bool) -> dict[str, Any]:
    """Write a check as a record; what the store holds only where it was looked at."""
    record: dict[str, Any] = {
        "text": found.text,
        "kind": found.kind,
        "flagged": found.flagged,
        "entities": [telling.known_record(entity) for entity in found.entities],
    }
    if found.assessment:
        record["assessment"] = found.assessment
    else:
        record["suggestions"] = [list(astuple(one)) for one in found.suggestions]
    if looked:
        record |= {"store": found.store, "archive": found.archive}
    return record
