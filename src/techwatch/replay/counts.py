"""What a replay came to: how many got which verdict, on which days, in which stories."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from techwatch.model import Verdict
from techwatch.replay.outcomes import found

if TYPE_CHECKING:
    from techwatch.model import Baseline
    from techwatch.replay.replaying import Outcome

UNDATED = "undated"


@dataclass
class Counts:
    """A tally that grows outcome by outcome."""

    by_verdict: Counter[Verdict] = field(default_factory=Counter)
    by_day: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    stories: dict[str, bool] = field(default_factory=dict)  # id: whether it was flagged yet

    def add(self, outcome: Outcome) -> None:
        """Count an outcome."""
        verdict, published = outcome.assessment.verdict, outcome.line.item.published
        day = self.by_day[published.date().isoformat() if published else UNDATED]
        self.by_verdict[verdict] += 1
        day["items"] += 1
        day[verdict.value] += 1
        if outcome.story_id is not None:
            told = self.stories.get(outcome.story_id, False)
            self.stories[outcome.story_id] = told or verdict.flagged
            day["developments"] += verdict.flagged and not told

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
class Stories:
    """The stories of a replay, gathered outcome by outcome."""

    told: dict[str, list[Outcome]] = field(default_factory=lambda: defaultdict(list))

    def add(self, outcome: Outcome) -> None:
        """Put an outcome with its story, if it tells one."""
        if outcome.story_id is not None:
            self.told[outcome.story_id].append(outcome)

    def records(self, baseline: Baseline) -> list[dict[str, Any]]:
        """Return a line for each story, by its first item: who tells it, when, and what it is."""
        return [_story(outcomes, baseline) for outcomes in self.told.values()]


def _story(outcomes: list[Outcome], baseline: Baseline) -> dict[str, Any]:
    lead = next((o for o in outcomes if o.assessment.verdict.flagged), outcomes[0])
    times = sorted(o.line.item.published for o in outcomes if o.line.item.published)
    said = found(lead, baseline)
    kept = ("verdict", "score", "actors", "laws", "event", "mode", "rung_before", "rung_after")
    return {
        "story": lead.story_id,
        "title": lead.line.item.title,
        "first": times[0].isoformat() if times else None,
        "last": times[-1].isoformat() if times else None,
        "publishers": len({o.line.feed.publisher for o in outcomes}),
        "items": [o.line.item.id for o in outcomes],
    } | {key: said[key] for key in kept}
