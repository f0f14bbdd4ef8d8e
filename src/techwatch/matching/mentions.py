"""From texts to mentions: every name that stands there, how sure it is, and why."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from techwatch import collector
from techwatch.matching.described import DescribedIndex
from techwatch.matching.evidence import case_allows, mention_of, mention_of_description
from techwatch.matching.index import NameIndex
from techwatch.matching.overlaps import Claims, longest
from techwatch.matching.passage import Passage, Reading
from techwatch.matching.scoring import Support
from techwatch.matching.support import Known, SupportFinder
from techwatch.matching.typos import TypoIndex
from techwatch.model import Field, Mention
from techwatch.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from techwatch.matching.described import Description
    from techwatch.matching.index import Candidate
    from techwatch.matching.settings import MatchingSettings
    from techwatch.model import Baseline

_SUGGESTION_CUTOFF = 0.75  # below this two words only share some letters
_FIELDS = {field: number for number, field in enumerate(Field)}
_WEB_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\b[\w-]+(?:\.[\w-]+)+/\S*", re.ASCII)


class Suggestion(NamedTuple):
    """A name like a word that somebody looked up."""

    name: str
    entity_id: str
    score: float  # 1 for the name itself


class Matcher:
    """Finds a baseline's entities in texts. Built once, then used from any thread."""

    def __init__(self, baseline: Baseline, settings: MatchingSettings) -> None:
        entities = list(baseline.entities.values())
        self._settings = settings
        with collector.paused():
            self._described = DescribedIndex(entities if settings.described else [])
            self._names = NameIndex(entities, self._described.cues)
            self._typos = TypoIndex(entities if settings.fuzzy else [])
            self._support = SupportFinder(baseline, settings.near)
        self._entities = entities

    def mentions(
        self, texts: Mapping[Field, str], feed_tags: Iterable[str] = ()
    ) -> tuple[Mention, ...]:
        """Return every mention in an item's texts, ordered by field, place and entity.

        The tags of the item's feed tell what it is about, which may support weak names.

        Offsets count characters of the texts as they were given. Places are returned too; they
        give context. What scores below the cutoff is left out.
        """
        limit = self._settings.text_limit
        passages = [Passage.fold(f, texts[f], limit) for f in _FIELDS if texts.get(f)]
        found = [self._found(passage) for passage in passages]
        if not any(names or descriptions for names, descriptions in found):
            return ()
        readings = [self._read(p, names) for p, (names, _) in zip(passages, found, strict=True)]
        known = self._support.known(readings, feed_tags)
        mentions = [
            mention
            for reading, (_, descriptions) in zip(readings, found, strict=True)
            for mention in self._mentions_in(reading, descriptions, known)
        ]
        return _in_order([m for m in mentions if m.score >= self._settings.cutoff])

    def unread(self, texts: Mapping[Field, str]) -> int:
        """Count the characters of an item's texts that lie beyond the limit, all texts together."""
        return sum(max(0, len(text) - self._settings.text_limit) for text in texts.values())

    def suggest(self, word: str, limit: int = 5) -> tuple[Suggestion, ...]:
        """Return the names most like a word, best first, one for each entity."""
        from rapidfuzz import process  # noqa: PLC0415 - for look-ups of a word only
        from rapidfuzz.distance import JaroWinkler  # noqa: PLC0415 - likewise

        found = process.extract(
            fold(word).text.strip(),
            [folded for folded, _, _ in self._listed],
            scorer=JaroWinkler.normalized_similarity,
            score_cutoff=_SUGGESTION_CUTOFF,
            limit=None,
        )
        best: dict[str, Suggestion] = {}
        for _, score, index in found:
            _, name, entity_id = self._listed[index]
            best.setdefault(entity_id, Suggestion(name, entity_id, round(score, 4)))
        ordered = sorted(best.values(), key=lambda s: (-s.score, s.entity_id))
        return tuple(ordered[:limit])

    @cached_property
    def _listed(self) -> list[tuple[str, str, str]]:
        """All names: folded, as written, and whose they are; made when a word is looked up."""
        return [(fold(n.text).text, n.text, e.id) for e in self._entities for n in e.names]

    def _found(self, passage: Passage) -> tuple[list[Candidate], list[Description]]:
        """Return every place where a name or a description may stand."""
        _, original, folded = passage
        names, cued = self._names.candidates(folded, original)
        names += self._typos.candidates(folded, original)
        if names:
            names = _outside_addresses(names, passage)
        return names, self._described.find(folded, original) if cued else []

    def _read(self, passage: Passage, found: list[Candidate]) -> Reading:
        firm = longest(candidate for candidate in found if candidate.firm)
        return Reading(passage, found, firm)

    def _mentions_in(
        self, reading: Reading, descriptions: Iterable[Description], known: Known
    ) -> Iterator[Mention]:
        passage = reading.passage
        for description in descriptions:
            yield mention_of_description(passage, description)
        judged = {
            candidate: mention_of(
                passage, candidate, Support(foreign=known.owner(candidate, reading))
            )
            for candidate in reading.firm
        }
        if len(reading.found) > len(reading.firm):
            judged |= self._doubtful(reading, known)
        yield from (judged[candidate] for candidate in longest(judged))

    def _doubtful(self, reading: Reading, known: Known) -> dict[Candidate, Mention]:
        """Judge what is weak or misspelt, from left to right; those that count are returned.

        It gives way to the sure names that it touches, unless it is longer and holds them.
        """
        counted: dict[Candidate, Mention] = {}
        claims = Claims(reading.firm)
        doubtful = [c for c in reading.found if not c.firm and not claims.bar(c)]
        ordered = sorted(doubtful, key=lambda c: (c.start, -c.end))
        for candidate in (*ordered, *ordered):  # again, since who counts supports those before it
            if candidate not in counted and case_allows(candidate, reading.passage):
                support = self._support.support(candidate, reading, known, claims)
                mention = mention_of(reading.passage, candidate, support)
                if mention.score >= self._settings.cutoff:
                    counted[candidate] = mention
                    claims.add(candidate)
        return _likeliest(counted)


def _likeliest(counted: dict[Candidate, Mention]) -> dict[Candidate, Mention]:
    """Where one wording may mean several entities, keep the one that has most support."""
    best: dict[tuple[int, int], float] = {}
    for mention in counted.values():
        place = mention.start, mention.end
        best[place] = max(best.get(place, 0.0), mention.score)
    return {c: m for c, m in counted.items() if m.score == best[m.start, m.end]}


def _outside_addresses(found: list[Candidate], passage: Passage) -> list[Candidate]:
    """Drop names that are part of a web address: those of the paper are in half of all links."""
    if "/" not in passage.original and "www." not in passage.original:
        return found
    addresses = [address.span() for address in _WEB_ADDRESS.finditer(passage.original)]
    return [c for c in found if not _inside(addresses, passage.folded.span(c.start, c.end)[0])]


def _inside(spans: Sequence[tuple[int, int]], position: int) -> bool:
    """Whether a position is in one of some stretches, which are in order and apart."""
    before = bisect_right(spans, position, key=itemgetter(0))
    return before > 0 and position < spans[before - 1][1]


def _in_order(mentions: list[Mention]) -> tuple[Mention, ...]:
    """Sort, and keep the best of those that stand for one entity at one place."""
    if len(mentions) < 2:  # noqa: PLR2004 - nothing to order
        return tuple(mentions)
    ordered = sorted(
        mentions,
        key=lambda m: (
            _FIELDS[m.field],
            m.start,
            -m.end,
            m.entity_id,
            -m.score,
            m.name,
            m.language,
        ),
    )
    kept: dict[tuple[Field, int, int, str], Mention] = {}
    for mention in ordered:
        kept.setdefault((mention.field, mention.start, mention.end, mention.entity_id), mention)
    return tuple(kept.values())
