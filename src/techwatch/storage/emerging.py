"""Names that the baseline lacks: every sighting of one, and which a person dismissed.

Counts are made of the sightings when they are asked for, so that judging an item again, or a
changed text of it, never counts it twice.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, func, insert, select, union_all

from techwatch.storage import sighted
from techwatch.storage import tables as t
from techwatch.storage.locks import Area

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from sqlalchemy import Connection, Row, Select

    from techwatch.model import EmergingName, EntityKind
    from techwatch.storage.database import Database

MOST_SIGHTINGS = 30_000  # that are counted where the answer must be quick
MOST_OF_ONE = 20  # sightings of a name that are read there
_EXAMPLES = 3


class EmergingStore:
    """The memory of emerging names."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def names(
        self,
        since: datetime | None = None,
        kind: EntityKind | None = None,
        *,
        dismissed: bool = False,
        examples: int = _EXAMPLES,
    ) -> tuple[EmergingName, ...]:
        """Return the names, those of most items first, then of most publishers, then the newest.

        Args:
            since: only sightings in news since then are counted; None: all.
            kind: only actors or only laws.
            dismissed: those that a person dismissed, and no others.
            examples: how many of the items come with each.
        """
        wanted = sighted.sightings()
        if since is not None:
            wanted = wanted.where(t.sightings.c.at >= since)
        found = self._read(wanted, examples)
        return tuple(n for n in found if n.dismissed is dismissed and kind in {None, n.kind})

    def named(self, keys: AbstractSet[str], examples: int) -> tuple[EmergingName, ...]:
        """Return the names of these keys, short forms too, dismissed or not, as `names` does."""
        with self._database.read() as connection:
            rows = connection.execute(sighted.sightings()).all()
            dismissed = sighted.dismissed(connection)
        groups = sighted.grouped(rows).values()
        wanted = [group for group in groups if not keys.isdisjoint(row.key for row in group)]
        return sighted.ordered(sighted.named(group, examples, dismissed) for group in wanted)

    def most_told(
        self,
        since: datetime,
        most: int,
        kind: EntityKind | None = None,
        after: tuple[int, str] | None = None,
    ) -> tuple[tuple[EmergingName, ...], tuple[int, str] | None]:
        """Return the names of most sightings, none that was dismissed, as `names` orders them.

        With them comes where the page after it begins; None: there is none.

        What it costs is bounded: the newest MOST_SIGHTINGS noted since a time are counted, and of
        each name the newest MOST_OF_ONE are read, from which publishers and examples come.

        Args:
            since: when sightings were noted.
            most: keys that are looked at; short forms among them come to the full name.
            kind: only sightings of actors or of laws.
            after: where to begin, as the page before said; None: with the first.
        """
        s = t.sightings.c
        recent = select(s.key, s.at).where(s.noted_at > since)
        recent = recent if kind is None else recent.where(s.kind == kind)
        newest = recent.order_by(s.noted_at.desc()).limit(MOST_SIGHTINGS).subquery()
        told, n = newest.c.key, func.count()
        wanted = (
            select(told, n.label("told"), func.min(newest.c.at).label("first_at"))
            .where(told.not_in(select(t.dismissed_names.c.key)))
            .group_by(told)
            .order_by(n.desc(), told)
            .limit(most)
        )
        if after is not None:
            items, key = after
            wanted = wanted.having((n < items) | ((n == items) & (told > key)))
        with self._database.read() as connection:
            counted = {row.key: row for row in connection.execute(wanted)}
            found = _read_newest(connection, list(counted))
        names = sighted.ordered(_counted(name, keys, counted) for name, keys in found)
        last = next(reversed(counted.values())) if len(counted) == most else None
        return names, (last.told, last.key) if last else None

    def dismissed(self, most: int) -> tuple[EmergingName, ...]:
        """Return the names that were dismissed last, counted as far as they are read."""
        c = t.dismissed_names.c
        wanted = select(c.key).order_by(c.dismissed_at.desc(), c.key).limit(most)
        with self._database.read() as connection:
            keys = list(connection.scalars(wanted))
            return tuple(name for name, _ in _read_newest(connection, keys) if name.dismissed)

    def one(self, key: str, examples: int) -> EmergingName | None:
        """Return a name by its key, with so many of its newest items; None if there is none.

        All its items are counted; publishers, type and spelling come from the newest.
        """
        s = t.sightings.c
        counted = select(func.count().label("told"), func.min(s.at).label("first_at"))
        with self._database.read() as connection:
            wanted = sighted.sightings().where(s.key == key).limit(max(examples, MOST_OF_ONE))
            rows = connection.execute(wanted).all()
            if not rows:
                return None
            name = sighted.named(rows, examples, sighted.dismissed(connection))
            every = connection.execute(counted.where(s.key == key)).one()
            return replace(name, items=every.told, first_at=every.first_at)

    def new(self, since: datetime | None, until: datetime) -> tuple[EmergingName, ...]:
        """Return the names that became worth telling in a period, its end included.

        So each is told once: when the second publisher or the third item had it. Counts are
        those at the end of the period. Dismissed names are left out.
        """
        s = t.sightings.c
        noted = select(s.key).where(s.noted_at <= until)
        if since is not None:
            noted = noted.where(s.noted_at > since)
        wanted = sighted.sightings().where(s.key.in_(noted), s.noted_at <= until)
        with self._database.read() as connection:
            rows = connection.execute(wanted).all()
            dismissed = sighted.dismissed(connection)
        before: dict[str, list[Row[Any]]] = defaultdict(list)
        for row in rows:
            if since is not None and row.noted_at <= since:
                before[row.key].append(row)
        told = {key for key, earlier in before.items() if sighted.worth_telling(earlier)}
        groups = {k: g for k, g in sighted.grouped(rows).items() if k not in told | dismissed}
        return sighted.ordered(
            sighted.named(g, _EXAMPLES, dismissed)
            for g in groups.values()
            if sighted.worth_telling(g)
        )

    def dismiss(self, keys: Iterable[str], now: datetime) -> None:
        """Note that these are no names to watch; they stay dismissed, whoever tells them again."""
        with self._database.write(Area.NAMES) as connection:
            known = sighted.dismissed(connection)
            rows = [{"key": key, "dismissed_at": now} for key in sorted(set(keys) - known)]
            if rows:
                connection.execute(insert(t.dismissed_names), rows)

    def restore(self, keys: Iterable[str]) -> None:
        """Take a dismissal back."""
        c = t.dismissed_names.c
        with self._database.write(Area.NAMES) as connection:
            connection.execute(delete(t.dismissed_names).where(c.key.in_(sorted(set(keys)))))

    def _read(self, wanted: Select[Any], examples: int) -> tuple[EmergingName, ...]:
        with self._database.read() as connection:
            rows = connection.execute(wanted).all()
            dismissed = sighted.dismissed(connection)
        return sighted.ordered(
            sighted.named(group, examples, dismissed) for group in sighted.grouped(rows).values()
        )


def _read_newest(
    connection: Connection, keys: Sequence[str]
) -> list[tuple[EmergingName, frozenset[str]]]:
    """Read names with their newest sightings; each with the keys that were counted together."""
    if not keys:
        return []
    asked = {f"k{n}": key for n, key in enumerate(keys)}
    rows = connection.execute(_newest(len(keys)), asked).all()
    dismissed = sighted.dismissed(connection)
    return [
        (sighted.named(group, _EXAMPLES, dismissed), frozenset(row.key for row in group))
        for group in sighted.grouped(rows).values()
    ]


@lru_cache(maxsize=128)
def _newest(keys: int) -> Select[Any]:
    """Select the newest sightings of so many names."""
    s = t.sightings.c
    each = [
        select(s.key, s.item_id)
        .where(s.key == bindparam(f"k{n}"))
        .order_by(s.at.desc(), s.item_id)
        .limit(MOST_OF_ONE)
        .subquery()
        for n in range(keys)
    ]
    found = union_all(*(select(one) for one in each)).subquery()
    return sighted.sightings().join(found, (found.c.key == s.key) & (found.c.item_id == s.item_id))


def _counted(
    name: EmergingName, keys: frozenset[str], counted: Mapping[str, Row[Any]]
) -> EmergingName:
    """Give a name the counts of all its sightings, where more of them are than were read."""
    rows = [counted[key] for key in keys]
    items = max(name.items, *(row.told for row in rows))
    return replace(name, items=items, first_at=min(name.first_at, *(r.first_at for r in rows)))
