"""What the pages say is said in every language."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.tools import load_tool

from techwatch.checking import QUESTIONS
from techwatch.web.rendering import environment
from techwatch.web.words import FROM_BELOW

if TYPE_CHECKING:
    from tests.web.conftest import Browser

messages = load_tool("messages")


@pytest.mark.parametrize("locale", messages.LOCALES)
def test_all_that_is_said_is_translated(locale: str) -> None:
    """Messages are missing after pages changed: `make messages` lists them, a person translates."""
    assert list(messages.problems(messages.extracted(), messages.read(locale))) == []


def test_what_is_wrong_with_a_translation_is_told() -> None:
    """So that the test above can fail."""
    said, translated = messages.Catalog(), messages.Catalog("nb")
    for message in ("Log in", "%(name)s left", ("%(num)s feed", "%(num)s feeds"), "Gone"):
        said.add(message)
    translated.add("%(name)s left", "%(who)s dro")
    translated.add(("%(num)s feed", "%(num)s feeds"), ("%(num)s kilde", "kilder"))
    translated.add("Gone", flags=["fuzzy"])
    translated.add("Of old", "Fra før")
    assert list(messages.problems(said, translated)) == [
        "not listed, run make messages: Log in",
        "no page says any more, run make messages: Of old",
        "%(name)s left: '%(who)s dro' has placeholders of its own",
        "%(name)s left: '%(who)s dro' lacks placeholders",
        "%(num)s feed: 'kilder' lacks placeholders",
        "Gone: fuzzy",
        "Gone: not translated",
    ]


def test_what_a_check_asks_is_listed_too() -> None:
    assert set(QUESTIONS.values()) == set(FROM_BELOW)


def test_a_page_is_in_the_language_that_a_browser_asks_for(browser: Browser) -> None:
    page = browser.get("/", headers={"Accept-Language": "no,nn;q=0.9,en;q=0.8"}).text
    assert '<html lang="nb"' in page
    assert "Logg ut" in page
    assert "Log out" not in page
    assert "Log out" in browser.get("/", headers={"Accept-Language": "fr"}).text


def test_a_chosen_language_is_kept(browser: Browser) -> None:
    assert '<html lang="nb"' in browser.submit("/looks", language="nb", next="/").text
    assert "Finnes ikke" in browser.get("/nowhere").text


def test_dates_and_numbers_are_written_as_the_language_does() -> None:
    written = environment("nb").from_string("{{ 12345 | number }}").render()
    assert written == "12\xa0345"
