"""A publisher of feeds on this machine: a real HTTP server, well-behaved until told otherwise.

with Publisher(folder) as publisher:
    poll(publisher.url("news.rss"))
    publisher.publish("news.rss", changed)
    publisher.misbehave("news.rss", Behaviour(status=503, times=2))
    poll(publisher.url("news.rss"))
    publisher.requests[-1].status
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Self
from urllib.parse import quote, unquote, urlsplit

from techwatch.testing.answers import NOT_FOUND, Behaviour, Published, answer, misbehaved
from techwatch.testing.server import Server

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType

    from techwatch.testing.answers import Answer

_WELL = Behaviour()


@dataclass(frozen=True, slots=True)
class Request:
    """What a reader asked, and what it was told."""

    method: str
    path: str  # with its query, as sent
    headers: Mapping[str, str]  # names in lower case
    status: int | None  # None: hung up without an answer


class Publisher:
    """Serves the files of a folder on 127.0.0.1, from threads of its own, inside `with`.

    The port is a free one unless given. The files are read once; the folder is never written to.
    Its methods may be called from any thread while it serves.
    """

    def __init__(self, folder: Path | None = None, *, port: int = 0) -> None:
        self._lock = threading.Lock()
        self._documents: dict[str, Published] = {}
        self._failures: dict[str, Behaviour] = {}
        self._requests: list[Request] = []
        self._port = port
        self._server: Server | None = None
        if folder is not None:
            self.publish_folder(folder)

    def __enter__(self) -> Self:
        """Start to serve."""
        self._server = Server(self._respond, self._port)
        self._server.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop, and close every connection that is still open."""
        if self._server:
            self._server.stop()
        self._server = None

    @property
    def base_url(self) -> str:
        """Where the documents are, without a slash at the end; RuntimeError if it is not open."""
        if self._server is None:
            message = "the publisher is not open: enter it by `with` first"
            raise RuntimeError(message)
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def names(self) -> tuple[str, ...]:
        """The documents it has, by name."""
        with self._lock:
            return tuple(sorted(self._documents))

    @property
    def requests(self) -> list[Request]:
        """All that was asked so far, in the order of arrival."""
        with self._lock:
            return list(self._requests)

    @property
    def failures(self) -> dict[str, Behaviour]:
        """The documents it misbehaves on, and how."""
        with self._lock:
            return dict(self._failures)

    def url(self, name: str) -> str:
        """Return the address of a document, there or not."""
        return f"{self.base_url}/{quote(name)}"

    def publish(self, name: str, content: bytes, modified: datetime | None = None) -> None:
        """Add or replace a document; the same bytes again change nothing.

        `modified` is an aware time, by default now. A change is never dated before the one it
        replaces, nor within the same second: If-Modified-Since could not tell the two apart.
        """
        new = Published(name, content, (modified or datetime.now(UTC)).replace(microsecond=0))
        with self._lock:
            old = self._documents.get(name)
            if old and old.content == content:
                return
            if old and new.modified <= old.modified:
                new = replace(new, modified=old.modified + timedelta(seconds=1))
            self._documents[name] = new

    def publish_folder(self, folder: Path) -> None:
        """Add or replace a document for each file directly in a folder."""
        for path in sorted(p for p in folder.iterdir() if p.is_file()):
            written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            self.publish(path.name, path.read_bytes(), written)

    def misbehave(self, name: str, behaviour: Behaviour) -> None:
        """Answer requests for a name in this way, whether there is such a document or not."""
        with self._lock:
            self._failures[name] = behaviour

    def recover(self, name: str) -> None:
        """Behave well again on a document."""
        with self._lock:
            self._failures.pop(name, None)

    def forget_requests(self) -> None:
        """Begin the log of requests anew."""
        with self._lock:
            self._requests.clear()

    def _respond(self, path: str, headers: Mapping[str, str]) -> tuple[Answer, Behaviour]:
        """Decide an answer and log it; a behaviour for so many times is used up by one."""
        name = unquote(urlsplit(path).path).removeprefix("/")
        with self._lock:
            behaviour = self._take(name)
            document = self._documents.get(name)
            right = answer(document, headers) if document else NOT_FOUND
            told = misbehaved(right, behaviour)
            status = None if behaviour.hang_up else told.status
            self._requests.append(Request("GET", path, headers, status))
        return told, behaviour

    def _take(self, name: str) -> Behaviour:
        behaviour = self._failures.get(name, _WELL)
        if behaviour.times is None:
            return behaviour
        if behaviour.times > 1:
            self._failures[name] = replace(behaviour, times=behaviour.times - 1)
        else:
            del self._failures[name]
        return behaviour
