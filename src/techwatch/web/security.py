"""What holds for every request, whatever it asks for: who may be asked as, how much, what is sent.

Pure ASGI, so that it costs microseconds and streams pass through it.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, PlainTextResponse

from techwatch.web.settings import is_loopback

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from techwatch.web.settings import WebSettings

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
HEALTHZ, READYZ = "/healthz", "/readyz"
_NAMELESS = frozenset({HEALTHZ, READYZ})  # asked by machines, which call a desk by its number
LARGEST_HEAD = 32_768  # bytes of a request's address and headers, as other servers have it
_YEAR = "max-age=31536000"


class Guard:
    """Refuses what is asked under a foreign name or is too large; adds headers to what is sent."""

    def __init__(self, app: ASGIApp, settings: WebSettings) -> None:
        self._app = app
        self._settings = settings
        public = settings.public_url
        parts = urlsplit(public or "")
        self._host = parts.netloc if public else None
        self._scheme = parts.scheme
        self._default_port = ":443" if parts.scheme == "https" else ":80"
        self._is_local = is_loopback(settings.address) or is_loopback(parts.hostname or "")
        self._headers = HEADERS | (
            {"Strict-Transport-Security": _YEAR} if public and public.startswith("https") else {}
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        headers = Headers(scope=scope)
        refused = self._refused(scope, headers)
        if refused is not None:
            await refused(scope, receive, sending)
            return
        if self._is_public(headers.get("host", "")):
            scope["scheme"] = self._scheme  # also where no proxy is trusted to say so
        await self._app(scope, self._bounded(receive), sending)

    def _refused(self, scope: Scope, headers: Headers) -> Response | None:
        """Answer what is refused whoever asks; None: it is passed on."""
        path = scope["path"]
        if not self._is_ours(headers.get("host", "")) and path not in _NAMELESS:
            told = "this host is not one that the desk is known by; see web.public_url"
            return _refusal(path, 421, told)
        if _head(scope) > LARGEST_HEAD:
            return _refusal(path, 431, "too many headers")
        if "transfer-encoding" in headers and "content-length" in headers:
            # A proxy may believe the one and we the other: what follows would be another request.
            return _refusal(path, 400, "two lengths", {"Connection": "close"})
        if _length(headers) > self._settings.largest_request:
            return _refusal(path, 413, "too large")
        return None

    def _is_ours(self, host: str) -> bool:
        """Whether it is asked under a name of its own: others may lead a browser here by DNS."""
        name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
        if self._is_public(host):
            return True
        if self._is_local:
            return is_loopback(name.strip("[]").lower())
        return self._host is None

    def _is_public(self, host: str) -> bool:
        return host.lower().removesuffix(self._default_port) == self._host

    def _bounded(self, receive: Receive) -> Receive:
        """Stop reading a body that is longer than allowed and did not say so."""
        taken = 0

        async def bounded() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._settings.largest_request:
                raise HTTPException(413, "too large")
            return message

        return bounded


def _refusal(
    path: str, status: int, told: str, headers: Mapping[str, str] | None = None
) -> Response:
    """Refuse a request: a program is told as RFC 9457 has it, everybody else by a sentence."""
    if not path.startswith("/api/"):
        return PlainTextResponse(told, status, headers)
    title = HTTPStatus(status).phrase
    body = {"type": "about:blank", "title": title, "status": status, "detail": told}
    body["instance"] = path
    return JSONResponse(body, status, headers, media_type="application/problem+json")


def _head(scope: Scope) -> int:
    """Count what a request says before its body."""
    address = len(scope.get("raw_path", b"")) + len(scope["query_string"])
    return address + sum(len(name) + len(value) for name, value in scope["headers"])


def _length(headers: Headers) -> int:
    given = headers.get("content-length", "0")
    return int(given) if given.isdecimal() else 0


def is_own(headers: Headers, scheme: str, public: str | None) -> bool:
    """Whether a request comes from a page of ours, by what browsers say."""
    if (site := headers.get("sec-fetch-site")) is not None:
        return site == "same-origin"
    origin = headers.get("origin") or _origin(headers.get("referer", ""))
    return origin in {public, f"{scheme}://{headers.get('host', '')}"}


def _origin(referer: str) -> str:
    """Return the origin of the page that a request came from, where its browser says no more."""
    scheme, _, rest = referer.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}"
