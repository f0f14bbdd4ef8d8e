"""Which verdicts and stories differ between two replays of the same items."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Records = Mapping[str, Mapping[str, Any]]  # lines of a replay by the item's id


@dataclass(frozen=True, slots=True)
class Difference:
    """One item that is judged otherwise."""

    id: str
    title: str
    verdict_before: str
    verdict_after: str
    score_before: float
    score_after: float
    reason_before: str
    reason_after: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two replays, held against each other."""

    items: int  # that both hold
    verdicts: tuple[Difference, ...]  # flagged before or after first, then by id
    stories: tuple[str, ...]  # items that stand in a story with others than before
    only_before: int
    only_after: int


def compare(before: Records, after: Records) -> Comparison:
    """Compare what two replays say of the items that both hold."""
    shared = [item_id for item_id in before if item_id in after]
    changed = [
        _difference(item_id, before[item_id], after[item_id])
        for item_id in shared
        if before[item_id]["verdict"] != after[item_id]["verdict"]
    ]
    old, new = _mates(before, shared), _mates(after, shared)
    return Comparison(
        items=len(shared),
        verdicts=tuple(sorted(changed, key=lambda d: (-max(d.score_before, d.score_after), d.id))),
        stories=tuple(i for i in shared if old.get(i, {i}) != new.get(i, {i})),
        only_before=len(before) - len(shared),
        only_after=len(after) - len(shared),
    )


def moves(differences: Sequence[Difference]) -> list[tuple[str, str, int]]:
    """Count the changes from one verdict to another, most frequent first."""
    counted = Counter((d.verdict_before, d.verdict_after) for d in differences)
    return [(old, new, n) for (old, new), n in counted.most_common()]


def _difference(item_id: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Difference:
    return Difference(
        id=item_id,
        title=after.get("title") or "",
        verdict_before=before["verdict"],
        verdict_after=after["verdict"],
        score_before=before.get("score") or 0.0,
        score_after=after.get("score") or 0.0,
        reason_before=next(iter(before.get("reasons") or ()), ""),
        reason_after=next(iter(after.get("reasons") or ()), ""),
    )


def _mates(records: Records, shared: Sequence[str]) -> dict[str, set[str]]:
    """Return the items that tell the same story, for each that tells one; names don't matter."""
    stories: dict[str, set[str]] = defaultdict(set)
    for item_id in shared:
        if records[item_id].get("story"):
            stories[records[item_id]["story"]].add(item_id)
    return {item_id: members for members in stories.values() for item_id in members}
