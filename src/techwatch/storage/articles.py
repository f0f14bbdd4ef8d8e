"""The articles behind items: which are wanted, what became of them, and what hosts let us fetch."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, or_, select, update

from techwatch.model import Article, ArticleState, RobotsFile
from techwatch.storage import indexing, jobs
from techwatch.storage import tables as t
from techwatch.storage.locks import Area

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime
    from typing import Any

    from sqlalchemy import ColumnElement, Connection, Row

    from techwatch.storage.database import Database

_LATE = "it did not come in time"


class ArticleStore:
    """What is to be read, and what was."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def due(self, now: datetime) -> tuple[Article, ...]:
        """Return the articles to ask for now, those wanted first before others.

        Those whose items wait no longer are given up by the way.
        """
        c = t.articles.c
        waiting = select(t.articles).where(c.state == ArticleState.WAITING)
        with self._database.read() as connection:
            found = [_article(r) for r in connection.execute(waiting.order_by(c.wanted_at, c.link))]
        if late := [one.item_id for one in found if one.until <= now]:
            self._give_up(late)
        return tuple(
            one
            for one in found
            if one.until > now and one.next_attempt_at is not None and one.next_attempt_at <= now
        )

    def claim(self, item_ids: Collection[str], now: datetime, again_at: datetime) -> bool:
        """Count an attempt before it is made; False if another process was faster.

        If this process dies, the articles are asked for again at `again_at`.
        """
        c = t.articles.c
        ours = (
            update(t.articles)
            .where(c.item_id.in_(item_ids), c.state == ArticleState.WAITING)
            .where(c.next_attempt_at <= now, c.until > now)
            .values(attempts=c.attempts + 1, next_attempt_at=again_at)
        )
        with self._database.write(Area.FEEDS) as connection:
            return connection.execute(ours).rowcount > 0

    def record(self, outcomes: Sequence[tuple[Article, str]], now: datetime) -> int:
        """Store what became of articles, each with its text; returns how many texts are now there.

        A text that comes when its item has a verdict, or another headline, is dropped: an item is
        judged once for a headline, with its article or without.
        """
        with self._database.write(Area.FEEDS) as connection:
            read = sum(_record(connection, article, text, now) for article, text in outcomes)
            if read:
                jobs.hint(connection, jobs.JUDGE)
            return read

    def counts(self) -> dict[str, Counter[ArticleState]]:
        """Count the articles of each feed, by its address, and by what became of them.

        Reads all articles that there are.
        """
        i, a = t.items.c, t.articles.c
        # Asked for one by one: else SQLite reads all items, and looks for their articles.
        feed = select(i.feed_url).where(i.id == a.item_id).scalar_subquery()
        each = select(feed.label("feed"), a.state).select_from(t.articles).subquery()
        wanted = select(each.c.feed, each.c.state, func.count()).group_by(each.c.feed, each.c.state)
        found: dict[str, Counter[ArticleState]] = {}
        with self._database.read() as connection:
            for url, state, number in connection.execute(wanted):
                found.setdefault(url, Counter())[ArticleState(state)] = number
        return found

    def totals(self) -> Counter[ArticleState]:
        """Count the articles by what became of them."""
        a = t.articles.c
        wanted = select(a.state, func.count()).group_by(a.state)
        with self._database.read() as connection:
            found = connection.execute(wanted)
            return Counter({ArticleState(state): number for state, number in found})

    def robots(self, origin: str) -> RobotsFile | None:
        """Return what the robots.txt of a host last came to."""
        wanted = select(t.robots).where(t.robots.c.origin == origin)
        with self._database.read() as connection:
            row = connection.execute(wanted).first()
        return None if row is None else RobotsFile(**row._asdict())

    def keep_robots(self, found: RobotsFile) -> None:
        """Store what the robots.txt of a host came to."""
        values = {name: getattr(found, name) for name in t.robots.c.keys()}  # noqa: SIM118 - columns
        with self._database.write(Area.FEEDS) as connection:
            connection.execute(delete(t.robots).where(t.robots.c.origin == found.origin))
            connection.execute(insert(t.robots).values(values))

    def _give_up(self, item_ids: Sequence[str]) -> None:
        c = t.articles.c
        given_up = update(t.articles).where(
            c.item_id.in_(item_ids), c.state == ArticleState.WAITING
        )
        values = {"state": ArticleState.FAILED, "error": func.coalesce(c.error, _LATE)}
        with self._database.write(Area.FEEDS) as connection:
            connection.execute(given_up.values(values | {"next_attempt_at": None}))


def want(connection: Connection, article: Article) -> None:
    """Make an item wait for its article; what was read under another headline is dropped."""
    connection.execute(delete(t.articles).where(t.articles.c.item_id == article.item_id))
    connection.execute(insert(t.articles).values(_columns(article) | {"text": ""}))


def not_waiting(now: datetime) -> ColumnElement[bool]:
    """Say which items, joined with their articles, wait for none."""
    c = t.articles.c
    return or_(
        c.item_id.is_(None),
        c.state != ArticleState.WAITING,
        c.until <= now,
        c.title != t.items.c.title,
    )


def _record(connection: Connection, article: Article, text: str, now: datetime) -> bool:
    i, c = t.items.c, t.articles.c
    item = connection.execute(
        select(i.title, i.revision, i.judged_revision).where(i.id == article.item_id)
    ).one()
    late = article.until <= now or item.judged_revision == item.revision
    values = _columns(article) | {"text": text}
    if late and article.state is ArticleState.READ:
        values |= {"state": ArticleState.FAILED, "text": "", "error": _LATE}
    ours = update(t.articles).where(c.item_id == article.item_id, c.title == article.title)
    ours = ours.where(c.state == ArticleState.WAITING)
    changed = connection.execute(ours.values(values)).rowcount
    read = bool(changed and values["text"])
    if read:
        indexing.renew(connection, [article.item_id])
    return read


def _columns(article: Article) -> dict[str, Any]:
    names = (name for name in t.articles.c.keys() if name != "text")  # noqa: SIM118 - columns
    return {name: getattr(article, name) for name in names}


def _article(row: Row[Any]) -> Article:
    values = {name: value for name, value in row._asdict().items() if name != "text"}
    return Article(**values | {"state": ArticleState(row.state)})
