"""What hubs were asked to push, and what they pushed and nobody has read yet."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, func, insert, select, update

from techwatch.model import Announced, PollReport, Push, Subscription, SubscriptionState
from techwatch.storage import jobs
from techwatch.storage import tables as t
from techwatch.storage.feeds import add_pushed, feed, feed_state
from techwatch.storage.locks import Area

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime, timedelta

    from sqlalchemy import Connection, Row

    from techwatch.model import FeedState, Item
    from techwatch.storage.database import Database

# Pushes of one subscription that wait to be read; more of them, or more bytes, lead to a poll.
MOST_WAITING = 500
MOST_BYTES = 40_000_000
_CHUNK = 500  # addresses in one question: databases bound the number of parameters
_NAMES = tuple(field.name for field in fields(Subscription))
_PUSH = tuple(field.name for field in fields(Push))
_s, _p = t.subscriptions, t.pushes


class SubscriptionStore:
    """Subscriptions, and pushes that wait to be read."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> tuple[Subscription, ...]:
        """Return every subscription, by feed."""
        wanted = select(_s).order_by(_s.c.feed_url, _s.c.token)
        with self._database.read() as connection:
            return tuple(_subscription(row) for row in connection.execute(wanted))

    def of(self, feed_urls: Sequence[str]) -> tuple[Subscription, ...]:
        """Return the subscriptions of these feeds, by feed; others are not read."""
        found: list[Subscription] = []
        names = sorted(set(feed_urls))
        with self._database.read() as connection:
            for start in range(0, len(names), _CHUNK):
                chunk = names[start : start + _CHUNK]
                wanted = select(_s).where(_s.c.feed_url.in_(chunk))
                rows = connection.execute(wanted.order_by(_s.c.feed_url, _s.c.token))
                found += [_subscription(row) for row in rows]
        return tuple(found)

    def announcing(self) -> dict[str, Announced]:
        """Return the feeds, by URL, that are polled and name a hub."""
        f = t.feeds.c
        wanted = select(f.url, f.hub, f.topic, f.manners).where(f.hub.is_not(None))
        with self._database.read() as connection:
            rows = connection.execute(wanted.where(f.listed, ~f.paused))
            return {r.url: Announced(r.hub, r.topic) for r in rows if not r.manners.get("gone_at")}

    def find(self, token: str) -> Subscription | None:
        """Return the subscription with this token."""
        with self._database.read() as connection:
            return _find(connection, token)

    def add(self, subscription: Subscription) -> None:
        """Store a new one."""
        with self._database.write(Area.FEEDS) as connection:
            connection.execute(insert(_s).values(_columns(subscription)))

    def change(
        self, token: str, decide: Callable[[Subscription], Subscription | None]
    ) -> Subscription | None:
        """Store what `decide` makes of a subscription as it is now; None takes it away.

        Returns what was stored; None also where there is no such subscription.
        """
        with self._database.write(Area.FEEDS) as connection:
            found = _find(connection, token, lock=True)
            if found is None:
                return None
            decided = decide(found)
            if decided is None:
                connection.execute(delete(_s).where(_s.c.token == token))
            elif decided != found:
                values = _columns(decided)
                connection.execute(update(_s).where(_s.c.token == token).values(values))
            return decided

    # ------------------------------------------------------------------ pushes

    def queue(
        self,
        token: str,
        content: bytes,
        content_type: str | None,
        now: datetime,
        shortest: timedelta,
    ) -> bool:
        """Store a document that was pushed, to be read soon.

        Where many wait already, a poll is asked for in its place, `shortest` after the last one.
        False where the subscription is gone or no longer wanted.
        """
        with self._database.write(Area.FEEDS) as connection:
            found = _find(connection, token, lock=True)
            if found is None or found.state is SubscriptionState.LEAVING:
                return False
            counted = update(_s).where(_s.c.token == token)
            connection.execute(counted.values(pushes=_s.c.pushes + 1, pushed_at=now))
            size = func.coalesce(func.sum(func.length(_p.c.content)), 0)
            waiting = select(func.count().label("pushes"), size.label("bytes"))
            held = connection.execute(waiting.where(_p.c.token == token)).one()
            if held.pushes >= MOST_WAITING or held.bytes + len(content) > MOST_BYTES:
                _look(connection, token, now, shortest)
            else:
                values: dict[str, Any] = {"feed_url": found.feed_url, "content": content}
                values |= {"token": token, "content_type": content_type, "pushed_at": now}
                connection.execute(insert(_p).values(values))
            return True

    def waiting(self) -> tuple[int, ...]:
        """Return the ids of pushes that nobody has read yet, oldest first."""
        with self._database.read() as connection:
            return tuple(connection.scalars(select(_p.c.id).order_by(_p.c.id)))

    def push(self, number: int) -> tuple[Push, FeedState] | None:
        """Return one of them and its feed; None where it has been read meanwhile."""
        with self._database.read() as connection:
            row = connection.execute(select(_p).where(_p.c.id == number)).first()
            if row is None:
                return None
            state = connection.execute(select(t.feeds).where(t.feeds.c.url == row.feed_url)).one()
            return Push(**{name: getattr(row, name) for name in _PUSH}), feed_state(state)

    def record(
        self, push: Push, items: Sequence[Item], now: datetime, shortest: timedelta
    ) -> PollReport:
        """Store the new items of a push, in one transaction with the note that it was read.

        The feed's validators, and when it was polled, stay as they are. What differs from the items
        stored is left to a poll, `shortest` after the last one.
        """
        with self._database.write(Area.FEEDS) as connection:
            new, differ = add_pushed(connection, items, now)
            if new:
                _mark(connection, new)
                there = update(t.feeds).where(t.feeds.c.url == push.feed_url)
                connection.execute(there.values(news_at=now))
                jobs.hint(connection, jobs.JUDGE)
                regained = update(_s).where(_s.c.token == push.token, _s.c.missed > 0)
                connection.execute(regained.values(missed=_s.c.missed - 1))
            if differ:
                _look(connection, push.token, now, shortest)
            connection.execute(delete(_p).where(_p.c.id == push.id))
            row = connection.execute(select(t.feeds).where(t.feeds.c.url == push.feed_url)).one()
            return PollReport(feed(row), "document", seen=len(items), new=len(new))

    def unread(self, push: Push, error: str, now: datetime, shortest: timedelta) -> PollReport:
        """Note that a push can't be read: a poll is to bring what it told, after `shortest`."""
        with self._database.write(Area.FEEDS) as connection:
            _look(connection, push.token, now, shortest)
            connection.execute(delete(_p).where(_p.c.id == push.id))
            row = connection.execute(select(t.feeds).where(t.feeds.c.url == push.feed_url)).one()
            return PollReport(feed(row), "failed", error=error)


def _look(connection: Connection, token: str, now: datetime, shortest: timedelta) -> None:
    """Make a feed due, unless it fails, is gone, or is due earlier anyway."""
    connection.execute(update(_s).where(_s.c.token == token).values(look_at=now))
    f = t.feeds.c
    of = select(f.url, f.polled_at).join(_s, _s.c.feed_url == f.url).where(_s.c.token == token)
    row = connection.execute(of).first()
    if row is not None:
        at = max(now, (row.polled_at or now) + shortest)
        due = update(t.feeds).where(f.url == row.url, f.failures == 0, f.next_poll_at > at)
        connection.execute(due.values(next_poll_at=at))


def _mark(connection: Connection, items: Sequence[Item]) -> None:
    """Note that only a push has brought these; a mark may be left of one that was pruned."""
    p = t.pushed_items
    marks = [{"item_id": item.id, "feed_url": item.feed_url} for item in items]
    stale = delete(p).where(p.c.item_id == bindparam("id"))
    connection.execute(stale, [{"id": item.id} for item in items])
    connection.execute(insert(p), marks)


def _find(connection: Connection, token: str, *, lock: bool = False) -> Subscription | None:
    wanted = select(_s).where(_s.c.token == token)
    row = connection.execute(wanted.with_for_update() if lock else wanted).first()
    return None if row is None else _subscription(row)


def _subscription(row: Row[Any]) -> Subscription:
    values = {name: getattr(row, name) for name in _NAMES}
    return Subscription(**values | {"state": SubscriptionState(row.state)})


def _columns(subscription: Subscription) -> dict[str, Any]:
    values = {name: getattr(subscription, name) for name in _NAMES}
    return values | {"state": subscription.state.value}
