"""Delivery: the channels by which a rendered digest goes out.

A channel sends one delivery, or says why it did not. When to try again is decided by
`retries`, and that nothing is sent twice by the ledger in the store; a channel does neither.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from techwatch.model import Delivery, Edition, RenderedDigest

Handing = Callable[[], Awaitable[None]]


class Channel(Protocol):
    """A way out for digests."""

    @property
    def id(self) -> str:
        """The word by which editions name the channel."""
        ...

    @property
    def repeatable(self) -> bool:
        """Whether sending a delivery a second time changes nothing for its recipient."""
        ...

    def recipients(self, edition: Edition) -> tuple[str, ...]:
        """Return whom an edition goes to: one delivery each."""
        ...

    def problem(self, edition: Edition) -> str | None:
        """Say what keeps an edition from going out this way, as the settings are; None: nothing."""
        ...

    async def send(self, digest: RenderedDigest, delivery: Delivery, handing_over: Handing) -> None:
        """Send it once; returning means that it was taken.

        `handing_over` is awaited right before the first byte from which on it may arrive: whatever
        ends before that has surely not been sent.

        Raises DeliveryError if nothing was sent (`permanent`: trying again is pointless), and
        DeliveryUncertainError if it may have been: the connection broke, or fell silent, after
        the message was handed over. What `handing_over` raises goes through.
        """
        ...
