"""Today: developments, those since somebody last looked unless the address asks otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from techwatch.model import Development, EntityKind
from techwatch.watch import Watch
from techwatch.web.views.board import Board
from techwatch.web.views.question import PAGE, Question, read, written

_FIRST = timedelta(days=7)  # what somebody sees who never looked
_MOST_CHOICES = 300  # of one kind


@dataclass(frozen=True, slots=True)
class Developments:
    """A page of developments."""

    developments: tuple[Development, ...]
    total: int  # on all pages
    by_verdict: dict[str, int]  # likewise
    since: datetime | None  # when they became developments; None: from the first on
    until: datetime | None
    looked_at: datetime | None  # until when who asks has seen what is new
    next: str | None  # where it goes on: a key, in the API the address


def developments(
    watch: Watch,
    board: Board,
    question: Question,
    looked_at: datetime | None,
    language: str,
    limit: int = PAGE,
) -> Developments:
    """Return a page of what a question asks for, for readers of a language.

    Raises NotFoundError where `after` is none of the keys that pages give.
    """
    asked = question.asked(looked_at or watch.clock() - _FIRST)
    place = read(question.after)
    chosen = board.chosen(language, asked)
    keys = chosen.page(place, limit + 1)
    found = board.full([key[-1] for key in keys[:limit]], language)
    return Developments(
        developments=found,
        total=len(chosen.keys),
        by_verdict=dict(chosen.counts),
        since=asked.since,
        until=asked.until,
        looked_at=looked_at,
        next=written(keys[limit - 1]) if len(keys) > limit else None,
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that a filter may name."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Choices:
    """What filters may name."""

    entities: tuple[Choice, ...]
    tracks: tuple[Choice, ...]
    sectors: tuple[str, ...]
    kinds: tuple[str, ...]
    jurisdictions: tuple[str, ...]
    languages: tuple[str, ...]
    feeds: tuple[str, ...]  # publishers of what is listed
    tags: tuple[str, ...]

    @property
    def entity_pairs(self) -> list[tuple[str, str]]:
        """Actors and laws as a form offers them."""
        return [(choice.id, choice.label) for choice in self.entities]

    @property
    def track_pairs(self) -> list[tuple[str, str]]:
        """Tracks likewise."""
        return [(choice.id, choice.label) for choice in self.tracks]

    @property
    def labels(self) -> dict[str, str]:
        """What people call those that have an id."""
        return dict((*self.entity_pairs, *self.track_pairs))


def choices(watch: Watch, board: Board) -> Choices:
    """Return what filters may name: of the baseline, and of what is listed."""
    baseline = watch.baseline
    found = board.values()
    reported = [e for e in baseline.entities.values() if e.kind is not EntityKind.PLACE]
    return Choices(
        entities=tuple(Choice(e.id, e.name) for e in sorted(reported, key=lambda e: e.name)),
        tracks=tuple(Choice(track.id, track.label) for track in baseline.tracks.values()),
        sectors=tuple(sorted({e.sector for e in reported if e.sector})),
        kinds=tuple(sorted({e.kind.value for e in reported})),
        jurisdictions=found.jurisdictions[:_MOST_CHOICES],
        languages=found.languages[:_MOST_CHOICES],
        feeds=found.publishers[:_MOST_CHOICES],
        tags=found.tags[:_MOST_CHOICES],
    )
