"""What people said of items and their stories."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, exists, insert, select, update

from techwatch.errors import NotFoundError
from techwatch.model import Decision, Judgement, Verdict
from techwatch.storage import tables as t
from techwatch.storage.locks import Area

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Row, Select

    from techwatch.model import Standing
    from techwatch.storage.database import Database

WORDS = tuple(decision for decision in Decision if decision.is_word)
_PREFIX = 6  # characters of an id; shorter beginnings are too likely to be ambiguous


class JudgementStore:
    """Judgements, with their history."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def leading_item(self, development: str) -> str | None:
        """Return the item that opened a development, by its id or the beginning of it, if any.

        Raises NotFoundError where several begin like this.
        """
        c = t.developments.c
        named = c.id == development
        if len(development) >= _PREFIX:
            named |= c.id.startswith(development.lower(), autoescape=True)
        with self._database.read() as connection:
            rows = connection.execute(select(c.id, c.item_id).where(named).limit(2)).all()
        if len(rows) > 1:
            raise NotFoundError("development", development, "several begin like this")
        return rows[0].item_id if rows else None

    def record(
        self, judgement: Judgement, brings: Sequence[Standing], told_at: datetime
    ) -> Judgement:
        """Store a judgement; its `id` is given here.

        `brings` are standings that the item would have brought had it been judged like this;
        `told_at` is the time of its news.
        """
        with self._database.write(Area.JUDGING) as connection:
            said = add(connection, judgement)
            own = {"item_id": said.item_id, "at": told_at, "story_id": said.story_id}
            rows = [asdict(standing) | own for standing in brings]
            if rows and not _brought(connection, said.item_id):  # else somebody said so before
                connection.execute(insert(t.standings), rows)
            a = t.story_anchors.c
            near = update(t.story_anchors).where(a.story_id == said.story_id, ~a.judged)
            connection.execute(near.values(judged=True))
            return said

    def latest(self, item_id: str, story_id: str | None) -> Judgement:
        """Return the latest judgement on an item or its story that is not taken back.

        Raises NotFoundError if there is none.
        """
        j = t.judgements.c
        wanted = select(t.judgements).where(_concerned(item_id, story_id), j.undone_at.is_(None))
        found = self._read(wanted.order_by(j.id.desc()).limit(1))
        if not found:
            raise NotFoundError("judgement in force on", item_id, "`techwatch judgements list`")
        return found[0]

    def get(self, judgement_id: int) -> Judgement:
        """Return a judgement, taken back or not; raises NotFoundError."""
        found = self._read(select(t.judgements).where(t.judgements.c.id == judgement_id))
        if not found:
            raise NotFoundError("judgement", str(judgement_id), "`techwatch judgements list`")
        return found[0]

    def recognised_by(self, item_id: str, story_id: str) -> str:
        """Return the story by whose tellings an item of a story was recognised."""
        y = t.story_items.c
        wanted = select(y.part).where(y.item_id == item_id, y.story_id == story_id)
        with self._database.read() as connection:
            return connection.scalar(wanted) or story_id

    def on(self, item_id: str, story_id: str | None) -> tuple[Judgement, ...]:
        """Return all that was said of an item or its story, oldest first."""
        wanted = select(t.judgements).where(_concerned(item_id, story_id))
        return self._read(wanted.order_by(t.judgements.c.id))

    def all(self, *, undone: bool) -> tuple[Judgement, ...]:
        """Return every judgement, oldest first, those taken back only if asked."""
        j = t.judgements.c
        wanted = select(t.judgements).order_by(j.id)
        return self._read(wanted if undone else wanted.where(j.undone_at.is_(None)))

    def _read(self, wanted: Any) -> tuple[Judgement, ...]:  # noqa: ANN401 - a select
        with self._database.read() as connection:
            return tuple(judgement(row) for row in connection.execute(wanted))


def _concerned(item_id: str, story_id: str | None) -> ColumnElement[bool]:
    j = t.judgements.c
    concerned = j.item_id == item_id
    if story_id is not None:
        y = t.story_items.c
        parts = select(y.part).where(y.story_id == story_id, y.part.is_not(None))
        joins = j.story_id.in_(parts) | j.other_story_id.in_(parts)
        concerned |= (j.story_id == story_id) | (j.other_story_id == story_id)
        concerned |= joins & (j.decision == Decision.SAME_AS)
    return concerned


def add(connection: Connection, said: Judgement) -> Judgement:
    """Write a judgement down; its `id` is given here.

    It concerns the story that its item tells by now: somebody else may have moved the item since
    it was read.
    """
    values = asdict(said)
    del values["id"]
    values["story_id"] = _told_now(connection, said.item_id)
    made = connection.scalar(insert(t.judgements).values(values).returning(t.judgements.c.id))
    return _by_id(connection, made)


def _told_now(connection: Connection, item_id: str) -> str | None:
    a = t.assessments.c
    wanted = select(a.story_id).where(a.item_id == item_id).order_by(a.revision.desc())
    return connection.scalar(wanted.limit(1))


def take_back(connection: Connection, judgement_id: int, by: str, at: datetime) -> Judgement:
    """Take a judgement back; the one before it holds again. Raises NotFoundError."""
    j = t.judgements.c
    in_force = (j.id == judgement_id) & j.undone_at.is_(None)
    taken = update(t.judgements).where(in_force).values(undone_by=by, undone_at=at)
    if connection.execute(taken).rowcount == 0:
        raise NotFoundError("judgement in force", str(judgement_id), "`techwatch judgements list`")
    undone = _by_id(connection, judgement_id)
    if undone.decision is Decision.ACCEPT:
        _withdraw(connection, undone.item_id)
    return undone


def in_force(connection: Connection, stories: Select[Any]) -> dict[str, Row[Any]]:
    """Return by story the row of the word that is in force on it.

    `stories` selects the ids of those that are asked for: others are not read.
    """
    j = t.judgements.c
    wanted = select(t.judgements).where(j.story_id.in_(stories), j.undone_at.is_(None))
    wanted = wanted.where(j.decision.in_(WORDS))
    return {row.story_id: row for row in connection.execute(wanted.order_by(j.id))}


def quiet_stories(connection: Connection, stories: Select[Any]) -> frozenset[str]:
    """Return which of the selected stories are not to be told: rejected, or known already."""
    rows = in_force(connection, stories)
    return frozenset(i for i, row in rows.items() if row.decision != Decision.ACCEPT)


def judgement(row: Row[Any]) -> Judgement:
    """Read a row of the table."""
    return Judgement(
        id=row.id,
        item_id=row.item_id,
        story_id=row.story_id,
        decision=Decision(row.decision),
        note=row.note,
        by=row.by,
        at=row.at,
        undone_by=row.undone_by,
        undone_at=row.undone_at,
        verdict=Verdict(row.verdict) if row.verdict else None,
        entity_id=row.entity_id,
        right_id=row.right_id,
        other_story_id=row.other_story_id,
    )


def _by_id(connection: Connection, judgement_id: int | None) -> Judgement:
    wanted = select(t.judgements).where(t.judgements.c.id == judgement_id)
    return judgement(connection.execute(wanted).one())


def _brought(connection: Connection, item_id: str) -> bool:
    return bool(connection.scalar(select(exists().where(t.standings.c.item_id == item_id))))


def _withdraw(connection: Connection, item_id: str) -> None:
    """Remove standings that only a person's word had brought, once nobody says so any more."""
    a, j = t.assessments.c, t.judgements.c
    accepted = (j.item_id == item_id) & (j.decision == Decision.ACCEPT) & j.undone_at.is_(None)
    if connection.scalar(select(exists().where(accepted))):
        return
    newest = select(a.verdict).where(a.item_id == item_id).order_by(a.revision.desc()).limit(1)
    if connection.scalar(newest) not in {Verdict.ESCALATING, Verdict.EASING}:
        connection.execute(delete(t.standings).where(t.standings.c.item_id == item_id))
