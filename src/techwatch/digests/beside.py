"""What stands beside the developments, in words: corrections, bursts, emerging names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from techwatch.digests.clock import Clock
    from techwatch.digests.wording import Wording
    from techwatch.model import Burst, Correction, EmergingName

_LEVELS = "▁▂▃▄▅▆▇█"
MOST = 8  # bursts and emerging names in one digest


@dataclass(frozen=True, slots=True)
class Mended:
    """A correction of what an earlier digest said."""

    sentence: str
    title: str  # as it was told
    title_now: str  # empty where it is the same
    link: str | None


@dataclass(frozen=True, slots=True)
class Bar:
    """An entity of which far more is written than usual."""

    name: str
    bars: str  # a day each, the last one today: "▁▁▂█"
    heights: tuple[int, ...]  # the same in percent of the highest
    sentence: str


@dataclass(frozen=True, slots=True)
class Emerging:
    """A name that the baseline lacks."""

    name: str
    sentence: str
    title: str
    link: str | None


def mended(correction: Correction, clock: Clock) -> Mended:
    """Say what an earlier digest said and is no longer so."""
    words, day = clock.words, clock.day(correction.slot)
    badges = {
        "before": words.say(f"badge.{correction.verdict}"),
        "now": words.say(f"badge.{correction.verdict_now}"),
    }
    changed = correction.title_now != correction.title
    return Mended(
        sentence=words.say(f"correction.{correction.kind}", day=day, **badges),
        title=correction.title,
        title_now=correction.title_now if changed else "",
        link=correction.link,
    )


def bars(bursts: Sequence[Burst], words: Wording) -> Iterator[Bar]:
    """Draw bursts day by day."""
    for burst in bursts[:MOST]:
        most = max((*burst.counts, 1))
        yield Bar(
            name=burst.name,
            bars="".join(_LEVELS[round(n / most * (len(_LEVELS) - 1))] for n in burst.counts),
            heights=tuple(round(100 * n / most) for n in burst.counts),
            sentence=words.say("burst", n=burst.publishers, usual=words.decimal(burst.usual)),
        )


def emerging(names: Iterable[EmergingName], words: Wording) -> Iterator[Emerging]:
    """Tell of names that might belong into the baseline."""
    for name in list(names)[:MOST]:
        yield Emerging(
            name=name.name,
            sentence=words.say("emerging.counts", n=name.items, publishers=len(name.publishers)),
            title=name.examples[0].title if name.examples else "",
            link=name.examples[0].link if name.examples else None,
        )
