"""Fetches that would lead inside, over a network whose names and public addresses are made up."""

from __future__ import annotations

import asyncio
import socket
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpcore
import pytest

from techwatch.errors import ConnectionFailedError
from techwatch.feeds.fetching import Fetcher, FetchingSettings
from techwatch.model import Document, Validators
from techwatch.testing import Behaviour

if TYPE_CHECKING:
    from techwatch.testing import Publisher

PUBLIC = "93.184.216.34"
SETTINGS = FetchingSettings(gap=0, timeout=5)
INSIDE = ["127.0.0.1", "169.254.169.254", "[::1]", "[::ffff:127.0.0.1]", "[fe80::1]", "[fc00::1]"]
INSIDE += ["[64:ff9b::7f00:1]", "0x7f.1", "2130706433", "127.1"]


class Internet:
    """Answers names in turn, and leads the one public address to the publisher on this machine."""

    def __init__(self, patch: pytest.MonkeyPatch, port: int) -> None:
        self.answers: list[str] = []
        self.asked: list[str] = []
        self.connected: list[str] = []
        true_lookup, true_connect = socket.getaddrinfo, httpcore.AnyIOBackend.connect_tcp

        def getaddrinfo(host: str, *args: Any, **kinds: Any) -> list[Any]:
            if host != "a.example":
                return list(true_lookup(host, *args, **kinds))
            self.asked.append(host)
            address = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80))]

        async def connect(backend: Any, host: str, _port: int, *args: Any) -> Any:
            self.connected.append(host)
            assert host == PUBLIC
            return await true_connect(backend, "127.0.0.1", port, *args)

        patch.setattr(socket, "getaddrinfo", getaddrinfo)
        patch.setattr(httpcore.AnyIOBackend, "connect_tcp", connect)


@pytest.fixture
def internet(publisher: Publisher, monkeypatch: pytest.MonkeyPatch) -> Internet:
    publisher.publish("feed", b"<rss/>")
    return Internet(monkeypatch, int(publisher.url("").rstrip("/").rpartition(":")[2]))


def fetch(times: int = 1) -> list[Any]:
    """Fetch anew each time: no connection is kept."""

    async def once() -> Any:
        async with Fetcher(SETTINGS, lambda: datetime.now(UTC)) as fetcher:
            return await fetcher.fetch("http://a.example/feed", Validators())

    return [asyncio.run(once()) for _ in range(times)]


def test_a_public_address_is_asked(internet: Internet) -> None:
    internet.answers = [PUBLIC]
    (answer,) = fetch()
    assert isinstance(answer, Document)
    assert internet.connected == [PUBLIC]


def test_a_name_that_leads_elsewhere_the_second_time_is_refused_then(internet: Internet) -> None:
    internet.answers = [PUBLIC, "127.0.0.1"]
    fetch()
    with pytest.raises(ConnectionFailedError, match=r"private address 127\.0\.0\.1"):
        fetch()
    assert internet.connected == [PUBLIC]


def test_what_was_looked_up_is_what_is_connected_to(internet: Internet) -> None:
    internet.answers = [PUBLIC, "10.0.0.1"]
    fetch()
    assert len(internet.asked) == 1  # a second look-up could have led inside


@pytest.mark.parametrize("inside", INSIDE)
def test_a_redirect_inside_is_refused(
    inside: str, internet: Internet, publisher: Publisher
) -> None:
    internet.answers = [PUBLIC]
    publisher.misbehave("feed", Behaviour.redirect(f"http://{inside}/feed"))
    with pytest.raises(ConnectionFailedError, match=r"private address|can't be resolved"):
        fetch()
    assert internet.connected == [PUBLIC]


def test_a_redirect_to_the_same_name_is_looked_up_again(
    internet: Internet, publisher: Publisher
) -> None:
    internet.answers = [PUBLIC, "192.168.0.1"]
    redirect = Behaviour.redirect("http://a.example:81/feed")  # another port: a new connection
    publisher.misbehave("feed", redirect)
    with pytest.raises(ConnectionFailedError, match=r"private address 192\.168\.0\.1"):
        fetch()
