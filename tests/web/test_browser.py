"""Every page in a real browser: on a phone and on a wide screen, in light and in dark."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.web.sights import CHROMIUM, Place, Sight, addresses, chromium, place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: apt-get install chromium")


@pytest.fixture(scope="module")
def there(news: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Where the desks are."""
    with place(news, tmp_path_factory.mktemp("seen")) as there:
        yield there


@pytest.fixture(scope="module")
def page(there: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A browser, logged in where that needs nothing."""
    with chromium(tmp_path_factory.mktemp("browser")) as context:
        page = context.pages[0]
        page.goto(f"{there.inside}/login")
        yield page


@pytest.mark.parametrize("path", addresses().values(), ids=addresses().keys())
def test_a_page_is_whole_for_everybody(path: str, there: Place, page: Page) -> None:
    """It fits, axe finds nothing, no error is written, nothing is asked from elsewhere."""
    assert "\n".join(Sight(page, there.address(path)).problems()) == ""
