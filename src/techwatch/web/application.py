"""The desk as one application: guards, pages, API, files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from techwatch import __version__
from techwatch.web import api, health, pages
from techwatch.web.describing import describe, name_of
from techwatch.web.errors import tell_errors
from techwatch.web.rendering import Renderer
from techwatch.web.renewing import Watching
from techwatch.web.security import Guard
from techwatch.web.site import Site

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import ASGIApp, Scope

    from techwatch.watch import Watch

_PACKED = (
    3  # of 9: a page takes a third of the time, in which nobody else is answered, for a tenth more
)


def application(watch: Watch, at: str, renderer: Renderer | None = None) -> FastAPI:
    """Join pages and API of a desk.

    Args:
        watch: techwatch, put together.
        at: the desk's own origin, as people reach it.
        renderer: what renders pages; None: one with the translations that came along.
    """
    app = _Desk(
        title="techwatch",
        summary="What the pages of the desk show, as JSON.",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        generate_unique_id_function=name_of,
    )
    app.state.site = Site(Watching(watch), renderer or Renderer(), at=at)
    tell_errors(app)
    app.include_router(health.router, include_in_schema=False)
    for module in pages.ALL:
        app.include_router(module.router, include_in_schema=False)
    for module in api.ALL:
        app.include_router(module.router, prefix="/api/v1")
    describe(app, at)
    app.mount("/static", _Files(packages=[("techwatch.web", "static")]), name="static")
    app.add_middleware(GZipMiddleware, minimum_size=1_000, compresslevel=_PACKED)
    trusted = list(watch.settings.web.trusted_proxies)  # none: nobody's word is taken
    app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=trusted)
    return app


class _Desk(FastAPI):
    """An application guarded as a whole: faults are told outside of what is added to one."""

    def build_middleware_stack(self) -> ASGIApp:
        """Put the guard around everything."""
        return Guard(super().build_middleware_stack(), self.state.site.settings)


class _Files(StaticFiles):
    """Files whose addresses change with their content: browsers may keep them."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if response.status_code == 200 and b"v=" in scope.get("query_string", b""):
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response
