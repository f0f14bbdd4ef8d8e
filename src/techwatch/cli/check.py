"""`techwatch check`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from techwatch.cli import output, telling
from techwatch.errors import FetchError
from techwatch.judging import loose_item
from techwatch.text import web_link

if TYPE_CHECKING:
    from techwatch.cli.context import Places
    from techwatch.model import Item
    from techwatch.watch import Watch

_KEYWORD_WORDS = 4  # so many words may a name have that is asked for alone
_SUGGESTIONS = 5
_NEWEST = 5  # items of the store, or developments, that are shown
_MOST_WORDS = 20  # of a headline that are looked for in the archive


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
        record = _keyword(watch, item) if _is_keyword(watch, item) else _verdict(watch, item)
        if not no_archive and watch.has_store():
            record["store"] = _stored(watch, record["entities"])
            record["archive"] = _archived(watch, record)
    if json_lines:
        output.print_json(record)
    else:
        telling.tell_check(record)
    if not record["flagged"]:
        click.get_current_context().exit(1)


def _item(watch: Watch, text: str, summary: str, language: str | None) -> Item:
    if text == "-":
        title, _, rest = sys.stdin.read().strip().partition("\n")
        return loose_item(title, f"{rest} {summary}".strip(), language or _guess(title))
    if web_link(text):
        return _page(watch, text, language)
    return loose_item(text.strip(), summary, language or _guess(text))


def _page(watch: Watch, url: str, language: str | None) -> Item:
    from techwatch.cli import page  # noqa: PLC0415 - the network is for links only

    try:
        return page.read(watch, url, language)
    except FetchError as error:  # 1 would say: read, and nothing in it
        click.echo(f"techwatch: {url}: {error}", err=True)
        click.get_current_context().exit(2)


def _guess(text: str) -> str:
    """Tell Chinese by its characters; Norwegian must be said."""
    return "zh" if any("\u4e00" <= c <= "\u9fff" for c in text) else "en"


def _is_keyword(watch: Watch, item: Item) -> bool:
    """Whether the text is a name alone: short, and telling of no event."""
    if item.summary or len(item.title.split()) > _KEYWORD_WORDS:
        return False
    judge = watch.judge
    return not judge.read(item, judge.mentions(item)).events


def _keyword(watch: Watch, item: Item) -> dict[str, Any]:
    judge = watch.judge
    suggestions = judge.matcher.suggest(item.title, _SUGGESTIONS)
    ids = list(dict.fromkeys(s.entity_id for s in suggestions if s.score == 1))
    return {
        "text": item.title,
        "kind": "name",
        "flagged": bool(ids),
        "entities": [telling.known_of(watch, entity_id) for entity_id in ids],
        "suggestions": [] if ids else suggestions,
    }


def _verdict(watch: Watch, item: Item) -> dict[str, Any]:
    assessment = watch.judge.alone(item)
    ids = dict.fromkeys(m.entity_id for m in assessment.mentions)
    return {
        "text": item.title,
        "kind": "text",
        "flagged": assessment.verdict.flagged,
        "assessment": assessment,
        "entities": [telling.known_of(watch, entity_id) for entity_id in ids],
    }


def _stored(watch: Watch, entities: list[dict[str, Any]]) -> list[dict[str, Any]]:
    held = []
    for entity in entities:
        count, newest = watch.store.judging.mentioning(entity["id"], _NEWEST)
        items = [
            {"id": s.item.id, "title": s.item.title, "published": s.item.published} for s in newest
        ]
        held.append({"entity": entity["id"], "items": count, "newest": items})
    return held


def _archived(watch: Watch, record: dict[str, Any]) -> dict[str, Any] | None:
    """Return what the archive has of the words: of a name in a row, of a headline all of them."""
    from techwatch.search.query import Having, Query, all_of, phrase_of  # noqa: PLC0415 - see above
    from techwatch.search.words import look_for  # noqa: PLC0415

    words, begins = look_for(record["text"])
    if not words:
        return None
    is_name = record["kind"] == "name"
    asked = phrase_of(words, begins=begins) if is_name else all_of(words[:_MOST_WORDS])
    ids = tuple(entity["id"] for entity in record["entities"])
    search = watch.store.search
    of = Query(having=(Having("entity", ids),)) if ids else asked
    return {
        "words": list(words),
        "items": search.count(asked),
        "newest": search.items(asked, _NEWEST),
        "developments": [found for _, found in search.developments(of, _NEWEST)],
    }
