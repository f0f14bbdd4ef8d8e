"""The ledger: what is to be sent to whom, who is at it, and how it ended.

A delivery is taken up by a claim, of which there is one at a time; each claim has a number, and
who lost it writes nothing any more. Every change leaves a line in the delivery's history.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from techwatch.errors import LedgerError, NotFoundError
from techwatch.model import Delivery, DeliveryState, LedgerEntry
from techwatch.storage import tables as t
from techwatch.storage.locks import Area

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Row

    from techwatch.storage.database import Database

HANDED_OVER = "handed over"  # in the history: from here on it may have arrived
_ENDED_BADLY = (DeliveryState.UNCERTAIN, DeliveryState.FAILED)
_CLOSED = (DeliveryState.SENT, DeliveryState.DROPPED)
_OPEN = tuple(state for state in DeliveryState if state not in _CLOSED)


class Ledger:
    """Deliveries and their history."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # ------------------------------------------------------------------ reading

    def due(self, now: datetime) -> tuple[Delivery, ...]:
        """Return the deliveries whose time has come."""
        d = t.deliveries.c
        return self._deliveries(d.state == DeliveryState.DUE, d.next_attempt_at <= now)

    def sending(self) -> tuple[Delivery, ...]:
        """Return the deliveries that a process has claimed, alive or not."""
        return self._deliveries(t.deliveries.c.state == DeliveryState.SENDING)

    def open(self) -> tuple[Delivery, ...]:
        """Return the deliveries that are neither sent nor given up by a person."""
        return self._deliveries(t.deliveries.c.state.in_(_OPEN))

    def of(self, edition_id: str, slot: datetime) -> tuple[Delivery, ...]:
        """Return the deliveries of a digest."""
        d = t.deliveries.c
        return self._deliveries(d.edition_id == edition_id, d.slot == slot)

    def newest(self, edition_id: str, most: int) -> tuple[Delivery, ...]:
        """Return the newest deliveries of an edition, newest first."""
        d = t.deliveries.c
        wanted = select(t.deliveries).where(d.edition_id == edition_id)
        wanted = wanted.order_by(d.slot.desc(), d.id.desc()).limit(most)
        with self._database.read() as connection:
            return tuple(_delivery(row) for row in connection.execute(wanted))

    def delivery(self, delivery_id: int) -> Delivery:
        """Return a delivery as it stands; raises NotFoundError."""
        found = self._deliveries(t.deliveries.c.id == delivery_id)
        if not found:
            raise NotFoundError("delivery", str(delivery_id), "`techwatch status` lists open ones")
        return found[0]

    def history(self, delivery_ids: Iterable[int]) -> tuple[LedgerEntry, ...]:
        """Return what happened to deliveries, oldest first."""
        c = t.delivery_log.c
        wanted = select(t.delivery_log).where(c.delivery_id.in_(list(delivery_ids))).order_by(c.id)
        with self._database.read() as connection:
            rows = connection.execute(wanted)
            return tuple(LedgerEntry(r.delivery_id, r.at, r.state, r.note) for r in rows)

    # ------------------------------------------------------------------ sending

    def claim(self, delivery: Delivery, by: str, now: datetime) -> Delivery | None:
        """Take a delivery so that nobody else sends it; None if somebody has.

        `by` names the process, see `techwatch.digests.delivery.senders`.
        """
        d = t.deliveries.c
        claimed = (
            update(t.deliveries)
            .where(d.id == delivery.id, d.state == DeliveryState.DUE, d.claims == delivery.claims)
            .values(
                state=DeliveryState.SENDING,
                attempts=d.attempts + 1,
                claims=d.claims + 1,
                claimed_at=now,
                claimed_by=by,
                handed_over_at=None,
            )
        )
        with self._database.write(Area.LEDGER, [str(delivery.id)]) as connection:
            if connection.execute(claimed).rowcount != 1:
                return None
            _log(connection, delivery.id, now, DeliveryState.SENDING, f"by {by}")
            row = connection.execute(select(t.deliveries).where(d.id == delivery.id)).one()
            return _delivery(row)

    def hand_over(self, delivery: Delivery, now: datetime) -> bool:
        """Note that it may arrive from now on; False if the claim was lost: then don't."""
        values = {"handed_over_at": now}
        return self._move(delivery, [DeliveryState.SENDING], now, HANDED_OVER, None, values)

    def sent(self, delivery: Delivery, now: datetime) -> bool:
        """Note that a delivery arrived: knowing outweighs what others had to assume meanwhile."""
        values = {"state": DeliveryState.SENT, "sent_at": now, "error": None}
        return self._move(delivery, list(DeliveryState), now, DeliveryState.SENT, None, values)

    def retry(self, delivery: Delivery, at: datetime, error: str, now: datetime) -> bool:
        """Put a delivery off until later; False if the claim was lost."""
        values = {"state": DeliveryState.DUE, "next_attempt_at": at, "error": error}
        sending = [DeliveryState.SENDING]
        return self._move(delivery, sending, now, DeliveryState.DUE, error, values)

    def end(self, delivery: Delivery, state: DeliveryState, error: str, now: datetime) -> bool:
        """Note that it failed for good, or that nobody knows; False if the claim was lost."""
        values = {"state": state, "error": error}
        return self._move(delivery, [DeliveryState.SENDING], now, state, error, values)

    def take_back(self, delivery: Delivery, at: datetime, error: str, now: datetime) -> bool:
        """Make a delivery due again whose process died; False if it lives and went on after all.

        `delivery` as it was read: if it has been handed over since, it is not touched.
        """
        values = {"state": DeliveryState.DUE, "next_attempt_at": at, "error": error}
        as_read = t.deliveries.c.handed_over_at.is_not_distinct_from(delivery.handed_over_at)
        sending = [DeliveryState.SENDING]
        return self._move(delivery, sending, now, DeliveryState.DUE, error, values, as_read)

    # ------------------------------------------------------------------ what a person decides

    def drop(self, delivery: Delivery, now: datetime) -> None:
        """Give a delivery up; raises LedgerError if it is sent, or being sent."""
        states = [*_ENDED_BADLY, DeliveryState.DUE]
        values = {"state": DeliveryState.DROPPED}
        note = "given up by hand"
        if not self._move(delivery, states, now, DeliveryState.DROPPED, note, values):
            raise LedgerError(self._refused(delivery, "can be dropped"))

    def send_again(
        self, delivery: Delivery, now: datetime, *, message_id: str | None = None
    ) -> Delivery:
        """Make a delivery due again; raises LedgerError while it is being sent.

        With a `message_id` it goes out under another one, so that mail programs which hide what
        they have seen before show it; without, as the same message.
        """
        states = [*_ENDED_BADLY, *_CLOSED, DeliveryState.DUE]
        values = {
            "state": DeliveryState.DUE,
            "attempts": 0,
            "next_attempt_at": now,
            "sent_at": None,
        }
        note = f"asked for by hand; it was {delivery.state}"
        if message_id:
            values |= {"message_id": message_id}
            note += f" as {delivery.message_id}"
        if not self._move(delivery, states, now, DeliveryState.DUE, note, values):
            raise LedgerError(self._refused(delivery, "can be sent again"))
        return self.delivery(delivery.id)

    def add(
        self,
        key: tuple[str, datetime],
        channel: str,
        recipient: str,
        message_id: str,
        now: datetime,
    ) -> Delivery:
        """Add a recipient to a digest that was composed before."""
        with self._database.write(Area.LEDGER) as connection:
            [delivery_id] = enter(connection, key, [(channel, recipient, message_id)], now)
        return self.delivery(delivery_id)

    # ------------------------------------------------------------------ inside

    def _move(
        self,
        delivery: Delivery,
        states: Collection[DeliveryState],
        now: datetime,
        state: str,
        note: str | None,
        values: dict[str, Any],
        *also: ColumnElement[bool],
    ) -> bool:
        """Change a delivery that nobody else took up meanwhile, and write its history."""
        d = t.deliveries.c
        same = (d.id == delivery.id, d.claims == delivery.claims, d.state.in_(states), *also)
        with self._database.write(Area.LEDGER, [str(delivery.id)]) as connection:
            moved = connection.execute(update(t.deliveries).where(*same).values(**values))
            if moved.rowcount != 1:
                return False
            _log(connection, delivery.id, now, state, note)
            return True

    def _refused(self, delivery: Delivery, what: str) -> str:
        state = self.delivery(delivery.id).state
        return f"delivery {delivery.id} is {state}: nothing about it {what} now"

    def _deliveries(self, *conditions: Any) -> tuple[Delivery, ...]:  # noqa: ANN401 - SQL
        wanted = select(t.deliveries).where(*conditions).order_by(t.deliveries.c.id)
        with self._database.read() as connection:
            return tuple(_delivery(row) for row in connection.execute(wanted))


def enter(
    connection: Connection,
    key: tuple[str, datetime],
    deliveries: Iterable[tuple[str, str, str]],
    now: datetime,
) -> list[int]:
    """Write deliveries of a digest, due now: (channel, recipient, Message-ID) each."""
    ids = []
    for channel, recipient, message_id in deliveries:
        row = insert(t.deliveries).values(
            edition_id=key[0],
            slot=key[1],
            channel=channel,
            recipient=recipient,
            message_id=message_id,
            state=DeliveryState.DUE,
            attempts=0,
            claims=0,
            next_attempt_at=now,
        )
        made = connection.execute(row.returning(t.deliveries.c.id))
        ids.append(int(made.scalar_one()))
        _log(connection, ids[-1], now, DeliveryState.DUE, None)
    return ids


def _log(
    connection: Connection, delivery_id: int, now: datetime, state: str, note: str | None
) -> None:
    values = {"delivery_id": delivery_id, "at": now, "state": str(state), "note": note}
    connection.execute(insert(t.delivery_log).values(**values))


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
        next_attempt_at=row.next_attempt_at if row.state == DeliveryState.DUE else None,
        error=row.error,
        sent_at=row.sent_at,
        claims=row.claims,
        claimed_at=row.claimed_at,
        claimed_by=row.claimed_by,
        handed_over_at=row.handed_over_at,
    )
