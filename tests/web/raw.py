"""Requests as bytes, so that what is sent is what was written."""

from __future__ import annotations

import json
import re
import socket
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import httpx

_PLACES = re.compile(r"\{(host|origin|cookie|csrf)\}")
_PAD = re.compile(r"\{pad:(\d+)\}")
_MANY = re.compile(r"\{many:(.+?):(\d+)\}", re.DOTALL)
_PLAIN = "".join(chr(n) for n in range(33, 127))  # what is sent as it is


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int  # of the first answer; 0: the connection was closed without one
    headers: dict[str, str]  # names in lower case
    text: str  # everything, heads included
    answers: int


@dataclass(frozen=True)
class Wire:
    """A connection for each request, as somebody or nobody."""

    at: str
    cookie: str
    csrf: str

    @classmethod
    def to(cls, at: str) -> Wire:
        """Log in at a desk that asks for no password."""
        with httpx.Client(base_url=at, follow_redirects=True, timeout=60) as client:
            found = re.search(r'name="csrf" value="(\w+)"', client.get("/login").text)
            assert found, "no form"
            cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        return cls(at, cookies, found[1])

    def put(self, text: str) -> str:
        """Put in what a request can't know beforehand."""
        known = {"host": urlsplit(self.at).netloc, "origin": self.at}
        known |= {"cookie": self.cookie, "csrf": self.csrf}
        text = _PAD.sub(lambda found: "x" * int(found[1]), text)
        text = _MANY.sub(lambda found: found[1] * int(found[2]), text)
        return _PLACES.sub(lambda found: known[found[1]], text)

    def ask(
        self,
        path: str,
        method: str = "GET",
        *,
        query: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        body: str | None = None,
        form: dict[str, str] | None = None,
        json: Any = None,
        chunks: str | None = None,
        somebody: bool = True,
    ) -> Answer:
        """Ask for something; what is missing of a request is added."""
        target = quote(self.put(path), safe=_PLAIN) + (f"?{urlencode(query)}" if query else "")
        sent = {"Host": "{host}", "Connection": "close"}
        sent |= {"Cookie": "{cookie}"} if somebody else {}
        sent |= headers or {}
        content = _content(self, body, form, json, chunks, sent)
        lines = "".join(f"{name}: {self.put(value)}\r\n" for name, value in sent.items())
        head = f"{method} {target} HTTP/1.1\r\n{lines}\r\n"
        return self.send(head.encode("latin-1", "replace") + content)

    def send(self, request: bytes) -> Answer:
        """Send bytes, and read until the connection is closed."""
        parts = urlsplit(self.at)
        assert parts.hostname
        with socket.create_connection((parts.hostname, parts.port or 80), timeout=30) as wire:
            with suppress(ConnectionError):  # closed before all was read
                wire.sendall(request)
            return _read(wire)


def _content(
    wire: Wire,
    body: str | None,
    form: dict[str, str] | None,
    given: Any,
    chunks: str | None,
    sent: dict[str, str],
) -> bytes:
    """Make the body, and note its headers."""
    if chunks is not None:
        sent["Transfer-Encoding"] = "chunked"
        content = wire.put(chunks).encode()
        return b"%x\r\n%b\r\n0\r\n\r\n" % (len(content), content)
    if form is not None:
        body = urlencode({name: wire.put(value) for name, value in form.items()})
        sent.setdefault("Content-Type", "application/x-www-form-urlencoded")
    elif given is not None:
        body = json.dumps(given)
        sent.setdefault("Content-Type", "application/json")
    if body is None:
        return b""
    content = wire.put(body).encode()
    sent["Content-Length"] = str(len(content))
    return content


def _read(wire: socket.socket) -> Answer:
    data = b""
    try:
        while more := wire.recv(65_536):
            data += more
    except ConnectionError:
        pass
    except TimeoutError:
        assert data, "no answer within half a minute"
    text = data.decode("utf-8", "replace")
    head = text.partition("\r\n\r\n")[0].split("\r\n")
    found = re.match(r"HTTP/1\.1 (\d{3})", head[0])
    headers = (line.partition(": ") for line in head[1:])
    return Answer(
        int(found[1]) if found else 0,
        {name.lower(): value for name, _, value in headers},
        text,
        len(re.findall(r"^HTTP/1\.1 \d{3}", text, re.MULTILINE)),
    )
