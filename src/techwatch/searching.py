"""What to try where a search finds nothing: for the command line and the desk alike."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from techwatch.search.loosening import looser
from techwatch.storage.search import MOST_COUNTED

if TYPE_CHECKING:
    from techwatch.search.query import Query
    from techwatch.watch import Watch

_HINTS = 4  # looser queries that are told
_NAMES = 3  # entities that an unknown one may have meant


@dataclass(frozen=True, slots=True)
class Looser:
    """A query that asks for less and finds something."""

    how: str  # what is different, in words
    items: int  # that it finds, as far as they were counted


@dataclass(frozen=True, slots=True)
class Unknown:
    """An entity that a query names and the baseline lacks."""

    value: str
    near: tuple[str, ...]  # ids that may have been meant


@dataclass(frozen=True, slots=True)
class Advice:
    """What would find something."""

    looser: tuple[Looser, ...]
    unknown: tuple[Unknown, ...]


def advice(
    watch: Watch, asked: Query, most: int = MOST_COUNTED, tried: int | None = None
) -> Advice:
    """Say what would find something in place of a query that finds nothing.

    Args:
        watch: techwatch, put together.
        asked: the query.
        most: how many items are counted at the most, and one more where there are more.
        tried: how many looser queries are tried; None: as many as there are.
    """
    archive = watch.store.search
    others = itertools.islice(looser(asked), tried)
    counted = ((how, archive.count(other, most)) for how, other in others if not other.is_empty)
    found = itertools.islice((Looser(how, n) for how, n in counted if n), _HINTS)
    return Advice(tuple(found), tuple(_unknown(watch, asked)))


def _unknown(watch: Watch, asked: Query) -> list[Unknown]:
    return [
        Unknown(value, _near(watch, value))
        for having in asked.having
        if having.name == "entity"
        for value in having.values
        if value not in watch.baseline.entities
    ]


def _near(watch: Watch, value: str) -> tuple[str, ...]:
    near = watch.judge.matcher.suggest(value, _NAMES)
    return tuple(dict.fromkeys(one.entity_id for one in near))
