"""Emerging names: those that the baseline lacks, near those that it has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from techwatch import emerging as names
from techwatch.baseline import drafting, wordlist
from techwatch.errors import InvalidFilesError, NotFoundError, Problem
from techwatch.model import EntityKind, SightedItem
from techwatch.storage.emerging import MOST_SIGHTINGS

if TYPE_CHECKING:
    from techwatch.baseline.drafting import Draft
    from techwatch.model import EmergingName
    from techwatch.watch import Watch

DAYS = 90  # over which sightings are counted
_PAGE = 50
_NEAR = 5
_EXAMPLES = 50  # of one name
_DISMISSED = 100


@dataclass(frozen=True, slots=True)
class Near:
    """An entity of the baseline that a name stands near."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Emerging:
    """A name that the baseline lacks."""

    key: str
    name: str  # as it is written most
    kind: EntityKind
    type: str  # "unknown" where nothing tells
    language: str
    items: int
    publishers: tuple[str, ...]  # of the newest items
    first_at: datetime
    last_at: datetime
    near: tuple[Near, ...]
    examples: tuple[SightedItem, ...]  # newest first
    dismissed: bool
    in_baseline: bool  # by now


@dataclass(frozen=True, slots=True)
class EmergingNames:
    """A page of names, those of most items first."""

    names: tuple[Emerging, ...]
    days: int  # over which items are counted
    most: int  # sightings that are counted, the newest of these days
    after: str | None  # where the next page begins; None: this is the last


@dataclass(frozen=True, slots=True)
class Drafted:
    """A baseline entry, as YAML, made of what news says of a name."""

    entity_id: str
    file: str  # inside the baseline's folder
    entry: str
    source: str  # lines for sources.yaml; empty: the source stands there already


def emerging(
    watch: Watch, kind: EntityKind | None = None, after: str | None = None
) -> EmergingNames:
    """Return a page of the names of the last days that nobody dismissed.

    Args:
        watch: techwatch.
        kind: only actors or only laws.
        after: where the page begins, as `EmergingNames.after` gave it; None: with the first.
    """
    since = watch.clock() - timedelta(days=DAYS)
    items, _, key = (after or "").partition("-")
    place = (int(items), key) if after else None
    found, following = watch.store.emerging.most_told(since, _PAGE, kind, place)
    shown = [_shown(watch, name) for name in found]
    return EmergingNames(
        tuple(name for name in shown if not name.in_baseline),
        DAYS,
        MOST_SIGHTINGS,
        f"{following[0]}-{following[1]}" if following else None,
    )


def dismissed(watch: Watch) -> EmergingNames:
    """Return the names that were dismissed last."""
    found = watch.store.emerging.dismissed(_DISMISSED)
    return EmergingNames(tuple(_shown(watch, name) for name in found), DAYS, MOST_SIGHTINGS, None)


def one(watch: Watch, key: str) -> Emerging:
    """Return a name with its newest items; raises NotFoundError."""
    return _shown(watch, _found(watch, key))


def dismiss(watch: Watch, key: str, *, undo: bool = False) -> None:
    """Dismiss a name, or take that back; raises NotFoundError."""
    held = watch.store.emerging
    name = _found(watch, key)
    if undo:
        held.restore([name.key])
    else:
        held.dismiss([name.key], watch.clock())


def draft(watch: Watch, key: str, entity_id: str | None = None) -> Drafted:
    """Draft a baseline entry of a name.

    Raises NotFoundError, and InvalidFilesError where no id can be made of it or the id is taken.
    """
    drafted = drafted_entry(watch, key, entity_id)
    return Drafted(drafted.entity_id, drafted.file, drafted.entry, drafted.source)


def drafted_entry(watch: Watch, key: str, entity_id: str | None) -> Draft:
    """Draft an entry, to be written; raises as `draft` does."""
    name, known = _found(watch, key), watch.baseline
    country = names.country(name, known)
    try:
        return drafting.draft(name, known, _common_words(), entity_id or None, country)
    except ValueError as error:
        advice = str(error).replace(" with --id", "")
        raise InvalidFilesError([Problem("draft", 0, advice)]) from error


@cache
def _common_words() -> frozenset[str]:
    return wordlist.common_words()


def _found(watch: Watch, key: str) -> EmergingName:
    found = watch.store.emerging.one(key, _EXAMPLES)
    if found is None:
        raise NotFoundError("emerging name", key)
    return found


def _shown(watch: Watch, name: EmergingName) -> Emerging:
    entities = watch.baseline.entities
    near = [Near(i, entities[i].name) for i in name.near if i in entities]
    return Emerging(
        key=name.key,
        name=name.name,
        kind=name.kind,
        type=name.type,
        language=name.language,
        items=name.items,
        publishers=name.publishers,
        first_at=name.first_at,
        last_at=name.last_at,
        near=tuple(near[:_NEAR]),
        examples=name.examples,
        dismissed=name.dismissed,
        in_baseline=not watch.judge.names.lacks(name.key, name.language),
    )
