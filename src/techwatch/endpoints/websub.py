"""What hubs ask and push: one address for each subscription, which nobody can guess.

A push is stored before it is acknowledged, and read later. Its signature is checked first: a body
with a bad one, or none, is acknowledged and ignored, as the specification has it, and counted.
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from techwatch.errors import StorageError
from techwatch.feeds import websub
from techwatch.model import SubscriptionState

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from techwatch.model import Subscription
    from techwatch.watch import Watch

MOST_HELD = 64_000_000  # bytes of pushes in memory at one time; a hub is told to come again
_MOST_CHALLENGE = 4_000  # characters
_SECONDS = 20.0  # in which a push must have arrived
_COME_AGAIN = {"Retry-After": "60"}
_LAST = {"Connection": "close"}  # what is still on its way is not read
log: structlog.stdlib.BoundLogger = structlog.get_logger("techwatch.http")


class _TooMuchError(Exception):
    """A body can't be taken; `status` says why."""

    def __init__(self, status: int) -> None:
        self.status = status


def routes(watch: Watch) -> list[Route]:
    """Return the addresses at which hubs reach techwatch."""
    hubs = _Hubs(watch)
    path = websub.PATH + "{token}"
    return [
        Route(path, hubs.confirm, methods=["GET"], name="websub-confirm"),
        Route(path, hubs.push, methods=["POST"], name="websub-push"),
    ]


class _Hubs:
    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self.held = 0  # bytes of bodies that are under way

    async def confirm(self, request: Request) -> Response:
        """Echo the challenge of a hub that asks whether we meant it; 404 if we did not."""
        given = request.query_params
        mode, topic = given.get("hub.mode", ""), given.get("hub.topic", "")
        token = _token(request)
        if mode == "denied":
            known = await self._stored(self._denied, token, topic, given.get("hub.reason", ""))
            return Response(status_code=200 if known else 404)
        challenge = given.get("hub.challenge", "")
        if not 0 < len(challenge) <= _MOST_CHALLENGE:
            return Response(status_code=404)
        lease = given.get("hub.lease_seconds")
        ours = await self._stored(self._confirmed, token, mode, topic, lease)
        if not ours:
            return Response(status_code=503 if ours is None else 404)
        return PlainTextResponse(challenge, headers={"X-Content-Type-Options": "nosniff"})

    async def push(self, request: Request) -> Response:
        """Store a document that a hub pushes."""
        token = _token(request)
        known = await self._stored(self._wanted, token)
        if not known:
            return Response(status_code=503 if known is None else 410, headers=_LAST)
        taken = _Body(self)
        try:
            async with asyncio.timeout(_SECONDS):
                body = await taken.read(request, self._watch.settings.fetching.max_bytes)
            kind = request.headers.get("content-type")
            signature = request.headers.get("x-hub-signature")
            stored = await self._stored(self._queue, token, body, kind, signature)
        except TimeoutError:
            return Response(status_code=408, headers=_LAST)
        except _TooMuchError as error:
            return Response(status_code=error.status, headers=_LAST | _COME_AGAIN)
        finally:
            taken.let_go()
        if stored is None:
            return Response(status_code=503, headers=_COME_AGAIN)
        return Response(status_code=202 if stored else 410)

    # ------------------------------------------------------------------ in a thread

    async def _stored(self, step: Callable[..., bool], *given: object) -> bool | None:
        """Run a step on the store; None where the database fails, so that the hub comes again."""
        try:
            return await asyncio.to_thread(step, *given)
        except StorageError:
            log.exception("the database fails; a hub is asked to come again")
            return None

    def _wanted(self, token: str) -> bool:
        found = self._watch.store.subscriptions.find(token)
        return found is not None and found.state is not SubscriptionState.LEAVING

    def _confirmed(self, token: str, mode: str, topic: str, lease: str | None) -> bool:
        now, ours = self._watch.clock(), False
        jitter = random.random()  # noqa: S311 - spreads load, keeps no secret

        def decide(found: Subscription) -> Subscription | None:
            nonlocal ours
            ours = websub.is_ours(found, mode, topic, now)
            return websub.confirmed(found, lease, now, jitter) if ours else found

        self._watch.store.subscriptions.change(token, decide)
        return ours

    def _denied(self, token: str, topic: str, reason: str) -> bool:
        now, ours = self._watch.clock(), False

        def decide(found: Subscription) -> Subscription | None:
            nonlocal ours
            ours = topic == found.topic
            return websub.denied(found, reason, now) if ours else found

        self._watch.store.subscriptions.change(token, decide)
        return ours

    def _queue(self, token: str, body: bytes, kind: str | None, signature: str | None) -> bool:
        """Store a push; True also for one that is ignored, False where nobody wants it."""
        store = self._watch.store.subscriptions
        found = store.find(token)
        if found is None:
            return False
        if not websub.signed(found.secret, body, signature):
            store.change(token, lambda s: replace(s, rejected=s.rejected + 1))
            return True
        shortest = timedelta(minutes=self._watch.settings.polling.shortest)
        return store.queue(token, body, kind, self._watch.clock(), shortest)


def _token(request: Request) -> str:
    """Return the end of an address; nothing for what no token of ours can be."""
    token = str(request.path_params["token"])
    return token if token.isascii() and token.isprintable() else ""


class _Body:
    """The body of one push, counted against what all of them may hold."""

    def __init__(self, hubs: _Hubs) -> None:
        self._hubs = hubs
        self._bytes = 0

    async def read(self, request: Request, most: int) -> bytes:
        """Read it whole; raises _TooMuchError at the first byte too many."""
        if request.headers.get("content-encoding", "identity").lower() != "identity":
            raise _TooMuchError(415)  # a signature is of the bytes as sent, and few would unpack it
        length = request.headers.get("content-length", "")
        if length.isdecimal() and int(length) > most:
            raise _TooMuchError(413)
        pieces = []
        async for piece in request.stream():
            self._bytes += len(piece)
            self._hubs.held += len(piece)
            if self._bytes > most:
                raise _TooMuchError(413)
            if self._hubs.held > MOST_HELD:
                raise _TooMuchError(503)
            pieces.append(piece)
        return b"".join(pieces)

    def let_go(self) -> None:
        """Give back what it held."""
        self._hubs.held -= self._bytes
        self._bytes = 0
