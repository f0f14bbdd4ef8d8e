"""What all addresses of the API that are read have in common: an ETag, and where a list goes on.

A router made with `route_class=Tagged` adds both by itself, where the answer tells the key of the
next page as `after`. `goes_on` is for those whose answer holds the next address.
"""

from __future__ import annotations

import json
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
        self._is_list = any(one.alias == "after" for one in self.dependant.query_params)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers a request, with the ETag added."""
        answer = super().get_route_handler()

        async def tagged(request: Request) -> Response:
            response = await answer(request)
            if request.method not in _READ:
                return response
            if self._is_list and response.status_code == 200:
                _link(request, response)
            return with_tag(request, response)

        return tagged


def _link(request: Request, response: Response) -> None:
    """Add the address of the next page to an answer that has its key."""
    after = json.loads(bytes(response.body)).get("after")
    goes_on(request, response, None if after is None else str(after))


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
