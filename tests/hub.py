"""A WebSub hub over HTTP on this machine: it verifies, grants, pushes and lies as it is told."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import threading
import urllib.error
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from pathlib import Path

Form = dict[str, str]


class Hub:
    """Serves from threads of its own inside `with`."""

    def __init__(self) -> None:
        self.asked: list[Form] = []
        self.verified: list[int] = []  # statuses that confirmed or refused what we asked back
        self.status = 202
        self.headers: dict[str, str] = {}
        self.lease: str | None = None  # granted, instead of what was asked for
        self.mode: str | None = None  # asked back, instead of what was asked for
        self.topic: str | None = None  # likewise
        self.verifies = True
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.hub = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *failed: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/hub"

    @property
    def last(self) -> Form:
        return self.asked[-1]

    def keep(self, path: Path) -> None:
        """Write down what it knows of subscribers, as hubs do."""
        path.write_text(json.dumps(self.asked), encoding="utf-8")

    def verify(self, form: Form) -> int:
        """Ask the subscriber back; 200 only if it echoes the challenge."""
        challenge = secrets.token_hex(8)
        query = {
            "hub.mode": self.mode or form["hub.mode"],
            "hub.topic": self.topic or form["hub.topic"],
            "hub.challenge": challenge,
        }
        if form["hub.mode"] == "subscribe":
            query["hub.lease_seconds"] = self.lease or form["hub.lease_seconds"]
        status, body = get(form["hub.callback"], query)
        echoed = body == challenge.encode()
        assert echoed == (status == 200), (status, body)
        self.verified.append(status)
        return status

    def deny(self, form: Form, reason: str) -> int:
        query = {"hub.mode": "denied", "hub.topic": form["hub.topic"], "hub.reason": reason}
        return get(form["hub.callback"], query)[0]

    def push(self, body: bytes, form: Form | None = None, method: str = "sha256") -> int:
        """Push a document, signed as the subscriber can check it."""
        form = form or self.last
        right = hmac.new(form["hub.secret"].encode(), body, getattr(hashlib, method)).hexdigest()
        return post(form["hub.callback"], body, {"X-Hub-Signature": f"{method}={right}"})


class _Server(ThreadingHTTPServer):
    hub: Hub


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = dict(urllib.parse.parse_qsl(body))
        hub = self.server.hub
        hub.asked.append(form)
        status, headers = hub.status, hub.headers
        if status == 202 and hub.verifies:
            hub.verify(form)  # before it answers, as some hubs do
        if status in {301, 302, 307, 308} and self.path.endswith("/moved"):
            status, headers = 202, {}
            hub.verify(form)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - inherited name
        """Say nothing."""


def get(url: str, query: Form) -> tuple[int, bytes]:
    return _sent(urllib.request.Request(f"{url}?{urllib.parse.urlencode(query)}"))


def post(url: str, body: bytes, headers: dict[str, str]) -> int:
    kind = {"Content-Type": "application/rss+xml"}
    return _sent(urllib.request.Request(url, body, kind | headers))[0]


def _sent(request: urllib.request.Request) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, b""


def announcing(document: bytes, hub: str, topic: str) -> bytes:
    """Let an RSS document name its hub and itself."""
    links = f'<atom:link rel="hub" href="{hub}"/><atom:link rel="self" href="{topic}"/>'
    declared = b'<rss xmlns:atom="http://www.w3.org/2005/Atom" '
    named = document.replace(b"<rss ", declared)
    return named.replace(b"<channel>", b"<channel>" + links.encode())


def counted(values: list[Any]) -> dict[Any, int]:
    return {value: values.count(value) for value in set(values)}
