"""What the tests of feeds share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from techwatch.model import Document, Feed, Validators
from techwatch.testing import Publisher

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NOON = datetime(2025, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def feed() -> Feed:
    return Feed("https://feeds.example/news/feed.xml", "Example", "en")


@pytest.fixture
def document(feed: Feed) -> Callable[[bytes], Document]:
    def make(content: bytes) -> Document:
        return Document(feed.url, content, "text/xml", Validators(), NOON)

    return make


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher() as publisher:
        yield publisher
