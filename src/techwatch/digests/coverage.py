"""What the coverage of a period comes to, counted and in sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from techwatch.model import Verdict

if TYPE_CHECKING:
    from techwatch.digests.wording import Wording
    from techwatch.model import Coverage

_ORDER = (Verdict.ESCALATING, Verdict.NOVEL, Verdict.EASING, Verdict.KNOWN, Verdict.UNRELATED)


@dataclass(frozen=True, slots=True)
class FeedCount:
    """How many feeds are in which condition; paused ones are not watched."""

    watched: int
    well: int
    failing: int
    waiting: int
    items: int  # that came in

    @property
    def blind(self) -> bool:
        """Whether nothing was read: then finding nothing means nothing."""
        return self.items == 0 and self.failing + self.waiting == self.watched

    @property
    def doubtful(self) -> bool:
        """Whether at least half of the feeds fail: then a quiet day may not be one."""
        return self.failing > 0 and 2 * self.failing >= self.watched


def count_feeds(coverage: Coverage) -> FeedCount:
    """Count the feeds by condition."""
    conditions = [feed.condition for feed in coverage.feeds]
    return FeedCount(
        watched=len(conditions) - conditions.count("paused"),
        well=conditions.count("well"),
        failing=conditions.count("failing") + conditions.count("gone"),
        waiting=conditions.count("waiting"),
        items=coverage.items_seen,
    )


def coverage_sentences(coverage: Coverage, words: Wording) -> str:
    """Say how many feeds are well, and what became of the items."""
    count = count_feeds(coverage)
    if count.watched == 0:
        return words.say("coverage.none")
    feeds = words.say("coverage.feeds", well=count.well, of=count.watched)
    counted = [
        words.say(f"coverage.{verdict}", n=n)
        for verdict in _ORDER
        if (n := coverage.by_verdict.get(verdict, 0))
    ]
    items = words.say(
        "coverage.items",
        n=coverage.items_seen,
        judged=coverage.items_judged,
        verdicts=": " + ", ".join(counted) if counted else "",
    )
    return f"{feeds} {items}"
