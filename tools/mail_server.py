"""A mail server in a process of its own, which misbehaves as told and remembers what it took.

    python tools/mail_server.py JOURNAL [--fault NAME] [--share 0.3] [--seed N] [--port N]

It prints its port. Of every message that arrives whole it writes a line to the journal before it
answers: recipient, Message-ID, hash of the bytes, and whether it took it. Faults, each in a share
of the sessions:

    none    it only takes its time
    refuse  hangs up at once, or answers 451 to MAIL, 450 or 550 to RCPT, 452 or 554 to the message
    drop    hangs up once it has the message, with or without having taken it
    421     says that it closes, at MAIL, RCPT, or after the message
    stall   never answers MAIL, RCPT or the message, which it may have taken
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import random
from email import message_from_bytes
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiosmtpd.smtp import SMTP

if TYPE_CHECKING:
    from aiosmtpd.smtp import Envelope, Session

FAULTS = ("none", "refuse", "drop", "421", "stall")
_LONGEST = 0.004  # seconds that a well-behaved answer takes at most
_ANSWERS = {
    "refuse": {
        "MAIL": ("451 later",),
        "RCPT": ("450 busy", "550 no such user"),
        "DATA": ("452 full", "554 spam"),
    },
    "421": {"MAIL": ("421 bye",), "RCPT": ("421 bye",), "DATA": ("421 bye",)},
}


class Handler:
    """Answers by lot; `taken` messages are those whose senders may forget them."""

    def __init__(self, journal: Path, fault: str, share: float, seed: int) -> None:
        self._journal = journal.open("a", encoding="utf-8")
        self._fault = fault
        self._share = share
        self._lot = random.Random(seed)  # noqa: S311 - a seeded experiment

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's names
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """Decide where this session goes wrong, if it does."""
        envelope.mail_from = address
        goes_wrong = self._fault != "none" and self._lot.random() < self._share
        session.wrong_at = self._lot.choice(("MAIL", "RCPT", "DATA")) if goes_wrong else ""  # type: ignore[attr-defined]
        return await self._answer(server, session, "MAIL")

    async def handle_RCPT(  # noqa: N802
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """Take a recipient."""
        envelope.rcpt_tos.append(address)
        return await self._answer(server, session, "RCPT")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a message, or not, and write down which before saying so."""
        wrong = session.wrong_at == "DATA" or (self._fault == "drop" and session.wrong_at)  # type: ignore[attr-defined]
        taken = not wrong or (self._fault in {"drop", "stall"} and self._lot.random() < 0.5)
        self._write(envelope, taken=taken)
        return await self._answer(server, session, "DATA")

    def _write(self, envelope: Envelope, *, taken: bool) -> None:
        content = envelope.content
        assert isinstance(content, bytes)  # noqa: S101 - aiosmtpd gives bytes unless asked
        record = {
            "recipient": envelope.rcpt_tos[0],
            "id": message_from_bytes(content)["Message-ID"],
            "hash": hashlib.sha256(content).hexdigest(),
            "taken": taken,
        }
        self._journal.write(json.dumps(record) + "\n")
        self._journal.flush()

    async def _answer(self, server: SMTP, session: Session, command: str) -> str:
        wrong_at: Any = session.wrong_at  # type: ignore[attr-defined]
        if self._fault == "drop" and wrong_at and command == "DATA":
            server.transport.abort()  # type: ignore[union-attr]
        elif wrong_at == command and self._fault == "stall":
            await asyncio.sleep(3600)
        elif wrong_at == command and self._fault in _ANSWERS:
            if self._fault == "refuse" and self._lot.random() < 0.3:
                server.transport.abort()  # type: ignore[union-attr]
            return self._lot.choice(_ANSWERS[self._fault][command])
        await asyncio.sleep(self._lot.random() * _LONGEST)
        return "250 OK"


async def serve(handler: Handler, port: int = 0) -> None:
    """Serve until the process is ended, on a free port unless one is given."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(handler, hostname="localhost", loop=loop), "127.0.0.1", port, backlog=256
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def main() -> None:
    """Read the options and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("journal", type=Path)
    parser.add_argument("--fault", choices=FAULTS, default="none")
    parser.add_argument("--share", type=float, default=0.3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    handler = Handler(options.journal, options.fault, options.share, options.seed)
    asyncio.run(serve(handler, options.port))


if __name__ == "__main__":
    main()
