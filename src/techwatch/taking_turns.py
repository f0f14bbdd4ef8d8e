"""Which hosts this process may ask: no two processes on one database ask one operator at a time.

Operators are told apart by the groups that hold them. A process locks the groups that it asks, so
that turns and gaps are kept by the one that asks; who wants to be left alone is kept for all.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from techwatch.feeds.polling import address
from techwatch.feeds.turns import operator
from techwatch.text import digest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection, Iterable
    from datetime import datetime

    from techwatch.feeds.fetching_settings import FetchingSettings
    from techwatch.feeds.turns import Turns
    from techwatch.model import FeedState
    from techwatch.storage import Store

GROUPS = 16  # of operators: so many processes can poll at one time


def group(host: str, settings: FetchingSettings) -> int:
    """Return the group of who runs a host, 0 to 15; the same in every process."""
    return int(digest("operator", operator(host, settings.operators))[:8], 16) % GROUPS


def group_of(state: FeedState, settings: FetchingSettings) -> int:
    """Return the group of who is asked for a feed."""
    return group(urlsplit(address(state)).hostname or "", settings)


@asynccontextmanager
async def ours(
    store: Store,
    states: Iterable[FeedState],
    settings: FetchingSettings,
    turns: Turns | None,
    clock: Callable[[], datetime],
) -> AsyncIterator[tuple[FeedState, ...]]:
    """Give those of some feeds that this process may ask meanwhile.

    Left out are those of hosts that another process is asking, and those that one has asked since
    they were read. The gap between requests is kept also between two processes.
    """
    states = tuple(states)
    if not store.is_shared or not states:
        yield states
        return
    groups = {state.feed.url: group_of(state, settings) for state in states}
    async with _alone(store, set(groups.values())) as free:
        own = [state for state in states if groups[state.feed.url] in free]
        fresh = await asyncio.to_thread(store.feeds.unchanged, own)
        known = await asyncio.to_thread(store.feeds.pauses, clock())
        if turns:
            turns.leave_alone(known)
        try:
            yield fresh
        finally:
            pauses = turns.pauses() if turns else {}
            if new := {name: at for name, at in pauses.items() if known.get(name) != at}:
                await asyncio.to_thread(store.feeds.pause, new, clock())
            if fresh and settings.gap:
                await asyncio.sleep(settings.gap)


@asynccontextmanager
async def free_hosts(
    store: Store, hosts: Iterable[str], settings: FetchingSettings
) -> AsyncIterator[Callable[[str], bool]]:
    """Give the function that says which of some hosts this process may ask meanwhile."""
    if not store.is_shared:
        yield lambda _: True
        return
    groups = {host: group(host, settings) for host in hosts}
    async with _alone(store, set(groups.values())) as free:
        yield lambda host: groups.get(host) in free


@asynccontextmanager
async def _alone(store: Store, groups: Collection[int]) -> AsyncIterator[frozenset[int]]:
    if not groups:
        yield frozenset()
        return
    names = {f"hosts {number}": number for number in groups}
    held = store.alone(list(names))
    got = await asyncio.to_thread(held.__enter__)
    try:
        yield frozenset(names[name] for name in got)
    finally:
        await asyncio.to_thread(held.__exit__, None, None, None)
