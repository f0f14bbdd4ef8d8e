"""What a real browser is shown of the desk: every page, and those in which a page has more states.

Pages are found from the routes, so that none can be forgotten.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.web.doors import PASSWORD

from techwatch.web import pages

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page


@dataclass(frozen=True)
class Scene:
    """A page, where it is, and what is done on it before it is looked at."""

    path: str  # with {id} where it holds one
    desk: str = "inside"
    then: Callable[[Page], object] = lambda _: None
    status: int = 200  # of the last page that was loaded


def _typed(field: str, text: str, button: str) -> Callable[[Page], None]:
    """Fill in a field and press a button."""

    def do(page: Page) -> None:
        page.fill(field, text)
        page.click(button)

    return do


def _entered(page: Page, password: str = PASSWORD) -> None:
    page.fill("[name=name]", "reader")
    page.fill("[name=password]", password)
    page.click("main button")


def _again(page: Page) -> None:
    for _ in range(12):
        page.reload()


def _proposed(text: str) -> Callable[[Page], None]:
    def do(page: Page) -> None:
        field = "textarea.yaml"
        page.fill(field, page.input_value(field).replace("  kind: actor\n", text))
        page.click("button[value=look]")

    return do


def _said(page: Page) -> None:
    page.fill(".teach-note textarea >> nth=2", "A step beyond what was known; 见原文。")
    page.click("[data-key=n] >> nth=2")


_CHECKED = "main form button"
_LONG_TEXT = """华为与中兴被排除在德国5G核心网之外
德国内政部表示，运营商必须在2026年底前从核心网中移除华为和中兴的组件。
The decision follows years of debate about Chinese equipment in European networks."""

# Pages in a state that their address alone does not show.
STATES = {
    "check-of-word": Scene("/check?text=Huawei"),
    "check-of-text": Scene("/check", then=_typed("#text", _LONG_TEXT, _CHECKED)),
    "check-of-unread-link": Scene(
        "/check", "bare", _typed("#text", "http://127.0.0.1:9/an-article", _CHECKED), 422
    ),
    "search-found": Scene("/search?q=Huawei OR 华为"),
    "search-developments": Scene("/search?q=TikTok&what=developments"),
    "search-wrong": Scene("/search?q=(Huawei", status=422),
    "search-nothing": Scene("/search?q=zzzzzz"),
    "today-empty": Scene("/", "bare"),
    "today-narrowed": Scene("/?verdict=escalating&jurisdiction=eu&since=2020-01-01"),
    "today-nothing": Scene("/?entity=nobody&since=2020-01-01"),
    "today-filter": Scene(
        "/?verdict=novel", then=lambda page: page.click("details.filter summary")
    ),
    "today-keys": Scene("/?since=all", then=lambda page: page.keyboard.press("?")),
    "today-said": Scene("/?since=all", then=_said),
    "story-of-one-item": Scene("/stories/{single}"),
    "story-from-right-to-left": Scene("/stories/{arabic}"),
    "story-of-long-words": Scene("/stories/{wide}"),
    "entity-law": Scene("/entities/pipl"),
    "entity-without-news": Scene("/entities/baidu"),
    "entities-none": Scene("/entities?q=zzzzzz"),
    "emerging-none": Scene("/emerging", "bare"),
    "digests-none": Scene("/digests", "bare"),
    "feeds-failing": Scene("/feeds?condition=failing"),
    "feeds-none": Scene("/feeds", "bare"),
    "teaching-none": Scene("/teaching", "bare"),
    "judgements-none": Scene("/judgements", "bare"),
    "filters-none": Scene("/filters", "bare"),
    "status-calm": Scene("/status", "bare"),
    "token-made": Scene(
        "/account", then=_typed("[name=name]", "Slides", "form[action$=tokens] > button")
    ),
    "invited": Scene("/people", then=lambda page: page.click("form[action$=invite] button")),
    "proposal": Scene(
        "/baseline/entities/huawei",
        then=_proposed("  kind: actor\n  # looked at again in March 2026\n"),
    ),
    "proposal-refused": Scene("/baseline/entities/huawei", then=_proposed("  kind: actress\n")),
    "login-refused": Scene("/login", "outside", lambda page: _entered(page, "wrong"), 403),
    "not-allowed": Scene("/login?next=/people", "outside", _entered, 403),
    "nowhere": Scene("/nowhere", status=404),
    "too-often": Scene("/status", "hasty", _again, 429),
    "broken": Scene("/digests", "broken", status=503),
    "fault": Scene("/audit", "broken", status=500),
}
# Those that `make test` looks at, besides all pages of the routes; `make screenshots` looks at all.
_TESTED = frozenset(
    {
        *("check-of-text", "search-found", "search-wrong", "search-nothing"),
        *("today-narrowed", "today-nothing", "today-said", "story-of-long-words"),
        *("entities-none", "proposal", "token-made", "login-refused", "nowhere"),
    }
)
# What an address asks for behind its question mark, where it can't do without.
_ASKED = {
    "/emerging/name": "?key={name}",
    "/emerging/draft": "?key={name}",
}
# What is shown to people who are not logged in.
_OUTSIDE = frozenset({"/login", "/invitation/{key}"})
# What no person opens: files, addresses that only send on.
_NO_PAGES = frozenset(
    {
        "/login/provider",
        "/login/provider/back",
        "/digests/{edition}/{slot}/html",  # a mail's own page; tests/digests/test_browser.py
        "/digests/{edition}/{slot}/text",
        "/feeds-out/{key}.{form}",
        "/feeds.opml",
        "/teaching/cases.{form}",
    }
)


def scenes() -> dict[str, Scene]:
    """Return all pages by a short name, then those of more states."""
    own = sorted(
        str(getattr(route, "path", ""))
        for module in pages.ALL
        for route in module.router.routes
        if "GET" in (getattr(route, "methods", None) or ())
    )
    return {
        _name(path): Scene(path + _ASKED.get(path, ""), "outside" if path in _OUTSIDE else "inside")
        for path in own
        if path not in _NO_PAGES
    } | STATES


def tested() -> dict[str, Scene]:
    """Return those that fit into `make test`."""
    return {
        name: scene for name, scene in scenes().items() if name not in STATES or name in _TESTED
    }


def _name(path: str) -> str:
    return re.sub(r"[^a-z]+", "-", path.lower()).strip("-") or "today"
