"""What in an item speaks for a doubtful name: other entities, legal forms, roles, the field."""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property
from typing import TYPE_CHECKING

from techwatch.matching.cues import BETWEEN_NAMES, FIELD_TAGS, LEGAL_FORMS, OWNS_OR_DOES, ROLES
from techwatch.matching.issuers import (
    PlaceWords,
    Power,
    can_be_foreign,
    foreign_issuer,
    foreign_owner,
)
from techwatch.matching.scoring import Support
from techwatch.model import EntityKind
from techwatch.phrases import PhraseSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from techwatch.matching.index import Candidate
    from techwatch.matching.overlaps import Claims
    from techwatch.matching.passage import Passage, Reading
    from techwatch.model import Baseline, Entity, Field
    from techwatch.phrases import Hit

_PLACE = EntityKind.PLACE
_LONGEST_WORD = 80  # folded characters of a word or phrase looked for
_IN_A_ROW = 6  # folded characters between two names in a list
_BESIDE = 12  # folded characters between a name and its legal form


class Known:
    """What is known about an item before its doubtful names are judged; found out when asked."""

    def __init__(
        self, readings: Sequence[Reading], place_words: PlaceWords, feed_tags: Iterable[str]
    ) -> None:
        self.readings = readings
        self.feed = next((tag for tag in feed_tags if tag in FIELD_TAGS), None)
        self._place_words = place_words
        self._hits: dict[tuple[int, Field], list[Hit]] = {}
        self._powers: dict[Field, list[Power]] = {}

    @cached_property
    def entities(self) -> list[Entity]:
        """The entities surely named, and all places; each once, in order."""
        firm = {c.entity.id: c.entity for reading in self.readings for c in reading.firm}
        found = (c.entity for reading in self.readings for c in reading.found)
        return list((firm | {e.id: e for e in found if e.kind is _PLACE}).values())

    def issuer(self, entity: Entity, span: tuple[int, int], reading: Reading) -> str | None:
        """Name the power whose measure the sentence speaks of, if it is not the entity's own."""
        if entity.kind is not EntityKind.LAW:
            return None
        return foreign_issuer(entity, span, reading.passage, self._powers_of(reading))

    def owner(self, candidate: Candidate, reading: Reading) -> str | None:
        """Name the other country whose body or law it is by the words beside it."""
        if not can_be_foreign(candidate.entity):
            return None
        span = candidate.start, candidate.end
        powers = self._powers_of(reading)
        return foreign_owner(candidate.entity, span, reading.passage, powers)

    def _powers_of(self, reading: Reading) -> list[Power]:
        field = reading.passage.field
        if field not in self._powers:
            self._powers[field] = self._place_words.powers(reading.passage, reading.found)
        return self._powers[field]

    def hits(self, words: PhraseSet, passage: Passage) -> list[Hit]:
        """Search a passage for a set of words, once."""
        key = id(words), passage.field
        if key not in self._hits:
            self._hits[key] = words.find(passage.folded, passage.original)
        return self._hits[key]


class SupportFinder:
    """Finds what supports a doubtful name; the words it looks for are compiled once."""

    def __init__(self, baseline: Baseline, near: int) -> None:
        self._near = near
        vocabularies = baseline.vocabularies.values()
        self._topics = _compiled(topic for v in vocabularies for topic in v.topics)
        self._legal_forms = _compiled(LEGAL_FORMS)
        self._roles = _compiled(ROLES)
        self._place_words = PlaceWords(baseline)
        self._ties = _ties(baseline.entities)

    def known(self, readings: Sequence[Reading], feed_tags: Iterable[str] = ()) -> Known:
        """Prepare an item; the tags of its feed tell what that is about."""
        return Known(readings, self._place_words, feed_tags)

    def support(
        self, candidate: Candidate, reading: Reading, known: Known, beside: Claims
    ) -> Support:
        """Gather what speaks for a candidate of one of the item's passages.

        `beside` holds the names of this passage that count already.
        """
        entity, passage = candidate.entity, reading.passage
        spoken = [e for e in known.entities if e.id != entity.id and e.kind is not _PLACE]
        places = [e for e in known.entities if e.kind is _PLACE]
        tied = self._ties.get(entity.id, set())
        topic = _near(candidate, passage, known.hits(self._topics, passage), self._near)
        return Support(
            same=any(e.id == entity.id for e in known.entities),
            related=_first_name(e for e in spoken if e.id in tied),
            other=_first_name(e for e in spoken if e.id not in tied),
            country=_first_name(p for p in places if p.id in tied or _at_home(entity, p)),
            legal_form=_near(candidate, passage, known.hits(self._legal_forms, passage), _BESIDE),
            role=_near(candidate, passage, known.hits(self._roles, passage), self._near),
            foreign=known.owner(candidate, reading)
            or known.issuer(entity, (candidate.start, candidate.end), reading),
            acts=_what_it_does(candidate, passage),
            row=_row(candidate, passage, beside),
            topic=topic,
            topic_elsewhere=None if topic else self._first_topic(candidate, passage, known),
            feed=known.feed,
        )

    def _first_topic(self, candidate: Candidate, own: Passage, known: Known) -> str | None:
        """Return the item's first word of the field that is no part of the name, here or there."""
        name = own.folded.text[candidate.start : candidate.end]
        for passage in (reading.passage for reading in known.readings):
            for hit in known.hits(self._topics, passage):
                word = passage.folded.text[hit.start : hit.end]
                overlaps = hit.start < candidate.end and candidate.start < hit.end
                if not (word in name or name in word or (passage is own and overlaps)):
                    return passage.cut(hit.start, hit.end)[2]
        return None


def _compiled(patterns: Iterable[str]) -> PhraseSet:
    return PhraseSet(list(dict.fromkeys(patterns)))


def _near(candidate: Candidate, passage: Passage, hits: Sequence[Hit], distance: int) -> str | None:
    """Return the hit nearest to a name, as written, or None if none is near enough."""
    best: tuple[int, Hit] | None = None
    first = bisect_left(hits, candidate.start - distance - _LONGEST_WORD, key=lambda h: h.start)
    for hit in map(hits.__getitem__, range(first, len(hits))):
        if hit.start > candidate.end + distance:
            break
        gap = max(hit.start - candidate.end, candidate.start - hit.end)
        if 0 <= gap <= distance and (best is None or gap < best[0]):
            best = gap, hit
    return passage.cut(best[1].start, best[1].end)[2] if best else None


def _what_it_does(candidate: Candidate, passage: Passage) -> str | None:
    found = OWNS_OR_DOES.match(passage.folded.text, candidate.end)
    return found[0].strip() if found else None


def _row(candidate: Candidate, passage: Passage, beside: Claims) -> str | None:
    """Name the one that stands right before or after, with no more than a comma between."""
    before = range(candidate.start - 1, candidate.start - _IN_A_ROW - 1, -1)
    after = range(candidate.end, candidate.end + _IN_A_ROW)
    for other in (name for place in (*before, *after) for name in beside.at(place)):
        if other.entity.kind is _PLACE or other.entity.id == candidate.entity.id:
            continue
        first, second = sorted([candidate, other], key=lambda c: c.start)
        gap = first.end, second.start
        if gap[0] <= gap[1] and BETWEEN_NAMES.fullmatch(passage.folded.text, *gap):
            return other.entity.name
    return None


def _at_home(entity: Entity, place: Entity) -> bool:
    return place.country is not None and place.country == entity.country


def _first_name(entities: Iterable[Entity]) -> str | None:
    return next((entity.name for entity in entities), None)


def _ties(entities: Mapping[str, Entity]) -> dict[str, set[str]]:
    ties: dict[str, set[str]] = {}
    for entity in entities.values():
        for relation in entity.relations:
            if relation.type == "rival_of":
                continue
            ties.setdefault(entity.id, set()).add(relation.target)
            ties.setdefault(relation.target, set()).add(entity.id)
    return ties
