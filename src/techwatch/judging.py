"""Matching and assessment joined: what one item says, and what that means. No store, no clock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from techwatch.assessment import Assessor, judgements, wrong_names
from techwatch.assessment.ladders import is_step
from techwatch.baseline.standings import standings
from techwatch.baseline.wordlist import dictionary
from techwatch.matching import Matcher
from techwatch.matching.emerging import EmergingNames
from techwatch.model import Field, Item, Verdict
from techwatch.text import content_hash, identity, item_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from techwatch.assessment.reading import Reading
    from techwatch.assessment.settings import AssessmentSettings
    from techwatch.matching.settings import MatchingSettings
    from techwatch.model import (
        Assessment,
        Baseline,
        JudgedStory,
        Mention,
        Sighting,
        Standing,
        Story,
        WrongName,
    )


@dataclass(frozen=True, slots=True)
class Judge:
    """The stages that judge, and what the baseline knows of each entity's state."""

    matcher: Matcher
    names: EmergingNames
    assessor: Assessor
    known: Mapping[str, tuple[Standing, ...]]  # by entity, from the baseline alone
    baseline: Baseline
    settings: AssessmentSettings

    @classmethod
    def of(
        cls, baseline: Baseline, matching: MatchingSettings, assessment: AssessmentSettings
    ) -> Judge:
        """Compile a baseline for judging."""
        return cls(
            matcher=Matcher(baseline, matching),
            names=EmergingNames(baseline, dictionary),
            assessor=Assessor(baseline, assessment),
            known={e.id: standings(e, baseline) for e in baseline.entities.values() if e.facts},
            baseline=baseline,
            settings=assessment,
        )

    @property
    def story_window(self) -> timedelta:
        """How far from a story's tellings another one may be."""
        return timedelta(days=self.settings.story_days)

    @property
    def judged_window(self) -> timedelta:
        """How far from a story's tellings what people said of it is heeded."""
        return timedelta(days=self.settings.restated_days)

    @property
    def standing_window(self) -> timedelta:
        """How far before an item a step may have been reported that it may tell again."""
        days = max(self.settings.restated_days, self.settings.repeat_days)
        return timedelta(days=days + 2)  # dates are kept by the day, and counted to its end

    def mentions(self, item: Item, feed_tags: Sequence[str] = ()) -> tuple[Mention, ...]:
        """Find who and what the item speaks of; the tags are those of its feed."""
        return self.matcher.mentions(_texts(item), feed_tags)

    def matches(self, item: Item, mentions: tuple[Mention, ...]) -> bool:
        """Whether an item is worth the reading of its article.

        It names an entity, or is not unrelated by itself.
        """
        reading = self.read(item, mentions)
        known = bool(reading.entity_ids)
        return known or self.assess(reading, (), None).verdict is not Verdict.UNRELATED

    def unread(self, item: Item) -> int:
        """Count the characters of the item's texts that are not searched for names."""
        return self.matcher.unread(_texts(item))

    def sightings(self, item: Item, assessment: Assessment, publisher: str) -> tuple[Sighting, ...]:
        """Find the names in an item that the baseline lacks; none are looked for off the topic."""
        if assessment.verdict is Verdict.UNRELATED:
            return ()
        return self.names.find(_texts(item), item.language, assessment.mentions, publisher)

    def read(self, item: Item, mentions: tuple[Mention, ...]) -> Reading:
        """Read what the item says happened."""
        return self.assessor.read(item, mentions)

    def corrected(
        self, reading: Reading, item: Item, at: datetime, wrong: Sequence[WrongName]
    ) -> Reading:
        """Read an item again with its names as people taught them, if that concerns it.

        `at` is the time of its news.
        """
        mentions, said = wrong_names.corrected(
            reading,
            at,
            wrong,
            self.baseline,
            cutoff=self.settings.story_cutoff,
            days=self.settings.story_days,
        )
        return replace(self.read(item, mentions), taught=said) if said else reading

    def story_of(
        self,
        reading: Reading,
        item: Item,
        stories: Sequence[Story],
        at: datetime | None = None,
        *,
        revised: bool = True,
    ) -> Story | None:
        """Find the story among the open ones that the item tells.

        `at` is when an item without a time of its own was first seen. An item whose text was
        changed (`revised`) is like its own earlier telling whatever it says now, so that likeness
        is left out: it stays with its story for the same step, and only for that.
        """
        when = item.published or at
        if when is None:
            return None
        if revised:
            told = [s for s in stories if any(t.item_id == item.id for t in s.tellings)]
            same = next((story for story in told if _same_step(reading, story)), None)
            if same is not None:
                return same
        others = [_without(story, item.id) for story in stories]
        return self.assessor.story_of(reading, item.id, when, [s for s in others if s.tellings])

    def concerned(
        self,
        reading: Reading,
        item: Item,
        at: datetime,
        stories: Sequence[Story],
        joined: str | None,
    ) -> dict[str, datetime]:
        """Return the later tellings, with their times, whose story or verdict an item may change.

        `joined` is the id of the story that it tells now.
        """
        return self.assessor.concerned(reading, at, item.id, stories, joined)

    def assess(
        self, reading: Reading, moved: Sequence[Standing], story: Story | None
    ) -> Assessment:
        """Reach a verdict; `moved` is what other stories made of the state."""
        known = [s for entity in reading.entity_ids for s in self.known.get(entity, ())]
        found = self.assessor.assess(reading, (*known, *moved), story)
        if not reading.taught:
            return found
        reason = " ".join((found.reason, *(said.sentence for said in reading.taught)))
        return replace(found, reason=reason, features=(*found.features, *reading.taught))

    def settled(self, reading: Reading) -> Assessment | None:
        """Return the assessment of an item for which nothing decides that is told elsewhere.

        That is one off the topic which tells no step on a ladder, most of a stream of general
        news. None for every other item: it must be judged in its turn. People's judgements are
        not looked at; where there may be some, every item must be.
        """
        main = reading.main
        if main is not None and is_step(main.event, self.baseline.tracks[main.event.track]):
            return None
        found = self.assess(reading, (), None)
        return found if found.verdict is Verdict.UNRELATED else None

    def plain(self, item: Item, feed_tags: Sequence[str] = ()) -> Assessment | None:
        """Return the assessment of a new item that stands whatever is told or judged elsewhere.

        That is one off the topic which leads to no story. None for every other item, and for one
        that is too long to be searched as a whole, which is to be told.
        """
        if self.unread(item):
            return None
        reading = self.read(item, self.mentions(item, feed_tags))
        return None if reading.anchors else self.settled(reading)

    def still_open(
        self, reading: Reading, stories: Sequence[Story], judged: Sequence[JudgedStory]
    ) -> Sequence[Story]:
        """Leave out stories that people want quiet and beyond which the item goes."""
        if not judged:
            return stories
        return judgements.still_open(reading, stories, judged, self.baseline)

    def heed(
        self,
        assessment: Assessment,
        reading: Reading,
        story: Story | None,
        judged: Sequence[JudgedStory],
    ) -> Assessment:
        """Bring a verdict in line with what people said of the story, or of one like it."""
        return judgements.heed(assessment, reading, story, judged, self.settings)

    def standing_after(
        self, reading: Reading, assessment: Assessment, story_id: str, at: datetime
    ) -> tuple[Standing, ...]:
        """Say what the item's story adds to the state."""
        return self.assessor.standing_after(reading, assessment, story_id, at)

    def alone(self, item: Item) -> Assessment:
        """Judge an item against the baseline alone, as if nothing had been reported since."""
        return self.assess(self.read(item, self.mentions(item)), (), None)


def _texts(item: Item) -> dict[Field, str]:
    return {Field.TITLE: item.title, Field.SUMMARY: item.summary, Field.BODY: item.body}


def _same_step(reading: Reading, story: Story) -> bool:
    event = reading.main.event if reading.main else None
    if event is None or event.rung is None:
        return event is not None and event.event_type == story.event_type
    return (event.track, event.rung) == (story.track, story.rung)


def _without(story: Story, item_id: str) -> Story:
    return replace(story, tellings=tuple(t for t in story.tellings if t.item_id != item_id))


def loose_item(title: str, summary: str = "", language: str = "en") -> Item:
    """Make an item of a text that comes from no feed."""
    hashed = identity(None, None, title, summary)
    return Item(
        id=item_id("", hashed),
        feed_url="",
        identity=hashed,
        title=title,
        summary=summary,
        language=language,
        content_hash=content_hash(title, summary),
    )
