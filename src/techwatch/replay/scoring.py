"""Hold a replay against what a careful reader says of the same items."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from techwatch.model import Verdict

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

    Labels = Mapping[str, Any]
    Pair = tuple[Labels, Labels]  # what the reader says, what the replay says

_IMPORTANT = 2  # of 0 to 3: an item that a reader should or must see


def score(pairs: Sequence[Pair]) -> dict[str, Any]:
    """Return precision, recall and F1 of each thing that the reader's labels hold.

    `flagged` is novel, escalating or easing, `relevant` all but unrelated; `accuracy` and the five
    verdicts are over all items; `actors` and `laws` over (item, id); `average_precision` is that
    of the score for items of importance 2 and 3; `stories` is B-cubed over items (Bagga and
    Baldwin 1998). What no label holds is left out.
    """
    found: dict[str, Any] = {"items": len(pairs)}
    judged = [(g, f) for g, f in pairs if g.get("verdict")]
    if judged:
        found |= _verdicts([(Verdict(g["verdict"]), Verdict(f["verdict"])) for g, f in judged])
    for kind in ("actors", "laws"):
        labelled = [(set(g[kind]), set(f[kind])) for g, f in pairs if g.get(kind) is not None]
        if labelled:
            hits = sum(len(g & f) for g, f in labelled)
            claimed, true = (sum(len(pair[side]) for pair in labelled) for side in (1, 0))
            found[kind] = figures(hits, claimed, true)
    ranked = [(g["importance"] >= _IMPORTANT, f) for g, f in pairs if "importance" in g]
    if ranked:
        found["average_precision"] = _average_precision(ranked)
    stories = [(g["story"], f["story"]) for g, f in pairs if g.get("story")]
    if stories:
        found["stories"] = _bcubed(stories)
    return found


def figures(hits: int, claimed: int, true: int) -> dict[str, float]:
    """Return precision, recall and their harmonic mean, 0 where nothing was claimed or true."""
    precision, recall = hits / claimed if claimed else 0.0, hits / true if true else 0.0
    both = precision + recall
    f1 = 2 * precision * recall / both if both else 0.0
    return {"precision": round(precision, 3), "recall": round(recall, 3), "f1": round(f1, 3)}


def _verdicts(pairs: Sequence[tuple[Verdict, Verdict]]) -> dict[str, Any]:
    each = {v.value: _of((g is v, f is v) for g, f in pairs) for v in Verdict}
    return {
        "flagged": _of((g.flagged, f.flagged) for g, f in pairs),
        "relevant": _of((g is not Verdict.UNRELATED, f is not Verdict.UNRELATED) for g, f in pairs),
        "accuracy": round(sum(g is f for g, f in pairs) / len(pairs), 3),
        "verdicts": each,
    }


def _of(pairs: Iterable[tuple[bool, bool]]) -> dict[str, float]:
    kept = list(pairs)
    hits = sum(g and f for g, f in kept)
    return figures(hits, sum(f for _, f in kept), sum(g for g, _ in kept))


def _average_precision(ranked: Sequence[tuple[bool, Labels]]) -> float:
    order = sorted(ranked, key=lambda pair: (-pair[1]["score"], pair[1]["id"]))
    hits, total = 0, 0.0
    for place, (good, _) in enumerate(order, 1):
        if good:
            hits += 1
            total += hits / place
    return round(total / hits, 3) if hits else 0.0


def _bcubed(pairs: Sequence[tuple[Hashable, Hashable]]) -> dict[str, float]:
    """Average over items how much of their story is right, and how much of it was found."""
    true: dict[Hashable, int] = defaultdict(int)
    claimed: dict[Hashable, int] = defaultdict(int)
    both: dict[tuple[Hashable, Hashable], int] = defaultdict(int)
    for gold, found in pairs:
        true[gold] += 1
        claimed[found] += 1
        both[gold, found] += 1
    precision = sum(both[p] / claimed[p[1]] for p in pairs) / len(pairs)
    recall = sum(both[p] / true[p[0]] for p in pairs) / len(pairs)
    f1 = 2 * precision * recall / (precision + recall)
    return {"precision": round(precision, 3), "recall": round(recall, 3), "f1": round(f1, 3)}
