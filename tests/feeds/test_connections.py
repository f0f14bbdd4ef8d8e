"""Connections are kept for the next request to the host, for a moment, and closed in the end."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from techwatch.feeds import connections
from techwatch.feeds.connections import Connections
from techwatch.feeds.fetching_settings import FetchingSettings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SETTINGS = FetchingSettings(allow_private=True, timeout=5)


class Server:
    """Answers each request, and counts connections."""

    def __init__(self) -> None:
        self.made = self.open = self.port = 0
        self.heads: list[bytes] = []
        self.answers = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.made += 1
        self.open += 1
        try:
            while True:
                self.heads.append(await reader.readuntil(b"\r\n\r\n"))
                writer.write(self.answers)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()
            await writer.wait_closed()
            self.open -= 1

    async def until_open(self, most: int) -> None:
        async with asyncio.timeout(5):
            while self.open > most:  # noqa: ASYNC110 - the server's own count, at its leisure
                await asyncio.sleep(0.01)


@asynccontextmanager
async def serving() -> AsyncIterator[Server]:
    server = Server()
    listening = await asyncio.start_server(server.answer, "0.0.0.0", 0)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
        await server.until_open(0)  # whoever asked has closed all
    finally:
        listening.close()


async def get(used: Connections, place: str) -> bytes:
    async with used.ask(place) as response:
        return await response.aread()


def test_a_host_is_asked_again_over_the_same_connection() -> None:
    async def asked() -> None:
        async with serving() as server:
            used = Connections(SETTINGS)
            for path in ("a", "b", "c"):
                assert await get(used, f"http://127.0.0.1:{server.port}/{path}") == b"ok"
            assert (server.made, server.open) == (1, 1)
            await get(used, f"http://127.0.0.2:{server.port}/a")
            assert server.made == 2
            await used.aclose()
            await server.until_open(0)

    asyncio.run(asked())


@pytest.mark.parametrize(
    ("answer", "connections_made"),
    [
        (b"HTTP/1.1 304 Not Modified\r\n\r\n", 1),
        (b"HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 5\r\n\r\nfound", 1),
        (b"HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 70000\r\n\r\nfound", 3),
    ],
)
def test_an_answer_whose_rest_is_short_leaves_the_connection_open(
    answer: bytes, connections_made: int
) -> None:
    async def asked() -> int:
        async with serving() as server:
            server.answers = answer
            used = Connections(SETTINGS)
            for path in ("a", "b", "c"):
                async with used.ask(f"http://127.0.0.1:{server.port}/{path}"):
                    pass  # nobody reads a body
            await used.aclose()
            return server.made

    assert asyncio.run(asked()) == connections_made


def test_a_connection_that_waits_in_vain_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "_KEPT", 0.1)

    async def asked() -> None:
        async with serving() as server:
            used = Connections(SETTINGS)
            for round_ in range(2):
                for host in range(1, 4):
                    await get(used, f"http://127.0.0.{host}:{server.port}/")
                await server.until_open(0)
                assert server.made == 3 * (round_ + 1)
            await used.aclose()

    asyncio.run(asked())


def test_few_hosts_keep_a_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "_MOST_IDLE", 2)

    async def asked() -> None:
        async with serving() as server:
            used = Connections(SETTINGS)
            for host in range(1, 6):
                await get(used, f"http://127.0.0.{host}:{server.port}/")
            await server.until_open(2)
            assert server.made == 5
            await get(used, f"http://127.0.0.5:{server.port}/")  # the last one is kept
            assert server.made == 5
            await used.aclose()

    asyncio.run(asked())


def test_a_name_and_password_in_an_address_are_shown_to_the_host() -> None:
    async def asked() -> bytes:
        async with serving() as server:
            used = Connections(SETTINGS)
            await get(used, f"http://desk:p%40ss@127.0.0.1:{server.port}/private")
            await used.aclose()
            return server.heads[0]

    head = asyncio.run(asked()).lower()
    assert b"get /private http/1.1" in head
    assert b"authorization: basic zgvzazpwqhnz\r\n" in head  # desk:p@ss
