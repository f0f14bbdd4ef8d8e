"""Ask a dead man's switch: a service that raises the alarm when nobody asks it for too long."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

import techwatch
from techwatch.errors import DeliveryError

if TYPE_CHECKING:
    from techwatch.digests.delivery.ping_settings import PingSettings


async def ping(address: str, settings: PingSettings) -> None:
    """Ask it; raises DeliveryError, which does not name the address, for any answer but 2xx.

    It may be on this machine or in a private network: the operator chose it, no text from the web.
    """
    client = httpx.AsyncClient(timeout=settings.timeout, trust_env=False, follow_redirects=False)
    headers = {"User-Agent": f"techwatch/{techwatch.__version__}"}
    try:
        async with client:
            method = settings.method.upper()
            async with client.stream(method, address, headers=headers) as response:
                status = response.status_code
    except httpx.TimeoutException as error:
        message = f"no answer within {settings.timeout:g} seconds"
        raise DeliveryError("ping", message) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise DeliveryError("ping", f"no connection: {type(error).__name__}") from error
    if not httpx.codes.is_success(status):
        raise DeliveryError("ping", f"the server answered {status}")
