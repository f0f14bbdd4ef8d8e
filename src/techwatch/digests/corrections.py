"""What earlier digests said and is no longer so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from techwatch.model import Correction

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from techwatch.model import Told


def corrections(told: Iterable[Told], anew: Collection[str]) -> tuple[Correction, ...]:
    """Compare what was told with what its items say now.

    Args:
        told: each development as it was told last.
        anew: ids of items that the new digest tells; they bring their earlier headline along.
    """
    return tuple(
        Correction(
            development_id=t.development_id,
            item_id=t.item_id,
            kind=kind,
            slot=t.slot,
            title=t.title,
            verdict=t.verdict,
            title_now=t.title_now,
            verdict_now=t.verdict_now,
            link=t.link,
            publisher=t.publisher,
        )
        for t in told
        if t.item_id not in anew and (kind := _kind(t))
    )


def _kind(told: Told) -> Literal["headline", "verdict", "withdrawn"] | None:
    """Say what changed most; an item that is flagged no more counts only if its story isn't."""
    if not told.verdict_now.flagged:
        return "withdrawn" if told.verdict.flagged and not told.stands else None
    if told.verdict_now is not told.verdict:
        return "verdict"
    return "headline" if told.title_now != told.title else None
