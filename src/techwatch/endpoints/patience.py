"""How long a server waits for those who ask: who drips a request byte by byte holds no connection.

The HTTP server that we use bounds the wait between two requests only. Whoever opened connections
and never finished to ask on them would take all that there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    import asyncio


@dataclass(frozen=True, slots=True)
class Patience:
    """How many seconds each part of a request may take, from its beginning to its end."""

    head: float = 10  # from the connection, or the first byte of a later request
    body: float = 60
    answer: float = 300  # to be made, and to be taken by whoever asked


class Patient(H11Protocol):
    """HTTP with an end to every wait."""

    def __init__(self, *args: Any, patience: Patience, **named: Any) -> None:  # noqa: ANN401 - the server's
        super().__init__(*args, **named)
        self._patience = patience
        self._part: str | None = None  # of a request that is waited for
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait."""
        super().connection_made(transport)
        self._wait("head")

    def data_received(self, data: bytes) -> None:
        """Take what comes; the time of a part goes on until the part is whole."""
        super().data_received(data)
        states = {h11.IDLE: "head", h11.SEND_BODY: "body"}
        self._wait(states.get(self.conn.their_state, "answer"))

    def on_response_complete(self) -> None:
        """Leave the wait for another request to the server, until that has begun."""
        super().on_response_complete()
        states = {h11.SEND_BODY: "body", h11.DONE: "answer"}
        untaken = "answer" if self.transport.get_write_buffer_size() else None
        self._wait(states.get(self.conn.their_state, untaken))

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._wait(None)
        super().connection_lost(exc)

    def _wait(self, part: str | None) -> None:
        if part == self._part:
            return
        self._part = part
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if part is not None:
            self._timer = self.loop.call_later(getattr(self._patience, part), self._give_up)

    def _give_up(self) -> None:
        """Close at once, unless the answer was taken meanwhile and nothing is waited for."""
        if self._part == "answer" and self._is_taken():
            self._part = None
        else:
            self.transport.abort()

    def _is_taken(self) -> bool:
        return self.cycle.response_complete and not self.transport.get_write_buffer_size()
