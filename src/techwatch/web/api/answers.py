"""What all addresses of the API that are read have in common: an ETag, and where it goes on.

A router made with `route_class=Tagged` does the first by itself; `goes_on` does the second.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from fastapi.routing import APIRoute
from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from starlette.requests import Request

_READ = frozenset({"GET", "HEAD"})
_NOT_MODIFIED: dict[int | str, dict[str, Any]] = {
    304: {"description": "It is as it was when the ETag given in If-None-Match was sent."}
}
_KEPT = ("etag", "cache-control", "link", "vary")  # of what a 304 says again


class Tagged(APIRoute):
    """A route whose answers bear an ETag, and that says 304 to whoever has the answer already."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - passed on as they are
        if _READ.intersection(kwargs.get("methods") or ()):
            kwargs["responses"] = _NOT_MODIFIED | (kwargs.get("responses") or {})
        super().__init__(*args, **kwargs)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers a request, with the ETag added."""
        answer = super().get_route_handler()

        async def tagged(request: Request) -> Response:
            response = await answer(request)
            return with_tag(request, response) if request.method in _READ else response

        return tagged


def with_tag(request: Request, response: Response) -> Response:
    """Add an ETag to an answer; it becomes a 304 where the request brings the same one."""
    if response.status_code != 200:
        return response
    # Weak: the same answer may be sent compressed or not.
    tag = f'W/"{hashlib.sha256(response.body).hexdigest()[:32]}"'
    response.headers["etag"] = tag
    # Kept by whoever asked, and asked for again each time: what may be seen depends on who asks.
    response.headers.setdefault("cache-control", "private, no-cache")
    if not _is_known(tag, request.headers.get("if-none-match", "")):
        return response
    kept = {name: value for name in _KEPT if (value := response.headers.get(name))}
    return Response(status_code=304, headers=kept)


def _is_known(tag: str, given: str) -> bool:
    """Whether one of the ETags given is this one, compared weakly (RFC 9110, 8.8.3.2)."""
    asked = {one.strip().removeprefix("W/") for one in given[:4_000].split(",")}
    return given.strip() == "*" or tag.removeprefix("W/") in asked


def goes_on(request: Request, response: Response, after: str | None) -> str | None:
    """Say where a list goes on: returns the address, and adds it as a Link header (RFC 8288).

    `after` is the key of the last one shown; None: this was all of it.
    """
    if after is None:
        return None
    kept = [(k, v) for k, v in request.query_params.multi_items() if k != "after"]
    address = f"{request.url.path}?{urlencode([*kept, ('after', after)])}"
    response.headers["link"] = f'<{address}>; rel="next"'
    return address
