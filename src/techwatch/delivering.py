"""The last step: send what is due, to each recipient once.

A delivery is claimed, handed over, and ended, each in a transaction of its own. What was claimed
and not handed over has surely not arrived, whatever became of its process, and is tried again.
What was handed over and not ended may have arrived: it is held for a person, unless the settings
prefer a second copy to a doubt, or the channel can repeat without harm.
"""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING

from techwatch.digests.delivery.retries import next_attempt
from techwatch.errors import ClaimLostError, DeliveryError, DeliveryUncertainError, StorageError
from techwatch.model import DeliveryState

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Mapping
    from contextlib import AbstractContextManager
    from datetime import datetime
    from typing import Any

    from techwatch.digests.delivery import Channel
    from techwatch.digests.delivery.retries import RetrySettings
    from techwatch.digests.delivery.senders import Sender
    from techwatch.model import Delivery
    from techwatch.storage import Store

    Clock = Callable[[], datetime]

DIED = "the process died while sending it"
STOPPED = "the service was stopped while sending it"


class Courier:
    """Sends what the ledger says is due."""

    def __init__(
        self,
        store: Store,
        channels: Mapping[str, Channel],
        sender: Sender,
        settings: RetrySettings,
        clock: Clock,
        around: Callable[[Delivery], AbstractContextManager[object]] = lambda _: nullcontext(),
    ) -> None:
        self._store = store
        self._channels = channels
        self._sender = sender
        self._settings = settings
        self._clock = clock
        self._around = around  # each attempt, to see how long it takes
        self._unnoted: list[Callable[[], object]] = []  # what the database was not there to take

    async def deliver(
        self,
        wanted: Callable[[Delivery], bool] = lambda _: True,
        stop: Callable[[], bool] = lambda: False,
    ) -> list[Delivery]:
        """Send every wanted delivery that is due; returns them as they ended.

        Once `stop` says so, no further one is begun. On cancellation those in hand are noted as
        they are: surely not sent, or in doubt.
        """
        await asyncio.to_thread(self._take_up)
        due = await asyncio.to_thread(self._store.ledger.due, self._clock())
        # By channel: a mail server that stalls holds up mails, and nothing else.
        turns = {name: asyncio.Semaphore(self._settings.at_once) for name in self._channels}

        async def in_turn(delivery: Delivery) -> Delivery | None:
            async with turns[delivery.channel]:
                return None if stop() else await self._deliver_one(delivery)

        chosen = [d for d in due if d.channel in self._channels and wanted(d)]
        return await _all(in_turn(delivery) for delivery in chosen)

    def _take_up(self) -> None:
        """Decide what becomes of deliveries whose process died, or can't be alive any more."""
        while self._unnoted:
            self._unnoted[0]()
            del self._unnoted[0]
        now = self._clock()
        for delivery in self._store.ledger.sending():
            late = delivery.claimed_at is None or delivery.claimed_at < now - self._settings.lease
            if not late and not self._sender.is_dead(delivery.claimed_by):
                continue
            if delivery.handed_over_at is None or self._may_repeat(delivery):
                self._store.ledger.take_back(delivery, now, DIED, now)
            else:
                self._store.ledger.end(delivery, DeliveryState.UNCERTAIN, DIED, now)

    def _may_repeat(self, delivery: Delivery) -> bool:
        channel = self._channels.get(delivery.channel)
        return self._settings.on_uncertain == "resend" or (
            channel is not None and channel.repeatable
        )

    async def _deliver_one(self, due: Delivery) -> Delivery:
        """Claim a delivery, send it, and note how it ended."""
        ledger = self._store.ledger
        delivery = await asyncio.to_thread(ledger.claim, due, self._sender.name, self._clock())
        if delivery is None:
            return ledger.delivery(due.id)
        handing = _Handing(self._store, delivery, self._clock)
        try:
            async with asyncio.timeout(self._settings.at_most):
                await self._send(delivery, handing)
        except ClaimLostError:
            pass  # whoever took it over writes how it ends
        except DeliveryError as error:
            self._failed(delivery, error)
        except TimeoutError:
            self._broken_off(delivery, f"it took longer than {self._settings.at_most:g} s", handing)
        except asyncio.CancelledError:
            self._broken_off(delivery, STOPPED, handing)
            raise
        except BaseException as error:
            self._broken_off(delivery, f"a fault of techwatch: {type(error).__name__}", handing)
            raise
        else:
            self._note(partial(ledger.sent, delivery, self._clock()))
        return ledger.delivery(delivery.id)

    async def _send(self, delivery: Delivery, handing: _Handing) -> None:
        with self._around(delivery):
            digest = await asyncio.to_thread(self._store.digests.rendered, *delivery.key)
            await self._channels[delivery.channel].send(digest, delivery, handing.over)

    def _broken_off(self, delivery: Delivery, why: str, handing: _Handing) -> None:
        error = DeliveryUncertainError if handing.begun else DeliveryError
        self._failed(delivery, error(delivery.channel, why))

    def _failed(self, delivery: Delivery, error: DeliveryError) -> None:
        now, ledger = self._clock(), self._store.ledger
        in_doubt = isinstance(error, DeliveryUncertainError)
        if in_doubt and not self._may_repeat(delivery):
            self._note(partial(ledger.end, delivery, DeliveryState.UNCERTAIN, str(error), now))
            return
        again = (
            None
            if error.permanent
            else next_attempt(delivery, now, self._settings, error.retry_after)
        )
        if again is not None:
            self._note(partial(ledger.retry, delivery, again, str(error), now))
        else:
            given_up = DeliveryState.UNCERTAIN if in_doubt else DeliveryState.FAILED
            self._note(partial(ledger.end, delivery, given_up, str(error), now))

    def _note(self, write: Callable[[], object]) -> None:
        """Write how a delivery ended; if the database is gone, before anything else is sent."""
        try:
            write()
        except StorageError:
            self._unnoted.append(write)
            raise


class _Handing:
    """The moment from which a delivery may arrive, written down before it comes."""

    def __init__(self, store: Store, delivery: Delivery, clock: Clock) -> None:
        self._store = store
        self._delivery = delivery
        self._clock = clock
        self.begun = False

    async def over(self) -> None:
        """Note it; raises ClaimLostError where another process has taken the delivery over."""
        now = self._clock()
        if not await asyncio.to_thread(self._store.ledger.hand_over, self._delivery, now):
            raise ClaimLostError(self._delivery.channel, "another process has taken it over")
        self.begun = True  # the channel goes on to send when this returns, not before


async def _all(sending: Iterable[Coroutine[Any, Any, Delivery | None]]) -> list[Delivery]:
    """Wait for all of them, however single ones end; then raise what the first fault was."""
    ended = await asyncio.gather(*sending, return_exceptions=True)
    sent: list[Delivery] = []
    for outcome in ended:
        if isinstance(outcome, BaseException):
            raise outcome
        sent += [outcome] if outcome else []
    return sent
