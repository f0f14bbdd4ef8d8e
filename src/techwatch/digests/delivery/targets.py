"""Named addresses that are secrets: webhooks and chat services. The name is all that is ever shown.

They come as `NAME=ADDRESS`, separated by white space: a line each in a file, or one after the
other in an environment variable. Lines that begin with # are comments.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from techwatch.errors import DeliveryError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import SecretStr

    from techwatch.model import Edition

_ENTRY = re.compile(r"([a-z0-9][a-z0-9-]{0,39})=([a-z][a-z0-9.+-]*://\S+)")
_SHAPE = "NAME=ADDRESS, the name of small letters, digits and hyphens"


def read(text: str) -> dict[str, str]:
    """Return the addresses by name; raises ValueError, which repeats no address."""
    lines = (line for line in text.splitlines() if not line.lstrip().startswith("#"))
    found: dict[str, str] = {}
    for number, entry in enumerate(" ".join(lines).split(), start=1):
        match = _ENTRY.fullmatch(entry)
        if match is None:
            message = f"entry {number} can't be read; write it as {_SHAPE}"
            raise ValueError(message)
        if match[1] in found:
            message = f"entry {number} has the name {match[1]!r}, which another one has already"
            raise ValueError(message)
        found[match[1]] = match[2]
    if not found:
        message = f"is empty; write one or more of {_SHAPE}"
        raise ValueError(message)
    return found


class Targets:
    """The addresses of a channel, by name."""

    def __init__(self, channel: str, setting: str, secret: SecretStr | None) -> None:
        self._channel = channel
        self._setting = setting
        self.addresses: Mapping[str, str] = read(secret.get_secret_value()) if secret else {}

    def of(self, edition: Edition) -> tuple[str, ...]:
        """Name those that an edition goes to: the ones it lists, or all."""
        listed = [name for name in edition.targets if name in self.addresses]
        return tuple(listed if edition.targets else self.addresses)

    def problem(self, edition: Edition) -> str | None:
        """Say what keeps an edition from going to any."""
        if not self.addresses:
            return f"{self._setting} is not set: give it {_SHAPE}"
        if self.of(edition):
            return None
        known = ", ".join(self.addresses)
        return f"none of the edition's targets is in {self._setting}, which has {known}"

    def address(self, name: str) -> str:
        """Return an address; raises DeliveryError for a name that has none any more."""
        if name not in self.addresses:
            message = f"{self._setting} has no {name} any more"
            raise DeliveryError(self._channel, message)
        return self.addresses[name]
