"""Developments as the desk lists them: many in outline, a page of them in full."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, func, select

from techwatch.model import (
    Assessment,
    Followed,
    Glimpse,
    Listed,
    Report,
    UntoldStory,
    Verdict,
)
from techwatch.storage import tables as t
from techwatch.storage.evidence import load_assessment
from techwatch.storage.judgements import quiet_stories
from techwatch.storage.rows import bare_story, items_with_feeds, stored_item
from techwatch.storage.stories import step_before

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row, Select

    from techwatch.storage.database import Database

_CHUNK = 500  # ids in one statement


class Mark(NamedTuple):
    """A verdict that was stored lately: what it changed is to be read again."""

    item_id: str
    revision: int
    judged_at: datetime
    story_id: str | None


class Said(NamedTuple):
    """What an item's event says of whom and what."""

    entity_ids: tuple[str, ...]
    event_type: str
    jurisdiction: str | None


class BoardStore:
    """Developments in outline and in full. Every question is bounded by what it names."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def newest(self, most: int) -> tuple[str, ...]:
        """Return the ids of the newest developments, newest first."""
        d = t.developments.c
        wanted = select(d.id).order_by(d.created_at.desc(), d.id).limit(most)
        with self._database.read() as connection:
            return tuple(connection.scalars(wanted))

    def listed(self, ids: Sequence[str]) -> Iterator[Listed]:
        """Give developments in outline; those that no item tells any more are left out."""
        for chunk in _chunks(ids):
            with self._database.read() as connection:
                yield from _listed(connection, chunk)

    def said(self, item_ids: Sequence[str]) -> dict[str, Said]:
        """Return what the events of items say, as they were judged last; by id."""
        a, i = t.assessments.c, t.items.c
        found: dict[str, Said] = {}
        for chunk in _chunks(item_ids):
            wanted = (
                select(a.item_id, a.evidence)
                .join(t.items, (i.id == a.item_id) & (i.judged_revision == a.revision))
                .where(a.item_id.in_(chunk))
            )
            with self._database.read() as connection:
                for row in connection.execute(wanted):
                    if event := row.evidence.get("event"):
                        who = tuple(event["entity_ids"])
                        found[row.item_id] = Said(who, event["event_type"], event["jurisdiction"])
        return found

    def judged_since(self, since: datetime, *, taught: bool = False) -> tuple[Mark, ...]:
        """Return the verdicts stored since a time that may have changed a story.

        `taught`: a person had items judged again, so that any of them may have left its story.
        """
        a = t.assessments.c
        wanted = select(a.item_id, a.revision, a.judged_at, a.story_id).where(a.judged_at >= since)
        if not taught:
            wanted = wanted.where((a.verdict != Verdict.UNRELATED) | (a.revision > 1))
        with self._database.read() as connection:
            return tuple(Mark(*row) for row in connection.execute(wanted))

    def judgements_stamp(self) -> tuple[int, int]:
        """Return what is another as soon as a person judged anything, or took it back."""
        j = t.judgements.c
        with self._database.read() as connection:
            last, undone = connection.execute(select(func.max(j.id), func.count(j.undone_at))).one()
        return last or 0, undone

    def quiet(self) -> frozenset[str]:
        """Return which stories are not to be told: rejected, or known already."""
        with self._database.read() as connection:
            return quiet_stories(connection, select(t.judgements.c.story_id))

    def told(
        self, ids: Sequence[str], lead: Callable[[tuple[Report, ...]], Report]
    ) -> dict[str, UntoldStory]:
        """Return developments in full by id, but for texts of items.

        `lead` chooses the report whose evidence is read; the others have their verdicts only.
        Those that no item tells any more are left out.
        """
        with self._database.read() as connection:
            found: dict[str, UntoldStory] = {}
            for chunk in _chunks(ids):
                reports = _reports(connection, chunk)
                for row in connection.execute(
                    _developments().where(t.developments.c.id.in_(chunk))
                ):
                    if own := reports.get(row.story_id):
                        found[row.story_id] = _full(connection, row, own, lead(own))
            return found


def _chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK))


def _developments() -> Select[Any]:
    d, s = t.developments, t.stories
    return select(d.c.story_id, d.c.created_at, s).join_from(d, s, s.c.id == d.c.story_id)


def _listed(connection: Connection, ids: Collection[str]) -> Iterator[Listed]:
    i, a, y = t.items.c, t.assessments.c, t.story_items.c
    feeds = {row.url: row for row in connection.execute(_FEEDS)}
    wanted = (
        select(y.story_id, i.id, i.language, i.published, i.first_seen_at, i.feed_url)
        .add_columns(a.verdict, a.score)
        .join_from(t.story_items, t.items, i.id == y.item_id)
        .join(t.assessments, (a.item_id == i.id) & (a.revision == i.judged_revision))
        .where(y.story_id.in_(ids), a.story_id == y.story_id)
        .order_by(y.story_id, y.at, i.id)
    )
    rows = connection.execute(wanted)
    tellings = {
        story_id: tuple(_glimpse(row, feeds[row.feed_url]) for row in own)
        for story_id, own in groupby(rows, key=attrgetter("story_id"))
    }
    of = _developments().with_only_columns(
        t.developments.c.story_id, t.developments.c.created_at, t.stories.c.entity_ids
    )
    for row in connection.execute(of.where(t.developments.c.id.in_(ids))):
        if own := tellings.get(row.story_id):
            yield Listed(row.story_id, row.created_at, tuple(row.entity_ids), own)


_FEEDS = select(t.feeds.c.url, t.feeds.c.publisher, t.feeds.c.tier, t.feeds.c.tags)


def _glimpse(row: Row[Any], feed: Any) -> Glimpse:  # noqa: ANN401 - a row of feeds
    return Glimpse(
        item_id=row.id,
        verdict=Verdict(row.verdict),
        score=row.score,
        language=row.language,
        publisher=feed.publisher,
        tier=feed.tier,
        tags=tuple(feed.tags),
        published=row.published,
        first_seen_at=row.first_seen_at,
    )


def _reports(connection: Connection, ids: Collection[str]) -> dict[str, tuple[Report, ...]]:
    """Read who tells stories, without evidence and texts."""
    i, a, y = t.items.c, t.assessments.c, t.story_items.c
    wanted = (
        items_with_feeds(texts=False)
        .add_columns(y.story_id, a.verdict, a.score)
        .join(t.story_items, y.item_id == i.id)
        .join(t.assessments, (a.item_id == i.id) & (a.revision == i.judged_revision))
        .where(y.story_id.in_(ids), a.story_id == y.story_id)
        .order_by(y.story_id, y.at, i.id)
    )
    return {
        story_id: tuple(
            Report(stored_item(row), Assessment(Verdict(row.verdict), row.score, "")) for row in own
        )
        for story_id, own in groupby(connection.execute(wanted), key=attrgetter("story_id"))
    }


def _full(
    connection: Connection, row: Row[Any], reports: tuple[Report, ...], best: Report
) -> UntoldStory:
    story = bare_story(row)
    whole = _with_evidence(connection, best)
    return UntoldStory(
        story=story,
        created_at=row.created_at,
        reports=tuple(whole if report is best else report for report in reports),
        follows=followed(connection, step_before(connection, story)),
    )


def _with_evidence(connection: Connection, report: Report) -> Report:
    item, revision = report.stored.item, report.stored.revision
    of = {"of": item.id}
    assessment = load_assessment(connection.execute(_evidence(), of).one())
    title = connection.scalar(_first_title(), of) if revision > 1 else None
    return replace(
        report, assessment=assessment, earlier_title=title if title != item.title else None
    )


def followed(connection: Connection, story_id: str | None) -> Followed | None:
    """Read the story before by its earliest item."""
    row = connection.execute(_earliest(), {"of": story_id}).first() if story_id else None
    return Followed(story_id, row.title, row.at, row.language) if story_id and row else None


# Made once each: that takes longer than to run them, and a page runs them for each development.


@cache
def _evidence() -> Select[Any]:
    a, i = t.assessments.c, t.items.c
    current = (i.id == a.item_id) & (i.judged_revision == a.revision)
    return select(t.assessments).join(t.items, current).where(a.item_id == bindparam("of"))


@cache
def _first_title() -> Select[Any]:
    r = t.revisions.c
    return select(r.title).where(r.item_id == bindparam("of"), r.revision == 1)


@cache
def _earliest() -> Select[Any]:
    i, s = t.items.c, t.story_items.c
    told = select(i.title, s.at, i.language).join(t.story_items, s.item_id == i.id)
    return told.where(s.story_id == bindparam("of")).order_by(s.at, i.id).limit(1)
