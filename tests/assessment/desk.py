"""What the tests of the assessment share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from techwatch.assessment import story_id
from techwatch.baseline.standings import standings
from techwatch.model import Field, Item, Story, Telling

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techwatch.assessment import Assessor, Reading
    from techwatch.matching import Matcher
    from techwatch.model import Assessment, Baseline, Standing

NOON = datetime(2024, 5, 6, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Desk:
    """The project's own baseline, matcher and assessor, as an analyst would sit before them."""

    baseline: Baseline
    matcher: Matcher
    assessor: Assessor

    def item(
        self, title: str, summary: str = "", language: str = "en", at: datetime | None = NOON
    ) -> Item:
        return Item(
            id=story_id(title + summary)[:16],
            feed_url="https://news.example/feed",
            identity=f"text:{title}",
            title=title,
            summary=summary,
            language=language,
            published=at,
        )

    def read(self, item: Item) -> Reading:
        texts = {Field.TITLE: item.title, Field.SUMMARY: item.summary}
        return self.assessor.read(item, self.matcher.mentions(texts))

    def known(self, reading: Reading) -> list[Standing]:
        entities = self.baseline.entities
        return [s for i in reading.entity_ids for s in standings(entities[i], self.baseline)]

    def assess(
        self,
        item: Item,
        moved: Sequence[Standing] = (),
        story: Story | None = None,
    ) -> Assessment:
        reading = self.read(item)
        return self.assessor.assess(reading, [*self.known(reading), *moved], story)

    def story(self, item: Item) -> Story:
        """Open a story with an item, as the pipeline does."""
        reading = self.read(item)
        event = reading.main.event if reading.main else None
        at = item.published or NOON
        return Story(
            id=story_id(item.id),
            entity_ids=reading.anchors,
            event_type=event.event_type if event else None,
            track=event.track if event else None,
            rung=event.rung if event else None,
            jurisdiction=event.jurisdiction if event else None,
            verdict=self.assess(item).verdict,
            first_at=at,
            last_at=at,
            tellings=(
                Telling(item.id, item.title, None, "Example", item.language, at, reading.signs),
            ),
        )
