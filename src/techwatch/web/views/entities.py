"""An entity: what the baseline knows of it, and what news made of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from techwatch.errors import NotFoundError
from techwatch.labels import event_label, rung_label
from techwatch.model import Decision, EntityKind, Source, Verdict
from techwatch.web.views import ladders, on_record
from techwatch.web.views.ladders import Ladder
from techwatch.web.views.on_record import FactShown, FalseFriendShown, NamesOf, Related
from techwatch.web.views.reading import of_one_state

if TYPE_CHECKING:
    from techwatch.model import Baseline, Entity, EntityDevelopment
    from techwatch.watch import Watch

PAGE = 50  # developments on a page
WEEKS = 52
_BESIDE_DAYS = 90
_BESIDE = 12  # that are told
_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Beside:
    """Another entity, mentioned in the same items."""

    id: str
    name: str
    items: int


@dataclass(frozen=True, slots=True)
class Week:
    """Items of one week that mention it."""

    start: datetime  # Monday, in UTC
    items: int


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """A development that concerns it."""

    id: str
    story_id: str
    at: datetime
    verdict: Verdict
    title: str
    link: str | None
    publisher: str
    language: str
    event_label: str | None
    rung_label: str | None
    jurisdiction: str | None
    decision: Decision | None


@dataclass(frozen=True, slots=True)
class Timeline:
    """Developments, newest first."""

    developments: tuple[TimelineEntry, ...]
    after: str | None  # where the next page begins; None: this is the last


@dataclass(frozen=True, slots=True)
class EntityShown:
    """All that is known of an entity."""

    id: str
    kind: EntityKind
    type: str
    name: str
    country: str | None
    sector: str | None
    names: tuple[NamesOf, ...]
    described: int  # combinations of words that mean it
    false_friends: tuple[FalseFriendShown, ...]
    ladders: tuple[Ladder, ...]
    facts: tuple[FactShown, ...]  # newest first
    documents: tuple[Source, ...]
    relations: tuple[Related, ...]
    beside: tuple[Beside, ...]
    beside_days: int  # over which those are counted
    weeks: tuple[Week, ...]  # oldest first
    timeline: Timeline


@of_one_state
def entity(
    watch: Watch, entity_id: str, after: str | None = None, language: str = "en"
) -> EntityShown:
    """Return all that is known of an entity; raises NotFoundError.

    Args:
        watch: techwatch.
        entity_id: of the baseline.
        after: where its timeline begins, as `Timeline.after` gave it; None: with the newest.
        language: of readers, for labels.
    """
    of, known, now = found(watch, entity_id), watch.baseline, watch.clock()
    held = watch.store.entities
    beside = held.beside(of.id, now - timedelta(days=_BESIDE_DAYS), _BESIDE)
    return EntityShown(
        id=of.id,
        kind=of.kind,
        type=of.type,
        name=of.name,
        country=of.country,
        sector=of.sector,
        names=on_record.names(of),
        described=len(of.described),
        false_friends=tuple(FalseFriendShown(f.text, f.means) for f in of.false_friends),
        ladders=ladders.of(
            of, watch.judge.known.get(of.id, ()), held.reached(of.id), known, language
        ),
        facts=on_record.facts(of, known, language),
        documents=on_record.sources(of.documents, known),
        relations=on_record.relations(of, known),
        beside=tuple(
            Beside(i, known.entities[i].name, n) for i, n in beside if i in known.entities
        ),
        beside_days=_BESIDE_DAYS,
        weeks=_weeks(watch, of.id, now),
        timeline=timeline(watch, of.id, after, language),
    )


def found(watch: Watch, entity_id: str) -> Entity:
    """Return an entity of the baseline; raises NotFoundError."""
    of = watch.baseline.entities.get(entity_id)
    if of is None:
        raise NotFoundError("entity", entity_id)
    return of


def timeline(
    watch: Watch, entity_id: str, after: str | None = None, language: str = "en"
) -> Timeline:
    """Return a page of the developments that concern an entity; raises NotFoundError."""
    of, known = found(watch, entity_id), watch.baseline
    rows = watch.store.entities.developments(of.id, PAGE + 1, _place(after))
    following = _mark(rows[PAGE - 1]) if len(rows) > PAGE else None
    return Timeline(tuple(_entry(row, known, language) for row in rows[:PAGE]), following)


def _place(after: str | None) -> tuple[datetime, str] | None:
    """Read where a page begins: microseconds since 1970, a dash, a story."""
    if not after:
        return None
    at, _, story_id = after.partition("-")
    return _EPOCH + int(at) * _MICROSECOND, story_id


def _mark(row: EntityDevelopment) -> str:
    return f"{(row.at - _EPOCH) // _MICROSECOND}-{row.story_id}"


def _entry(row: EntityDevelopment, known: Baseline, language: str) -> TimelineEntry:
    event_type = known.event_types.get(row.event_type or "")
    track = known.tracks.get(event_type.track) if event_type else None
    return TimelineEntry(
        id=row.id,
        story_id=row.story_id,
        at=row.at,
        verdict=row.verdict,
        title=row.title,
        link=row.link,
        publisher=row.publisher,
        language=row.language,
        event_label=event_label(event_type, language) if event_type else None,
        rung_label=rung_label(track, row.rung, language) if track else None,
        jurisdiction=row.jurisdiction,
        decision=row.decision,
    )


def _weeks(watch: Watch, entity_id: str, now: datetime) -> tuple[Week, ...]:
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    first = today - timedelta(days=today.weekday(), weeks=WEEKS - 1)
    counted = watch.store.entities.weekly(entity_id, first, WEEKS)
    return tuple(Week(first + timedelta(weeks=n), items) for n, items in enumerate(counted))
