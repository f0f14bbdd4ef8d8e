"""What to ask hubs, whom to believe, and when to rely on them. Pure.

W3C WebSub, https://www.w3.org/TR/websub/, from the side of one who subscribes. A hub pushes a
feed's news to an address of ours that nobody can guess, signed with a secret that only it knows; it
does so for the length of a lease, then wants to be asked again.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from techwatch import text as texts
from techwatch.errors import HttpStatusError, PostponedError
from techwatch.feeds.reliance import is_active
from techwatch.model import Announced, Subscription, SubscriptionState

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from techwatch.errors import FetchError
    from techwatch.feeds.polling_settings import PollingSettings

PATH = "/websub/"  # of our addresses, before the token
LEASE = timedelta(days=10)  # asked for; hubs grant what they like
_LONGEST_LEASE = timedelta(days=90)  # believed
_RENEWED = 0.75  # of a lease may pass before the hub is asked again, and a tenth less at random
_EARLIEST = timedelta(minutes=10)  # after a confirmation, however short the lease
_ANSWERED_WITHIN = timedelta(days=1)  # a hub may take its time to confirm, or do so twice
_AGAIN = timedelta(days=7)  # before a hub that denied us, or is gone (410), is asked once more
_MOST_TRIES = 3  # to tell a hub that nothing is wanted any more
_MOST_DOUBLINGS = 30
_MOST_REASON = 200  # characters
_GONE = 410
_ALGORITHMS = {name: name for name in ("sha1", "sha256", "sha384", "sha512")}
_STATE = SubscriptionState


# --------------------------------------------------------------------------- what is wanted


def begin(
    feed_url: str, announced: Announced, public_url: str, token: str, secret: str
) -> Subscription:
    """Return a new subscription, due at once; the token and the secret are random."""
    callback = callback_base(public_url) + token
    hub, topic = announced.hub or "", announced.topic or feed_url
    return Subscription(token, feed_url, hub, topic, callback, secret)


def callback_base(public_url: str) -> str:
    """Return what stands before the token in the addresses that hubs push to."""
    return public_url.rstrip("/") + PATH


def fits(
    subscription: Subscription, feeds: Mapping[str, Announced], public_url: str | None
) -> bool:
    """Whether a subscription is still what its feed names, and reaches us where we are."""
    announced = feeds.get(subscription.feed_url)
    if announced is None or public_url is None:
        return False
    base = callback_base(public_url)
    same = Announced(subscription.hub, subscription.topic) == announced
    return same and subscription.callback == base + subscription.token


def leave(subscription: Subscription) -> Subscription | None:
    """Return a subscription that is to be given up; None if the hub need not be told."""
    if subscription.state is _STATE.LEAVING:
        return subscription
    if subscription.asked_at is None or subscription.state is _STATE.DENIED:
        return None
    return replace(subscription, state=_STATE.LEAVING, due_at=None, asked_at=None, tries=0)


def due(subscription: Subscription, now: datetime) -> bool:
    """Whether the hub is to be asked."""
    return subscription.due_at is None or subscription.due_at <= now


# --------------------------------------------------------------------------- asking


def form(subscription: Subscription) -> dict[str, str]:
    """Return what to post to the hub."""
    asked = {
        "hub.mode": _mode(subscription),
        "hub.topic": subscription.topic,
        "hub.callback": subscription.callback,
    }
    if subscription.state is _STATE.LEAVING:
        return asked
    seconds = str(int(LEASE.total_seconds()))
    return asked | {"hub.lease_seconds": seconds, "hub.secret": subscription.secret}


def asking(
    subscription: Subscription, now: datetime, settings: PollingSettings
) -> Subscription | None:
    """Return the subscription as it is stored before the hub is asked.

    A hub that does not confirm in time is asked again, each time after twice as long. As it was if
    it is not due; None where one that is given up was told often enough.
    """
    if not due(subscription, now):
        return subscription
    if subscription.state is _STATE.LEAVING and subscription.tries >= _MOST_TRIES:
        return None
    waited = subscription.tries and subscription.error is None
    return replace(
        subscription,
        asked_at=now,
        due_at=now + _back_off(subscription.tries, settings),
        tries=subscription.tries + 1,
        error="the hub took the request and never confirmed it" if waited else subscription.error,
    )


def refused(subscription: Subscription, error: FetchError, now: datetime) -> Subscription:
    """Return the subscription after the hub could not be asked, or said no.

    What it granted before stays until its lease ends. An answer may come after the hub confirmed.
    """
    if subscription.tries == 0:
        return subscription
    status = error.status if isinstance(error, HttpStatusError) else None
    later = now + (_AGAIN if status == _GONE else timedelta(seconds=min(_asked_for(error), 1e6)))
    failed = subscription.state is _STATE.ASKED
    return replace(
        subscription,
        state=_STATE.FAILED if failed else subscription.state,
        due_at=max(subscription.due_at or now, later),
        error=str(error),
    )


def _asked_for(error: FetchError) -> float:
    """Return the seconds of peace that a hub, or its host, asked for."""
    if isinstance(error, PostponedError):
        return error.seconds
    return (error.retry_after or 0.0) if isinstance(error, HttpStatusError) else 0.0


def accepted(subscription: Subscription) -> Subscription:
    """Return the subscription after the hub took the request; it still has to confirm it."""
    again = subscription.state is _STATE.FAILED
    return replace(subscription, error=None, state=_STATE.ASKED if again else subscription.state)


def _mode(subscription: Subscription) -> str:
    return "unsubscribe" if subscription.state is _STATE.LEAVING else "subscribe"


def _back_off(tries: int, settings: PollingSettings) -> timedelta:
    minutes = settings.first_backoff * 2 ** min(tries, _MOST_DOUBLINGS)
    return timedelta(minutes=min(minutes, settings.longest_backoff))


# --------------------------------------------------------------------------- what hubs say


def is_ours(subscription: Subscription, mode: str, topic: str, now: datetime) -> bool:
    """Whether a hub asks us to confirm what we asked it for, and lately."""
    asked_at = subscription.asked_at
    if asked_at is None or now - asked_at > _ANSWERED_WITHIN:
        return False
    return mode == _mode(subscription) and topic == subscription.topic


def confirmed(
    subscription: Subscription, lease: str | None, now: datetime, jitter: float
) -> Subscription | None:
    """Return the subscription after the hub confirmed it; None where that ends it.

    Args:
        subscription: as it was.
        lease: the seconds that the hub grants, as it wrote them; unread, what was asked for.
        now: the time.
        jitter: a random number from 0 to 1.
    """
    if subscription.state is _STATE.LEAVING:
        return None
    granted = _granted(lease)
    part = granted * (_RENEWED - 0.1 * jitter)
    was_active = is_active(subscription, now)
    return replace(
        subscription,
        state=_STATE.ACTIVE,
        active_since=subscription.active_since if was_active else now,
        expires_at=now + granted,
        due_at=now + max(part, _EARLIEST),
        tries=0,
        error=None,
        missed=subscription.missed if was_active else 0,
    )


def denied(subscription: Subscription, reason: str, now: datetime) -> Subscription | None:
    """Return the subscription after the hub denied it, which it may do at any time."""
    if subscription.state is _STATE.LEAVING:
        return None
    plain = "".join(c if c.isprintable() else " " for c in reason[:_MOST_REASON])
    why = texts.strip_markup(plain)[:_MOST_REASON]
    return replace(
        subscription,
        state=_STATE.DENIED,
        due_at=now + _AGAIN,
        expires_at=None,
        tries=0,
        error=f"the hub denied it: {why}" if why else "the hub denied it",
    )


def signed(secret: str, body: bytes, header: str | None) -> bool:
    """Whether the X-Hub-Signature of a push is that of its body, by any method of the standard."""
    name, _, given = (header or "").strip().partition("=")
    algorithm = _ALGORITHMS.get(name.strip().lower())
    if algorithm is None:
        return False
    right = hmac.new(secret.encode(), body, getattr(hashlib, algorithm)).hexdigest()
    return hmac.compare_digest(right.encode(), given.strip().lower().encode())


def _granted(lease: str | None) -> timedelta:
    text = (lease or "").strip()
    if not (text.isascii() and text.isdecimal()):
        return LEASE
    return min(timedelta(seconds=int(text[:12])), _LONGEST_LEASE)
