"""A real SMTP server on the loopback, which misbehaves as told."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiosmtpd.smtp import SMTP

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiosmtpd.smtp import Envelope, Session


@dataclass
class Mailbox:
    """What the server answers, and what it got."""

    mail: str = "250 OK"
    rcpt: str = "250 OK"
    data: str = "250 OK"
    hang_up_at: str = ""  # MAIL, RCPT or DATA
    silent: bool = False  # take the message and never answer
    refused: dict[str, str] = field(default_factory=dict)  # recipient: answer
    pause: float = 0.0  # seconds before it takes a message
    silent_at: str = ""  # MAIL or RCPT: never answer it
    got: list[Envelope] = field(default_factory=list)
    reached: asyncio.Event = field(default_factory=asyncio.Event)  # a message, or the silence
    released: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's names
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        envelope.mail_from = address
        await self._silence("MAIL")
        return self._answer(server, "MAIL", self.mail)

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        envelope.rcpt_tos.append(address)
        await self._silence("RCPT")
        return self._answer(server, "RCPT", self.refused.get(address, self.rcpt))

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.got.append(envelope)
        self.reached.set()
        await asyncio.sleep(self.pause)
        if self.silent:
            await self.released.wait()
        return self._answer(server, "DATA", self.data)

    async def _silence(self, command: str) -> None:
        if self.silent_at == command:
            self.reached.set()
            await self.released.wait()

    def _answer(self, server: SMTP, command: str, answer: str) -> str:
        if self.hang_up_at == command:
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        return answer


async def nothing() -> None:
    """Hand over without a ledger."""


@asynccontextmanager
async def serving(mailbox: Mailbox, **options: Any) -> AsyncIterator[int]:
    loop = asyncio.get_running_loop()
    tls = options.pop("ssl", None)
    server = await loop.create_server(
        lambda: SMTP(mailbox, hostname="localhost", loop=loop, **options),
        "127.0.0.1",
        0,
        ssl=tls,
    )
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        mailbox.released.set()
        server.close()
        await server.wait_closed()
        await asyncio.sleep(0.02)  # lets the server's own connection tasks end
