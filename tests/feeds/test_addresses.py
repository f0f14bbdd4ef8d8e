from __future__ import annotations

import asyncio
import socket
import ssl
from typing import TYPE_CHECKING

import httpcore
import httpx
import pytest

from techwatch.feeds.addresses import PublicNetwork, PublicTransport, is_public

if TYPE_CHECKING:
    from collections.abc import Iterable

PUBLIC = ["93.184.216.34", "8.8.8.8", "2606:4700::1111", "2a00:1450:400f::200e", "::ffff:8.8.8.8"]
PRIVATE = """
127.0.0.1 127.255.255.254 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0
192.0.2.1 198.18.0.1 224.0.0.1 255.255.255.255 ::1 :: fe80::1 fe80::1%eth0 fc00::1 fd12::1 ff02::1
::ffff:127.0.0.1 ::ffff:10.0.0.1 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 2002:7f00:1::
2001:db8::1 2001:0:4136:e378:8000:63bf:80ff:fffe
"""


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", PRIVATE.split())
def test_other_addresses_are_not(address: str) -> None:
    assert not is_public(address)


class Recorder(httpcore.AsyncNetworkBackend):
    """A network that reaches nothing, and remembers what was tried."""

    def __init__(self) -> None:
        self.tried: list[tuple[str, float | None]] = []

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        del port, local_address, socket_options
        self.tried.append((host, timeout))
        raise httpcore.ConnectError(host)


def resolving(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Let every name have these addresses, as no name server can be asked in a test."""

    def getaddrinfo(*_: object, **__: object) -> list[object]:
        kind = socket.SOCK_STREAM
        return [(socket.AF_INET, kind, 6, "", (address, 80)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


def test_private_ones_among_the_addresses_are_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, "10.0.0.1", "8.8.8.8", "8.8.8.8", "127.0.0.1", "8.8.4.4")
    network = Recorder()
    with pytest.raises(httpcore.ConnectError, match=r"8\.8\.4\.4"):
        asyncio.run(PublicNetwork(network).connect_tcp("a.example", 80, timeout=6))
    assert network.tried == [("8.8.8.8", 3), ("8.8.4.4", 3)]


def test_a_name_that_leads_inside_only_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, "10.0.0.1", "192.168.0.1")
    network = Recorder()
    with pytest.raises(httpcore.ConnectError, match=r"private address 10\.0\.0\.1"):
        asyncio.run(PublicNetwork(network).connect_tcp("a.example", 80))
    assert network.tried == []


@pytest.mark.parametrize("host", ["no-such-name.invalid", "x" * 70 + ".example", ".."])
def test_a_name_that_can_t_be_resolved_is_told(host: str) -> None:
    with pytest.raises(httpcore.ConnectError, match="can't be resolved"):
        asyncio.run(PublicNetwork(Recorder()).connect_tcp(host, 80))


def test_httpx_really_goes_by_this_network(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, "192.168.7.7")

    async def get() -> None:
        transport = PublicTransport(ssl.create_default_context(), httpx.Limits())
        async with httpx.AsyncClient(transport=transport) as client:
            await client.get("https://a.example/")

    with pytest.raises(httpx.ConnectError, match="private address"):
        asyncio.run(get())
