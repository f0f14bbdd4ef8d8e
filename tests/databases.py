"""One test body, both databases: mark a module, or a test, with `on_both`."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.engine import make_url

from techwatch.storage import Database
from techwatch.testing.postgres import NoServerError, Server, server

if TYPE_CHECKING:
    from collections.abc import Iterator

on_both = pytest.mark.databases("sqlite", "postgresql")
on_postgresql = pytest.mark.databases("postgresql")


class Servers:
    """A server for all tests, with a database that holds the tables and is copied for each."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._server: Server | None = None
        self._template = ""
        self.version = ""  # of the server, once it runs
        self.missing = ""  # why there is none

    def running(self) -> Server:
        """Return the server; without one, skip and say why."""
        if not self._server and not self.missing:
            try:
                self._server = self._stack.enter_context(server())
                self.version = self._server.version
            except NoServerError as error:
                self.missing = str(error)
        if self._server is None:
            pytest.skip(f"no PostgreSQL here: {self.missing}")
        return self._server

    def database(self) -> Iterator[str]:
        """Make a database with the tables; gives its URL, and removes it at the end."""
        running = self.running()
        if not self._template:
            url = running.new_database()
            Database.upgrade_at(url)
            self._template = str(make_url(url).database)
        url = running.new_database(self._template)
        yield url
        running.drop_database(url)

    def told(self) -> str:
        """Say what the tests for PostgreSQL ran on."""
        if self.missing:
            return f"PostgreSQL: what needs it was skipped: {self.missing}"
        return f"PostgreSQL: {self.version}" if self.version else "PostgreSQL: not asked for"

    def close(self) -> None:
        """Stop the server."""
        self._stack.close()
