"""What polls and pushes of the same feed have to do with each other, as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import delete, or_, select, update

from techwatch.model import SubscriptionState
from techwatch.storage import tables as t

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from techwatch.model import PollOutcome, PollReport

_MOST_MISSED = 3  # so many pushes with news make a hub relied upon again


class ByPush(NamedTuple):
    """What pushes did for the feeds of some polls."""

    items: frozenset[str]  # ids of those that no poll has brought yet
    relied: dict[str, str]  # feed URL -> subscription whose hub had all the time to push the news


_NOTHING = ByPush(frozenset(), {})


def before_polls(connection: Connection, outcomes: Sequence[PollOutcome]) -> ByPush:
    """Read it before the polls are stored."""
    urls = [outcome.state.feed.url for outcome in outcomes if outcome.result == "document"]
    if not urls:
        return _NOTHING
    s, f = t.subscriptions.c, t.feeds.c
    relied = (
        select(s.feed_url, s.token)
        .join(t.feeds, f.url == s.feed_url)
        .where(s.feed_url.in_(urls), s.state == SubscriptionState.ACTIVE.value)
        .where(s.active_since <= f.succeeded_at)  # what came before it was nobody's to push
        .where(or_(s.look_at.is_(None), s.look_at < f.polled_at))  # else a push asked for this poll
    )
    ids = select(t.pushed_items.c.item_id).where(t.pushed_items.c.feed_url.in_(urls))
    return ByPush(
        frozenset(connection.scalars(ids)),
        {row.feed_url: row.token for row in connection.execute(relied)},
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
