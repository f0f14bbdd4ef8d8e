"""The OpenAPI document of the API: what its routes say of themselves, and what holds for all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, get_args, get_origin

from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from starlette.responses import JSONResponse

from techwatch.web import asking
from techwatch.web.examples import BODIES
from techwatch.web.identity.roles import Scope
from techwatch.web.tags import with_tag

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response

ADDRESS = (
    "/api/v1/openapi.json"  # of the document; whoever may read it may not read what it describes
)
_ABOUT = """\
What the pages of the desk show, as JSON.

**Who asks.** A program brings a token: `Authorization: Bearer TOKEN`. People make tokens on the
page of their account, each for less than they may do, if they like. A browser that is logged in is
answered too; what it changes must bring `X-CSRF-Token`.

**Lists** come in pages. Where one goes on, the header `Link` has the address of the next page, with
`rel="next"`. News that comes in meanwhile shifts nothing.

**Asking again.** What is read has an `ETag`; who brings it as `If-None-Match` gets 304 and no body
while nothing changed.

**Errors** are problems as RFC 9457 has them: `detail` says what is wrong and what may be done,
`problems` lists all that is wrong with what was sent, `at` is the place in a query. 429 says in
`Retry-After` how many seconds to wait.

**Times** are in UTC, and so are days unless a field says otherwise.
"""
_PROBLEM = {
    "type": "object",
    "description": "What went wrong (RFC 9457).",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong, and what may be done."},
        "instance": {"type": "string", "description": "The address that was asked."},
        "problems": {
            "type": "array",
            "items": {"type": "string"},
            "description": "All that is wrong with what was sent.",
        },
        "at": {
            "type": ["integer", "null"],
            "description": "Where in a query the mistake is, in characters from 0.",
        },
    },
    "example": {
        "type": "about:blank",
        "title": "Not understood",
        "status": 422,
        "detail": "no verdict is called new; there are unrelated, known, novel, escalating, easing",
        "instance": "/api/v1/search",
        "at": 13,
    },
}
_ERRORS: Mapping[int, str] = {
    400: "It can't be done as it was asked; `detail` says why.",
    401: "No token and no login, or one that is not in force any more.",
    403: "Who asks may not do that.",
    404: "What is asked for is not there.",
    405: "Nothing at this address is done by this method.",
    409: "Not possible as things stand now: somebody was quicker, or it is done already.",
    413: "More was sent than the desk takes.",
    422: "What was sent is not of the form that is asked for.",
    429: "Too many requests; `Retry-After` says for how many seconds.",
    500: "A fault of techwatch; its log says more.",
    503: "The database can't be used now.",
}
_OF_CHANGES = frozenset({409, 413})
_OF_PLACES = frozenset({404, 405})  # of addresses with something to fill in
_UNCHANGED = "It is as it was when the ETag given in If-None-Match was sent."
_TAGS: Mapping[str, str] = {
    "account": "Your own account, logins and tokens.",
    "audit": "Who changed what, for admins.",
    "baseline": "What is known: browsed, and changed.",
    "check": "A text, a page or a name judged.",
    "developments": "What readers are told, ranked and filtered.",
    "digests": "Every digest that was composed, with its ledger.",
    "emerging names": "Names that the baseline lacks.",
    "entities": "The actors and laws of the baseline, with what news tells of them.",
    "feeds": "The list of feeds, and how they are.",
    "filters": "Saved filters, their feeds and editions.",
    "judgements": "What people said of items and stories.",
    "people": "Accounts and one-time links, for admins.",
    "search": "Items and developments by their words.",
    "status": "How the installation is.",
    "stories": "All that was told of one event.",
    "webhooks": "Where developments of a filter are posted.",
}
_PARAMETERS: Mapping[str, str] = {
    "account_id": "Of an account, as the list of people has it.",
    "after": "Where the page begins: as the `Link` of the page before has it.",
    "by": "The order, or whose changes.",
    "condition": "Only feeds that are in this condition.",
    "delivery": "The number of a delivery, as the digest's ledger has it.",
    "edition": "Only digests of this edition, by its id.",
    "entity_id": "Of an entity of the baseline.",
    "filter_id": "The number of a saved filter.",
    "handle": "Of a login, as your account lists it.",
    "hook_id": "Of a webhook, as its filter lists it.",
    "item_id": "Of an item.",
    "key": "Of a name, as the list has it.",
    "kind": "Only entities of this kind.",
    "language": "The code of a language of the baseline: en, zh, nb.",
    "number": "Of a judgement.",
    "of": "Only those of this item or story, by its id.",
    "q": "Words of a name.",
    "story_id": "Of a story.",
    "undone": "Whether those that were taken back are listed too.",
    "url": "The address of a feed, as the list has it.",
    "what": "What is looked for.",
}


def describe(app: FastAPI, at: str) -> None:
    """Have an application describe itself so.

    Args:
        app: with all its routes.
        at: its own origin.
    """

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app, at)
        return app.openapi_schema

    async def told(request: Request) -> Response:
        return with_tag(request, JSONResponse(document()))

    app.openapi = document  # type: ignore[method-assign]
    app.add_route(ADDRESS, told, include_in_schema=False)


def name_of(route: APIRoute) -> str:
    """Name an operation: by its module and what it does there."""
    return f"{route.endpoint.__module__.rpartition('.')[2]}_{route.name.rstrip('_')}"


def _document(app: FastAPI, at: str) -> dict[str, Any]:
    found = get_openapi(
        title=app.title,
        version=app.version,
        summary=app.summary,
        description=_ABOUT,
        routes=app.routes,
        servers=[{"url": at}],
        tags=[{"name": name, "description": told} for name, told in _TAGS.items()],
    )
    schemas = found["components"]["schemas"]
    schemas["Problem"] = _PROBLEM
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    needed = scopes(app)
    for path, methods in found["paths"].items():
        for method, operation in methods.items():
            _complete(path, method, operation, needed.get(operation["operationId"]))
    return found


def _complete(path: str, method: str, operation: dict[str, Any], scope: str | None) -> None:
    """Say what a route does not say of itself."""
    whose = f"the scope `{scope}`" if scope else "a login: no token will do"
    operation["description"] = f"{operation.get('description', '')}\n\nNeeds {whose}.".strip()
    operation["x-scope"] = scope
    for parameter in operation.get("parameters", ()):
        if not parameter.get("description"):
            parameter["description"] = _PARAMETERS[parameter["name"]]
    _errors(path, method, operation)
    if (example := BODIES.get(operation["operationId"])) is not None:
        for content in operation["requestBody"]["content"].values():
            content["example"] = example


def _errors(path: str, method: str, operation: dict[str, Any]) -> None:
    answers = operation["responses"]
    for status, told in _ERRORS.items():
        here = (method != "get" or status not in _OF_CHANGES) and (
            "{" in path or "parameters" in operation or method != "get" or status not in _OF_PLACES
        )
        if not here or status == 500:  # a fault, which nothing promises
            continue
        schema = {"$ref": "#/components/schemas/Problem"}
        answers[str(status)] = {
            "description": told,
            "content": {"application/problem+json": {"schema": schema}},
        }
    answers["429"]["headers"] = {
        "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}
    }
    if method == "get":
        answers["304"] = {"description": _UNCHANGED}
        answers["200"]["headers"] = _headers(operation)


def _headers(operation: dict[str, Any]) -> dict[str, Any]:
    text = {"type": "string"}
    found = {"ETag": {"description": "To be brought as If-None-Match.", "schema": text}}
    if any(one["name"] == "after" for one in operation.get("parameters", ())):
        told = 'The address of the next page, rel="next"; missing on the last one.'
        found["Link"] = {"description": told, "schema": text}
    return found


def scopes(app: FastAPI) -> dict[str, str]:
    """Return the scope that each operation of the API needs, by its name."""
    known = {
        get_args(alias)[1].dependency: scope
        for alias, scope in _ALIASES.items()
        if get_origin(alias) is Annotated
    }
    return {
        name_of(route): known[one.call].value
        for route in _routes(app)
        for one in route.dependant.dependencies
        if one.call in known
    }


_ALIASES: Mapping[Any, Scope] = {
    asking.Reader: Scope.READ,
    asking.Teacher: Scope.TEACH,
    asking.FeedKeeper: Scope.FEEDS,
    asking.BaselineEditor: Scope.BASELINE,
    asking.FilterKeeper: Scope.FILTERS,
    asking.Admin: Scope.ADMIN,
}


def _routes(router: Any) -> Iterator[APIRoute]:  # noqa: ANN401 - an application or a router in one
    for route in router.routes:
        if isinstance(route, APIRoute):
            yield route
        elif (inner := getattr(route, "original_router", None)) is not None:
            yield from _routes(inner)
