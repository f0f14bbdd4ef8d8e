"""Digests, what they told, and the ledger of deliveries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update

from techwatch.model import (
    Delivery,
    DeliveryState,
    Digest,
    RenderedDigest,
    Report,
    UntoldStory,
)
from techwatch.storage import tables as t
from techwatch.storage.evidence import load_assessment
from techwatch.storage.judgements import quiet_stories
from techwatch.storage.rows import bare_story, items_with_feeds, stored_item

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from techwatch.storage.database import Database


class DigestStore:
    """What readers were told, and what is on its way to them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def watch(self, edition_ids: Iterable[str], now: datetime) -> None:
        """Remember from when on an edition's slots count."""
        with self._database.write() as connection:
            known = set(connection.scalars(select(t.editions.c.id)))
            for edition_id in sorted(set(edition_ids) - known):
                connection.execute(insert(t.editions).values(id=edition_id, watched_since=now))

    def last_slot(self, edition_id: str) -> datetime | None:
        """Return the last scheduled slot that was composed, else when the edition was first seen.

        None for an edition that no service has watched yet.
        """
        d = t.digests.c
        last = select(func.max(d.slot)).where(d.edition_id == edition_id, d.scheduled)
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

    def last_until(self, edition_id: str) -> datetime | None:
        """Return the end of the period of the edition's last digest; None before the first."""
        d = t.digests.c
        with self._database.read() as connection:
            until: datetime | None = connection.scalar(
                select(func.max(d.until)).where(d.edition_id == edition_id)
            )
            return until

    def untold(self, edition_id: str, not_before: datetime) -> tuple[UntoldStory, ...]:
        """Return the developments that the edition has not told, made after `not_before`.

        Those that a person rejected, or knew already, are left out.
        """
        told = select(t.digest_developments.c.development_id).where(
            t.digest_developments.c.edition_id == edition_id
        )
        c = t.developments.c
        wanted = (
            select(t.developments)
            .where(c.created_at >= not_before, c.id.not_in(told))
            .order_by(c.created_at, c.id)
        )
        with self._database.read() as connection:
            quiet = quiet_stories(connection)
            rows = [r for r in connection.execute(wanted) if r.story_id not in quiet]
            found = [_untold(connection, row) for row in rows]
        return tuple(story for story in found if story.reports)

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
        ledger means that nobody wants it, which is remembered too.
        """
        key = {"edition_id": digest.edition_id, "slot": digest.slot}
        ledger = [
            key
            | {"channel": channel, "recipient": recipient, "message_id": message_id}
            | {"state": DeliveryState.DUE, "attempts": 0, "next_attempt_at": now}
            for channel, recipient, message_id in deliveries
        ]
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
        with self._database.write() as connection:
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
            if ledger:
                connection.execute(insert(t.deliveries), ledger)

    def rendered(self, edition_id: str, slot: datetime) -> RenderedDigest:
        """Return a digest's frozen content."""
        d = t.digests.c
        wanted = select(t.digests).where(d.edition_id == edition_id, d.slot == slot)
        with self._database.read() as connection:
            row = connection.execute(wanted).one()
        return RenderedDigest(
            edition_id, slot, subject=row.subject, html=row.html, text=row.text, json=row.json
        )

    def due(self, now: datetime) -> tuple[Delivery, ...]:
        """Return the deliveries whose time has come."""
        d = t.deliveries.c
        return self._deliveries(d.state == DeliveryState.DUE, d.next_attempt_at <= now)

    def open(self) -> tuple[Delivery, ...]:
        """Return the deliveries that are not sent."""
        return self._deliveries(t.deliveries.c.state != DeliveryState.SENT)

    def claim(self, delivery: Delivery, now: datetime) -> Delivery | None:
        """Take a delivery so that nobody else sends it; None if somebody has."""
        d = t.deliveries.c
        claimed = (
            update(t.deliveries)
            .where(d.id == delivery.id, d.state == DeliveryState.DUE)
            .values(state=DeliveryState.SENDING, attempts=d.attempts + 1, claimed_at=now)
        )
        with self._database.write() as connection:
            if connection.execute(claimed).rowcount != 1:
                return None
            row = connection.execute(select(t.deliveries).where(d.id == delivery.id)).one()
            return _delivery(row)

    def delivery(self, delivery_id: int) -> Delivery:
        """Return a row of the ledger as it stands."""
        [found] = self._deliveries(t.deliveries.c.id == delivery_id)
        return found

    def sent(self, delivery: Delivery, now: datetime) -> None:
        """Note that a delivery arrived."""
        self._set(delivery, state=DeliveryState.SENT, sent_at=now, error=None, next_attempt_at=None)

    def retry(self, delivery: Delivery, at: datetime, error: str) -> None:
        """Put a delivery that was surely not sent off until later."""
        self._set(delivery, state=DeliveryState.DUE, next_attempt_at=at, error=error)

    def end(self, delivery: Delivery, state: DeliveryState, error: str) -> None:
        """Note that a delivery failed for good, or that nobody knows whether it arrived."""
        self._set(delivery, state=state, next_attempt_at=None, error=error)

    def abandoned(self, before: datetime) -> tuple[Delivery, ...]:
        """Return deliveries begun before a time and never ended: their process died."""
        d = t.deliveries.c
        return self._deliveries(d.state == DeliveryState.SENDING, d.claimed_at < before)

    def _set(self, delivery: Delivery, **values: Any) -> None:  # noqa: ANN401 - columns
        with self._database.write() as connection:
            connection.execute(
                update(t.deliveries).where(t.deliveries.c.id == delivery.id).values(**values)
            )

    def _deliveries(self, *conditions: Any) -> tuple[Delivery, ...]:  # noqa: ANN401 - SQL
        wanted = select(t.deliveries).where(*conditions).order_by(t.deliveries.c.id)
        with self._database.read() as connection:
            return tuple(_delivery(row) for row in connection.execute(wanted))


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        id=row.id,
        edition_id=row.edition_id,
        slot=row.slot,
        channel=row.channel,
        recipient=row.recipient,
        message_id=row.message_id,
        state=DeliveryState(row.state),
        attempts=row.attempts,
        next_attempt_at=row.next_attempt_at,
        error=row.error,
        sent_at=row.sent_at,
    )


def _untold(connection: Connection, development: Row[Any]) -> UntoldStory:
    story = connection.execute(
        select(t.stories).where(t.stories.c.id == development.story_id)
    ).one()
    return UntoldStory(
        story=bare_story(story),
        created_at=development.created_at,
        reports=_reports(connection, development.story_id),
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
