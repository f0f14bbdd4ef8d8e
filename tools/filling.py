"""News of many days as rows, to fill a database quickly or by the store's own verbs.

The texts are those of the bundled feeds, in English, Chinese and Norwegian, put together anew for
each item, and judged by the real judge; entities are exchanged for others of the baseline, so that
some are heard of daily and most seldom. What an item says does not depend on how it is stored.
"""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from techwatch.assessment.stories import story_id
from techwatch.baseline.loading import load
from techwatch.feeds.parsing import parse
from techwatch.installation import shipped
from techwatch.judging import Judge
from techwatch.model import (
    Assessment,
    Document,
    EntityKind,
    Feed,
    Item,
    Sighting,
    Signs,
    Standing,
    Validators,
    Verdict,
)
from techwatch.settings import Settings
from techwatch.testing import demo
from techwatch.text import content_hash, item_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from techwatch.model import Baseline

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
DAILY = 2_500  # items a day, whatever their number
FEEDS = 1_000
ON_TOPIC = 0.08  # share of the items that tell a development ...
OPENING = 0.25  # ... and of these, those that open it: 2 of 100 items
NAMING = 0.05  # share of the others that name somebody
JUDGED = 0.02  # share of the developments on which a person says something
OPEN = 40  # stories that are told at one time
ENTITIES = 150  # for which those of the texts are exchanged
_REVISED = 0.02  # share of the items whose text is changed once


@dataclass(frozen=True, slots=True, eq=False)
class Telling:
    """What can be told: a judged text, less its place among other news."""

    title: str
    summary: str
    body: str
    language: str
    assessment: Assessment
    signs: Signs
    anchors: tuple[str, ...]
    moved: tuple[Standing, ...]
    names: tuple[Sighting, ...]


@dataclass(slots=True)
class Told:
    """A story as it is told."""

    id: str
    telling: Telling
    follows: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """An item, and what is made of it."""

    item: Item
    former: str | None  # the title that it had at first
    at: datetime  # of the news, of the poll and of the verdict
    telling: Telling | None = None  # None: it matches nothing
    story: Told | None = None
    opens: bool = False
    judged: bool = False  # by a person


@dataclass(slots=True)
class News:
    """A stream of items, the same each time."""

    stories: list[Telling]
    naming: list[Telling]
    noise: list[Telling]
    feeds: list[Feed]
    chance: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311
    begin: datetime = BEGIN
    opening: float = OPENING
    made: int = 0
    open: deque[Told] = field(default_factory=lambda: deque(maxlen=OPEN))
    last: dict[int, str] = field(default_factory=dict)  # by telling: its latest story

    def entries(self, number: int) -> Iterator[Entry]:
        """Give the next items, oldest first."""
        for _ in range(number):
            self.made += 1
            yield self._entry()

    def now(self) -> datetime:
        """Return the time of the last item."""
        return self.begin + timedelta(days=self.made / DAILY)

    def _entry(self) -> Entry:
        chance, at = self.chance, self.now()
        feed = chance.choice(self.feeds)
        dice = chance.random()
        if dice >= ON_TOPIC:
            naming = dice < ON_TOPIC + NAMING
            telling = self._any(self.naming) if naming else chance.choice(self.noise)
            one, former = self._item(telling, feed, at)
            return Entry(one, former, at, telling if naming else None)
        opens = not self.open or chance.random() < self.opening
        place = self._place(self.stories) if opens else 0
        told = None if opens else chance.choice(self.open)
        telling = told.telling if told else self.stories[place]
        one, former = self._item(telling, feed, at)
        if told is None:
            told = Told(story_id(f"{one.id}.{2 if former else 1}"), telling, self.last.get(place))
            self.last[place] = told.id
            self.open.append(told)
        judged = opens and chance.random() < JUDGED
        return Entry(one, former, at, telling, told, opens=opens, judged=judged)

    def _place(self, tellings: list[Telling]) -> int:
        """Choose one: the first are told far more often than the last."""
        return int(len(tellings) * self.chance.random() ** 3)

    def _any(self, tellings: list[Telling]) -> Telling:
        return tellings[self._place(tellings)]

    def _item(self, telling: Telling, feed: Feed, at: datetime) -> tuple[Item, str | None]:
        """Put a text together that nobody else has."""
        guid = f"https://news.example/{feed.publisher}/{self.made}"
        first = f"{telling.title} ({self.made})"
        changed = self.chance.random() < _REVISED
        title = f"{first}, in other words" if changed else first
        more = [one.summary for one in self.chance.sample(self.noise, 2)]
        summary = " ".join([telling.summary, *more])
        one = Item(
            id=item_id(feed.url, f"guid:{guid}"),
            feed_url=feed.url,
            identity=f"guid:{guid}",
            title=title,
            summary=summary,
            body=telling.body,
            guid=guid,
            link=f"{guid}-{'-'.join(telling.title.split())[:50]}",
            published=at,
            language=telling.language,
            content_hash=content_hash(title, summary),
        )
        return one, first if changed else None


def news() -> News:
    """Read and judge the texts, and exchange their entities."""
    baseline, settings = load(shipped("baseline")), Settings()
    judge = Judge.of(baseline, settings.matching, settings.assessment)
    tellings = [_telling(item, judge) for item in _bundled()]
    told = [one for one in tellings if one.assessment.verdict.flagged]
    naming = [one for one in tellings if _names(one) and not one.assessment.verdict.flagged]
    noise = [one for one in tellings if not _names(one)]
    feeds = [
        Feed(f"https://news.example/{n}/feed.xml", f"P{n}", "en", tags=("press",))
        for n in range(FEEDS)
    ]
    return News(_exchanged(told, baseline), _exchanged(naming, baseline), noise, feeds)


def _names(telling: Telling) -> bool:
    return bool(telling.assessment.mentions)


def _bundled() -> Iterator[Item]:
    folder = demo.first_edition()
    for feed in demo.feeds("https://news.example"):
        content = (folder / feed.url.rpartition("/")[2]).read_bytes()
        document = Document(feed.url, content, None, Validators(), BEGIN)
        yield from parse(document, feed).items


def _telling(item: Item, judge: Judge) -> Telling:
    reading = judge.read(item, judge.mentions(item))
    found = judge.assess(reading, (), None)
    if not found.verdict.flagged:  # told by nobody as news: only whom it names is kept
        found = Assessment(
            Verdict.UNRELATED, 0.1, "", found.mentions, model_version=found.model_version
        )
    return Telling(
        title=item.title,
        summary=item.summary,
        body=item.body,
        language=item.language,
        assessment=found,
        signs=reading.signs,
        anchors=reading.anchors,
        moved=judge.standing_after(reading, found, "", item.published or BEGIN),
        names=judge.sightings(item, found, "P"),
    )


def _exchanged(tellings: list[Telling], baseline: Baseline) -> list[Telling]:
    """Tell each of other entities too, the ones that are heard of most first."""
    others = [e.id for e in baseline.entities.values() if e.kind is not EntityKind.PLACE]
    made = list(tellings)
    for other in others[:ENTITIES]:
        made += [_of(telling, other) for telling in tellings]
    return made


def _of(telling: Telling, other: str) -> Telling:
    """Say of another entity what is said of the first one."""
    of = telling.assessment
    named = dict.fromkeys(m.entity_id for m in of.mentions)
    own = next(iter(of.event.entity_ids if of.event and of.event.entity_ids else named))

    def renamed(entity_ids: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(other if i == own else i for i in entity_ids))

    event = replace(of.event, entity_ids=renamed(of.event.entity_ids)) if of.event else None
    mentions = tuple(
        replace(m, entity_id=other) if m.entity_id == own else m
        for m in of.mentions
        if m.entity_id != other
    )
    return replace(
        telling,
        assessment=replace(of, mentions=mentions, event=event),
        anchors=renamed(telling.anchors),
        moved=tuple(
            replace(m, entity_id=other) if m.entity_id == own else m for m in telling.moved
        ),
    )
