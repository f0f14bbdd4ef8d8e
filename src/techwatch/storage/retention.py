"""What is dropped for its age, in small transactions; how much a database takes.

Never dropped: what told a story, what a person judged, what a digest told, verdicts with evidence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import (
    LargeBinary,
    cast,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.exc import OperationalError

from techwatch.errors import StorageError
from techwatch.model import Pruned, StoreSize, Verdict
from techwatch.storage import dropping, indexing
from techwatch.storage import tables as t

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection
    from sqlalchemy.sql.elements import SQLCoreOperations

    from techwatch.storage.database import Database


class Place(NamedTuple):
    """Where a walk through the old items has come."""

    seen_at: datetime
    id: str


class RetentionStore:
    """What is kept of old items. Times are those at which the present text was seen."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def unmatched(self, before: datetime, after: Place | None, most: int) -> Sequence[Place]:
        """Find judged items that match nothing and to which nothing refers, oldest first.

        Args:
            before: only items seen before it.
            after: the last one of the page before; None for the first page.
            most: how many at the most.
        """
        return self._page(_unmatched(before), after, most)

    def with_text(self, before: datetime, after: Place | None, most: int) -> Sequence[Place]:
        """Find judged items that are to lose their text, as `unmatched` does."""
        return self._page(_with_text(before), after, most)

    def weigh_items(self, places: Sequence[Place]) -> Pruned:
        """Say what dropping these items to identity and hash would free; nothing is changed."""
        ids = [place.id for place in places]
        with self._database.read() as connection:
            return Pruned(items=len(ids), bytes=_bytes(connection, ids, whole=True))

    def weigh_texts(self, places: Sequence[Place], dropped_before: datetime | None) -> Pruned:
        """Say what dropping the texts of these items would free; nothing is changed.

        Those are left out that would be dropped whole, as they were seen before a time.
        """
        ids = [place.id for place in places]
        with self._database.read() as connection:
            if dropped_before is not None:
                whole = select(t.items.c.id).where(t.items.c.id.in_(ids))
                gone = set(connection.scalars(whole.where(*_unmatched(dropped_before))))
                ids = [i for i in ids if i not in gone]
            return Pruned(texts=len(ids), bytes=_bytes(connection, ids, whole=False))

    def drop_items(self, places: Sequence[Place], before: datetime) -> Pruned:
        """Drop those of these items to identity and hash that are still to be, in one transaction.

        One that was changed or judged by a person meanwhile stays.
        """
        wanted = [place.id for place in places]
        with self._database.write() as connection:
            there = select(t.items).where(t.items.c.id.in_(wanted), *_unmatched(before))
            rows = connection.execute(there).all()
            if not rows:
                return Pruned()
            ids = [row.id for row in rows]
            freed = _bytes(connection, ids, whole=True)
            a = t.assessments.c
            judged = connection.scalars(select(a.judged_at).where(a.item_id.in_(ids))).all()
            dropping.keep(connection, rows, judged)
            for table in (t.set_aside, t.articles, t.pushed_items, t.assessments, t.revisions):
                connection.execute(delete(table).where(table.c.item_id.in_(ids)))
            connection.execute(delete(t.items).where(t.items.c.id.in_(ids)))
        return Pruned(items=len(ids), bytes=freed)

    def drop_texts(self, places: Sequence[Place], before: datetime, now: datetime) -> Pruned:
        """Drop the texts of those of these items that are still to lose them; titles stay."""
        wanted = [place.id for place in places]
        i, r = t.items.c, t.revisions.c
        with self._database.write() as connection:
            there = select(i.id).where(i.id.in_(wanted), *_with_text(before))
            ids = connection.scalars(there).all()
            freed = _bytes(connection, ids, whole=False)
            connection.execute(
                update(t.items).where(i.id.in_(ids)).values(summary="", body="", text_gone_at=now)
            )
            connection.execute(update(t.revisions).where(r.item_id.in_(ids)).values(summary=""))
            connection.execute(delete(t.articles).where(t.articles.c.item_id.in_(ids)))
            indexing.renew(connection, ids)
        return Pruned(texts=len(ids), bytes=freed)

    def size(self) -> StoreSize:
        """Say what the database takes, and what of."""
        taken, free = self._database.room()
        whole = select(func.count()).where(t.items.c.text_gone_at.is_(None))
        dropped = select(func.coalesce(func.sum(t.dropped_counts.c.seen), 0))
        with self._database.read() as connection:
            items = connection.scalar(select(func.count()).select_from(t.items)) or 0
            return StoreSize(
                bytes=taken,
                free=free,
                items=items,
                items_without_text=items - (connection.scalar(whole) or 0),
                dropped_items=connection.scalar(dropped) or 0,
            )

    def vacuum(self) -> None:
        """Give unused pages of the file back to the system; raises StorageError.

        SQLite writes the file anew, which takes as much space once more, and a minute a gigabyte;
        nobody else writes meanwhile. PostgreSQL marks space as free for later rows.
        """
        engine = self._database.engine
        try:
            if engine.dialect.name != "sqlite":
                with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as other:
                    other.execute(text("VACUUM (ANALYZE)"))
                return
            connection = engine.raw_connection()
            try:  # outside of any transaction, which SQLAlchemy would begin
                connection.cursor().execute("VACUUM")
                connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                connection.close()
        except (OperationalError, engine.dialect.loaded_dbapi.OperationalError) as error:
            message = f"the database can't be made smaller: {getattr(error, 'orig', error)}"
            raise StorageError(f"{message}; is there room, and is nobody writing?") from error

    def _page(
        self, due: Sequence[ColumnElement[bool]], after: Place | None, most: int
    ) -> Sequence[Place]:
        i = t.items.c
        wanted = select(i.seen_at, i.id).where(*due).order_by(i.seen_at, i.id).limit(most)
        if after is not None:
            place = tuple_(literal(after.seen_at, t.Utc()), literal(after.id))
            wanted = wanted.where(tuple_(i.seen_at, i.id) > place)
        with self._database.read() as connection:
            return [Place(row.seen_at, row.id) for row in connection.execute(wanted)]


def _with_text(before: datetime) -> list[ColumnElement[bool]]:
    i = t.items.c
    return [i.seen_at < before, i.text_gone_at.is_(None), i.judged_revision == i.revision]


def _unmatched(before: datetime) -> list[ColumnElement[bool]]:
    """Judged, with no verdict but unrelated, naming nobody, and referred to by nothing."""
    a = t.assessments.c
    related = exists().where(
        a.item_id == t.items.c.id, or_(a.verdict != Verdict.UNRELATED, a.story_id.is_not(None))
    )
    referring = (
        t.item_entities,
        t.story_items,
        t.judgements,
        t.standings,
        t.sightings,
        t.developments,
        t.digest_developments,
        t.wrong_names,
        t.split_tellings,
    )
    referred = [exists().where(table.c.item_id == t.items.c.id) for table in referring]
    return [*_with_text(before), ~related, *(~one for one in referred)]


def _bytes(connection: Connection, ids: Sequence[str], *, whole: bool) -> int:
    """Add up the texts of items and their revisions, `whole` with titles and addresses."""
    i, r = t.items.c, t.revisions.c
    own = [i.summary, i.body]
    earlier = [r.summary]
    if whole:
        own += [i.title, i.identity, i.guid, i.link, i.feed_url]
        earlier += [r.title]
    total = 0
    for columns, key in ((own, i.id), (earlier, r.item_id)):
        lengths = sum(func.coalesce(_length(connection, column), 0) for column in columns)
        total += connection.scalar(select(func.sum(lengths)).where(key.in_(ids))) or 0
    return total


def _length(connection: Connection, column: SQLCoreOperations[Any]) -> ColumnElement[Any]:
    """Measure a text in bytes: older versions of SQLite know no `octet_length`."""
    if connection.dialect.name == "sqlite":
        return func.length(cast(column, LargeBinary))
    return func.octet_length(column)
