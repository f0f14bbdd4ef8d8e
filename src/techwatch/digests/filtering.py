"""Which developments an edition tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from techwatch.model import Development, Filter


def passes(development: Development, only: Filter) -> bool:
    """Whether the filter lets a development through; every part of it that is set must."""
    return (
        development.verdict in only.verdicts
        and development.score >= only.minimum_score
        and _any(development.entity_ids, only.entities)
        and _any(development.sectors, only.sectors)
        and _any(development.kinds, only.kinds)
        and _any([development.track], only.tracks)
        and _any(_powers(development.jurisdiction), only.jurisdictions)
        and _any(_publishers(development), only.feeds)
        and _any(development.tags, only.tags)
        and _any(_languages(development), only.languages)
    )


def _any(values: Iterable[object], wanted: Collection[object]) -> bool:
    return not wanted or any(value in wanted for value in values)


def _powers(jurisdiction: str | None) -> tuple[str, ...]:
    """Return a jurisdiction with the one it belongs to: Montana is us-mt, and of the us."""
    return (jurisdiction, jurisdiction.partition("-")[0]) if jurisdiction else ()


def _publishers(development: Development) -> tuple[str, ...]:
    return (development.publisher, *(other.publisher for other in development.others))


def _languages(development: Development) -> tuple[str, ...]:
    return (development.language, *(other.language for other in development.others))
