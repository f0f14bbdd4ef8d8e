"""A webhook's receiver in a process of its own: it misbehaves as told, and remembers what it took.

    python tools/hook_receiver.py JOURNAL [--fault NAME] [--share 0.3] [--seed N]

It prints its port. Of every posting that arrives whole it writes a line to the journal before it
answers: recipient (the path), Idempotency-Key, hash of the bytes, and whether it took it. Faults,
each in a share of the postings:

    none    it only takes its time
    refuse  hangs up at once, or answers 400, 429 or 503
    drop    hangs up once it has the posting, with or without having taken it
    stall   never answers a posting, which it may have taken
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import random
from contextlib import suppress
from pathlib import Path

FAULTS = ("none", "refuse", "drop", "stall")
_LONGEST = 0.004  # seconds that a well-behaved answer takes at most
_TAKEN = 204


class Receiver:
    """Answers by lot; postings that are `taken` are those whose senders may forget them."""

    def __init__(self, journal: Path, fault: str, share: float, seed: int) -> None:
        self._journal = journal.open("a", encoding="utf-8")
        self._fault = fault
        self._share = share
        self._lot = random.Random(seed)  # noqa: S311 - a seeded experiment

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take a posting, or not, and write down which before saying so."""
        wrong = self._fault != "none" and self._lot.random() < self._share
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            if not (wrong and self._fault == "refuse" and self._lot.random() < 0.25):
                path, headers, body = await _posting(reader)
                status = self._status(wrong=wrong)
                taken = status == _TAKEN or (status == 0 and self._lot.random() < 0.5)
                self._write(path, headers["idempotency-key"], body, taken=taken)
                await self._say(status, writer)
        writer.transport.abort() if wrong else writer.close()

    def _status(self, *, wrong: bool) -> int:
        """Choose the answer; 0 for none."""
        if not wrong:
            return _TAKEN
        return self._lot.choice((400, 429, 503)) if self._fault == "refuse" else 0

    async def _say(self, status: int, writer: asyncio.StreamWriter) -> None:
        if status:
            await asyncio.sleep(self._lot.random() * _LONGEST)
            writer.write(f"HTTP/1.1 {status} .\r\nContent-Length: 0\r\n\r\n".encode())
            await writer.drain()
        elif self._fault == "stall":
            await asyncio.sleep(3600)

    def _write(self, path: str, key: str, body: bytes, *, taken: bool) -> None:
        digest = hashlib.sha256(body).hexdigest()
        line = {"recipient": path.strip("/"), "id": key, "hash": digest, "taken": taken}
        self._journal.write(json.dumps(line) + "\n")
        self._journal.flush()


async def _posting(reader: asyncio.StreamReader) -> tuple[str, dict[str, str], bytes]:
    """Read path, headers by name in small letters, and body."""
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    pairs = [line.split(": ", 1) for line in lines if line]
    headers = {name.lower(): value for name, value in pairs}
    return first.split()[1], headers, await reader.readexactly(int(headers["content-length"]))


async def serve(receiver: Receiver) -> None:
    """Serve until the process is ended, on a free port."""
    server = await asyncio.start_server(receiver.answer, "127.0.0.1", 0, backlog=256)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def main() -> None:
    """Read the options and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("journal", type=Path)
    parser.add_argument("--fault", choices=FAULTS, default="none")
    parser.add_argument("--share", type=float, default=0.3)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    asyncio.run(serve(Receiver(options.journal, options.fault, options.share, options.seed)))


if __name__ == "__main__":
    main()
