"""Digests, and what they told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, insert, or_, select

from techwatch.errors import LedgerError, NotFoundError
from techwatch.model import (
    DeliveryState,
    Digest,
    Issue,
    RenderedDigest,
    Report,
    UntoldStory,
)
from techwatch.storage import jobs, telling
from techwatch.storage import tables as t
from techwatch.storage.board import followed
from techwatch.storage.evidence import load_assessment
from techwatch.storage.judgements import quiet_stories
from techwatch.storage.ledger import enter
from techwatch.storage.locks import Area
from techwatch.storage.rows import bare_story, items_with_feeds, stored_item
from techwatch.storage.stories import step_before

if TYPE_CHECKING:
    from collections.abc import Iterable, MutableMapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row, Select

    from techwatch.storage.database import Database


_d = t.digests.c
_ISSUE = (_d.edition_id, _d.slot, _d.subject, _d.composed_at, _d.scheduled)
_HOOKS = "hook-" + 12 * "_"  # ids of `digests.delivery.hooks`; SQL: any character each
_CHUNK = 300  # issues in one question: databases bound the number of parameters


class DigestStore:
    """What readers were told, and what is on its way to them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def watch(self, edition_ids: Iterable[str], now: datetime) -> None:
        """Remember from when on an edition's slots count."""
        with self._database.write(Area.DIGESTS) as connection:
            known = set(connection.scalars(select(t.editions.c.id)))
            for edition_id in sorted(set(edition_ids) - known):
                connection.execute(insert(t.editions).values(id=edition_id, watched_since=now))

    def last_slot(self, edition_id: str, now: datetime) -> datetime | None:
        """Return the last scheduled slot that was composed, else when the edition was first seen.

        One after `now` was composed while the clock was ahead, and says nothing of those before it.
        None for an edition that no service has watched yet.
        """
        d = t.digests.c
        scheduled = select(d.slot).where(d.edition_id == edition_id, d.scheduled, d.slot <= now)
        last = scheduled.order_by(d.slot.desc()).limit(1)
        since = select(t.editions.c.watched_since).where(t.editions.c.id == edition_id)
        with self._database.read() as connection:
            slot: datetime | None = connection.scalar(last) or connection.scalar(since)
            return slot

    def watched_since(self, edition_id: str) -> datetime | None:
        """Return when an edition was first seen; None if never."""
        c = t.editions.c
        with self._database.read() as connection:
            since: datetime | None = connection.scalar(
                select(c.watched_since).where(c.id == edition_id)
            )
            return since

    def last_until(self, edition_id: str, now: datetime) -> datetime | None:
        """Return the end of the period of the edition's last digest; None before the first.

        One that ends after `now` was composed while the clock was ahead.
        """
        d = t.digests.c
        with self._database.read() as connection:
            until: datetime | None = connection.scalar(
                select(func.max(d.until)).where(d.edition_id == edition_id, d.until <= now)
            )
            return until

    def untold(
        self,
        edition_id: str,
        not_before: datetime,
        read: MutableMapping[str, UntoldStory] | None = None,
    ) -> tuple[UntoldStory, ...]:
        """Return the developments that the edition has not told, made after `not_before`.

        Those that a person rejected, or knew already, are left out. Of those that it told, the ones
        come back of whose items it showed none, since other items tell their stories now.

        `read` holds what was read for other editions a moment ago, and is added to.
        """
        read = {} if read is None else read
        c = t.developments.c
        wanted = (
            select(t.developments, telling.told_ever(edition_id).label("told"))
            .where(c.created_at >= not_before, ~telling.told_still(edition_id))
            .order_by(c.created_at, c.id)
        )
        with self._database.read() as connection:
            quiet = quiet_stories(connection, wanted.with_only_columns(c.story_id))
            rows = [r for r in connection.execute(wanted) if r.story_id not in quiet]
            for row in rows:
                if row.story_id not in read:
                    read[row.story_id] = _untold(connection, row)
            found = [read[row.story_id] for row in rows]
            anew = {row.story_id for row in rows if row.told}
            return tuple(
                one
                for one in found
                if one.reports
                and not (one.story.id in anew and _is_shown(connection, edition_id, one))
            )

    def save(
        self,
        digest: Digest,
        rendered: RenderedDigest,
        deliveries: Sequence[tuple[str, str, str]],
        now: datetime,
        *,
        scheduled: bool,
    ) -> None:
        """Freeze a digest and write its ledger: (channel, recipient, Message-ID) each.

        All in one transaction: from here on it will be sent, and what it tells is told. An empty
        ledger means that nobody wants it, which is remembered too. Raises LedgerError if another
        process has frozen the same slot.
        """
        key = {"edition_id": digest.edition_id, "slot": digest.slot}
        told = [
            key
            | {"development_id": d.id, "item_id": d.item_id}
            | {"title": d.title, "verdict": d.verdict}
            for d in digest.told
        ] + [
            key
            | {"development_id": c.development_id, "item_id": c.item_id}
            | {"title": c.title_now, "verdict": c.verdict_now}
            for c in digest.corrections
        ]
        with self._database.write(Area.DIGESTS) as connection:
            if _is_frozen(connection, digest):
                raise LedgerError(f"{digest.edition_id} of {digest.slot} was composed meanwhile")
            if telling.told_meanwhile(connection, digest.edition_id, [d.id for d in digest.told]):
                raise LedgerError(f"{digest.edition_id} told of a development meanwhile")
            connection.execute(
                insert(t.digests).values(
                    **key,
                    since=digest.since,
                    until=digest.until,
                    composed_at=now,
                    subject=rendered.subject,
                    html=rendered.html,
                    text=rendered.text,
                    json=rendered.json,
                    scheduled=scheduled,
                )
            )
            if told:
                connection.execute(insert(t.digest_developments), told)
            enter(connection, (digest.edition_id, digest.slot), deliveries, now)
            if deliveries:
                jobs.hint(connection, jobs.DELIVER)

    def rendered(self, edition_id: str, slot: datetime) -> RenderedDigest:
        """Return a digest's frozen content; raises NotFoundError."""
        d = t.digests.c
        wanted = select(t.digests).where(d.edition_id == edition_id, d.slot == slot)
        with self._database.read() as connection:
            row = connection.execute(wanted).first()
        if row is None:
            raise NotFoundError(f"digest of {edition_id} at", str(slot))
        return _rendered(row)

    def issues(
        self,
        edition_id: str | None = None,
        limit: int | None = None,
        after: tuple[datetime, str] | None = None,
        *,
        hooks: bool = True,
    ) -> tuple[Issue, ...]:
        """List the digests that were composed, newest first, then by edition.

        `after` names the slot and the edition of the last one of the page before; without `hooks`
        those are left out that were posted to webhooks of people.
        """
        d = t.digests.c
        wanted = select(*_ISSUE).order_by(d.slot.desc(), d.edition_id).limit(limit)
        if edition_id is not None:
            wanted = wanted.where(d.edition_id == edition_id)
        if after is not None:
            same = and_(d.slot == after[0], d.edition_id > after[1])
            wanted = wanted.where(or_(d.slot < after[0], same))
        if not hooks:
            wanted = wanted.where(d.edition_id.not_like(_HOOKS))
        with self._database.read() as connection:
            return _issues(connection, wanted)

    def issue(self, edition_id: str, slot: datetime | None) -> Issue:
        """Return the digest of a slot, or an edition's newest one; raises NotFoundError."""
        d = t.digests.c
        wanted = select(*_ISSUE).where(d.edition_id == edition_id)
        if slot is not None:
            wanted = wanted.where(d.slot == slot)
        with self._database.read() as connection:
            found = _issues(connection, wanted.order_by(d.slot.desc()).limit(1))
        if not found:
            raise NotFoundError(f"digest of {edition_id} at", str(slot or "any time"))
        return found[0]

    def composed(self) -> tuple[str, ...]:
        """Return the editions, by id, of which service or person ever asked for a digest."""
        with self._database.read() as connection:
            return tuple(connection.scalars(select(t.editions.c.id).order_by(t.editions.c.id)))

    def latest(self, edition_id: str, limit: int) -> tuple[RenderedDigest, ...]:
        """Return the newest digests of an edition with their frozen content, newest first."""
        d = t.digests.c
        wanted = select(t.digests).where(d.edition_id == edition_id)
        with self._database.read() as connection:
            rows = connection.execute(wanted.order_by(d.slot.desc()).limit(limit))
            return tuple(_rendered(row) for row in rows)


def _issues(connection: Connection, wanted: Select[Any]) -> tuple[Issue, ...]:
    """Read digests as issues, with the states of their deliveries."""
    rows = connection.execute(wanted).all()
    c = t.deliveries.c
    states: dict[tuple[str, datetime], dict[DeliveryState, int]] = {}
    for start in range(0, len(rows), _CHUNK):
        part = rows[start : start + _CHUNK]
        # By editions and slots apart: any pair of both is one digest at the most.
        among = (
            c.edition_id.in_({r.edition_id for r in part}),
            c.slot.in_({r.slot for r in part}),
        )
        key = (c.edition_id, c.slot, c.state)
        counted = select(*key, func.count().label("n")).where(*among).group_by(*key)
        for r in connection.execute(counted):
            states.setdefault((r.edition_id, r.slot), {})[DeliveryState(r.state)] = r.n
    return tuple(
        Issue(
            r.edition_id,
            r.slot,
            r.subject,
            r.composed_at,
            r.scheduled,
            states.get((r.edition_id, r.slot), {}),
        )
        for r in rows
    )


def _rendered(row: Row[Any]) -> RenderedDigest:
    return RenderedDigest(
        row.edition_id,
        row.slot,
        subject=row.subject,
        html=row.html,
        text=row.text,
        json=row.json,
        composed_at=row.composed_at,
    )


def _is_frozen(connection: Connection, digest: Digest) -> bool:
    d = t.digests.c
    same = (d.edition_id == digest.edition_id, d.slot == digest.slot)
    return connection.execute(select(d.slot).where(*same)).first() is not None


def _is_shown(connection: Connection, edition_id: str, untold: UntoldStory) -> bool:
    """Whether the edition showed any item that tells the story now."""
    before = telling.shown(connection, edition_id, untold.story.id)
    return any(report.stored.item.id in before for report in untold.reports)


def _untold(connection: Connection, development: Row[Any]) -> UntoldStory:
    story = connection.execute(
        select(t.stories).where(t.stories.c.id == development.story_id)
    ).one()
    found = bare_story(story)
    return UntoldStory(
        story=found,
        created_at=development.created_at,
        reports=_reports(connection, development.story_id),
        follows=followed(connection, step_before(connection, found)),
    )


def _reports(connection: Connection, story_id: str) -> tuple[Report, ...]:
    """Read the items that tell the story now; one whose text was changed may tell another."""
    i, a, s = t.items.c, t.assessments.c, t.story_items.c
    newest = (
        select(a.item_id, func.max(a.revision).label("revision"))
        .join(t.story_items, (s.item_id == a.item_id) & (s.story_id == story_id))
        .group_by(a.item_id)
        .subquery()
    )
    wanted = (
        items_with_feeds()
        .add_columns(a.verdict, a.score, a.evidence, a.model_version)
        .join(newest, newest.c.item_id == i.id)
        .join(t.assessments, (a.item_id == i.id) & (a.revision == newest.c.revision))
        .join(t.story_items, (s.item_id == i.id) & (s.story_id == story_id))
        .where(a.story_id == story_id)
        .order_by(s.at, i.id)
    )
    return tuple(
        Report(stored_item(row), load_assessment(row), _first_title(connection, row))
        for row in connection.execute(wanted)
    )


def _first_title(connection: Connection, row: Row[Any]) -> str | None:
    if row.revision == 1:
        return None
    r = t.revisions.c
    title = connection.scalar(select(r.title).where(r.item_id == row.id, r.revision == 1))
    return title if title != row.title else None
