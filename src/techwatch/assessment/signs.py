"""Read the signs of an item: what it offers for telling whether another tells the same event."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from techwatch.assessment.lexicon import Kind
from techwatch.assessment.likeness import bigrams, stems
from techwatch.model import Direction, Field, Signs
from techwatch.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from techwatch.assessment.amounts import Quantities
    from techwatch.assessment.lexicon import Found
    from techwatch.assessment.told import Passage, Told
    from techwatch.model import Event

_SUMMARY = 400  # characters of a summary that are read: it leads with the news
_NUMBER = re.compile(r"\d[\d.,]*\d")  # of two digits or more
_ESSAYS = frozenset({"commentary_in_title", "question", "opinion_in_title"})
_WORDS = frozenset({Kind.TRIGGER, Kind.TOPIC, Kind.CONTEXT})
_BODIES = {
    "senat": "senate",
    "house re": "house",
    "house co": "house",
    "house pa": "house",
    "lawmaker": "congress",
    "congress": "congress",
    "capitol": "congress",
    "commission": "commission",
}


def read_signs(
    passages: Sequence[Passage],
    told: Sequence[Told],
    entity_ids: Iterable[str],
    quantities: Callable[[str], Quantities],
    language: str,
    *,
    essay: bool,
) -> Signs:
    """Read the signs of an item from its fields and what they tell; the title comes first."""
    title, *rest = passages
    folded = fold(title.text).text
    summary = fold(rest[0].text[:_SUMMARY]).text if rest else ""
    main = told[0].event if told else None
    figures = quantities(title.text)
    surfaces = [m.surface for passage in passages for m in passage.mentions]
    return Signs(
        language=language,
        text=" ".join(stems(folded)),
        words=_words(folded),
        more=_words(summary),
        names=_words(" / ".join(fold(surface).text for surface in surfaces)),
        field_words=_field_words(passages),
        places=_places(title.words),
        nearby=frozenset().union(*(_places(passage.words) for passage in rest)),
        bodies=frozenset(_body(title.text[w.start : w.end]) for w in title.words if _acts(w)),
        triggers=frozenset(w.word.value for w in title.words if w.word.kind is Kind.TRIGGER),
        kinds=frozenset(t.event.event_type for t in told if t.event.field is Field.TITLE),
        steps=frozenset(_step(t.event) for t in told if t.event.rung),
        kind=main.event_type if main else None,
        step=_step(main) if main else None,
        mode=main.mode.value if main else None,
        jurisdiction=main.jurisdiction if main else None,
        entities=frozenset(entity_ids),
        numbers=frozenset(_NUMBER.findall(f"{folded} {summary}")),
        quantities=figures.keys() | (quantities(rest[0].text).keys() if rest else frozenset()),
        sums=figures.sums(),
        essay=essay or title.text.rstrip().endswith(("?", "？")),
    )


def _step(event: Event) -> str:
    """Name a rung, or the leaving of it; a track where the event moves no ladder."""
    leaves = "-" if event.direction is Direction.BACK else ""
    return f"{event.track}/{leaves}{event.rung or ''}"


def is_essay(signals: Iterable[str], *, narration: bool) -> bool:
    """Whether a headline comments, explains, asks or looks back."""
    return narration or not _ESSAYS.isdisjoint(signals)


def _words(folded: str) -> frozenset[str]:
    return frozenset(stems(folded)) | bigrams(folded)


def _field_words(passages: Iterable[Passage]) -> frozenset[str]:
    found = (
        fold(passage.text[w.start : w.end]).text
        for passage in passages
        for w in passage.words
        if w.word.kind in _WORDS
    )
    return _words(" / ".join(found))


def _acts(found: Found) -> bool:
    return found.word.value.startswith("authority ")


def _places(words: Iterable[Found]) -> frozenset[str]:
    """Return the jurisdictions named, by themselves or by who acts for them; China is no sign."""
    codes = {
        w.word.value.partition(" ")[2]
        for w in words
        if w.word.kind is Kind.CONTEXT and w.word.value.startswith(("place ", "authority "))
    }
    return frozenset(codes - {"cn", ""})


def _body(surface: str) -> str:
    """Bring the words for one body together: senators sit in the senate."""
    folded = fold(surface).text.removeprefix("u.s. ").removeprefix("us ")
    return next((body for words, body in _BODIES.items() if words in folded), folded)
