"""What filters may name: of the baseline, and of what is listed. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from techwatch.labels import track_label
from techwatch.model import EntityKind

if TYPE_CHECKING:
    from techwatch.model import Baseline
    from techwatch.web.views.outlines import Values

_MOST = 300  # of one kind


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
    def by_label(self) -> dict[str, str]:
        """The ids of actors and laws by their names in small letters, and by themselves."""
        named = {choice.label.casefold(): choice.id for choice in self.entities}
        return named | {choice.id.casefold(): choice.id for choice in self.entities}

    @property
    def labels(self) -> dict[str, str]:
        """What people call those that have an id."""
        return dict((*self.entity_pairs, *self.track_pairs))


def choices(baseline: Baseline, found: Values, language: str = "en") -> Choices:
    """Return what filters may name, called as readers of a language do."""
    reported = [e for e in baseline.entities.values() if e.kind is not EntityKind.PLACE]
    return Choices(
        entities=tuple(Choice(e.id, e.name) for e in sorted(reported, key=lambda e: e.name)),
        tracks=tuple(Choice(t.id, track_label(t, language)) for t in baseline.tracks.values()),
        sectors=tuple(sorted({e.sector for e in reported if e.sector})),
        kinds=tuple(sorted({e.kind.value for e in reported})),
        jurisdictions=found.jurisdictions[:_MOST],
        languages=found.languages[:_MOST],
        feeds=found.publishers[:_MOST],
        tags=found.tags[:_MOST],
    )
