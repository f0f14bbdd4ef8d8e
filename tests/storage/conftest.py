from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from techwatch.storage import Store

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = Store.open(database_url)
    yield opened
    opened.close()
