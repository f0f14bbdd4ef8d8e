"""Digests: every one that was composed, with its ledger."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from techwatch.digests.delivery.hooks import is_hook
from techwatch.errors import LedgerError, NotFoundError
from techwatch.issues import Decision, resolved, slot_of, stamp
from techwatch.model import DeliveryState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techwatch.model import Delivery, Issue, LedgerEntry
    from techwatch.watch import Watch

PAGE = 50
_ENDED_BADLY = frozenset({DeliveryState.UNCERTAIN, DeliveryState.FAILED})
_MOST_HISTORY = 200  # deliveries of a digest whose history is shown
LATEST = "latest"


@dataclass(frozen=True, slots=True)
class ListedDigest:
    """A digest in the list."""

    edition: str
    slot: str  # as addresses have it, in UTC
    slot_at: datetime
    subject: str
    language: str  # of its edition; "und" where that is no more
    composed_at: datetime
    scheduled: bool  # False: an alert, or asked for by hand
    states: dict[str, int]  # how many deliveries are in which state


@dataclass(frozen=True, slots=True)
class Digests:
    """A page of the list, newest first."""

    digests: tuple[ListedDigest, ...]
    editions: tuple[str, ...]  # those there are, by id
    edition: str | None  # the one that is listed; None: all
    after: str | None  # the key of the next page; None: this is the last


@dataclass(frozen=True, slots=True)
class Happening:
    """A line of a delivery's history."""

    at: datetime
    state: str
    note: str | None


@dataclass(frozen=True, slots=True)
class ToldDelivery:
    """A delivery with what happened to it."""

    id: int
    channel: str
    recipient: str
    state: str
    attempts: int
    next_attempt_at: datetime | None
    sent_at: datetime | None
    error: str | None
    needs_a_person: bool  # it is in doubt, or failed
    history: tuple[Happening, ...]  # oldest first


@dataclass(frozen=True, slots=True)
class DigestShown:
    """A digest as it went out, with its ledger."""

    digest: ListedDigest
    text: str
    html: str
    data: dict[str, Any]  # for programs
    deliveries: tuple[ToldDelivery, ...]


def digests(
    watch: Watch, edition: str | None = None, after: str | None = None, *, admin: bool = False
) -> Digests:
    """List digests, newest first; raises NotFoundError for a key that no page gave.

    What went to a webhook of a person's filter is that person's own, and for an admin to see.
    """
    key = _key(after) if after else None
    of = _plain(edition) if edition else None
    found = watch.store.digests.issues(of, PAGE, key, hooks=admin)
    last = found[-1] if len(found) == PAGE else None
    return Digests(
        digests=tuple(_listed(watch, issue) for issue in found),
        editions=tuple(e for e in watch.store.digests.composed() if admin or not is_hook(e)),
        edition=edition,
        after=f"{stamp(last.slot)}/{last.edition_id}" if last else None,
    )


def digest(watch: Watch, edition: str, slot: str, *, admin: bool = False) -> DigestShown:
    """Return the digest of a slot, or the `latest` one; raises NotFoundError as `digests` lists."""
    if is_hook(edition) and not admin:
        raise NotFoundError("digest", edition)
    issue = _issue(watch, edition, slot)
    rendered = watch.store.digests.rendered(issue.edition_id, issue.slot)
    sent = watch.store.ledger.of(issue.edition_id, issue.slot)
    return DigestShown(
        digest=_listed(watch, issue),
        text=rendered.text,
        html=rendered.html,
        data=json.loads(rendered.json),
        deliveries=_told(watch, sent),
    )


def resolve(
    watch: Watch, edition: str, slot: str, delivery_id: int, decision: Decision
) -> ToldDelivery:
    """Decide on a delivery of a digest that is in doubt or failed.

    Raises NotFoundError where the digest has no such delivery, and LedgerError where nobody need
    decide on it.
    """
    issue = _issue(watch, edition, slot)
    found = watch.store.ledger.delivery(delivery_id)
    if found.key != (issue.edition_id, issue.slot):
        raise NotFoundError(f"delivery of {edition} at {slot}", str(delivery_id))
    if found.state not in _ENDED_BADLY:
        raise LedgerError(f"delivery {delivery_id} is {found.state}: nobody need decide on it")
    return _told(watch, [resolved(watch, delivery_id, decision)])[0]


def _issue(watch: Watch, edition: str, slot: str) -> Issue:
    at = None if slot == LATEST else slot_of(slot)
    return watch.store.digests.issue(_plain(edition), at)


def _plain(edition: str) -> str:
    """Return the id of an edition, if it can be one; raises NotFoundError."""
    if not edition.isprintable():
        raise NotFoundError("edition", edition[:40])
    return edition


def _key(after: str) -> tuple[datetime, str]:
    slot, _, edition = after.partition("/")
    return slot_of(slot), _plain(edition)


def _listed(watch: Watch, issue: Issue) -> ListedDigest:
    edition = watch.editions.get(issue.edition_id)
    return ListedDigest(
        edition=issue.edition_id,
        slot=stamp(issue.slot),
        slot_at=issue.slot,
        subject=issue.subject,
        language=edition.language if edition else "und",
        composed_at=issue.composed_at,
        scheduled=issue.scheduled,
        states={state.value: number for state, number in sorted(issue.states.items())},
    )


def _told(watch: Watch, deliveries: Sequence[Delivery]) -> tuple[ToldDelivery, ...]:
    happened: dict[int, list[LedgerEntry]] = {}
    for entry in watch.store.ledger.history([one.id for one in deliveries[:_MOST_HISTORY]]):
        happened.setdefault(entry.delivery_id, []).append(entry)
    return tuple(
        ToldDelivery(
            id=one.id,
            channel=one.channel,
            recipient=one.recipient,
            state=one.state.value,
            attempts=one.attempts,
            next_attempt_at=one.next_attempt_at,
            sent_at=one.sent_at,
            error=one.error,
            needs_a_person=one.state in _ENDED_BADLY,
            history=tuple(Happening(e.at, e.state, e.note) for e in happened.get(one.id, ())),
        )
        for one in deliveries
    )
