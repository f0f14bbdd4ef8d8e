"""How long to wait after logins that failed; pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

KEPT = timedelta(hours=24)  # after which failures are forgotten
_NONE = timedelta()
_NETWORK = 64  # bits of an IPv6 address that name who has it


@dataclass(frozen=True, slots=True)
class Rule:
    """How waits grow: doubled with each failure, up to the longest."""

    free: int  # failures without a wait
    first: timedelta
    longest: timedelta


ACCOUNT = Rule(3, timedelta(seconds=2), timedelta(minutes=5))  # its owner can't be kept out long
ADDRESS = Rule(10, timedelta(seconds=2), timedelta(minutes=15))  # a house may share one


@dataclass(frozen=True, slots=True)
class Keys:
    """What a try is counted under: hashes, for what is typed as a name may be a password."""

    who: str  # the account, or a browser that is known to be its owner's
    address: str | None  # None: counts for nothing

    @property
    def waits(self) -> Mapping[str, Callable[[int, timedelta], timedelta]]:
        """How long each has to wait."""
        waits = {self.who: partial(wait, ACCOUNT)}
        return waits | ({self.address: partial(wait, ADDRESS)} if self.address else {})


def wait(rule: Rule, failures: int, since: timedelta) -> timedelta:
    """Return how long yet to wait after so many failures, the last of them so long ago."""
    over = failures - rule.free
    if over < 0:
        return _NONE
    due: timedelta = min(rule.longest, rule.first * (1 << min(over, 20)))
    return max(_NONE, due - max(_NONE, since))


def keys(name: str, address: str) -> Keys:
    """Return what a try with a name, from an address of the network, is counted under."""
    return Keys(_key("account", name), _key("address", network_of(address)))


def keys_of_browser(mark: str) -> Keys:
    """Return what a try of a browser is counted under that its account is known to use."""
    return Keys(_key("browser", mark), None)


def network_of(address: str) -> str:
    """Return whom an address stands for: a whole network where its owner has as many as that."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        return str(ip_network((int(parsed), _NETWORK), strict=False))
    return address


def _key(kind: str, value: str) -> str:
    return hashlib.sha256(f"{kind} {value}".encode()).hexdigest()
