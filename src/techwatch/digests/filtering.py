"""Which developments an edition tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from techwatch.model import Facets

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from techwatch.model import Development, Filter


def passes(development: Development, only: Filter) -> bool:
    """Whether the filter lets a development through; every part of it that is set must."""
    return matches(facets(development), only)


def facets(development: Development) -> Facets:
    """Return what filters look at of a development."""
    others = development.others
    return Facets(
        verdict=development.verdict,
        score=development.score,
        entity_ids=development.entity_ids,
        sectors=development.sectors,
        kinds=development.kinds,
        track=development.track,
        jurisdiction=development.jurisdiction,
        publishers=(development.publisher, *(other.publisher for other in others)),
        tags=development.tags,
        languages=(development.language, *(other.language for other in others)),
    )


def matches(of: Facets, only: Filter) -> bool:
    """Whether the filter lets a development through of which these are the facets."""
    return (
        of.verdict in only.verdicts
        and of.score >= only.minimum_score
        # What is not set is not looked at: thousands are filtered for a page.
        and (not only.entities or _any(of.entity_ids, only.entities))
        and (not only.sectors or _any(of.sectors, only.sectors))
        and (not only.kinds or _any(of.kinds, only.kinds))
        and (not only.tracks or of.track in only.tracks)
        and (not only.jurisdictions or _any(_powers(of.jurisdiction), only.jurisdictions))
        and (not only.feeds or _any(of.publishers, only.feeds))
        and (not only.tags or _any(of.tags, only.tags))
        and (not only.languages or _any(of.languages, only.languages))
    )


def _any(values: Iterable[object], wanted: Collection[object]) -> bool:
    return any(value in wanted for value in values)


def _powers(jurisdiction: str | None) -> tuple[str, ...]:
    """Return a jurisdiction with the one it belongs to: Montana is us-mt, and of the us."""
    return (jurisdiction, jurisdiction.partition("-")[0]) if jurisdiction else ()
