"""How pages of the desk are looked at in a real browser: what fits, what axe finds, what moves."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Response
    from tests.web.places import Place
    from tests.web.scenes import Scene

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")
WIDTHS = (375, 1_200)
SCHEMES = ("light", "dark")
EVERY_LOOK = tuple((width, scheme) for width in WIDTHS for scheme in SCHEMES)
# What stands where depends on the width, colours on the scheme, next to nothing on both: two looks
# find what four do.
TWO_LOOKS = tuple(zip(WIDTHS, SCHEMES, strict=True))
_NARROWEST = 320  # a page of 1,280 px at four times its size
_HEIGHT = 900
_ARGUMENTS = (
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--font-render-hinting=none",
)  # fmt: skip
_TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_MOST_SENT = 100_000  # bytes of a page with all that belongs to it, the first time
_MOST_MOVED = 0.05  # as browsers count it: the foot may, where a page comes in pieces; 0.1 is good


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
    there: Place
    scene: Scene
    found: list[str] = field(default_factory=list)
    _loads: list[Response] = field(default_factory=list)

    def opened(self) -> list[str]:
        """Open it and do what belongs to it; returns what was wrong on the way."""
        listeners: dict[str, Callable[[Any], None]] = {
            "console": self._written,
            "pageerror": lambda error: self.found.append(f"script: {error}"),
            "request": lambda asked: self._asked(asked.url),
            "response": self._answered,
        }
        for event, listener in listeners.items():
            self.page.on(event, listener)  # type: ignore[call-overload]
        try:
            if self.scene.desk != "inside":
                self.page.context.clear_cookies()  # all desks have one name, and cookies no port
            self.page.set_viewport_size({"width": WIDTHS[0], "height": _HEIGHT})
            address = self.there.address(self.scene.path, self.scene.desk)
            self.page.goto(address)
            self._compare(address)
            self.scene.then(self.page)
            self.page.wait_for_load_state()
            self._compare_status()
            self.found += self.page.evaluate(_SENT_AND_MOVED, [_MOST_SENT, _MOST_MOVED])
        finally:
            for event, listener in listeners.items():
                self.page.remove_listener(event, listener)
        return self.found

    def fitted(self) -> list[str]:
        """Return what runs out of the page, or is too small for a finger."""
        for width in (_NARROWEST, *WIDTHS):
            turned(self.page, width, SCHEMES[0])
            self.found += [f"{width} px: {line}" for line in self.page.evaluate(_OVERFLOWING)]
            if width == WIDTHS[0]:
                self.found += self.page.evaluate(_TOO_SMALL)
        return self.found

    def tested(self, looks: Iterable[tuple[int, str]]) -> list[str]:
        """Return what axe finds; of long lists all but the beginning is gone from the page then."""
        self.page.evaluate(AXE_SCRIPT)
        self.page.evaluate(_SHORTEN)
        for width, scheme in looks:
            turned(self.page, width, scheme)
            lines = self.page.evaluate(_AXE, list(_TAGS))
            self.found += [f"{width} px, {scheme}: {line}" for line in lines]
        return self.found

    def _compare(self, address: str) -> None:
        if (shown := urlsplit(self.page.url).path) != urlsplit(address).path:
            self.found.append(f"{shown} is shown in its place")

    def _compare_status(self) -> None:
        if self._loads and (last := self._loads[-1].status) != self.scene.status:
            self.found.append(f"answered {last}, not {self.scene.status}")

    def _written(self, line: ConsoleMessage) -> None:
        # The browser itself writes down that a page was not to be had.
        if line.type == "error" and f"status of {self.scene.status}" not in line.text:
            self.found.append(f"console: {line.text}")

    def _answered(self, answer: Response) -> None:
        if answer.request.is_navigation_request() and answer.frame == self.page.main_frame:
            self._loads.append(answer)

    def _asked(self, url: str) -> None:
        own = urlsplit(self.there.desks[self.scene.desk])[:2]
        if urlsplit(url)[:2] != own and not url.startswith("data:"):
            self.found.append(f"asks {url}")


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
# Links within sentences are as high as their lines; what stands by itself is to be hit by a finger.
_TOO_SMALL = """() => [...document.querySelectorAll(
    'button, .button, select, textarea, summary, .pages a, a.chip, ' +
    'input:not([type=hidden], [type=checkbox], [type=radio]), label:has(> [type=checkbox])'
  )].filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 43.5
  ).slice(0, 3).map(e => `${e.getBoundingClientRect().height} px high: ${e.outerHTML.slice(0, 120)}`
)"""
_SENT_AND_MOVED = """async ([mostSent, mostMoved]) => {
  const loads = ['navigation', 'resource'].flatMap(kind => performance.getEntriesByType(kind));
  // What the browser kept from an earlier page was not sent; the first time it is.
  const sent = loads.reduce((sum, one) => sum + (one.transferSize || one.encodedBodySize), 0);
  const moved = await new Promise(done => {
    let sum = 0;
    const add = list => { for (const one of list.getEntries())
      if (!one.hadRecentInput) sum += one.value; };
    new PerformanceObserver(add).observe({type: 'layout-shift', buffered: true});
    requestAnimationFrame(() => setTimeout(() => done(sum), 0));
  });
  return [
    ...(sent > mostSent ? [`${sent} bytes are sent`] : []),
    ...(moved > mostMoved ? [`moves by ${moved} while it is loaded`] : []),
  ];
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
