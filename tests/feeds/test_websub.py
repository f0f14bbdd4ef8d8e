"""The rules of subscribing, without a hub."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from techwatch.errors import ConnectionFailedError, HttpStatusError, PostponedError
from techwatch.feeds import reliance, websub
from techwatch.feeds.polling import PollingSettings
from techwatch.model import (
    Announced,
    Feed,
    FeedState,
    Manners,
    Subscription,
    SubscriptionState,
    Wishes,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
POLLING = PollingSettings()
HUB = "https://hub.example/"
ANNOUNCED = Announced(HUB, "https://news.example/feed")
PUBLIC = "https://watch.example/in/"
REFUSED = ConnectionFailedError(HUB, "refused")
NEW = websub.begin("https://news.example/rss", ANNOUNCED, PUBLIC, "token", "secret")
FEED = Feed(NEW.feed_url, "News", "en")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def asked(subscription: Subscription, now: datetime = NOW) -> Subscription:
    found = websub.asking(subscription, now, POLLING)
    assert found is not None
    return found


def active(lease: str | None = "864000", now: datetime = NOW) -> Subscription:
    found = websub.confirmed(asked(NEW, now), lease, now, 0.0)
    assert found is not None
    return found


def test_what_a_hub_is_asked() -> None:
    assert websub.form(NEW) == {
        "hub.mode": "subscribe",
        "hub.topic": "https://news.example/feed",
        "hub.callback": "https://watch.example/in/websub/token",
        "hub.lease_seconds": "864000",
        "hub.secret": "secret",
    }
    left = websub.leave(asked(NEW))
    assert left is not None
    assert websub.form(left) == {
        "hub.mode": "unsubscribe",
        "hub.topic": "https://news.example/feed",
        "hub.callback": "https://watch.example/in/websub/token",
    }


def test_secrets_are_not_shown() -> None:
    assert not any(secret in repr(NEW) for secret in ("token", "secret"))


def test_a_lease_is_renewed_well_before_it_ends() -> None:
    granted = active("864000")
    assert granted.expires_at == NOW + 10 * DAY
    assert granted.due_at == NOW + 7.5 * DAY
    early = websub.confirmed(asked(NEW), "864000", NOW, 1.0)
    assert early is not None
    assert early.due_at == NOW + 6.5 * DAY
    assert not websub.due(granted, NOW + 7 * DAY)
    assert websub.due(granted, NOW + 7.5 * DAY)


@pytest.mark.parametrize(
    ("lease", "days"),
    [(None, 10.0), ("", 10.0), ("soon", 10.0), ("-5", 10.0), ("٣", 10.0), ("9" * 40, 90.0)],
)
def test_odd_leases(lease: str | None, days: float) -> None:
    assert active(lease).expires_at == NOW + days * DAY


def test_a_hub_with_short_leases_is_not_asked_all_the_time() -> None:
    short = active("5")
    assert short.due_at == NOW + 10 * MINUTE
    assert not reliance.is_active(short, NOW + MINUTE)


def test_a_hub_that_never_confirms_is_asked_less_and_less() -> None:
    subscription, now, waits = NEW, NOW, []
    for _ in range(9):
        subscription = websub.accepted(asked(subscription, now))
        assert subscription.due_at is not None
        waits.append((subscription.due_at - now) / MINUTE)
        now = subscription.due_at
    assert waits == [15, 30, 60, 120, 240, 480, 960, 1440, 1440]
    assert "has not confirmed" in reliance.told(subscription, now)


@pytest.mark.parametrize(
    ("error", "wait"),
    [
        (ConnectionFailedError(HUB, "refused"), 15 * MINUTE),
        (HttpStatusError(HUB, 503, 7200), 2 * HOUR),
        (HttpStatusError(HUB, 400), 15 * MINUTE),
        (PostponedError(HUB, 3600), HOUR),
        (HttpStatusError(HUB, 410), 7 * DAY),
    ],
)
def test_a_hub_that_fails_is_told_and_asked_later(error: Any, wait: timedelta) -> None:
    failed = websub.refused(asked(NEW), error, NOW)
    assert failed.state is SubscriptionState.FAILED
    assert failed.due_at == NOW + wait
    assert reliance.told(failed, NOW) == f"not pushed by {HUB}: {error}"


def test_a_renewal_that_fails_leaves_what_was_granted_until_it_ends() -> None:
    failed = websub.refused(asked(active(), NOW + 8 * DAY), REFUSED, NOW + 8 * DAY)
    assert reliance.is_active(failed, NOW + 9 * DAY)
    assert "refused" in reliance.told(failed, NOW)
    assert not reliance.is_active(failed, NOW + 11 * DAY)
    assert reliance.told(failed, NOW + 11 * DAY) == f"not pushed by {HUB}: refused"


def test_a_hub_that_confirms_and_then_hangs_up_has_confirmed() -> None:
    granted = active()
    assert websub.refused(granted, ConnectionFailedError(HUB, "reset"), NOW) == granted


def test_only_what_was_asked_for_is_confirmed() -> None:
    one = asked(NEW)
    assert websub.is_ours(one, "subscribe", one.topic, NOW)
    assert not websub.is_ours(NEW, "subscribe", one.topic, NOW)
    assert not websub.is_ours(one, "unsubscribe", one.topic, NOW)
    assert not websub.is_ours(one, "subscribe", "https://other.example/", NOW)
    assert not websub.is_ours(one, "", "", NOW)
    assert not websub.is_ours(one, "subscribe", one.topic, NOW + 2 * DAY)
    left = websub.leave(active())
    assert left is not None
    assert not websub.is_ours(left, "unsubscribe", left.topic, NOW)  # nobody has asked that yet
    assert websub.is_ours(asked(left), "unsubscribe", left.topic, NOW)
    assert not websub.is_ours(asked(left), "subscribe", left.topic, NOW)


def test_giving_up() -> None:
    assert websub.leave(NEW) is None  # the hub knows nothing of it
    left = websub.leave(active())
    for day in range(3):
        assert left is not None
        left = websub.asking(left, NOW + day * DAY, POLLING)
    assert left is not None
    assert websub.asking(left, NOW + 2 * DAY, POLLING) == left  # not due
    assert websub.asking(left, NOW + 3 * DAY, POLLING) is None  # told often enough
    assert websub.confirmed(left, None, NOW, 0.0) is None


def test_a_denial_holds_for_a_week_and_its_reason_is_plain() -> None:
    denied = websub.denied(active(), "<b>no</b> \0\x1b[31m<script>x</script>" + "y" * 999, NOW)
    assert denied is not None
    assert not reliance.is_active(denied, NOW)
    assert not websub.due(denied, NOW + 6 * DAY)
    assert websub.due(denied, NOW + 7 * DAY)
    told = reliance.told(denied, NOW)
    assert "the hub denied it: no" in told
    assert told.isprintable()
    assert "<" not in told
    assert len(told) < 400


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_signatures(method: str) -> None:
    right = hmac.new(b"secret", b"body", getattr(hashlib, method)).hexdigest()
    assert websub.signed("secret", b"body", f"{method}={right}")
    assert websub.signed("secret", b"body", f"{method.upper()}={right.upper()}")
    assert not websub.signed("secret", b"Body", f"{method}={right}")
    assert not websub.signed("Secret", b"body", f"{method}={right}")
    assert not websub.signed("secret", b"body", f"{method}={right[:-1]}")
    assert not websub.signed("secret", b"body", right)


@pytest.mark.parametrize("header", [None, "", "=", "md5=", "sha256", "sha256=é", "new=x", "sha1="])
def test_what_is_no_signature(header: str | None) -> None:
    assert not websub.signed("secret", b"", header)


def test_a_subscription_fits_while_feed_hub_and_our_address_are_the_same() -> None:
    feeds = {NEW.feed_url: ANNOUNCED}
    assert websub.fits(NEW, feeds, PUBLIC)
    assert not websub.fits(NEW, feeds, None)
    assert not websub.fits(NEW, feeds, "https://moved.example")
    assert not websub.fits(NEW, {}, PUBLIC)
    assert not websub.fits(NEW, {NEW.feed_url: Announced(HUB, "https://x.example/")}, PUBLIC)
    assert not websub.fits(NEW, {NEW.feed_url: Announced("https://x.example/")}, PUBLIC)


def polled(at: datetime = NOW, **known: Any) -> FeedState:
    return FeedState(FEED, polled_at=at, succeeded_at=at, next_poll_at=at + 30 * MINUTE, **known)


def test_a_feed_that_is_pushed_is_polled_at_the_longest_interval() -> None:
    def rests(state: FeedState, subscription: Subscription | None, later: timedelta) -> bool:
        return reliance.rests(state, subscription, NOW + later, POLLING)

    one = active()
    assert rests(polled(), one, 3 * HOUR)
    assert not rests(polled(), one, 4 * HOUR)
    assert not rests(polled(), None, HOUR)
    assert not rests(polled(), active("600"), HOUR)  # its lease has ended
    assert not rests(polled(), replace(one, missed=1), HOUR)
    assert not rests(polled(), replace(one, state=SubscriptionState.DENIED), HOUR)
    assert not rests(polled(), replace(one, look_at=NOW + MINUTE), HOUR)
    assert rests(polled(NOW + 2 * MINUTE), replace(one, look_at=NOW + MINUTE), HOUR)
    assert not rests(polled(failures=1), one, HOUR)
    assert not rests(replace(polled(), next_poll_at=None), one, HOUR)


def test_nothing_scrolls_by_unseen_while_a_feed_rests() -> None:
    busy = polled(manners=Manners(reach=2 * 3600.0))
    assert reliance.rests(busy, active(), NOW + 59 * MINUTE, POLLING)
    assert not reliance.rests(busy, active(), NOW + HOUR, POLLING)


def test_hours_that_a_publisher_wants_skipped_are_skipped() -> None:
    night = polled(manners=Manners(wishes=Wishes(skip_hours=(16, 17))))
    assert reliance.rests(night, active(), NOW + 5.5 * HOUR, POLLING)
    assert not reliance.rests(night, active(), NOW + 6 * HOUR, POLLING)


def test_how_it_is_told() -> None:
    assert reliance.told(active(), NOW) == f"pushed by {HUB}, until 2026-03-11 12:00 UTC"
    assert "not relied upon" in reliance.told(replace(active(), missed=1), NOW)
    assert "signature: 3" in reliance.told(replace(active(), rejected=3), NOW)
    assert reliance.told(active("5"), NOW + HOUR) == f"not pushed by {HUB}: its lease has ended"
