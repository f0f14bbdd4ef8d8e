"""What many tests need: a feed publisher, a configuration, techwatch put together."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import yaml

from techwatch.installation import shipped
from techwatch.settings import load
from techwatch.testing import FakeClock, Publisher
from techwatch.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)  # a Monday, an hour before the daily digest in Oslo

EDITIONS = {
    "editions": [
        {
            "id": "daily",
            "title": "Daily",
            "schedule": "0 7 * * *",
            "zone": "Europe/Oslo",
            "channels": ["folder"],
        }
    ]
}


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher() as running:
        yield running


@pytest.fixture
def config(tmp_path: Path, publisher: Publisher) -> Path:
    """A configuration whose one feed, not yet published, is the publisher's `news.rss`."""
    folder = tmp_path / "config"
    folder.mkdir()
    feed = {"url": publisher.url("news.rss"), "publisher": "Harbour", "language": "en"}
    settings = {"data_dir": str(tmp_path / "data"), "fetching": {"allow_private": True, "gap": 0}}
    for name, content in (
        ("feeds", {"feeds": [feed]}),
        ("digests", EDITIONS),
        ("techwatch", settings),
    ):
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return folder


@pytest.fixture
def watch(config: Path, clock: FakeClock) -> Iterator[Watch]:
    built = Watch(lambda: load(config / "techwatch.yaml", {}), config, shipped("baseline"), clock)
    yield built
    built.close()
