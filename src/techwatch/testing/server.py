"""The HTTP server beneath a publisher: it sends what it is told to, and stops when told to."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import cast

from techwatch.testing.answers import Answer, Behaviour

Respond = Callable[[str, Mapping[str, str]], tuple[Answer, Behaviour]]


class Server(ThreadingHTTPServer):
    """Asks `respond` for each answer; a thread for each connection, none outlives `stop`."""

    request_queue_size = 256  # readers that come at once, before a thread has taken them
    daemon_threads = False  # so that closing waits for them

    def __init__(self, respond: Respond, port: int) -> None:
        self.respond = respond
        self.stopping = threading.Event()
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,))
        super().__init__(("127.0.0.1", port), _Handler)

    def start(self) -> None:
        """Serve from a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Take no more connections, break off the open ones, and wait for their threads."""
        self.stopping.set()
        self.shutdown()
        with self._guard:
            for connection in self._open:
                _break_off(connection)
        self.server_close()
        self._thread.join()

    def get_request(self) -> tuple[socket.socket, object]:
        """Take a connection and remember it."""
        connection, address = super().get_request()
        with self._guard:
            self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: object) -> None:
        """Close a connection and forget it."""
        connection = cast("socket.socket", request)
        with self._guard:
            self._open.discard(connection)
        super().shutdown_request(connection)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "techwatch-publisher"
    disable_nagle_algorithm = True  # head and body are two writes: don't wait between them
    server: Server

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        told, behaviour = self.server.respond(self.path, headers)
        if behaviour.delay:
            self.server.stopping.wait(behaviour.delay)
        if behaviour.hang_up or self.server.stopping.is_set():
            self.close_connection = True
            return
        try:
            self._send(told, endless=bool(behaviour.drip))
            self._drip(behaviour)
        except OSError:
            self.close_connection = True  # the reader left: its right

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - inherited name
        """Say nothing: the log of requests is the publisher's."""

    def _send(self, told: Answer, *, endless: bool) -> None:
        headers = dict(told.headers)
        if endless:
            headers["Connection"] = "close"
        elif told.status != HTTPStatus.NOT_MODIFIED:
            headers.setdefault("Content-Length", str(len(told.body)))
        self.send_response(told.status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if told.body and not endless:
            self.wfile.write(told.body)

    def _drip(self, behaviour: Behaviour) -> None:
        while behaviour.drip and not self.server.stopping.is_set():
            self.wfile.write(behaviour.drip)
            self.server.stopping.wait(behaviour.pause)


def _break_off(connection: socket.socket) -> None:
    """End a connection that a reader keeps open, so that its thread ends."""
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # already gone
