"""After the last step: a dead man's switch hears that a digest went out, or that there was nothing.

It is told when every reader has the digest, whatever it holds; it is not told of one that is stuck,
so that its alarm rings. Failing to reach it holds up nothing, and `status` tells it.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from techwatch.errors import DeliveryError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable
    from datetime import datetime

    from techwatch.model import Edition, Ping
    from techwatch.storage import Store

    Clock = Callable[[], datetime]

_FIRST = timedelta(seconds=30)  # after a first failure; each further one doubles it
_LONGEST = timedelta(minutes=15)


async def ping_due(
    store: Store,
    editions: Iterable[Edition],
    ask: Callable[[str], Awaitable[None]],
    clock: Clock,
) -> tuple[Ping, ...]:
    """Tell the switch of every edition whose last digest it has not heard of; returns how it went.

    Args:
        store: where it is noted.
        editions: those that have a switch; alerts have no time at which silence would be odd.
        ask: asks the switch of the edition with that id; raises DeliveryError.
        clock: the time.
    """
    went = await asyncio.gather(*(_ping(store, e.id, ask, clock) for e in editions if not e.alert))
    return tuple(ping for ping in went if ping)


async def _ping(
    store: Store, edition_id: str, ask: Callable[[str], Awaitable[None]], clock: Clock
) -> Ping | None:
    slot = await asyncio.to_thread(store.pings.due, edition_id, clock())
    if slot is None:
        return None
    try:
        await ask(edition_id)
    except DeliveryError as error:
        failures = store.pings.of(edition_id).failures
        again = clock() + min(_FIRST * 2 ** min(failures, 10), _LONGEST)
        await asyncio.to_thread(store.pings.failed, edition_id, str(error), clock(), again)
    else:
        await asyncio.to_thread(store.pings.sent, edition_id, slot, clock())
    return store.pings.of(edition_id)
