from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from techwatch.storage import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.databases import Servers


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = Store.open(database_url)
    yield opened
    opened.close()


@pytest.fixture
def server_database(servers: Servers) -> Iterator[str]:
    """A server's database with the tables, whatever the test's other database is."""
    yield from servers.database()
