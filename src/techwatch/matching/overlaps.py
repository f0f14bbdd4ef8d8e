"""Which of several names that overlap is meant: the longest, mostly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from techwatch.model import EntityKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from techwatch.matching.index import Candidate

_NAMED_AFTER = frozenset({"product_of", "founder_of"})


class Claims:
    """The characters of a text that names have taken. Asking costs no more for a longer text."""

    def __init__(self, candidates: Iterable[Candidate] = ()) -> None:
        self._owners: dict[int, list[Candidate]] = {}
        for candidate in candidates:
            self.add(candidate)

    def add(self, candidate: Candidate) -> None:
        """Let a name take its characters, even where others have them already."""
        for position in range(candidate.start, candidate.end):
            self._owners.setdefault(position, []).append(candidate)

    def at(self, position: int) -> list[Candidate]:
        """Return the names that have the character at a position."""
        return self._owners.get(position, [])

    def bar(self, candidate: Candidate) -> bool:
        """Whether a name may not stand, since others have its characters.

        It may where it holds the other name inside it, where the other speaks of both, and where
        the two have the very same characters: which is meant the scores tell.
        """
        if self._owners.keys().isdisjoint(range(candidate.start, candidate.end)):
            return False
        return any(
            (candidate.start, candidate.end) != (other.start, other.end)
            and not candidate.covers(other)
            and not _names_both(other, candidate)
            for position in range(candidate.start, candidate.end)
            for other in self.at(position)
        )


def longest(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Drop what stands inside a longer name, or overlaps a longer or earlier one."""
    candidates = list(candidates)
    if len(candidates) < 2:  # noqa: PLR2004 - nothing to overlap
        return candidates
    claims = Claims()
    kept: list[Candidate] = []
    for candidate in sorted(candidates, key=lambda c: (-c.length, c.edits, c.start)):
        if not claims.bar(candidate):
            claims.add(candidate)
            kept.append(candidate)
    return kept


def _names_both(outer: Candidate, inner: Candidate) -> bool:
    """Whether the longer name also speaks of the other entity: "Google Play", "TikTok ban bill".

    So it does with the owner of a product, the firm that a founder is called by ("Alibaba founder")
    and with the target of a law; not with the person whose
    name an administration bears, or the country whose name a company bears.
    """
    if not outer.covers(inner):
        return False
    if outer.entity.kind is EntityKind.LAW:
        return inner.entity.kind is not EntityKind.LAW
    return any(
        relation.type in _NAMED_AFTER and relation.target == inner.entity.id
        for relation in outer.entity.relations
    )
