"""Whoever drips a request, or never takes the answer, holds no connection for long."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from techwatch.endpoints.patience import Patience
from techwatch.endpoints.server import listening, quiet_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

SHORT = Patience(head=0.4, body=0.4, answer=0.8)
HEAD = b"POST / HTTP/1.1\r\nHost: here\r\n"
LARGE = 8_000_000  # more than the buffers between two sockets hold


async def _answer(request: Request) -> Response:
    taken = len(await request.body())
    return PlainTextResponse("x" * LARGE if "large" in request.query_params else str(taken))


@asynccontextmanager
async def _served() -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Connect to a server that is in a hurry."""
    taken = listening("127.0.0.1", 0, "web")
    app = Starlette(routes=[Route("/", _answer, methods=["GET", "POST"])])
    server = quiet_server(app, SHORT)
    serving = asyncio.create_task(server.serve(sockets=[taken]))
    reader, writer = await asyncio.open_connection("127.0.0.1", taken.getsockname()[1])
    try:
        yield reader, writer
    finally:
        writer.close()
        server.should_exit = True
        await asyncio.gather(serving, return_exceptions=True)


async def _seconds_until_closed(reader: asyncio.StreamReader) -> float:
    began = time.monotonic()
    try:
        async with asyncio.timeout(5):
            while await reader.read(65_536):
                pass
    except ConnectionError:
        pass
    return time.monotonic() - began


async def _drip(writer: asyncio.StreamWriter, data: bytes) -> None:
    for byte in data * 100:
        writer.write(bytes([byte]))
        await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    ("sent", "dripped"),
    [
        (b"", b""),  # nothing
        (HEAD, b"X-Slow: yes\r\n"),  # headers for ever
        (HEAD + b"Content-Length: 1000\r\n\r\n", b"x"),  # a body for ever
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    ],
)
def test_who_never_finishes_to_ask_is_left(sent: bytes, dripped: bytes) -> None:
    async def ask() -> None:
        async with _served() as (reader, writer):
            writer.write(sent)
            dripping = asyncio.create_task(_drip(writer, dripped))
            assert 0.2 < await _seconds_until_closed(reader) < 3
            dripping.cancel()

    asyncio.run(ask())


def test_a_later_request_is_waited_for_no_longer() -> None:
    async def ask() -> None:
        async with _served() as (reader, writer):
            writer.write(HEAD + b"Content-Length: 2\r\n\r\nab")
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
            assert await reader.readexactly(1) == b"2"
            await asyncio.sleep(1)  # rests between two requests are the server's own matter
            writer.write(HEAD)
            assert 0.2 < await _seconds_until_closed(reader) < 3

    asyncio.run(ask())


def test_who_never_takes_the_answer_is_left() -> None:
    async def ask() -> None:
        async with _served() as (reader, writer):
            writer.write(b"GET /?large HTTP/1.1\r\nHost: here\r\n\r\n")
            await asyncio.sleep(2)
            taken = b""
            try:
                while more := await reader.read(65_536):
                    taken += more
            except ConnectionError:
                pass
            assert len(taken) < LARGE

    asyncio.run(ask())


def test_who_asks_in_time_is_answered_again_and_again() -> None:
    async def ask() -> None:
        async with _served() as (reader, writer):
            for _ in range(6):
                writer.write(HEAD + b"Content-Length: 2\r\n\r\n")
                await asyncio.sleep(0.1)
                writer.write(b"ab")
                assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
                assert await reader.readexactly(1) == b"2"
                await asyncio.sleep(0.1)

    asyncio.run(ask())
