"""What people said, as the desk shows it: lists, what was said of stories, figures."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, or_, select

from techwatch.model import Decision, JudgedCount, JudgedItem, NearStory, Verdict
from techwatch.storage import tables as t
from techwatch.storage.judgements import WORDS, judgement
from techwatch.storage.stories import candidate_ids
from techwatch.storage.taught import told_as

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import ColumnElement, Row, Select

    from techwatch.storage.database import Database

_FLAGGED = [verdict for verdict in Verdict if verdict.flagged]
_NEAR = timedelta(days=30)
_MOST_NEAR = 12  # stories that are offered
_j = t.judgements.c


class SaidStore:
    """What people said, read for people."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(
        self, most: int, after: int | None = None, name: str | None = None, *, undone: bool = True
    ) -> tuple[JudgedItem, ...]:
        """Return judgements, the newest first, with their items.

        Args:
            most: how many at the most.
            after: go on after the judgement of this id.
            name: only those on this item or story, by its whole id.
            undone: those taken back too.
        """
        wanted = _with_items().order_by(_j.id.desc()).limit(most)
        if after is not None:
            wanted = wanted.where(_j.id < after)
        if name is not None:
            wanted = wanted.where(
                or_(_j.item_id == name, _j.story_id == name, _j.other_story_id == name)
            )
        if not undone:
            wanted = wanted.where(_j.undone_at.is_(None))
        return self._read(wanted)

    def of_stories(
        self, story_ids: Collection[str], item_ids: Collection[str]
    ) -> dict[str, tuple[JudgedItem, ...]]:
        """Return what is in force on stories and items, by id of either, oldest first."""
        if not story_ids and not item_ids:
            return {}
        concerned = or_(
            _j.story_id.in_(sorted(story_ids)),
            _j.other_story_id.in_(sorted(story_ids)),
            _j.item_id.in_(sorted(item_ids)),
        )
        found: dict[str, list[JudgedItem]] = defaultdict(list)
        for one in self._read(_with_items().where(concerned, _j.undone_at.is_(None))):
            said = one.judgement
            for key in {said.story_id, said.item_id, said.other_story_id} - {None}:
                found[str(key)].append(one)
        return {
            key: tuple(sorted(said, key=lambda one: one.judgement.id))
            for key, said in found.items()
        }

    def told_as(self, story_id: str) -> str:
        """Return the story with which a story is told: itself, unless people joined it to one."""
        with self._database.read() as connection:
            return told_as(connection, story_id)

    def near(self, item_id: str, story_id: str, at: datetime) -> tuple[NearStory, ...]:
        """Return developments that share most with an item's, which may be the same."""
        a, d, i, s = t.story_anchors.c, t.developments.c, t.items.c, t.stories.c
        own = select(a.anchor).where(a.item_id == item_id, a.story_id == story_id)
        with self._database.read() as connection:
            anchors = connection.scalars(own).all()
            ids = candidate_ids(connection, anchors, at, _NEAR, item_id)
            wanted = (
                select(d.story_id, i.title, t.feeds.c.publisher, i.language, s.first_at, s.verdict)
                .join_from(t.developments, t.items, i.id == d.item_id)
                .join(t.feeds, t.feeds.c.url == i.feed_url)
                .join(t.stories, s.id == d.story_id)
                .where(d.story_id.in_([one for one in ids if one != story_id]))
            )
            rows = {row.story_id: row for row in connection.execute(wanted)}
        return tuple(
            NearStory(
                one, rows[one].title, rows[one].publisher, rows[one].language,
                rows[one].first_at, Verdict(rows[one].verdict),
            )
            for one in ids if one in rows
        )[:_MOST_NEAR]  # fmt: skip

    def counts(self, since: datetime, until: datetime) -> tuple[JudgedCount, ...]:
        """Count what was said between two times and holds: the last word on each story.

        Words on items whose verdict was not noted when they were said are left out.
        """
        with self._database.read() as connection:
            rows = connection.execute(_counts(), {"since": since, "until": until})
            return tuple(
                JudgedCount(Decision(decision), bool(was), language, publisher, number)
                for decision, was, language, publisher, number in rows
            )

    def _read(self, wanted: Select[Any]) -> tuple[JudgedItem, ...]:
        with self._database.read() as connection:
            return tuple(_judged(row) for row in connection.execute(wanted))


def _with_items() -> Select[Any]:
    i, other = t.items.c, t.items.alias()
    opened = t.developments.alias()
    return (
        select(t.judgements, i.title, i.link, i.language, t.feeds.c.publisher)
        .add_columns(other.c.title.label("other_title"))
        .join_from(t.judgements, t.items, i.id == _j.item_id)
        .join(t.feeds, t.feeds.c.url == i.feed_url)
        .outerjoin(opened, opened.c.story_id == _j.other_story_id)
        .outerjoin(other, other.c.id == opened.c.item_id)
    )


def _judged(row: Row[Any]) -> JudgedItem:
    return JudgedItem(
        judgement(row), row.title, row.link, row.publisher, row.language, row.other_title
    )


@cache
def _counts() -> Select[Any]:
    """Make the statement once: that takes longer than to run it, and a page runs it often."""
    i, f = t.items.c, t.feeds.c
    flagged = _j.verdict.in_(_FLAGGED)
    since, until = bindparam("since", type_=t.Utc()), bindparam("until", type_=t.Utc())
    return (
        select(_j.decision, flagged.label("flagged"), i.language, f.publisher, func.count())
        .join_from(t.judgements, t.items, i.id == _j.item_id)
        .join(t.feeds, f.url == i.feed_url)
        .where(_j.at >= since, _j.at < until, _j.undone_at.is_(None), _j.verdict.is_not(None))
        .where(~(_j.decision.in_(WORDS) & _overruled()))
        .group_by(_j.decision, flagged, i.language, f.publisher)
    )


def _overruled() -> ColumnElement[bool]:
    """Whether a later word on the same story, or on an item without one, is in force."""
    later = t.judgements.alias()
    holds = (later.c.id > _j.id, later.c.undone_at.is_(None), later.c.decision.in_(WORDS))
    on_story = select(later.c.id).where(later.c.story_id == _j.story_id, *holds)
    on_item = select(later.c.id).where(later.c.item_id == _j.item_id, *holds)
    return on_story.exists() | on_item.exists()
