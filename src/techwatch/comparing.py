"""What another baseline changes in the verdicts on stored items, each judged alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from techwatch.model import Verdict  # noqa: TC001 - the API's description reads it

if TYPE_CHECKING:
    from techwatch.judging import Judge
    from techwatch.model import Item


@dataclass(frozen=True, slots=True)
class VerdictChange:
    """One item that is judged otherwise."""

    item_id: str
    title: str
    verdict_before: Verdict
    verdict_after: Verdict
    lost: tuple[str, ...]  # entities no longer mentioned
    gained: tuple[str, ...]


def compare(item: Item, old: Judge, new: Judge) -> VerdictChange | None:
    """Judge an item by both baselines alone; None where verdict and mentions are the same."""
    before, after = old.alone(item), new.alone(item)
    had = {mention.entity_id for mention in before.mentions}
    has = {mention.entity_id for mention in after.mentions}
    if before.verdict is after.verdict and had == has:
        return None
    lost, gained = tuple(sorted(had - has)), tuple(sorted(has - had))
    return VerdictChange(item.id, item.title, before.verdict, after.verdict, lost, gained)
