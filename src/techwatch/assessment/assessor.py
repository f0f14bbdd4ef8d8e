"""The whole of the assessment behind one door: read, find the story, judge, move the standings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from techwatch.assessment import stories, verdict, weights, words
from techwatch.assessment.amounts import QuantityReader
from techwatch.assessment.events import events
from techwatch.assessment.lexicon import Found, Kind, Lexicon, Word
from techwatch.assessment.narration import is_narration
from techwatch.assessment.reading import Reading
from techwatch.assessment.recorded import recorded, restated
from techwatch.assessment.signals import signals
from techwatch.assessment.signs import is_essay, read_signs
from techwatch.assessment.told import Passage
from techwatch.assessment.years import past_years
from techwatch.model import Direction, EntityKind, Field, Standing, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from techwatch.assessment.settings import AssessmentSettings
    from techwatch.assessment.told import Told
    from techwatch.model import Assessment, Baseline, Item, Mention, Story


_CHINESE = frozenset({"china", "chinese_tech"})  # contexts
_AUTHORITY = "authority "
_READ = 4000  # characters of title and summary that are read: news leads with what is new
_THIN = 80  # characters; a shorter summary may say too little to decide by


class Assessor:
    """Judges items against a baseline. Holds no state: the same input gives the same output."""

    def __init__(self, baseline: Baseline, settings: AssessmentSettings) -> None:
        """Compile the vocabularies; raises techwatch.phrases.PatternError on a bad pattern."""
        self._baseline = baseline
        self._settings = settings
        self._lexicon = Lexicon(baseline.vocabularies)
        # One word in twenty tells of most items that they are off the topic.
        self._first = Lexicon(baseline.vocabularies, _tells_the_topic)
        self._quantities = QuantityReader(baseline.vocabularies)
        self.model_version = f"{weights.MODEL_VERSION}/{baseline.version}"

    def read(self, item: Item, mentions: tuple[Mention, ...]) -> Reading:
        """Read what an item says; the same for every state of the world."""
        if not self._reported(mentions) and not self._may_matter(item):
            return _off_topic(item, mentions)
        passages, told = self._what_is_told(item, mentions)
        entity_ids = self._reported(m for passage in passages for m in passage.mentions)
        read = (found.word for passage in passages for found in passage.words)
        if not entity_ids and not _on_topic(read):
            return _off_topic(item, mentions)
        told = self._with_figures(told, passages, item.language)
        found = signals(passages, told, self._baseline.entities)
        narration = is_narration(passages[0], told, item.language)
        own = read_signs(
            passages,
            told,
            entity_ids,
            lambda text: self._quantities.read(text, item.language),
            item.language,
            essay=is_essay(found, narration=narration),
        )
        return Reading(
            item_id=item.id,
            title=item.title,
            summary=item.summary,
            language=item.language,
            published=item.published,
            mentions=mentions,
            entity_ids=entity_ids,
            anchors=stories.story_anchors(own, told[0].event.track if told else None),
            told=told,
            signals=found,
            words=words.values(item.title, item.summary, weights.RARITY),
            places=own.places,
            narration=narration,
            signs=own,
        )

    def story_of(
        self, reading: Reading, item_id: str, at: datetime, open_stories: Sequence[Story]
    ) -> Story | None:
        """Return the open story that the item tells, if it tells one of them.

        `at` is the time of the news: only tellings before it count. If there is none, it may be
        the first telling of a story whose others came earlier to us.
        """
        if not reading.signals:
            return None
        cutoff, days = self._settings.story_cutoff, self._settings.story_days
        return stories.find_story(
            reading.signs, at, item_id, open_stories, cutoff=cutoff, days=days
        ) or stories.heir(reading.signs, at, item_id, open_stories, cutoff=cutoff, days=days)

    def concerned(
        self,
        reading: Reading,
        at: datetime,
        item_id: str,
        open_stories: Sequence[Story],
        joined: str | None,
    ) -> dict[str, datetime]:
        """Return the later tellings, with their times, whose story or verdict may change."""
        told = [s.id for s in open_stories if any(t.item_id == item_id for t in s.tellings)]
        return stories.concerned(
            reading.signs,
            at,
            item_id,
            open_stories,
            {*told, *([joined] if joined else [])},
            cutoff=self._settings.story_cutoff,
            days=max(self._settings.story_days, self._settings.repeat_days + 1),
        )

    def assess(
        self, reading: Reading, standings: Sequence[Standing], story: Story | None
    ) -> Assessment:
        """Judge a reading.

        `standings` are those of the baseline and those moved by other stories than the item's
        own, so that a later telling of an event keeps the verdict of the first.
        """
        others = [s for s in standings if story is None or s.story_id != story.id]
        found = verdict.assess(reading, others, self._baseline, self._settings, self.model_version)
        fact = recorded(reading, self._baseline, self._settings) if found.verdict.flagged else None
        return found if fact is None else restated(found, fact)

    def standing_after(
        self, reading: Reading, assessment: Assessment, story_id: str | None, at: datetime
    ) -> tuple[Standing, ...]:
        """Return what the item's story adds to the state: nothing unless it is a step."""
        main = reading.main
        if main is None or assessment.verdict not in {Verdict.ESCALATING, Verdict.EASING}:
            return ()
        event = main.event
        track = self._baseline.tracks[event.track]
        rung = event.rung
        if event.direction is Direction.BACK and rung in track.rungs:
            height = track.rungs.index(rung)
            rung = track.rungs[height - 1] if height else None
        since = (reading.published or at).date().isoformat()
        return tuple(
            Standing(i, event.track, rung, event.jurisdiction, since, reading.title, "", story_id)
            for i in event.entity_ids
        )

    def _may_matter(self, item: Item) -> bool:
        """Whether an item that names no entity may still matter: one word in twenty tells."""
        body = item.body[: self._settings.body_limit]
        texts = filter(None, (item.title[:_READ], item.summary[:_READ], body))
        return _on_topic(
            word for text in texts for word in self._first.standing(text, item.language)
        )

    def _what_is_told(
        self, item: Item, mentions: tuple[Mention, ...]
    ) -> tuple[tuple[Passage, ...], tuple[Told, ...]]:
        """Read title and summary, and the beginning of the body where there is no summary.

        Likewise where the summary is too thin to decide by: it is short and tells no step, and the
        title tells no event. Behind its lead a body is background: whom it names there is not what
        the item reports. tools/quality_articles.py measures what a longer lead does.
        """
        texts = {Field.TITLE: item.title[:_READ], Field.SUMMARY: item.summary[:_READ]}
        passages = self._passages(texts, item, mentions)
        told = self._events(passages)
        end = self._settings.body_limit
        if not item.body or not end or _decides(item.summary, told):
            return passages, told
        near = tuple(m for m in mentions if m.field is Field.BODY and m.end <= end)
        passages += self._passages({Field.BODY: item.body[:end]}, item, near)
        return passages, self._events(passages)

    def _events(self, passages: tuple[Passage, ...]) -> tuple[Told, ...]:
        return events(passages, self._baseline.event_types, self._baseline.entities)

    def _passages(
        self, texts: Mapping[Field, str], item: Item, mentions: tuple[Mention, ...]
    ) -> tuple[Passage, ...]:
        return tuple(
            Passage(
                field,
                text,
                (
                    *self._words(text, item.language, [m for m in mentions if m.field is field]),
                    *past_years(text, item.language, item.published),
                ),
                tuple(m for m in mentions if m.field is field),
            )
            for field, text in texts.items()
        )

    def _words(self, text: str, language: str, mentions: Sequence[Mention]) -> tuple[Found, ...]:
        """Find the words of a text; the China in China Mobile is not one that acts."""
        firms = [
            (m.start, m.end)
            for m in mentions
            if m.entity_id in self._baseline.entities
            and self._baseline.entities[m.entity_id].type == "company"
        ]
        return tuple(
            w
            for w in self._lexicon.find(text, language)
            if w.word.value != "place cn"
            or not any(start <= w.start and w.end <= end for start, end in firms)
        )

    def _with_figures(
        self, told: tuple[Told, ...], passages: Sequence[Passage], language: str
    ) -> tuple[Told, ...]:
        """Give the main event the sums, counts and dates of its field."""
        if not told:
            return told
        text = next(p.text for p in passages if p.field is told[0].event.field)
        found = self._quantities.read(text, language)
        event = replace(
            told[0].event, amounts=found.amounts, counts=found.counts, dates=found.dates
        )
        return (replace(told[0], event=event), *told[1:])

    def _reported(self, mentions: Iterable[Mention]) -> tuple[str, ...]:
        """List the entities that are reported: no places; those of the title first."""
        ordered = sorted(mentions, key=lambda m: m.field is not Field.TITLE)
        entities = self._baseline.entities
        return tuple(
            dict.fromkeys(
                m.entity_id
                for m in ordered
                if m.entity_id in entities and entities[m.entity_id].kind is not EntityKind.PLACE
            )
        )


def _off_topic(item: Item, mentions: tuple[Mention, ...]) -> Reading:
    return Reading(item.id, item.title, item.summary, item.language, item.published, mentions)


def _tells_the_topic(word: Word) -> bool:
    """Whether a word is one of those that `_on_topic` goes by."""
    if word.kind is Kind.CONTEXT:
        return word.value in _CHINESE or word.value.startswith(_AUTHORITY)
    return word.kind is Kind.TOPIC


def _on_topic(words: Iterable[Word]) -> bool:
    """Whether an item of these words may matter though it names no entity."""
    found = list(words)
    contexts = {word.value for word in found if word.kind is Kind.CONTEXT}
    if contexts & _CHINESE:
        return True
    topics = any(word.kind is Kind.TOPIC for word in found)
    return topics and any(name.startswith(_AUTHORITY) for name in contexts)


def _decides(summary: str, told: Sequence[Told]) -> bool:
    """Whether there is nothing to gain from the body."""
    if len(summary) >= _THIN:
        return True
    return bool(summary) and any(t.event.field is Field.TITLE or t.is_step for t in told)
