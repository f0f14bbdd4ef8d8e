"""Whether a hub can be relied upon to push a feed's news, and how that is told. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from techwatch.feeds.pace import allowed
from techwatch.model import SubscriptionState

if TYPE_CHECKING:
    from datetime import datetime

    from techwatch.feeds.polling_settings import PollingSettings
    from techwatch.model import FeedState, Subscription

_STATE = SubscriptionState


def is_active(subscription: Subscription, now: datetime) -> bool:
    """Whether the hub has granted it and the lease has not ended."""
    ends = subscription.expires_at
    return subscription.state is _STATE.ACTIVE and ends is not None and ends > now


def rests(
    state: FeedState, subscription: Subscription | None, now: datetime, settings: PollingSettings
) -> bool:
    """Whether a feed that is due may wait, because a hub pushes its news.

    For `polling.longest` at most, and no longer than half of the time that the feed's document
    goes back: if the hub is silent, nothing scrolls by unseen. A hub is not relied upon when
    polls brought news that it had not pushed, when the feed fails, or when a push told of something
    that has to be looked up.
    """
    if subscription is None or not is_active(subscription, now) or subscription.missed:
        return False
    polled_at, look_at = state.polled_at, subscription.look_at
    if polled_at is None or state.failures or state.next_poll_at is None:
        return False
    if look_at is not None and look_at >= polled_at:
        return False
    longest = timedelta(minutes=settings.longest)
    if state.manners.reach is not None:
        longest = min(longest, timedelta(seconds=state.manners.reach / 2))
    return now < allowed(polled_at + longest, state.manners.wishes)


def told(subscription: Subscription, now: datetime) -> str:
    """Say in a sentence how it stands; times are in UTC."""
    hub = subscription.hub
    error = f": {subscription.error}" if subscription.error else ""
    if is_active(subscription, now):
        until = f"{subscription.expires_at:%Y-%m-%d %H:%M} UTC"
        said = f"pushed by {hub}, until {until}"
        missed = "; not relied upon, since polls brought news that it did not push"
        return said + (missed if subscription.missed else "") + error + _rejected(subscription)
    if subscription.state is _STATE.LEAVING:
        return f"{hub} is told to push no more{error}"
    if subscription.state is _STATE.ASKED and not error:
        return f"{hub} was asked to push and has not confirmed it"
    ended = error or ": its lease has ended"
    return f"not pushed by {hub}{ended}" + _rejected(subscription)


def _rejected(subscription: Subscription) -> str:
    count = subscription.rejected
    return f"; pushes ignored for want of a good signature: {count}" if count else ""
