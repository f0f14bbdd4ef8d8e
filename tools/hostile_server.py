"""A server that answers as badly as it can: drips, never ends its headers, breaks TLS."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Self

import trustme

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Sends = Callable[[], Iterator[bytes]]

EVERYWHERE = "0.0.0.0"  # noqa: S104 - all loopback addresses are wanted
PAUSE = 1.0  # seconds between two drips


def whole(body: bytes, *headers: str, status: str = "200 OK") -> Sends:
    """Send one answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    head = "\r\n".join(lines).encode() + b"\r\n\r\n"
    return lambda: iter((head, body))


def endless(start: bytes, piece: bytes, pause: float = 0.0) -> Sends:
    """Send a beginning, then the same again and again."""

    def pieces() -> Iterator[bytes]:
        yield start
        while True:
            time.sleep(pause)
            yield piece

    return pieces


class Hostile:
    """Answers by path; `port` and `secure` (host name by kind of certificate) say where."""

    def __init__(self, answers: dict[str, Callable[[], Sends]], folder: Path) -> None:
        self._answers = answers
        self._made: dict[str, Sends] = {}
        self._stopping = threading.Event()
        self._listeners: list[socket.socket] = []
        self.port = self._listen(None)
        authority, stranger = trustme.CA(), trustme.CA()
        self.trusted = folder / "trusted.pem"
        authority.cert_pem.write_to_path(str(self.trusted))
        past = datetime.now(UTC) - timedelta(days=9)
        certificates = {
            "well": authority.issue_cert("localhost"),
            "expired": authority.issue_cert(
                "localhost", not_before=past, not_after=past + timedelta(days=1)
            ),
            "another's": authority.issue_cert("other.example"),
            "self-signed": stranger.issue_cert("localhost"),
        }
        self.secure = {name: self._listen(cert) for name, cert in certificates.items()}

    def prepare(self, path: str) -> None:
        """Make an answer before it is asked for, and forget the others: some are large."""
        self._made = {path: self._answers[path]()} if path in self._answers else {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for listener in self._listeners:
            listener.close()

    def _listen(self, certificate: trustme.LeafCert | None) -> int:
        listener = socket.create_server((EVERYWHERE, 0), backlog=64)
        listener.settimeout(0.2)
        context = None
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            certificate.configure_cert(context)
        self._listeners.append(listener)
        threading.Thread(target=self._accept, args=(listener, context), daemon=True).start()
        port: int = listener.getsockname()[1]
        return port

    def _accept(self, listener: socket.socket, context: ssl.SSLContext | None) -> None:
        while not self._stopping.is_set():
            with suppress(TimeoutError, OSError):
                connection, _ = listener.accept()
                threading.Thread(
                    target=self._answer, args=(connection, context), daemon=True
                ).start()

    def _answer(self, connection: socket.socket, context: ssl.SSLContext | None) -> None:
        with suppress(OSError), connection:
            connection.settimeout(60)
            if context:
                connection = context.wrap_socket(connection, server_side=True)
            path = connection.recv(65_536).split(b" ", 2)[1].decode("latin-1").lstrip("/")
            sends = self._made.get(path) or self._answers.get(path, self._answers[""])()
            for piece in sends():
                connection.sendall(piece)
