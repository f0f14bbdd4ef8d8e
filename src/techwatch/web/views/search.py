"""Search: items and developments by their words, newest first or best first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from techwatch.model import FoundDevelopment, Hit
from techwatch.search.highlights import highlights
from techwatch.search.parsing import parse
from techwatch.searching import Advice, advice
from techwatch.web.views.reading import of_one_state

if TYPE_CHECKING:
    from collections.abc import Iterable

    from techwatch.search.query import Phrase
    from techwatch.watch import Watch

What = Literal["items", "developments"]
By = Literal["time", "relevance"]

PAGE = 50  # hits of a page
MOST_COUNTED = 1_000  # items; more are told as "more than"
AMONG = 20_000  # items found that are gone through for a page of developments
_TRIED = 8  # looser queries that are counted where nothing is found
_SNIPPET = 240  # characters of a text that are shown around the first hit
_BEFORE = 60  # of them before it


@dataclass(frozen=True, slots=True)
class Marked:
    """A piece of a text; the pieces in a row are the text."""

    text: str
    found: bool = False  # whether it was looked for


@dataclass(frozen=True, slots=True)
class FoundItem:
    """An item that was found, with what was looked for set off."""

    hit: Hit
    title: tuple[Marked, ...]
    snippet: tuple[Marked, ...]  # of the text, around the first place


@dataclass(frozen=True, slots=True)
class FoundStory:
    """A development that was found, with what was looked for set off."""

    development: FoundDevelopment
    title: tuple[Marked, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A page of what a search found."""

    query: str
    what: What
    by: By
    items: tuple[FoundItem, ...] = ()
    developments: tuple[FoundStory, ...] = ()
    count: int | None = None  # of items, on the first page; more than `most_counted`: at least
    most_counted: int = MOST_COUNTED
    until: datetime | None = None  # of developments: older news was not looked at for this page
    after: str | None = None  # the key of the next page; None: this is the last
    advice: Advice | None = None  # where nothing was found


@of_one_state
def search(
    watch: Watch, text: str, what: What = "items", by: By = "time", after: str | None = None
) -> Found:
    """Find items or developments.

    Args:
        watch: techwatch, put together.
        text: the query as it was typed; docs/search.md has its language.
        what: items, or what readers are told.
        by: the order of items; developments stand newest first.
        after: the key of the page before; None for the first.

    Raises:
        QueryError: the query can't be read; says where.
        NotFoundError: of a feed that it names, or of a key that no search gave.
    """
    asked = parse(text.replace("\0", " "), watch.clock().astimezone())
    archive, first = watch.store.search, after is None
    if what == "developments":
        found = archive.developments(asked, PAGE, after, AMONG)
        stories = tuple(FoundStory(one, marked(one.title, asked.words)) for _, one in found.found)
        shown = Found(
            text, what, "time", developments=stories, until=found.until, after=found.after
        )
    else:
        # Without a wanted word all are alike relevant.
        order: By = by if asked.wanted is not None else "time"
        hits = archive.items(asked, PAGE, after, by=order)
        items = tuple(_item(hit, asked.words) for hit in hits)
        key = hits[-1].key if len(hits) == PAGE else None
        count = archive.count(asked, MOST_COUNTED) if first else None
        shown = Found(text, what, by, items=items, count=count, after=key)
    if first and not (shown.items or shown.developments or shown.after):
        told = advice(watch, asked, MOST_COUNTED, _TRIED)
        return Found(text, what, shown.by, count=shown.count, advice=told)
    return shown


def _item(hit: Hit, words: tuple[Phrase, ...]) -> FoundItem:
    anywhere = tuple(phrase for phrase in words if not phrase.title)
    return FoundItem(hit, marked(hit.title, words), _snippet(hit.summary, anywhere))


def _snippet(text: str, words: Iterable[Phrase]) -> tuple[Marked, ...]:
    """Cut a text to what stands around the first word that was looked for, and set them off."""
    text = " ".join(text[:10_000].split())
    places = highlights(words, text)
    start = max(0, places[0][0] - _BEFORE) if places else 0
    start = text.rfind(" ", 0, start) + 1 if start else 0
    cut = text[start : start + _SNIPPET]
    shown = _divided(cut, [(a - start, b - start) for a, b in places if a >= start])
    before = (Marked("… "),) if start else ()
    after = (Marked(" …"),) if start + _SNIPPET < len(text) else ()
    return (*before, *shown, *after)


def marked(text: str, words: Iterable[Phrase]) -> tuple[Marked, ...]:
    """Divide a text where what was looked for begins and ends."""
    return _divided(text, highlights(words, text))


def _divided(text: str, places: Iterable[tuple[int, int]]) -> tuple[Marked, ...]:
    found: list[Marked] = []
    last = 0
    for start, end in places:
        if start >= len(text):
            break
        found += [Marked(text[last:start])] if start > last else []
        found.append(Marked(text[start:end], found=True))
        last = end
    return (*found, Marked(text[last:])) if text[last:] else tuple(found)
