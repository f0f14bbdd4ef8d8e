"""One story with all that tells it, as the desk shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from techwatch.errors import NotFoundError
from techwatch.model import Followed, Story, Verdict
from techwatch.storage import tables as t
from techwatch.storage.board import followed
from techwatch.storage.evidence import load_assessment
from techwatch.storage.rows import bare_story
from techwatch.storage.stories import step_before

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection, Row

    from techwatch.model import Assessment
    from techwatch.storage.database import Database

_MOST_DIGESTS = 100
_YEAR = timedelta(days=365)
_MOST_STEPS = 20  # later stories that may be the next step of one
_SUMMARY = 500  # characters of a summary that are shown


def stored(assessment: Assessment) -> tuple[str, str]:
    """Return the reason as it is stored, and its language."""
    return assessment.reason, "en"


@dataclass(frozen=True, slots=True)
class Headline:
    """A headline that an item had."""

    title: str
    at: datetime  # when it was this one


@dataclass(frozen=True, slots=True)
class ToldIn:
    """A digest that told a development."""

    edition_id: str
    slot: datetime
    title: str  # as it was told
    verdict: str


@dataclass(frozen=True, slots=True)
class StoryItem:
    """An item of a story."""

    id: str
    title: str
    summary: str  # its beginning
    link: str | None
    publisher: str
    language: str
    tier: int  # of its feed
    published: datetime | None
    first_seen_at: datetime
    verdict: Verdict
    score: float
    reason: str
    reason_language: str
    headlines: tuple[Headline, ...]  # that it had before, oldest first
    tells: bool  # False: its text was changed, and tells something else by now


@dataclass(frozen=True, slots=True)
class StoryRead:
    """A story as it is stored, with a page of its items."""

    story: Story
    tellings: tuple[StoryItem, ...]
    items: int  # on all pages
    follows: Followed | None
    followed_by: tuple[Followed, ...]
    told_in: tuple[ToldIn, ...]


class ReadingStore:
    """Stories as they are read, a page of items at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def story(
        self,
        story_id: str,
        after: str | None,
        limit: int,
        why: Callable[[Assessment], tuple[str, str]] = stored,
    ) -> StoryRead:
        """Return a story with a page of its items, oldest first; raises NotFoundError.

        Args:
            story_id: of the story.
            after: the id of the last item of the page before.
            limit: items at the most.
            why: gives the reason of a verdict for readers, and its language.
        """
        with self._database.read() as connection:
            wanted = select(t.stories).where(t.stories.c.id == story_id)
            row = connection.execute(wanted).first()
            if row is None:
                raise NotFoundError("story", story_id)
            story = bare_story(row)
            before = step_before(connection, story)
            d = t.digest_developments.c
            digests = (
                select(d.edition_id, d.slot, d.title, d.verdict)
                .where(d.development_id == story_id)
                .order_by(d.slot, d.edition_id)
                .limit(_MOST_DIGESTS)
            )
            y = t.story_items.c
            return StoryRead(
                story=story,
                tellings=_tellings(connection, story_id, after, limit, why),
                items=connection.scalar(select(func.count()).where(y.story_id == story_id)) or 0,
                follows=followed(connection, before),
                followed_by=_next_steps(connection, story),
                told_in=tuple(ToldIn(*one) for one in connection.execute(digests)),
            )

    def begun(self, story_id: str) -> Followed | None:
        """Return how a story began; None where no item tells it any more."""
        with self._database.read() as connection:
            return followed(connection, story_id)


def _tellings(
    connection: Connection,
    story_id: str,
    after: str | None,
    limit: int,
    why: Callable[[Assessment], tuple[str, str]],
) -> tuple[StoryItem, ...]:
    i, a, y, f = t.items.c, t.assessments.c, t.story_items.c, t.feeds.c
    wanted = (
        select(i.id, i.title, func.substr(i.summary, 1, _SUMMARY).label("summary"), i.link)
        .add_columns(f.publisher, i.language, f.tier, i.published, i.first_seen_at)
        .add_columns(a.verdict, a.score, a.evidence, a.model_version, a.story_id)
        .join_from(t.story_items, t.items, i.id == y.item_id)
        .join(t.feeds, f.url == i.feed_url)
        .join(t.assessments, (a.item_id == i.id) & (a.revision == i.judged_revision))
        .where(y.story_id == story_id)
        .order_by(y.at, i.id)
        .limit(limit)
    )
    if after is not None:
        at = select(y.at).where(y.story_id == story_id, y.item_id == after).scalar_subquery()
        wanted = wanted.where((y.at > at) | ((y.at == at) & (i.id > after)))
    rows = connection.execute(wanted).all()
    r = t.revisions.c
    former: dict[str, list[Headline]] = {}
    changed = select(r.item_id, r.title, r.seen_at).where(r.item_id.in_([row.id for row in rows]))
    for row in connection.execute(changed.order_by(r.item_id, r.revision)):
        former.setdefault(row.item_id, []).append(Headline(row.title, row.seen_at))
    return tuple(_story_item(row, former.get(row.id, []), story_id, why) for row in rows)


def _story_item(
    row: Row[Any],
    former: list[Headline],
    story_id: str,
    why: Callable[[Assessment], tuple[str, str]],
) -> StoryItem:
    titles = [*(one.title for one in former), row.title]
    headlines = tuple(
        one for one, later in zip(former, titles[1:], strict=True) if one.title != later
    )
    reason, told_in = why(load_assessment(row))
    return StoryItem(
        id=row.id,
        title=row.title,
        summary=row.summary,
        link=row.link,
        publisher=row.publisher,
        language=row.language,
        tier=row.tier,
        published=row.published,
        first_seen_at=row.first_seen_at,
        verdict=Verdict(row.verdict),
        score=row.score,
        reason=reason,
        reason_language=told_in,
        headlines=headlines,
        tells=row.story_id == story_id,
    )


def _next_steps(connection: Connection, story: Story) -> tuple[Followed, ...]:
    """Find the stories whose step before a story is, within a year, earliest first."""
    if story.rung is None or not story.entity_ids:
        return ()
    a, s, at = t.story_anchors.c, t.stories.c, story.first_at
    later = (
        select(t.stories)
        .join(t.story_anchors, a.story_id == s.id)
        .where(a.anchor == story.entity_ids[0], a.at > at, a.at <= at + _YEAR)
        .where(s.id != story.id, s.track == story.track, s.first_at > at)
        .where(s.rung.is_not(None), s.rung != story.rung)
        .group_by(s.id)
        .order_by(func.min(a.at), s.id)
        .limit(_MOST_STEPS)
    )
    found = [bare_story(row) for row in connection.execute(later)]
    own = [one for one in found if step_before(connection, one) == story.id]
    told = [followed(connection, one.id) for one in own]
    return tuple(one for one in told if one is not None)
