from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from techwatch.storage import Store, sqlite_url

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(sqlite_url(tmp_path / "techwatch.db"))
    yield opened
    opened.close()
