"""`techwatch search`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from techwatch.cli import output
from techwatch.errors import QueryError, TechwatchError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from techwatch.cli.context import Places
    from techwatch.model import FoundDevelopment, Hit
    from techwatch.search.query import Phrase, Query
    from techwatch.storage.search import Order
    from techwatch.watch import Watch

_LIMIT = 20


@click.command()
@click.argument("query", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(1, 1000), default=_LIMIT, show_default=True,
              help="At most.")  # fmt: skip
@click.option(
    "--by",
    type=click.Choice(["time", "relevance"]),
    default="time",
    show_default=True,
    help="Newest first, or of the newest 2,000 the most relevant first.",
)
@click.option("--after", metavar="KEY", help="Go on after the hit with this key, as --json has it.")
@click.option("--developments", is_flag=True, help="What readers are told, not each item.")
@output.as_json
@click.pass_obj
def search(
    places: Places,
    query: tuple[str, ...],
    limit: int,
    by: Order,
    after: str | None,
    developments: bool,
    json_lines: bool,
) -> None:
    """Find items of the archive by their words.

    Words are all needed, in any order, in title or text; case, accents and traditional or
    simplified characters make no difference. Chinese is found inside of longer words. Give a query
    with quotes, parentheses or a minus in single quotes, which the shell takes away.

    Exit status: 0 if something is found, 1 if not, 2 for a query that can't be read.

    \b
    "chip export"            these words in a row
    huawei OR tiktok         either; OR holds closer than words side by side
    chip -phone, NOT phone   not where the second is
    semi*                    beginnings of words
    title:ban                in headlines only
    entity:huawei,tiktok     items that mention one of these entities of the baseline
    verdict:novel            or flagged, which is novel, escalating and easing
    feed:reuters lang:zh     part of a publisher's name, or of a feed's address; a language
    since:7d until:2026-11   an age (12h, 7d, 2w), a day, month or year, in the local zone

    \b
    techwatch search 芯片 since:30d
    techwatch search '"export controls" (chip OR semiconductor*) -phone verdict:flagged'
    techwatch search --developments huawei since:2026-01
    """
    with places.watch() as watch:
        asked = _read(" ".join(query), watch)
        if not watch.has_store():
            message = "no database yet: `techwatch run` or `techwatch poll` makes one"
            raise TechwatchError(message)
        archive = watch.store.search
        if developments:
            found = archive.developments(asked, limit, after).found
            _print_developments(found, asked, json_lines=json_lines)
            told = _told(len(found), limit, "developments")
        else:
            hits = archive.items(asked, limit, after, by=by)
            _print(hits, asked, json_lines=json_lines)
            told = count_told(archive.count(asked), "items")
            told += f", {len(hits)} shown: --limit shows more" if len(hits) == limit else ""
        if not (found if developments else hits) and after is None:
            _advise(watch, asked)
            click.get_current_context().exit(1)
    click.echo(told, err=True)


def _read(text: str, watch: Watch) -> Query:
    from techwatch.search.parsing import parse  # noqa: PLC0415 - not for --help

    try:
        return parse(text, watch.clock().astimezone())
    except QueryError as error:
        before = error.query[: error.at]
        wide = sum(2 if char >= "\u2e80" else 1 for char in before)
        click.echo(f"techwatch: {error}\n  {error.query}\n  {' ' * wide}^", err=True)
        click.get_current_context().exit(2)


def count_told(number: int, what: str) -> str:
    """Say how many there are, as far as they were counted."""
    from techwatch.storage.search import MOST_COUNTED  # noqa: PLC0415 - SQLAlchemy is slow

    if number > MOST_COUNTED:
        return f"more than {MOST_COUNTED:,} {what}"
    return f"{number:,} {what if number != 1 else what.removesuffix('s')}"


def _told(number: int, limit: int, what: str) -> str:
    return f"{number:,} {what}" + (" shown: --limit shows more" if number == limit else "")


def _print(hits: Sequence[Hit], asked: Query, *, json_lines: bool) -> None:
    if json_lines:
        output.print_json(*hits)
        return
    for hit in hits:
        verdict = output.verdict(hit.verdict) if hit.verdict else "not judged"
        mark = " *" if hit.development else ""
        click.echo(
            f"{output.when(hit.at)}  {verdict}{mark}  {hit.publisher}: "
            f"{marked(hit.title, asked.words)}  [{hit.item_id}]"
        )
        if hit.link:
            click.echo(f"    {hit.link}")
    if any(hit.development for hit in hits):
        click.echo("* tells a development", err=True)


def _print_developments(
    found: Sequence[tuple[str, FoundDevelopment]], asked: Query, *, json_lines: bool
) -> None:
    if json_lines:
        output.print_json(*({"key": key} | output.data(one) for key, one in found))
        return
    for _, one in found:
        click.echo(
            f"{output.when(one.last_at)}  {output.verdict(one.verdict)}  {one.publisher}: "
            f"{marked(one.title, asked.words)}  [{one.id}], {one.found} found"
        )
        if one.link:
            click.echo(f"    {one.link}")


def marked(title: str, phrases: Iterable[Phrase]) -> str:
    """Set off what was looked for; click drops it where there is no terminal."""
    from techwatch.search.highlights import highlights  # noqa: PLC0415 - not for --help

    text, last = "", 0
    for start, end in highlights(phrases, title):
        text += title[last:start] + click.style(title[start:end], bold=True, underline=True)
        last = end
    return text + title[last:]


def _advise(watch: Watch, asked: Query) -> None:
    """Say on stderr that nothing was found, and what would find something."""
    from techwatch.searching import advice  # noqa: PLC0415 - for few searches

    click.echo("nothing found", err=True)
    found = advice(watch, asked)
    for one in found.looser:
        click.echo(f"  {one.how}: {count_told(one.items, 'items')}", err=True)
    for missing in found.unknown:
        perhaps = f"; perhaps {', '.join(missing.near)}" if missing.near else ""
        click.echo(f"  the baseline has no entity {missing.value!r}{perhaps}", err=True)
