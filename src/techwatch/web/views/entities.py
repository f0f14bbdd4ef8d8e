"""An entity: what the baseline knows of it, and what news made of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from techwatch.errors import NotFoundError
from techwatch.model import Decision, EntityKind, Source, Verdict
from techwatch.web.views import ladders
from techwatch.web.views.ladders import Ladder
from techwatch.web.views.reading import of_one_state

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from techwatch.model import Baseline, Entity, EntityDevelopment, Fact
    from techwatch.watch import Watch

PAGE = 50  # developments on a page
WEEKS = 52
_BESIDE_DAYS = 90
_BESIDE = 12  # that are told
_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class NameShown:
    """One way of writing an entity."""

    text: str
    weak: bool  # counts only with support from the context
    exact_case: bool
    ours: bool  # not in the documents


@dataclass(frozen=True, slots=True)
class NamesOf:
    """Its names in one language."""

    language: str
    names: tuple[NameShown, ...]


@dataclass(frozen=True, slots=True)
class FalseFriendShown:
    """What holds a name but means something else."""

    text: str
    means: str


@dataclass(frozen=True, slots=True)
class FactShown:
    """What a document says."""

    date: str
    text: str
    source: Source | None
    post: str | None
    event_label: str | None
    jurisdiction: str | None
    disputed_by: tuple[Source, ...]
    note: str | None


@dataclass(frozen=True, slots=True)
class Related:
    """Another entity, by the baseline."""

    id: str
    name: str
    relation: str  # "owner", as the baseline has it
    back: bool  # the other one's entry says so: it is the other that is owner


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
def entity(watch: Watch, entity_id: str, after: str | None = None) -> EntityShown:
    """Return all that is known of an entity; raises NotFoundError.

    Args:
        watch: techwatch.
        entity_id: of the baseline.
        after: where its timeline begins, as `Timeline.after` gave it; None: with the newest.
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
        names=_names(of),
        described=len(of.described),
        false_friends=tuple(FalseFriendShown(f.text, f.means) for f in of.false_friends),
        ladders=ladders.of(
            of, watch.judge.known.get(of.id, ()), held.reached(of.id), watch.baseline
        ),
        facts=tuple(_fact(fact, known) for fact in reversed(of.facts)),
        documents=_sources(of.documents, known),
        relations=_relations(of, known),
        beside=tuple(
            Beside(i, known.entities[i].name, n) for i, n in beside if i in known.entities
        ),
        beside_days=_BESIDE_DAYS,
        weeks=_weeks(watch, of.id, now),
        timeline=timeline(watch, of.id, after),
    )


def found(watch: Watch, entity_id: str) -> Entity:
    """Return an entity of the baseline; raises NotFoundError."""
    of = watch.baseline.entities.get(entity_id)
    if of is None:
        raise NotFoundError("entity", entity_id)
    return of


def timeline(watch: Watch, entity_id: str, after: str | None = None) -> Timeline:
    """Return a page of the developments that concern an entity; raises NotFoundError."""
    of, known = found(watch, entity_id), watch.baseline
    rows = watch.store.entities.developments(of.id, PAGE + 1, _place(after))
    following = _mark(rows[PAGE - 1]) if len(rows) > PAGE else None
    return Timeline(tuple(_entry(row, known) for row in rows[:PAGE]), following)


def _place(after: str | None) -> tuple[datetime, str] | None:
    """Read where a page begins: microseconds since 1970, a dash, a story."""
    if not after:
        return None
    at, _, story_id = after.partition("-")
    return _EPOCH + int(at) * _MICROSECOND, story_id


def _mark(row: EntityDevelopment) -> str:
    return f"{(row.at - _EPOCH) // _MICROSECOND}-{row.story_id}"


def _entry(row: EntityDevelopment, known: Baseline) -> TimelineEntry:
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
        event_label=event_type.label if event_type else None,
        rung_label=ladders.label(row.rung, track) if track else None,
        jurisdiction=row.jurisdiction,
        decision=row.decision,
    )


def _weeks(watch: Watch, entity_id: str, now: datetime) -> tuple[Week, ...]:
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    first = today - timedelta(days=today.weekday(), weeks=WEEKS - 1)
    counted = watch.store.entities.weekly(entity_id, first, WEEKS)
    return tuple(Week(first + timedelta(weeks=n), items) for n, items in enumerate(counted))


def _names(of: Entity) -> tuple[NamesOf, ...]:
    by_language: dict[str, list[NameShown]] = {}
    for name in of.names:
        shown = NameShown(name.text, name.weak, name.exact_case, name.ours)
        by_language.setdefault(name.language, []).append(shown)
    return tuple(NamesOf(language, tuple(names)) for language, names in by_language.items())


def _fact(fact: Fact, known: Baseline) -> FactShown:
    event_type = known.event_types.get(fact.event_type or "")
    return FactShown(
        date=fact.date,
        text=fact.text,
        source=known.sources.get(fact.source),
        post=fact.post,
        event_label=event_type.label if event_type else None,
        jurisdiction=fact.jurisdiction,
        disputed_by=_sources(fact.disputed_by, known),
        note=fact.note,
    )


def _sources(ids: Iterable[str], known: Baseline) -> tuple[Source, ...]:
    return tuple(known.sources[i] for i in ids if i in known.sources)


def _relations(of: Entity, known: Baseline) -> tuple[Related, ...]:
    own = [(r.target, r.type, False) for r in of.relations]
    others: Sequence[tuple[str, str, bool]] = [
        (e.id, r.type, True)
        for e in known.entities.values()
        for r in e.relations
        if r.target == of.id
    ]
    return tuple(
        Related(i, known.entities[i].name, relation, back)
        for i, relation, back in (*own, *others)
        if i in known.entities
    )
