"""What a replay came to: how many got which verdict, on which days, in which stories."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from techwatch.model import Verdict
from techwatch.replay.outcomes import found

if TYPE_CHECKING:
    from datetime import datetime

    from techwatch.model import Baseline
    from techwatch.replay.readings import Result
    from techwatch.replay.repetitions import Outcome

_LEAD = ("verdict", "score", "actors", "laws", "event", "mode", "rung_before", "rung_after")


@dataclass
class Counts:
    """A tally that grows result by result."""

    by_verdict: Counter[Verdict] = field(default_factory=Counter)
    by_day: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    stories: dict[str, bool] = field(default_factory=dict)  # id: whether it was flagged yet

    def add(self, result: Result) -> None:
        """Count a result."""
        day = self.by_day[result.day]
        self.by_verdict[result.verdict] += 1
        day["items"] += 1
        day[result.verdict.value] += 1
        story_id = result.outcome.story_id if result.outcome else None
        if story_id is not None:
            told = self.stories.get(story_id, False)
            self.stories[story_id] = told or result.verdict.flagged
            day["developments"] += result.verdict.flagged and not told

    def record(self) -> dict[str, Any]:
        """Return the tally as JSON can hold it; days in order."""
        return {
            "items": self.by_verdict.total(),
            "by_verdict": {verdict.value: self.by_verdict[verdict] for verdict in Verdict},
            "stories": len(self.stories),
            "developments": sum(self.stories.values()),
            "days": {day: dict(self.by_day[day]) for day in sorted(self.by_day)},
        }


@dataclass
class _Story:
    title: str
    lead: dict[str, Any]  # of its first flagged item, else of its first
    flagged: bool = False
    first: datetime | None = None
    last: datetime | None = None
    publishers: set[str] = field(default_factory=set)
    items: list[str] = field(default_factory=list)


@dataclass
class Stories:
    """The stories of a replay, gathered result by result; of their items no more than the ids."""

    baseline: Baseline
    told: dict[str, _Story] = field(default_factory=dict)

    def add(self, result: Result) -> None:
        """Put a result with its story, if it tells one."""
        outcome = result.outcome
        if outcome is None or outcome.story_id is None:
            return
        story = self.told.get(outcome.story_id)
        flagged = outcome.assessment.verdict.flagged
        if story is None:
            story = self.told[outcome.story_id] = _Story("", {})
        if not story.items or (flagged and not story.flagged):
            story.title, story.lead = outcome.line.item.title, self._lead(outcome)
            story.flagged = flagged
        if at := outcome.line.item.published:
            story.first = min(story.first or at, at)
            story.last = max(story.last or at, at)
        story.publishers.add(outcome.line.feed.publisher)
        story.items.append(outcome.line.item.id)

    def records(self) -> list[dict[str, Any]]:
        """Return a line for each story, by its first item: who tells it, when, and what it is."""
        return [
            {
                "story": story_id,
                "title": story.title,
                "first": story.first.isoformat() if story.first else None,
                "last": story.last.isoformat() if story.last else None,
                "publishers": len(story.publishers),
                "items": story.items,
            }
            | story.lead
            for story_id, story in self.told.items()
        ]

    def _lead(self, outcome: Outcome) -> dict[str, Any]:
        said = found(outcome, self.baseline)
        return {key: said[key] for key in _LEAD}
