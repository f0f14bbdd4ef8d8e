"""Post digests to webhooks: the JSON as it was frozen, signed, so that receivers can trust it.

    Techwatch-Timestamp: seconds since 1970, when it was sent
    Techwatch-Signature: v1=HEX, HMAC-SHA256 under `webhook.secret` over TIMESTAMP + "." + body
    Idempotency-Key: the same at every attempt of a delivery

docs/delivery.md shows how a receiver checks them.
"""

from __future__ import annotations

import hashlib
import hmac
from http import HTTPStatus
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urljoin

import httpx

import techwatch
from techwatch.digests.delivery.targets import Targets
from techwatch.errors import DeliveryError, DeliveryUncertainError
from techwatch.feeds.addresses import PublicTransport
from techwatch.feeds.retry_after import seconds_to_wait
from techwatch.text import tidy, web_link

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from techwatch.digests.delivery import Handing
    from techwatch.digests.delivery.webhook_settings import WebhookSettings
    from techwatch.model import Delivery, Edition, RenderedDigest

_KEEPING = frozenset({HTTPStatus.TEMPORARY_REDIRECT, HTTPStatus.PERMANENT_REDIRECT})
_LATER = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})
_FIRST_BYTE = "http11.send_request_headers.started"  # a test fails if httpcore renames it
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


def sign(secret: str, timestamp: int, body: bytes) -> str:
    """Return the signature of a body sent at a time."""
    signed = f"{timestamp}.".encode() + body
    return "v1=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


class _Handing:
    """Hands over when there is a connection, right before the first byte is written to it."""

    def __init__(self, over: Handing) -> None:
        self._over = over
        self._begun = False

    async def trace(self, event: str, _: object) -> None:
        """Hear what httpcore does next."""
        if event == _FIRST_BYTE and not self._begun:
            await self._over()
            self._begun = True


class WebhookChannel:
    """The channel `webhook`."""

    id = "webhook"
    repeatable = False

    def __init__(self, settings: WebhookSettings, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._clock = clock
        self.targets = Targets(self.id, "webhook.urls", settings.urls)

    def recipients(self, edition: Edition) -> tuple[str, ...]:
        """Return the names of the webhooks."""
        return self.targets.of(edition)

    def problem(self, edition: Edition) -> str | None:
        """Name what is missing: addresses, or the secret."""
        if self._settings.secret is None:
            return "webhook.secret is not set: what is not signed is not posted"
        return self.targets.problem(edition)

    async def send(self, digest: RenderedDigest, delivery: Delivery, handing_over: Handing) -> None:
        """Post it; raises DeliveryError or DeliveryUncertainError, see Channel."""
        place, secret = self._goal(delivery)
        body = digest.json.encode()
        headers = self._headers(body, delivery, secret)
        handing = _Handing(handing_over)
        async with self._client() as client:
            for _ in range(self._settings.max_redirects + 1):
                response = await self._post(client, place, body, headers, handing)
                if response.status_code not in _KEEPING:
                    self._judge(response)
                    return
                place = self._next(place, response)
        self._fail(f"it redirects more than {self._settings.max_redirects} times")

    def _goal(self, delivery: Delivery) -> tuple[str, str]:
        """Return where it goes, and the secret that signs it; raises DeliveryError."""
        if self._settings.secret is None:
            self._fail("webhook.secret is not set")
        place = self.targets.address(delivery.recipient)
        return place, self._settings.secret.get_secret_value()

    def _headers(self, body: bytes, delivery: Delivery, secret: str) -> dict[str, str]:
        timestamp = int(self._clock().timestamp())
        return {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": f"techwatch/{techwatch.__version__}",
            "Idempotency-Key": delivery.message_id.strip("<>"),
            "Techwatch-Timestamp": str(timestamp),
            "Techwatch-Signature": sign(secret, timestamp, body),
        }

    def _client(self) -> httpx.AsyncClient:
        context, limits = httpx.create_ssl_context(), httpx.Limits(max_connections=1)
        return httpx.AsyncClient(
            transport=httpx.AsyncHTTPTransport(verify=context, limits=limits)
            if self._settings.allow_private
            else PublicTransport(context, limits),
            timeout=self._settings.timeout,
            follow_redirects=False,
            trust_env=False,
        )

    async def _post(
        self,
        client: httpx.AsyncClient,
        place: str,
        body: bytes,
        headers: dict[str, str],
        handing: _Handing,
    ) -> httpx.Response:
        """Post once; of the answer only its head is read."""
        posting = client.stream(
            "POST", place, content=body, headers=headers, extensions={"trace": handing.trace}
        )
        try:
            async with posting as response:
                return response
        except (httpx.InvalidURL, httpx.UnsupportedProtocol):
            self._fail("its address can't be used", permanent=True)
        except _NEVER_SENT as error:
            self._fail(f"no connection: {tidy(str(error)) or type(error).__name__}")
        except httpx.HTTPError as error:
            message = f"the connection broke while it was sent: {type(error).__name__}"
            raise DeliveryUncertainError(self.id, message) from error

    def _judge(self, response: httpx.Response) -> None:
        status = response.status_code
        if response.is_success:
            return
        later = status in _LATER or status >= HTTPStatus.INTERNAL_SERVER_ERROR
        wait = seconds_to_wait(response.headers.get("retry-after"), self._clock())
        self._fail(f"the server answered {status}", permanent=not later, retry_after=wait)

    def _next(self, place: str, response: httpx.Response) -> str:
        """Return where a redirect leads; it may not lead out of encryption."""
        try:
            goal = web_link(urljoin(place, response.headers.get("location", "")))
        except ValueError:
            goal = None
        if goal is None:
            self._fail("it redirects to what is no web address", permanent=True)
        if place.startswith("https:") and not goal.startswith("https:"):
            self._fail("it redirects from https to http", permanent=True)
        return goal

    def _fail(
        self, message: str, *, permanent: bool = False, retry_after: float | None = None
    ) -> NoReturn:
        raise DeliveryError(self.id, message, permanent=permanent, retry_after=retry_after)
