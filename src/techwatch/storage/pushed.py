"""What polls and pushes of the same feed have to do with each other, as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import and_, delete, or_, select, update

from techwatch.model import SubscriptionState
from techwatch.storage import tables as t

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from techwatch.model import PollOutcome, PollReport

_MOST_MISSED = 3  # so many pushes with news make a hub relied upon again


class ByPush(NamedTuple):
    """What pushes did for the feeds of some polls."""

    items: frozenset[str]  # ids of those that no poll has brought yet
    relied: dict[str, str]  # feed URL -> subscription whose hub had all the time to push the news
    news: dict[str, datetime | None]  # feed URL -> when news last came, of those that are pushed


def before_polls(connection: Connection, outcomes: Sequence[PollOutcome]) -> ByPush:
    """Read it before the polls are stored."""
    urls = [outcome.state.feed.url for outcome in outcomes]
    s, f, p = t.subscriptions.c, t.feeds.c, t.pushed_items.c
    relied = and_(
        s.state == SubscriptionState.ACTIVE.value,
        s.active_since <= f.succeeded_at,  # what came before it was nobody's to push
        or_(s.look_at.is_(None), s.look_at < f.polled_at),  # else a push asked for this poll
    )
    subscribed = (
        select(s.feed_url, s.token, f.news_at, relied.label("relied"))
        .join(t.feeds, f.url == s.feed_url)
        .where(s.feed_url.in_(urls))
    )
    rows = connection.execute(subscribed).all()
    ids = select(p.item_id).where(p.feed_url.in_(urls))
    return ByPush(
        frozenset(connection.scalars(ids)),
        {row.feed_url: row.token for row in rows if row.relied},
        {row.feed_url: row.news_at for row in rows},
    )


def after_polls(connection: Connection, by_push: ByPush, reports: Sequence[PollReport]) -> None:
    """Note news that polls brought and no push had, and that polls know what was pushed."""
    s, p = t.subscriptions, t.pushed_items
    documents = [report for report in reports if report.result == "document"]
    if by_push.items:
        urls = [report.feed.url for report in documents]
        connection.execute(delete(p).where(p.c.feed_url.in_(urls)))
    for report in documents:
        token = by_push.relied.get(report.feed.url)
        if token and report.new:
            counted = update(s).where(s.c.token == token, s.c.missed < _MOST_MISSED)
            connection.execute(counted.values(missed=s.c.missed + 1))
