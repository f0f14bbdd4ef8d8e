"""What all addresses of the API that are read have in common: an ETag, and where it goes on.

A router made with `route_class=Tagged` does the first by itself; `goes_on` does the second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from fastapi.routing import APIRoute

from techwatch.web.tags import with_tag

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from starlette.requests import Request
    from starlette.responses import Response

_READ = frozenset({"GET", "HEAD"})
_NOT_MODIFIED: dict[int | str, dict[str, Any]] = {
    304: {"description": "It is as it was when the ETag given in If-None-Match was sent."}
}


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
