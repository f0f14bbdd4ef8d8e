"""What a request fails with, and how that is told: a page to people, a problem to programs."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import structlog
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from techwatch.errors import (
    EditError,
    FetchError,
    InvalidFilesError,
    JudgementError,
    LedgerError,
    NotFoundError,
    ParseError,
    QueryError,
    StorageError,
    TechwatchError,
    UnstorableError,
)
from techwatch.web.identity.refusals import (
    LinkGoneError,
    NotRightError,
    ProviderError,
    RefusedError,
    StrangerError,
    TooManyError,
    UnfitError,
)
from techwatch.web.words import later

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

log: structlog.stdlib.BoundLogger = structlog.get_logger("techwatch.web")

_STATUS: tuple[tuple[type[TechwatchError], int], ...] = (
    (NotFoundError, 404),
    (QueryError, 422),
    (InvalidFilesError, 422),
    (UnstorableError, 422),
    (FetchError, 422),
    (ParseError, 422),
    (LedgerError, 409),
    (NotRightError, 403),
    (StrangerError, 403),
    (LinkGoneError, 404),
    (RefusedError, 409),
    (UnfitError, 422),
    (TooManyError, 429),
    (ProviderError, 502),
    (EditError, 409),
    (JudgementError, 422),
    (StorageError, 503),
)
_MOST_TOLD, _MOST_SHOWN = 50, 500  # problems of what was sent, and characters of each
TITLES = {
    400: later("Not understood"),
    401: later("Login needed"),
    403: later("Not allowed"),
    404: later("Not there"),
    405: later("Not done here"),
    409: later("Not possible now"),
    413: later("Too large"),
    422: later("Not understood"),
    429: later("Too many requests"),
    500: later("A fault of techwatch"),
    502: later("The identity provider can't be used"),
    503: later("The database can't be used"),
}
# What somebody who meets one on a page may do.
ADVICE = {
    400: later("Look at the address or at what was filled in, and try again."),
    401: later("Your login has ended. Log in again, go back, and send it once more."),
    403: later("Your account may not do this. Whoever runs the desk can change what it may do."),
    404: later("The address is wrong, or what it showed is gone."),
    405: later("This address is there for forms. Begin at the page that leads to it."),
    409: later("Something changed meanwhile. Load the page again and look before you repeat it."),
    422: later("Look at the address or at what was filled in, and try again."),
    429: later("Wait a minute, then go on."),
    500: later("Nothing that was stored is lost. The log of techwatch says what happened."),
    502: later("Try again in a minute, or log in by a password."),
    503: later(
        "Nothing is lost. Load the page again in a minute. If it stays so, whoever runs the desk "
        "sees more by the command techwatch status."
    ),
}


class LoginNeededError(TechwatchError):
    """Nobody is logged in."""

    def __init__(self) -> None:
        super().__init__("log in, or bring a token of the API")


class ForbiddenError(TechwatchError):
    """Who asks may not do that."""


def status_of(error: Exception) -> int:
    """Return the HTTP status that an error comes to."""
    if isinstance(error, LoginNeededError):
        return 401
    if isinstance(error, ForbiddenError):
        return 403
    if isinstance(error, HTTPException):
        return error.status_code
    if isinstance(error, RequestValidationError | UnicodeEncodeError):
        return 422
    known = (status for kind, status in _STATUS if isinstance(error, kind))
    return next(known, 400 if isinstance(error, TechwatchError) else 500)


def tell_errors(app: FastAPI) -> None:
    """Have an application tell errors."""
    kinds = (TechwatchError, HTTPException, RequestValidationError, UnicodeEncodeError)
    for kind in kinds:
        app.add_exception_handler(kind, _tell)
    app.add_middleware(Catching)  # before others are added: their headers are wanted


class Catching:
    """Tells a fault of ours as other errors are told, with the headers that every answer has.

    What Starlette does with it by itself happens outside of all that adds headers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception as error:
            if scope["type"] != "http" or begun:
                raise
            # The address itself may be a secret: that of a one-time link, or of a feed.
            address = getattr(scope.get("route"), "path", "")
            log.exception("request failed", method=scope["method"], address=address)
            answer = await run_in_threadpool(_tell, Request(scope, receive), error)
            await answer(scope, receive, send)


def _tell(request: Request, error: Exception) -> Response:
    status = status_of(error)
    person = getattr(request.state, "person", None)
    if status == 503:
        log.warning("database not used", error=str(error))
        if person is None:  # where a database is and what it lacks is nothing for strangers
            error = StorageError("the log of techwatch says why")
    if request.url.path.startswith("/api/"):
        return _problem(request, error, status)
    if status == 401 and request.method == "GET":
        way = quote(request.url.path + (f"?{request.url.query}" if request.url.query else ""))
        return RedirectResponse(f"/login?next={way}", 303)
    answer: Response = request.app.state.site.renderer.page(
        request,
        "error.html",
        person,
        status=status,
        code=status,
        title_of_error=TITLES.get(status, TITLES[500]),
        advice=ADVICE.get(status, ""),
        message=_particulars(error, status),
    )
    answer.headers.update(_headers(error, status))
    return answer


def _particulars(error: Exception, status: int) -> str:
    """Say on a page what its title and advice leave open; empty where that is nothing."""
    sentence = _sentence(error, status)
    told = status == 500 or isinstance(error, RequestValidationError)
    return "" if told or sentence in {one.phrase for one in HTTPStatus} else sentence


def _headers(error: Exception, status: int) -> dict[str, str]:
    headers = dict(getattr(error, "headers", None) or {})
    if isinstance(error, TooManyError):
        headers["Retry-After"] = str(error.seconds)
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return headers


def _problem(request: Request, error: Exception, status: int) -> Response:
    """Tell a program, as RFC 9457 has it."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": TITLES.get(status, TITLES[500]),
        "status": status,
        "detail": _sentence(error, status),
        "instance": request.url.path,
    }
    if isinstance(error, InvalidFilesError):
        body["problems"] = [str(problem) for problem in error.problems]
    if isinstance(error, QueryError):
        body["at"] = error.at
    if isinstance(error, RequestValidationError):
        body["problems"] = [
            _whole(f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}")
            for one in error.errors()[:_MOST_TOLD]
        ]
    media_type = "application/problem+json"
    return JSONResponse(body, status, _headers(error, status), media_type=media_type)


def _whole(text: str) -> str:
    """Return what can be sent of a text that somebody sent: no half characters, and no more."""
    return text[:_MOST_SHOWN].encode(errors="replace").decode()


def _sentence(error: Exception, status: int) -> str:
    """Say what happened; of a fault of ours only that there was one, its details are logged."""
    if status == 500:
        return "techwatch failed to answer; its log says why"
    if isinstance(error, RequestValidationError):
        return "what was sent is not of the form that is asked for"
    if isinstance(error, UnicodeEncodeError):
        return "what was sent has half a character in it, which can't be shown"
    if isinstance(error, HTTPException):
        return str(error.detail)
    return _whole(str(error))
