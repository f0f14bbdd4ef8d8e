"""People at a desk: each asks for a page, reads it whole, thinks, and asks for another.

Reads what is to be done as JSON, and prints what each answer took: (page, seconds, status).
Status 0: there was no answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import re
import socket
import sys
import time
from typing import TYPE_CHECKING, Any, Self

import httpx

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    Sample = tuple[str, float, int]

_CSRF = re.compile(r'name="csrf" value="([0-9a-f]+)"')
_TIMEOUT = 60


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value below which a share of them lies."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def _request(asked: dict[str, Any], csrf: str, at: str) -> dict[str, Any]:
    """Return what the client sends."""
    if "form" in asked:
        form = {"csrf": csrf, **asked["form"]}
        return {"method": "POST", "url": asked["path"], "data": form, "headers": {"Origin": at}}
    if "json" in asked:
        headers = {"Origin": at, "X-CSRF-Token": csrf}
        return {"method": "POST", "url": asked["path"], "json": asked["json"], "headers": headers}
    return {"method": "GET", "url": asked["path"]}


class Reader:
    """One reader, who waits for each answer."""

    def __init__(self, at: str) -> None:
        self._at = at
        self._client = httpx.Client(base_url=at, timeout=_TIMEOUT, follow_redirects=True)

    def __enter__(self) -> Self:
        """Log in."""
        found = _CSRF.search(self._client.get("/login").text)
        self._csrf = found[1] if found else ""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Go away."""
        self._client.close()

    def ask(self, page: str, asked: dict[str, Any]) -> Sample:
        """Ask for a page."""
        began = time.perf_counter()
        status = self._client.request(**_request(asked, self._csrf, self._at)).status_code
        return page, time.perf_counter() - began, status


async def _read(given: dict[str, Any], number: int, until: float) -> list[Sample]:
    chance = random.Random(number)  # noqa: S311 - the same each time
    pages: dict[str, list[Any]] = given["pages"]
    samples: list[Sample] = []
    at = given["at"]
    async with httpx.AsyncClient(base_url=at, timeout=_TIMEOUT, follow_redirects=True) as client:
        found = _CSRF.search((await client.get("/login")).text)
        csrf = found[1] if found else ""
        order: list[str] = []
        while time.perf_counter() < until:
            await asyncio.sleep(chance.uniform(0, 2) * given["think"])
            if not order:  # each page as often as any other
                order = chance.sample(list(pages), len(pages))
            page = order.pop()
            asked = _request(chance.choice(pages[page]), csrf, at)
            began = time.perf_counter()
            try:
                status = (await client.request(**asked)).status_code
            except httpx.HTTPError:
                status = 0
            samples.append((page, time.perf_counter() - began, status))
    return samples


async def _dawdle(at: str, number: int, until: float) -> None:
    """Hold a connection: take an answer by drops, or ask by letters; again when it is closed."""
    place = httpx.URL(at)
    async with httpx.AsyncClient(base_url=at, timeout=_TIMEOUT) as client:
        await client.get("/login", follow_redirects=True)
        cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    asked = (
        f"GET /?since=all HTTP/1.1\r\nHost: {place.netloc.decode()}\r\nCookie: {cookies}\r\n\r\n"
    )
    loop = asyncio.get_running_loop()
    while time.perf_counter() < until:
        with socket.socket() as own:
            own.setblocking(False)  # noqa: FBT003 - the standard library's own
            own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            with contextlib.suppress(OSError):
                await loop.sock_connect(own, (place.host, place.port))
                if number % 2:
                    await loop.sock_sendall(own, asked.encode())
                while time.perf_counter() < until:
                    await asyncio.sleep(1)
                    if number % 2 == 0:
                        await loop.sock_sendall(own, b"G")
                    elif not await loop.sock_recv(own, 500):
                        break


async def _together(given: dict[str, Any]) -> list[Sample]:
    until = time.perf_counter() + given["seconds"]
    each = [_read(given, number, until) for number in range(given["readers"])]
    slow = [
        asyncio.ensure_future(_dawdle(given["at"], n, until)) for n in range(given.get("slow", 0))
    ]
    found = await asyncio.gather(*each)
    await asyncio.gather(*slow)
    return [sample for samples in found for sample in samples]


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_together(json.load(sys.stdin)))))
