"""Two steps beside polling: ask hubs to push, and read what they pushed.

What a hub is asked is stored before it is asked, since it may confirm before it answers; what it
pushes is stored before it is told that it arrived. A kill between two steps loses nothing.
"""

from __future__ import annotations

import asyncio
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from techwatch.errors import FetchError, ParseError
from techwatch.feeds import polling, websub
from techwatch.model import Document, SubscriptionState, Validators

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from techwatch.feeds.polling_settings import PollingSettings
    from techwatch.model import Feed, FeedState, ParsedFeed, PollReport, Push, Subscription
    from techwatch.storage import Store

    Clock = Callable[[], datetime]

MOST_ASKED = 100  # subscriptions begun, and asked for, in one round: the rest stays due


class Parse(Protocol):
    """Reads what was pushed; raises ParseError."""

    async def __call__(self, document: Document, feed: Feed) -> ParsedFeed:
        """Read all items of a document."""


class Ask(Protocol):
    """Posts a form to a hub; raises FetchError."""

    async def __call__(self, hub: str, form: Mapping[str, str]) -> None:
        """Ask the hub."""


def plan(store: Store, public_url: str | None, now: datetime) -> tuple[Subscription, ...]:
    """Begin and give up subscriptions as the feeds now are; returns those whose hub is to be asked.

    `public_url` is where hubs reach us; None: nowhere.
    """
    feeds = store.subscriptions.announcing() if public_url is not None else {}
    kept: dict[str, Subscription] = {}
    leaving: list[Subscription] = []
    for one in store.subscriptions.all():
        wanted = one.state is not SubscriptionState.LEAVING and one.feed_url not in kept
        if wanted and websub.fits(one, feeds, public_url):
            kept[one.feed_url] = one
        elif left := store.subscriptions.change(one.token, websub.leave):
            leaving.append(left)
    new = [] if public_url is None else [url for url in feeds if url not in kept]
    for url in new[:MOST_ASKED]:
        token, secret = secrets.token_urlsafe(24), secrets.token_urlsafe(32)
        kept[url] = websub.begin(url, feeds[url], str(public_url), token, secret)
        store.subscriptions.add(kept[url])
    due = [one for one in (*leaving, *kept.values()) if websub.due(one, now)]
    return tuple(due[:MOST_ASKED])


async def ask_hubs(
    due: Iterable[Subscription], ask: Ask, store: Store, clock: Clock, settings: PollingSettings
) -> dict[str, str]:
    """Ask for each of these; returns what went wrong, by feed."""
    failed: dict[str, str] = {}

    async def one(subscription: Subscription) -> None:
        error = await _ask(subscription, ask, store, clock, settings)
        if error:
            failed[subscription.feed_url] = error

    await asyncio.gather(*map(one, due))
    return failed


async def _ask(
    subscription: Subscription, ask: Ask, store: Store, clock: Clock, settings: PollingSettings
) -> str | None:
    token, change = subscription.token, store.subscriptions.change
    now = clock()
    asked = await asyncio.to_thread(change, token, lambda s: websub.asking(s, now, settings))
    if asked is None or asked.asked_at != now:  # given up, or asked by another process just now
        return None
    try:
        await ask(asked.hub, websub.form(asked))
    except FetchError as error:
        why = error
        await asyncio.to_thread(change, token, lambda s: websub.refused(s, why, clock()))
        return f"{asked.hub}: {error}"
    await asyncio.to_thread(change, token, websub.accepted)
    return None


async def take_pushes(
    store: Store,
    parse: Parse,
    clock: Clock,
    settings: PollingSettings,
    told: Callable[[PollReport], None],
) -> None:
    """Read what hubs pushed, one after the other, oldest first; `told` hears of each."""
    for number in await asyncio.to_thread(store.subscriptions.waiting):
        found = await asyncio.to_thread(store.subscriptions.push, number)
        if found is not None:
            told(await _take(*found, store, parse, clock, settings))


async def _take(
    push: Push,
    state: FeedState,
    store: Store,
    parse: Parse,
    clock: Clock,
    settings: PollingSettings,
) -> PollReport:
    """Read one as a poll's document is read, from where the feed is polled."""
    place = polling.address(state)
    document = Document(place, push.content, push.content_type, Validators(), push.pushed_at)
    shortest = timedelta(minutes=settings.shortest)
    subscriptions = store.subscriptions
    try:
        parsed = await parse(document, state.feed)
    except ParseError as error:
        why = f"what its hub pushed can't be read: {error}"
        return await asyncio.to_thread(subscriptions.unread, push, why, clock(), shortest)
    return await asyncio.to_thread(subscriptions.record, push, parsed.items, clock(), shortest)
