"""What people do on pages, each with what they see then: all of it works without scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page


def _press(button: str, **fields: str) -> Callable[[Page], None]:
    def deed(page: Page) -> None:
        for name, text in fields.items():
            page.fill(f"main [name={name}]", text)
        page.click(button)

    return deed


def _filtered(page: Page) -> None:
    page.click("details.filter summary")
    page.check("[name=verdict][value=novel]")
    page.click("details.filter button")


def _theme(page: Page) -> None:
    page.select_option("[name=theme]", "dark")
    page.click("form[action='/looks'] button")


WITHOUT_SCRIPTS: tuple[tuple[str, Callable[[Page], None], str], ...] = (
    ("/?since=all", _filtered, "a.chip:has-text('novel')"),
    ("/?since=all", _press("[data-key=a] >> nth=0"), ".told .said:has-text('Accepted')"),
    ("/judgements", _press("main button >> nth=0"), ".said:has-text('taken back by')"),
    ("/?since=all", _press("a[data-key=s] >> nth=0"), "h1:has-text('What was misread?')"),
    ("/", _press("form[action='/seen'] button"), ".empty:has-text('Nothing new')"),
    ("/check", _press("main form button", text="TikTok"), "h2:has-text('TikTok')"),
    ("/search", _press("main form button", q="TikTok"), "article.hit mark"),
    ("/emerging", _press("article button >> nth=0"), "article"),
    ("/feeds?condition=paused", _press("[value=resume]"), ".empty"),
    (
        "/?verdict=novel",
        _press("form[action='/filters'] button", name="New"),
        ".saved a:has-text('New')",
    ),
    ("/account", _press("form[action$=tokens] > button", name="Slides"), "code.secret"),
    ("/people", _press("form[action$=invite] button"), "code.secret"),
    ("/status", _theme, "html[data-theme=dark]"),
)
