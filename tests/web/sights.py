"""What a real browser is shown of the desk: every page, and how it is looked at.

Pages are found from the routes, so that none can be forgotten; a page whose address holds an id
needs an example here.
"""

from __future__ import annotations

import re
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]
from playwright.sync_api import sync_playwright
from tests.web.conftest import opened, serving

from techwatch.digests.development import development
from techwatch.issues import stamp
from techwatch.web import pages
from techwatch.web.identity.accounts import MACHINE
from techwatch.web.identity.roles import Role
from techwatch.web.renewing import Watching
from techwatch.web.site import Site
from techwatch.web.views import filters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import BrowserContext, ConsoleMessage, Page

    from techwatch.watch import Watch

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")
WIDTHS = (375, 1_200)
SCHEMES = ("light", "dark")
_HEIGHT = 900
_ARGUMENTS = (
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip

# Pages in a state that their address alone does not show.
STATES = {
    "nowhere": "/nowhere",
    "check-of-text": "/check?text=Germany bans Huawei 华为 from its 5G networks",
    "search-found": "/search?q=Huawei OR 华为",
    "search-wrong": "/search?q=(Huawei",
    "search-nothing": "/search?q=zzzzzz",
    "today-narrowed": "/?verdict=escalating&since=2020-01-01",
    "today-nothing": "/?entity=nobody&since=2020-01-01",
    "entities-none": "/entities?q=zzzzzz",
}
# What an address asks for behind its question mark, where it can't do without.
_ASKED = {
    "/emerging/name": "?key={name}",
    "/emerging/draft": "?key={name}",
}
# What is shown to people who are not logged in.
OUTSIDE = frozenset({"/login", "/invitation/{key}"})
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
_TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
# How axe looks: what stands where depends on the width, colours on the scheme, neither on both.
_LOOKS = tuple(zip(WIDTHS, SCHEMES, strict=True))


def addresses() -> dict[str, str]:
    """Return the addresses of all pages by a short name, with `{id}` where they hold one."""
    own = sorted(
        str(getattr(route, "path", ""))
        for module in pages.ALL
        for route in module.router.routes
        if "GET" in (getattr(route, "methods", None) or ())
    )
    return {
        _name(path): path + _ASKED.get(path, "") for path in own if path not in _NO_PAGES
    } | STATES


def _name(path: str) -> str:
    return re.sub(r"[^a-z]+", "-", path.lower()).strip("-") or "today"


@dataclass(frozen=True)
class Place:
    """Where desks are served that hold the news of the tests."""

    inside: str  # one without login
    outside: str  # one that asks for it
    known: dict[str, str]  # an example of each id that an address may hold

    def address(self, path: str) -> str:
        """Return where a page is; raises LookupError where an id of it has no example."""
        filled = path
        for part in re.findall(r"{(\w+)(?::\w+)?}", path):
            if part not in self.known:
                raise LookupError(f"tests/web/sights.py needs an example of {{{part}}} of {path}")
            filled = re.sub(rf"{{{part}(?::\w+)?}}", self.known[part], filled)
        return (self.outside if path in OUTSIDE else self.inside) + filled


@contextmanager
def place(news: Path, folder: Path, language: str = "en") -> Iterator[Place]:
    """Serve two desks on copies of news in a folder."""
    inside = opened(news, folder / "inside", {"login": "none", "language": language})
    outside = opened(news, folder / "outside", {"login": "required", "language": language})
    key = Site(Watching(outside)).accounts.invite(MACHINE, Role.ANALYST)
    local = Site(Watching(inside)).doorkeeper.local()
    saved = filters.save(inside, local.id, "上海", "verdict=novel")
    known = _examples(inside) | {"key": key, "filter_id": str(saved.id)}
    with serving(inside) as at, serving(outside) as asking:
        yield Place(at, asking, known)


def _examples(watch: Watch) -> dict[str, str]:
    story = watch.store.digests.untold("", watch.clock() - timedelta(days=365))[0]
    told = development(story, watch.baseline, "en")
    lacks = watch.judge.names.lacks
    name = next(n for n in watch.store.emerging.names() if lacks(n.key, n.language))
    [issue] = watch.store.digests.issues(limit=1)
    return {
        "story_id": told.story_id,
        "item_id": told.item_id,
        "entity_id": told.entity_id or "huawei",
        "language": "zh",
        "name": quote(name.key),
        "edition": issue.edition_id,
        "slot": stamp(issue.slot),
    }


@contextmanager
def chromium(folder: Path, language: str = "en") -> Iterator[BrowserContext]:
    """Start the system's Chromium with a new profile in a folder."""
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            folder,
            executable_path=CHROMIUM,
            chromium_sandbox=False,
            args=list(_ARGUMENTS),
            viewport={"width": WIDTHS[0], "height": _HEIGHT},
            reduced_motion="reduce",
            locale=language,
        )
        try:
            yield context
        finally:
            context.close()


@dataclass
class Sight:
    """A page as a browser shows it, and what was wrong with it."""

    page: Page
    address: str

    def problems(self) -> list[str]:
        """Open it, look at it in both widths and colours, and return what is wrong."""
        found: list[str] = []
        listeners: dict[str, Callable[[Any], None]] = {
            "console": lambda line: found.extend(self._written(line)),
            "pageerror": lambda error: found.append(f"script: {error}"),
            "request": lambda asked: found.extend(self._asked_elsewhere(asked.url)),
        }
        for event, listener in listeners.items():
            self.page.on(event, listener)  # type: ignore[call-overload]
        try:
            answer = self.page.goto(self.address)
            self.page.evaluate(AXE_SCRIPT)
            status = answer.status if answer else 0
            if (shown := urlsplit(self.page.url).path) != urlsplit(self.address).path:
                found.append(f"{shown} is shown in its place")
            if status >= 400:  # the browser itself writes down that a page was not to be had
                found = [line for line in found if f"status of {status}" not in line]
            found += [line for width in WIDTHS for line in self._overflowing(width)]
            self.page.evaluate(_SHORTEN)
            found += [line for look in _LOOKS for line in self._axe(*look)]
        finally:
            for event, listener in listeners.items():
                self.page.remove_listener(event, listener)
        return found

    def _written(self, line: ConsoleMessage) -> list[str]:
        return [f"console: {line.text}"] if line.type == "error" else []

    def _asked_elsewhere(self, url: str) -> list[str]:
        own = urlsplit(url)[:2] == urlsplit(self.address)[:2] or url.startswith("data:")
        return [] if own else [f"asks {url}"]

    def _overflowing(self, width: int) -> list[str]:
        turned(self.page, width, SCHEMES[0])
        return [f"{width} px: {line}" for line in self.page.evaluate(_OVERFLOWING)]

    def _axe(self, width: int, scheme: str) -> list[str]:
        turned(self.page, width, scheme)
        return [f"{width} px, {scheme}: {line}" for line in self.page.evaluate(_AXE, list(_TAGS))]


def turned(page: Page, width: int, scheme: str) -> None:
    """Show an open page in a width and in light or dark."""
    page.set_viewport_size({"width": width, "height": _HEIGHT})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")


_OVERFLOWING = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return [];
  const wide = [...document.body.querySelectorAll('*')].filter(
    e => e.getBoundingClientRect().right > room + 1 && !e.closest('.wide, pre'));
  return wide.slice(0, 5).map(e => 'runs out of the page: ' + e.outerHTML.slice(0, 160));
}"""
# Of a long list axe looks at the first dozen: it takes seconds for hundreds, which are alike.
_SHORTEN = """() => {
  for (const list of document.querySelectorAll('main, main *')) {
    const kinds = {};
    for (const one of [...list.children]) {
      const kind = one.tagName + one.className;
      kinds[kind] = (kinds[kind] || 0) + 1;
      if (kinds[kind] > 12) one.remove();
    }
  }
}"""
_AXE = """async tags => {
  const options = {
    runOnly: {type: 'tag', values: tags}, resultTypes: ['violations'],
    rules: {'target-size': {enabled: true}},
  };
  const {violations} = await axe.run(document, options);
  return violations.flatMap(v => v.nodes.slice(0, 3).map(
    n => `${v.id}: ${n.html.slice(0, 200)} | ${n.failureSummary.slice(0, 300)}`));
}"""
