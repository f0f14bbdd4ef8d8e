"""How the figures on judged items move."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from techwatch.model import Decision
from techwatch.web.views.reading import of_one_state

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from techwatch.model import JudgedCount
    from techwatch.watch import Watch

WEEKS = 12
_MOST = 50  # feeds that are listed


@dataclass(frozen=True, slots=True)
class Figures:
    """What people said of items: the last word on each story, and what was misread."""

    accepted: int  # of developments
    rejected: int
    known: int
    missed: int  # accepted though they were none
    wrong_entity: int
    same_as: int
    not_same: int
    share: float | None  # accepted of all words on developments, 0..1; None: there is none


@dataclass(frozen=True, slots=True)
class Week:
    """Those of a week."""

    start: date  # a Monday, in UTC
    figures: Figures


@dataclass(frozen=True, slots=True)
class Group:
    """Those of a language, or of a publisher."""

    name: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Teaching:
    """The figures of some weeks."""

    weeks: tuple[Week, ...]  # oldest first
    total: Figures
    languages: tuple[Group, ...]  # most judged first
    publishers: tuple[Group, ...]  # likewise, 50 at the most


@of_one_state
def teaching(watch: Watch, weeks: int = WEEKS) -> Teaching:
    """Count what was said in the last weeks, this one included."""
    now = watch.clock()
    midnight = datetime.combine(now.date(), time(), now.tzinfo)
    monday = midnight - timedelta(days=now.weekday())
    starts = [monday - timedelta(weeks=n) for n in reversed(range(weeks))]
    by_week = [watch.store.said.counts(at, at + timedelta(weeks=1)) for at in starts]
    counts = [count for found in by_week for count in found]
    return Teaching(
        weeks=tuple(
            Week(at.date(), _figures(found)) for at, found in zip(starts, by_week, strict=True)
        ),
        total=_figures(counts),
        languages=_groups(counts, lambda count: count.language),
        publishers=_groups(counts, lambda count: count.publisher)[:_MOST],
    )


def _groups(counts: Iterable[JudgedCount], of: Callable[[JudgedCount], str]) -> tuple[Group, ...]:
    found: dict[str, list[JudgedCount]] = defaultdict(list)
    for count in counts:
        found[of(count)].append(count)
    size = {name: sum(count.number for count in own) for name, own in found.items()}
    return tuple(
        Group(name, _figures(found[name])) for name in sorted(found, key=lambda n: (-size[n], n))
    )


def _figures(counts: Iterable[JudgedCount]) -> Figures:
    found: dict[tuple[Decision, bool], int] = defaultdict(int)
    for count in counts:
        found[count.decision, count.flagged] += count.number

    def of(decision: Decision) -> int:
        return found[decision, True] + found[decision, False]

    accepted = found[Decision.ACCEPT, True]
    rejected, known = found[Decision.REJECT, True], found[Decision.KNOWN, True]
    judged = accepted + rejected + known
    return Figures(
        accepted=accepted,
        rejected=rejected,
        known=known,
        missed=found[Decision.ACCEPT, False],
        wrong_entity=of(Decision.WRONG_ENTITY),
        same_as=of(Decision.SAME_AS),
        not_same=of(Decision.NOT_SAME),
        share=accepted / judged if judged else None,
    )
