"""Digests that were composed before: how their slots are written, and what a person decides."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from techwatch.errors import LedgerError, NotFoundError
from techwatch.model import DeliveryState

if TYPE_CHECKING:
    from techwatch.model import Delivery
    from techwatch.watch import Watch

Decision = Literal["send", "drop"]
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d\.\d{6})?Z", re.ASCII)


def stamp(slot: datetime) -> str:
    """Write a slot as commands and addresses have it: in UTC, as short as it is unmistakable."""
    exact = bool(slot.second or slot.microsecond)
    return slot.strftime("%Y-%m-%dT%H:%M:%S.%fZ" if exact else "%Y-%m-%dT%H:%MZ")


def slot_of(written: str) -> datetime:
    """Read a slot as `stamp` writes it; raises NotFoundError."""
    try:
        if _STAMP.fullmatch(written):
            return datetime.fromisoformat(written.removesuffix("Z")).replace(tzinfo=UTC)
    except ValueError:
        pass
    raise NotFoundError("slot", written[:40], "write it as 2026-11-21T06:00Z")


def resolved(watch: Watch, delivery_id: int, decision: Decision) -> Delivery:
    """Decide on a delivery that is in doubt or failed: it is due again, or given up.

    Raises NotFoundError, or LedgerError where it is sent, or being sent.
    """
    ledger = watch.store.ledger
    found = ledger.delivery(delivery_id)
    if found.state is DeliveryState.SENT:
        advice = f"`techwatch digest resend {found.edition_id} {stamp(found.slot)}`"
        raise LedgerError(f"delivery {delivery_id} is sent; {advice} sends it another time")
    if decision == "send":
        return ledger.send_again(found, watch.clock())
    ledger.drop(found, watch.clock())
    return ledger.delivery(delivery_id)
