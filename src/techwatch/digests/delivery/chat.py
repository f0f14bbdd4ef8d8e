"""Send the short form of digests to chat programs, by the library Apprise.

Apprise says only whether a service took a message. Why it did not stands in its log, which is
read here in memory, and in no other place, as it can hold addresses.
"""

from __future__ import annotations

import asyncio
import logging
import re
from typing import TYPE_CHECKING, Self

from techwatch.digests.delivery.short import short_form
from techwatch.digests.delivery.targets import Targets
from techwatch.errors import DeliveryError, DeliveryUncertainError

if TYPE_CHECKING:
    from apprise import Apprise

    from techwatch.digests.delivery import Handing
    from techwatch.digests.delivery.apprise_settings import AppriseSettings
    from techwatch.model import Delivery, Edition, RenderedDigest

_STATUS = re.compile(r"error=(\d{3})\b")
_NEVER_SENT = re.compile(
    "Failed to establish a new connection|connect timeout|NameResolutionError"
    "|CERTIFICATE_VERIFY_FAILED"
)
_IN_PART = re.compile(r"^Sent\b", re.MULTILINE)  # an address can name several rooms
_MENDABLE = frozenset({401, 403, 404, 408, 425, 429})  # by the owner of the address, or by time
_CLIENT, _SERVER = 400, 500
log = logging.getLogger("apprise")


class AppriseChannel:
    """The channel `apprise`."""

    id = "apprise"
    repeatable = False

    def __init__(self, settings: AppriseSettings) -> None:
        self._settings = settings
        self._one_at_a_time = asyncio.Lock()  # else one would hear why another failed
        self.targets = Targets(self.id, "apprise.urls", settings.urls)

    def recipients(self, edition: Edition) -> tuple[str, ...]:
        """Return the names of the services."""
        return self.targets.of(edition)

    def problem(self, edition: Edition) -> str | None:
        """Name what is missing, or the address that Apprise can't read."""
        for name in self.targets.of(edition):
            if _service(self.targets.address(name)) is None:
                return f"Apprise can't read the address of {name} in apprise.urls"
        return self.targets.problem(edition)

    async def send(self, digest: RenderedDigest, delivery: Delivery, handing_over: Handing) -> None:
        """Send it; raises DeliveryError or DeliveryUncertainError, see Channel."""
        address = self.targets.address(delivery.recipient)
        service = await asyncio.to_thread(_service, address)
        if service is None:
            message = f"Apprise can't read the address of {delivery.recipient}"
            raise DeliveryError(self.id, message)
        title, body = short_form(digest, self._settings.most)
        await handing_over()
        async with self._one_at_a_time:
            with _Listening() as heard:
                taken = await service.async_notify(body=body, title=title, body_format="text")
        if not taken:
            raise self._failure(heard.text)

    def _failure(self, heard: str) -> DeliveryError:
        if _IN_PART.search(heard):
            return DeliveryUncertainError(self.id, "the service took it for some of its rooms only")
        if status := _STATUS.search(heard):
            code = int(status[1])
            permanent = _CLIENT <= code < _SERVER and code not in _MENDABLE
            return DeliveryError(self.id, f"the service answered {code}", permanent=permanent)
        if _NEVER_SENT.search(heard):
            return DeliveryError(self.id, "no connection to the service")
        return DeliveryUncertainError(self.id, "the service did not say whether it took it")


def _service(address: str) -> Apprise | None:
    """Make the service of an address, which follows no redirects; None if there is none such."""
    from apprise import Apprise, AppriseAsset  # noqa: PLC0415 - slow, and only where it is used

    for talker in (log, logging.getLogger("urllib3")):
        talker.propagate = False  # their messages can hold addresses
    services = Apprise(asset=AppriseAsset(app_id="techwatch", http_redirects=False))
    return services if services.add(address) else None


class _Listening(logging.Handler):
    """Hears what Apprise logs while a message is sent, in memory only."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.text = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        self.text += record.getMessage() + "\n"

    def __enter__(self) -> Self:
        log.setLevel(logging.DEBUG)
        log.addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        log.removeHandler(self)
