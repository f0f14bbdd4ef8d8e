"""Every page in a real browser: on a phone and on a wide screen, in light and in dark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from tests.web.conftest import opened, serving
from tests.web.sights import CHROMIUM, OUTSIDE, Sight, addresses, chromium, examples, filled

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: apt-get install chromium")


@dataclass(frozen=True)
class Place:
    """Where the desk is."""

    inside: str  # without login
    outside: str  # where nobody is logged in
    known: dict[str, str]  # examples of what it holds

    def sight(self, page: Page, path: str) -> Sight:
        """Return a page to be looked at."""
        origin = self.outside if path in OUTSIDE else self.inside
        return Sight(page, origin, filled(path, self.known))


@pytest.fixture(scope="module")
def place(news: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """One desk for all the tests here, and one that asks for a login."""
    folder = tmp_path_factory.mktemp("seen")
    inside = opened(news, folder / "inside", {"login": "none"})
    known = examples(inside)
    outside = opened(news, folder / "outside", {"login": "required"})
    with serving(inside) as at, serving(outside) as asking:
        yield Place(at, asking, known)


@pytest.fixture(scope="module")
def page(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A browser at that desk."""
    with chromium(tmp_path_factory.mktemp("browser")) as context:
        page = context.pages[0]
        page.goto(f"{place.inside}/login")
        yield page


@pytest.mark.parametrize("path", addresses().values(), ids=addresses().keys())
def test_a_page_is_whole_for_everybody(path: str, place: Place, page: Page) -> None:
    """It fits, axe finds nothing, no error is written, nothing is asked from elsewhere."""
    assert "\n".join(place.sight(page, path).problems()) == ""
