"""The webhooks of a saved filter, and what became of what they were told."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from techwatch.digests.delivery.hooks import CHANNEL, HookChannel, edition_id
from techwatch.errors import DeliveryError, LedgerError, QueryError
from techwatch.model import DeliveryState, Hook, SavedFilter
from techwatch.text import web_link
from techwatch.watch import Watch

_MOST = 50  # postings that are shown
_LONGEST = 30.0  # seconds of a test: whoever answers a byte at a time holds a thread
_OPEN = frozenset({DeliveryState.DUE, DeliveryState.FAILED, DeliveryState.UNCERTAIN})


@dataclass(frozen=True, slots=True)
class Posting:
    """One posting of developments, and how it ended."""

    id: int  # of the delivery in the ledger
    at: datetime  # when it was composed
    state: DeliveryState
    attempts: int
    next_attempt_at: datetime | None
    error: str | None
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class HookShown:
    """A webhook."""

    id: str
    url: str
    secret: str  # by which its receiver knows that it is techwatch that posts
    made_at: datetime
    paused_at: datetime | None
    postings: tuple[Posting, ...]  # newest first


@dataclass(frozen=True, slots=True)
class Hooks:
    """The webhooks of a saved filter."""

    filter_id: int
    name: str  # of the filter
    hooks: tuple[HookShown, ...]  # oldest first


@dataclass(frozen=True, slots=True)
class Tried:
    """How a test of a webhook went."""

    taken: bool
    error: str | None  # why it was not


def hooks(watch: Watch, saved: SavedFilter) -> Hooks:
    """Return the webhooks of a filter."""
    found = tuple(shown(watch, hook) for hook in watch.store.hooks.of(saved))
    return Hooks(saved.id, saved.name, found)


def shown(watch: Watch, hook: Hook) -> HookShown:
    """Return a webhook with its newest postings."""
    deliveries = watch.store.ledger.newest(edition_id(hook.id), _MOST)
    postings = tuple(
        Posting(d.id, d.slot, d.state, d.attempts, d.next_attempt_at, d.error, d.sent_at)
        for d in deliveries
    )
    return HookShown(hook.id, hook.url, hook.secret, hook.made_at, hook.paused_at, postings)


def add(watch: Watch, saved: SavedFilter, url: str) -> Hook:
    """Add a webhook: it is told what becomes a development from now on.

    Raises QueryError for what is no web address. Whether it leads to a private network is looked
    at whenever something is posted, after its name is resolved.
    """
    place = web_link(url.strip())
    if place is None or not place.isprintable():
        raise QueryError(url, 0, "it is no address that begins with http:// or https://")
    now = watch.clock()
    hook = Hook(secrets.token_hex(6), saved.id, place, secrets.token_urlsafe(32), now, None)
    watch.store.hooks.add(hook)
    watch.store.digests.watch([edition_id(hook.id)], now)
    return hook


def pause(watch: Watch, saved: SavedFilter, hook_id: str, *, paused: bool) -> Hook:
    """Post nothing to a webhook until told to go on, or go on; raises NotFoundError."""
    hook = watch.store.hooks.own(saved, hook_id)
    watch.store.hooks.pause(hook.id, watch.clock() if paused else None)
    return watch.store.hooks.own(saved, hook_id)


def delete(watch: Watch, saved: SavedFilter, hook_id: str) -> None:
    """Delete a webhook, and give up what is still to be posted; raises NotFoundError."""
    hook, now = watch.store.hooks.own(saved, hook_id), watch.clock()
    watch.store.hooks.delete(hook.id)
    ledger = watch.store.ledger
    for delivery in ledger.open():
        if delivery.edition_id == edition_id(hook.id) and delivery.state in _OPEN:
            with suppress(LedgerError):  # taken up meanwhile; given up when it comes back
                ledger.drop(delivery, now)


def try_out(watch: Watch, saved: SavedFilter, hook_id: str) -> Tried:
    """Post a test to a webhook, now; raises NotFoundError."""
    hook = watch.store.hooks.own(saved, hook_id)
    channel = cast("HookChannel", watch.channels[CHANNEL])
    try:
        asyncio.run(asyncio.wait_for(channel.try_out(hook), _LONGEST))
    except DeliveryError as error:
        return Tried(taken=False, error=str(error))
    except TimeoutError:
        return Tried(taken=False, error=f"it took longer than {_LONGEST:g} s")
    return Tried(taken=True, error=None)
