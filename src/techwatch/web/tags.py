"""ETags: whoever has an answer already is told so, and not sent it again."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from starlette.responses import Response

if TYPE_CHECKING:
    from starlette.requests import Request

_KEPT = ("etag", "cache-control", "link", "vary")  # of what a 304 says again


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
