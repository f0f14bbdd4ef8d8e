"""Feeds and their items as polls bring them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter
from sqlalchemy import and_, bindparam, delete, exists, insert, or_, select, update

from techwatch.errors import NotFoundError
from techwatch.model import (
    Announced,
    Feed,
    FeedState,
    Item,
    Manners,
    PollOutcome,
    PollReport,
    ReadAhead,
    Validators,
)
from techwatch.storage import again, dropping, indexing, jobs, plain, pushed
from techwatch.storage import tables as t
from techwatch.storage.locks import Area

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Row

    from techwatch.model import Condition
    from techwatch.storage.database import Database

_MANNERS = TypeAdapter(Manners)
_ITEM = tuple(column.name for column in fields(Item))
_URL = "of_url"
# Many feeds in one call: a statement made for each takes longer than what it does.
_OF_FEED = update(t.feeds).where(t.feeds.c.url == bindparam(_URL))
_CHUNK = 500  # ids in one question: databases bound the number of parameters


class FeedStore:
    """What is polled, and what polls brought."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def watch(self, feeds: Iterable[Feed], now: datetime) -> None:
        """Make these the feeds that are polled; what is known of them stays."""
        listed = tuple(feeds)

        def write(connection: Connection) -> None:
            connection.execute(update(t.feeds).values(listed=False))
            for feed in listed:
                keep_feed(connection, feed, now)

        self._database.writing(write, Area.FEEDS)

    def states(self) -> tuple[FeedState, ...]:
        """Return every listed feed's state, by publisher."""
        wanted = (
            select(t.feeds).where(t.feeds.c.listed).order_by(t.feeds.c.publisher, t.feeds.c.url)
        )
        with self._database.read() as connection:
            return tuple(feed_state(row) for row in connection.execute(wanted))

    def some(
        self, limit: int, after: str | None = None, condition: Condition | None = None
    ) -> tuple[FeedState, ...]:
        """Return some listed feeds' states, by publisher.

        Args:
            limit: how many at the most.
            after: the address of the last one before; raises NotFoundError where there is none.
            condition: leaves out most of those that are not in it, by what the table tells;
                `polling.health` decides.
        """
        f = t.feeds.c
        wanted = select(t.feeds).where(f.listed).order_by(f.publisher, f.url).limit(limit)
        if condition is not None:
            wanted = wanted.where(*_near(condition))
        if after is not None:
            last = self.state(after).feed
            same = and_(f.publisher == last.publisher, f.url > last.url)
            wanted = wanted.where(or_(f.publisher > last.publisher, same))
        with self._database.read() as connection:
            return tuple(feed_state(row) for row in connection.execute(wanted))

    def due(self, now: datetime) -> tuple[FeedState, ...]:
        """Return the listed feeds that are not paused and whose time has come, the latest first.

        Feeds that are gone for good are among them. What it costs does not grow with the feeds
        whose time has not come.
        """
        f = t.feeds.c
        ahead = f.polled_at > now  # by a clock that was wrong; `polling.due` decides
        ready = or_(f.next_poll_at.is_(None), f.next_poll_at <= now, ahead)
        wanted = select(t.feeds).where(f.listed, ~f.paused, ready)
        wanted = wanted.order_by(f.next_poll_at.nulls_first(), f.publisher, f.url)
        with self._database.read() as connection:
            return tuple(feed_state(row) for row in connection.execute(wanted))

    def unchanged(self, states: Sequence[FeedState]) -> tuple[FeedState, ...]:
        """Return those that nobody polled, or keeps for a poll, since they were read."""
        f = t.feeds.c
        found: dict[str, tuple[datetime | None, datetime | None]] = {}
        urls = [state.feed.url for state in states]
        with self._database.read() as connection:
            for start in range(0, len(urls), _CHUNK):
                own = f.url.in_(urls[start : start + _CHUNK])
                rows = connection.execute(select(f.url, f.polled_at, f.next_poll_at).where(own))
                found |= {url: (polled, due) for url, polled, due in rows}
        return tuple(s for s in states if found.get(s.feed.url) == (s.polled_at, s.next_poll_at))

    def pauses(self, now: datetime) -> dict[str, datetime]:
        """Return who runs hosts and wants to be left alone, and until when."""
        p = t.pauses.c
        with self._database.read() as connection:
            rows = connection.execute(select(p.operator, p.until).where(p.until > now))
            return {row.operator: row.until for row in rows}

    def pause(self, until: Mapping[str, datetime], now: datetime) -> None:
        """Keep for all processes who wants to be left alone; what is over is forgotten."""
        p = t.pauses.c
        rows = [{"operator": name, "until": at} for name, at in sorted(until.items())]

        def write(connection: Connection) -> None:
            over = p.operator.in_(list(until)) | (p.until <= now)
            connection.execute(delete(t.pauses).where(over))
            if rows:
                connection.execute(insert(t.pauses), rows)

        self._database.writing(write, Area.FEEDS)

    def state(self, url: str) -> FeedState:
        """Return one feed's state; raises NotFoundError."""
        with self._database.read() as connection:
            row = connection.execute(select(t.feeds).where(t.feeds.c.url == url)).first()
        if row is None:
            raise NotFoundError("feed", url, "`techwatch feeds list` shows those there are")
        return feed_state(row)

    def hold(self, until: Mapping[str, datetime | None]) -> None:
        """Set when these feeds, by URL, are due again."""
        rows = [{_URL: url, "next_poll_at": at} for url, at in until.items()]

        def write(connection: Connection) -> None:
            if rows:
                connection.execute(_OF_FEED, rows)

        self._database.writing(write, Area.FEEDS)

    def record(self, outcome: PollOutcome, now: datetime) -> PollReport:
        """Store what a poll came to, in one transaction: state, new items, revisions."""
        return self.record_all([outcome], now)[0]

    def record_all(self, outcomes: Sequence[PollOutcome], now: datetime) -> list[PollReport]:
        """Store what some polls came to, all in one transaction; a report for each, in order."""

        def write(connection: Connection) -> list[PollReport]:
            by_push = pushed.before_polls(connection, outcomes)
            changes = _Changes(first=_first_polls(connection, outcomes))
            recorded = [_record(connection, one, now, by_push, changes) for one in outcomes]
            indexing.add(connection, changes.new, now, changes.ahead)
            plain.add(connection, changes.verdicts(now))
            indexing.renew(connection, changes.revised)
            if recorded:
                connection.execute(_OF_FEED, [columns for columns, _ in recorded])
            reports = [report for _, report in recorded]
            pushed.after_polls(connection, by_push, reports)
            if any(report.new > report.judged or report.revised for report in reports):
                jobs.hint(connection, jobs.JUDGE)
            return reports

        return self._database.writing(write, Area.FEEDS)


def _near(condition: Condition) -> tuple[ColumnElement[bool], ...]:
    f = t.feeds.c
    if condition == "paused":
        return (f.paused,)
    if condition in {"failing", "gone"}:
        return (~f.paused, f.failures > 0)
    known = f.succeeded_at.is_(None) if condition == "waiting" else f.succeeded_at.is_not(None)
    return (~f.paused, f.failures == 0, known)


@dataclass
class _Changes:
    """What is to be indexed and judged at the end of a transaction, all at once."""

    first: frozenset[str] = frozenset()  # feeds, by URL, of which nothing is stored yet
    new: list[Item] = field(default_factory=list)
    revised: list[str] = field(default_factory=list)  # ids
    ahead: dict[str, ReadAhead] = field(default_factory=dict)  # of new ones

    def verdicts(self, now: datetime) -> list[plain.Plain]:
        """Return the verdicts that new items already have."""
        return [
            plain.Plain(item.id, read.assessment, item.published or now, now)
            for item in self.new
            if (read := self.ahead.get(item.id)) and read.assessment
        ]


def _record(
    connection: Connection,
    outcome: PollOutcome,
    now: datetime,
    by_push: pushed.ByPush,
    changes: _Changes,
) -> tuple[dict[str, Any], PollReport]:
    """Store the items of a poll; returns what is to be stored of the feed."""
    state = outcome.state
    items = {item.id: item for item in outcome.items}
    is_first = state.feed.url in changes.first
    known = {} if is_first else _known(connection, list(items))
    unknown_ids = [key for key in items if key not in known]
    dropped = {} if is_first else dropping.among(connection, unknown_ids)
    known |= dropped
    unknown = [item for key, item in items.items() if key not in known]
    told = {} if is_first else again.told(connection, unknown)
    new = again.new_ones(unknown, outcome.items, told)
    changed = [i for key, i in items.items() if key in known and _differs(i, known[key])]
    ahead = {item.id: outcome.ahead[item.id] for item in new if item.id in outcome.ahead}
    judged = {item_id for item_id, read in ahead.items() if read.assessment}
    add_items(connection, new, now, judged)
    dropping.bring_back(connection, [i for i in changed if i.id in dropped], dropped)
    for item in changed:
        gone = item.id in dropped  # with its former text
        revise_item(connection, item, known[item.id].revision + 1, now, keep=not gone)
    changes.new += new
    changes.ahead |= ahead
    changes.revised += [item.id for item in changed]
    # A push may have brought news while the feed was asked.
    news = now if new or changed else by_push.news.get(state.feed.url, state.news_at)
    # Nothing in common with earlier documents: posts between may be missed.
    nothing = len(new) == len(unknown) and known.keys() <= by_push.items
    gap = bool(new) and nothing and state.news_at is not None
    of_feed = {_URL: state.feed.url, "news_at": news, "gap_at": now if gap else state.gap_at}
    report = PollReport(
        feed=state.feed,
        result=outcome.result,
        seen=len(outcome.items),
        new=len(new),
        revised=len(changed),
        judged=len(judged),
        error=state.error,
    )
    return of_feed | _state_columns(state), report


def _first_polls(connection: Connection, outcomes: Sequence[PollOutcome]) -> frozenset[str]:
    """Return which of these feeds have brought nothing yet: there is nothing to compare with."""
    urls = [outcome.state.feed.url for outcome in outcomes if outcome.items]
    f, i = t.feeds.c, t.items.c
    stored = exists().where(i.feed_url == f.url)
    found: set[str] = set()
    for start in range(0, len(urls), _CHUNK):
        own = f.url.in_(urls[start : start + _CHUNK])
        found |= set(connection.scalars(select(f.url).where(own, f.news_at.is_(None), ~stored)))
    return frozenset(found)


def add_pushed(
    connection: Connection, items: Sequence[Item], now: datetime
) -> tuple[list[Item], bool]:
    """Store the new ones of items that were pushed.

    Returns them, and whether others differ from what is stored. Those are left to the next poll:
    hubs shorten texts, and what the publisher itself serves is what an item says.
    """
    distinct = {item.id: item for item in items}
    known = _known(connection, list(distinct))
    unknown = [item for key, item in distinct.items() if key not in known]
    new = again.new_ones(unknown, items, again.told(connection, unknown))
    add_items(connection, new, now)
    indexing.add(connection, new, now)
    differ = any(_differs(distinct[key], row) for key, row in known.items())
    return new, differ


def feed_state(row: Row[Any]) -> FeedState:
    """Read a row of the table."""
    return FeedState(
        feed=feed(row),
        validators=Validators(row.etag, row.last_modified),
        body_hash=row.body_hash,
        next_poll_at=row.next_poll_at,
        polled_at=row.polled_at,
        succeeded_at=row.succeeded_at,
        failing_since=row.failing_since,
        failures=row.failures,
        error=row.error,
        error_kind=row.error_kind,
        news_at=row.news_at,
        gap_at=row.gap_at,
        damage=tuple(row.damage),
        manners=_MANNERS.validate_python(row.manners),
        announced=Announced(row.hub, row.topic),
    )


def feed(row: Row[Any]) -> Feed:
    """Read the configured part of a row of the table."""
    return Feed(
        url=row.url,
        publisher=row.publisher,
        language=row.language,
        tier=row.tier,
        tags=tuple(row.tags),
        zone=row.zone,
        paused=row.paused,
        full_text=row.full_text,
    )


def keep_feed(connection: Connection, listed: Feed, now: datetime) -> None:
    """Make a feed one that is polled, or bring what is kept of it up to date."""
    values = asdict(listed) | {"tags": list(listed.tags), "listed": True}
    changed = connection.execute(update(t.feeds).where(t.feeds.c.url == listed.url).values(values))
    if changed.rowcount == 0:
        connection.execute(insert(t.feeds).values(values | {"watched_since": now}))


def _state_columns(state: FeedState) -> dict[str, Any]:
    return {
        "etag": state.validators.etag,
        "last_modified": state.validators.last_modified,
        "body_hash": state.body_hash,
        "next_poll_at": state.next_poll_at,
        "polled_at": state.polled_at,
        "succeeded_at": state.succeeded_at,
        "failing_since": state.failing_since,
        "failures": state.failures,
        "error": state.error,
        "error_kind": state.error_kind,
        "damage": list(state.damage),
        "manners": _MANNERS.dump_python(state.manners, mode="json", exclude_defaults=True),
        "hub": state.announced.hub,
        "topic": state.announced.topic,
    }


def _known(connection: Connection, ids: Sequence[str]) -> dict[str, Row[Any]]:
    columns = (t.items.c.id, t.items.c.content_hash, t.items.c.revision)
    known: dict[str, Row[Any]] = {}
    for start in range(0, len(ids), _CHUNK):
        wanted = select(*columns).where(t.items.c.id.in_(ids[start : start + _CHUNK]))
        known |= {row.id: row for row in connection.execute(wanted)}
    return known


def _differs(item: Item, known: Row[Any]) -> bool:
    return bool(item.content_hash != known.content_hash)


def add_items(
    connection: Connection,
    items: Sequence[Item],
    now: datetime,
    judged: Collection[str] = (),
) -> None:
    """Store items that are not there yet; the verdicts of those `judged`, by id, come with them."""
    if not items:
        return
    same = {"first_seen_at": now, "seen_at": now, "revision": 1}
    rows = [_columns(i) | same | {"judged_revision": int(i.id in judged)} for i in items]
    connection.execute(insert(t.items), rows)


def _columns(item: Item) -> dict[str, Any]:
    # asdict would copy every value, which takes most of the time of storing.
    return {name: getattr(item, name) for name in _ITEM}


def revise_item(
    connection: Connection, item: Item, revision: int, now: datetime, *, keep: bool = True
) -> None:
    """Store another text of an item; the one before it is kept among its former ones, or not."""
    if keep:
        connection.execute(_KEEP_FORMER, {_ID: item.id})
    values = _columns(item) | {"revision": revision, "seen_at": now, "text_gone_at": None}
    connection.execute(update(t.items).where(t.items.c.id == item.id).values(values))


_ID = "of_item"
_FORMER = ("title", "summary", "content_hash", "seen_at")
_KEEP_FORMER = insert(t.revisions).from_select(
    ["item_id", "revision", *_FORMER],
    select(t.items.c.id, t.items.c.revision, *(t.items.c[name] for name in _FORMER)).where(
        t.items.c.id == bindparam(_ID)
    ),
)
