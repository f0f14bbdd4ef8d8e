"""Connect to public addresses only.

The check stands where the connection is made, after the name is resolved: a name that points
inside, a redirect to one, or a name that changes between check and use gets no further.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from typing import TYPE_CHECKING

import httpcore
import httpx

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable

_MOST_ADDRESSES = 4  # tried one after the other; they share the time
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet, in whichever form it is written."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = _embedded(ip)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


def _embedded(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that an IPv6 one leads to."""
    if ip in _NAT64 or int(ip) >> 32 == 0:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)


class PublicNetwork(httpcore.AsyncNetworkBackend):
    """A network that resolves names itself and connects to public addresses only."""

    def __init__(self, inner: httpcore.AsyncNetworkBackend | None = None) -> None:
        self._inner = inner or httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's interface
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first public address of `host` that answers."""
        addresses = await public_addresses(host, port)
        share = timeout / len(addresses) if timeout else None
        for last in (*[False] * (len(addresses) - 1), True):
            address = addresses.pop(0)
            try:
                return await self._inner.connect_tcp(
                    address, port, share, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if last:
                    raise
        raise AssertionError  # the last address returns or raises

    async def sleep(self, seconds: float) -> None:
        """Sleep, between httpcore's own retries."""
        await self._inner.sleep(seconds)


async def public_addresses(host: str, port: int) -> list[str]:
    """Resolve a name; raises httpcore.ConnectError if it is unknown or has a private address only.

    In the order the system gives them, four at most.
    """
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        message = f"the name {host} can't be resolved: {error}"
        raise httpcore.ConnectError(message) from error
    addresses = list(dict.fromkeys(str(info[4][0]) for info in found))
    public = [address for address in addresses if is_public(address)]
    if not public:
        message = f"{host} is at the private address {addresses[0]}; allow_private lets it through"
        raise httpcore.ConnectError(message)
    return public[:_MOST_ADDRESSES]


class PublicTransport(httpx.AsyncHTTPTransport):
    """httpx's transport over a PublicNetwork."""

    def __init__(self, verify: ssl.SSLContext, limits: httpx.Limits) -> None:
        super().__init__(verify=verify, limits=limits)
        # httpx has no argument for the network; a test fails if it renames the pool.
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=verify,
            max_connections=limits.max_connections,
            max_keepalive_connections=limits.max_keepalive_connections,
            keepalive_expiry=limits.keepalive_expiry,
            network_backend=PublicNetwork(),
        )
