"""Every page in a real browser: on a phone and on a wide screen, in light and in dark."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.web.deeds import WITHOUT_SCRIPTS
from tests.web.places import Place, place
from tests.web.scenes import tested as scenes_tested
from tests.web.sights import CHROMIUM, TWO_LOOKS, Sight, chromium

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page
    from tests.web.scenes import Scene

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: apt-get install chromium")


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Where the desks are."""
    with place(tmp_path_factory.mktemp("seen")) as there:
        yield there


@pytest.fixture(scope="module")
def page(there: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A browser, logged in where that needs nothing."""
    with chromium(tmp_path_factory.mktemp("browser")) as context:
        page = context.pages[0]
        page.goto(f"{there.inside}/login")
        yield page


@pytest.mark.parametrize("scene", scenes_tested().values(), ids=scenes_tested().keys())
def test_a_page_is_whole_for_everybody(scene: Scene, there: Place, page: Page) -> None:
    """It fits, axe finds nothing, no error is written, nothing is asked from elsewhere."""
    sight = Sight(page, there, scene)
    sight.opened()
    sight.fitted()
    assert "\n".join(sight.tested(TWO_LOOKS)) == ""


def test_somebody_with_a_keyboard_alone_comes_in(there: Place, page: Page) -> None:
    """From a one-time link to a filter on Today, and every stop on the way can be seen."""
    page.goto(there.address("/invitation/{key}", "outside"))
    page.evaluate("document.activeElement.blur()")
    walked(page, "input[name=name]")
    page.keyboard.type("keyboard")
    for field in ("input[name=password]", "input[name=again]"):
        walked(page, field)
        page.keyboard.type("a tidy row of keys")
    page.keyboard.press("Enter")
    page.wait_for_url(there.outside + "/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    walked(page, "details.filter summary")
    page.keyboard.press("Enter")
    walked(page, "[name=verdict][value=novel]")
    page.keyboard.press("Space")
    walked(page, "details.filter button")
    page.keyboard.press("Enter")
    page.wait_for_url("**verdict=novel**")
    page.wait_for_selector("a.chip:has-text('novel')")
    walked(page, "select[name=theme]", backward=True)
    page.keyboard.type("dark")
    walked(page, "form[action='/looks'] button")
    page.keyboard.press("Enter")
    page.wait_for_selector("html[data-theme=dark]")


def walked(page: Page, to: str, *, backward: bool = False) -> None:
    """Press Tab until an element has the focus; each that has it on the way must show it."""
    for _ in range(60):
        page.keyboard.press("Shift+Tab" if backward else "Tab")
        stop = page.evaluate(
            """to => {
              const here = document.activeElement, style = getComputedStyle(here);
              const seen = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
              return {is: here.matches(to), html: here.outerHTML.slice(0, 200),
                      seen: seen || here === document.body};
            }""",
            to,
        )
        assert stop["seen"], f"the focus is not seen on {stop['html']}"
        if stop["is"]:
            return
    pytest.fail(f"Tab does not reach {to}")


def test_a_story_on_paper_is_black_on_white_and_says_where_links_lead(
    there: Place, page: Page
) -> None:
    page.emulate_media(media="print", color_scheme="dark")
    page.goto(there.address("/stories/{story_id}"))
    shown = page.evaluate(
        """() => ({
          navigation: getComputedStyle(document.querySelector('.top')).display,
          forms: [...document.querySelectorAll('form')].some(form => form.offsetParent),
          ground: getComputedStyle(document.body).backgroundColor,
          ink: getComputedStyle(document.querySelector('h1')).color,
          leads: getComputedStyle(document.querySelector('a[rel~=noreferrer]'), '::after').content,
        })"""
    )
    page.emulate_media(media="screen")
    assert shown["navigation"] == "none"
    assert not shown["forms"]
    assert (shown["ground"], shown["ink"]) == ("rgb(255, 255, 255)", "rgb(0, 0, 0)")
    assert "https://" in shown["leads"]


SAID_AT_ONCE = {
    "a": "Accepted",
    "r": "Rejected",
    "n": "Called known",
    "d": "Not the same story",
}
ON_A_PAGE = {
    "w": ("section#wrong button", "Wrong entity"),
    "s": ("section#same form:last-of-type input[name=other]", "Same story"),
}


@pytest.mark.parametrize("key", [*SAID_AT_ONCE, *ON_A_PAGE])
def test_a_development_is_judged_by_keys_alone_and_that_undone(
    key: str, there: Place, page: Page
) -> None:
    page.goto(f"{there.inside}/?since=all&judged=all")
    several = "document.activeElement.querySelector('details.sources')"
    for _ in range(50):
        page.keyboard.press("j")
        if page.evaluate(f"{several} !== null"):
            break
    other = page.evaluate(
        """[...document.querySelectorAll('article:not(.current) h2 a')]
             .map(link => link.href.split('/').pop())[0]"""
    )
    _say_and_take_back(page, key, other)


def _say_and_take_back(page: Page, key: str, other: str) -> None:
    """Press the key of one of the six words, and undo; `other` is a story that tells the same."""
    page.keyboard.press(key)
    told = SAID_AT_ONCE.get(key)
    if told is None:
        to, told = ON_A_PAGE[key]
        if "/judgements/of/" in _settled(page):
            walked(page, to)
            if key == "s":
                page.keyboard.type(other)
            page.keyboard.press("Enter")
    page.wait_for_selector(f".told .said:has-text('{told}')")
    page.keyboard.press("u")
    page.wait_for_selector(".told .said:has-text('taken back by')")


def _settled(page: Page) -> str:
    page.wait_for_url(lambda url: "said=" in url or "/judgements/of/" in url)
    return page.url


def test_keys_are_listed_can_be_switched_off_and_leave_fields_alone(
    there: Place, page: Page
) -> None:
    page.goto(f"{there.inside}/?since=all")
    page.keyboard.press("?")
    assert page.evaluate("document.querySelector('dialog').open")
    page.keyboard.press("Escape")
    page.focus("textarea[name=note]")
    page.keyboard.type("a known ruse")
    assert page.input_value("textarea[name=note] >> nth=0") == "a known ruse"
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    walked(page, "#keys-on")
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("a")
    off = page.evaluate("[document.querySelector('.card.current'), localStorage.getItem('keys')]")
    page.evaluate("localStorage.clear()")
    assert off == [None, "off"]


def test_a_note_is_written_by_keys_and_what_was_done_is_read_out(there: Place, page: Page) -> None:
    """The focus comes back to the development; what was said of it is in sight, and read out."""
    page.goto(f"{there.inside}/?since=all")
    for key in "jjjjc":
        page.keyboard.press(key)
    page.keyboard.type("as the ministry says")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    page.wait_for_selector(".told:has-text('as the ministry says')")
    page.wait_for_selector("#aloud:has-text('Accepted: ')", state="attached")
    assert page.evaluate("document.activeElement.matches('article.card.current')")
    seen = page.evaluate("document.querySelector('.told').getBoundingClientRect().toJSON()")
    assert seen["top"] >= 0
    assert page.evaluate(
        "document.activeElement.getBoundingClientRect().top"
        " >= document.querySelector('.told').getBoundingClientRect().bottom"
    ), "what was said lies on top of the development"
    page.keyboard.press("u")
    page.wait_for_selector("#aloud:has-text('Accepted, taken back by local: ')", state="attached")


def test_keys_speak_of_the_one_development_of_a_story(there: Place, page: Page) -> None:
    """There is nothing to choose first; and no address upsets the script."""
    upset: list[str] = []
    page.on("pageerror", lambda error: upset.append(str(error)))
    page.goto(there.address("/stories/{single}") + "#%E0%A4%A")
    page.keyboard.press("a")
    page.wait_for_selector(".told .said:has-text('Accepted')")
    page.keyboard.press("u")
    page.wait_for_selector(".told .said:has-text('taken back by')")
    assert not upset


def test_all_of_it_works_without_scripts(there: Place, page: Page) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        for path, deed, outcome in WITHOUT_SCRIPTS:
            page.goto(there.address(path))
            deed(page)
            assert page.locator(outcome).count(), f"{path}: no {outcome} at {page.url}"
        assert not page.locator("#keys-opener").is_visible()
    finally:
        devtools.send("Emulation.setScriptExecutionDisabled", {"value": False})
        devtools.detach()


def test_a_story_is_judged_on_its_page_by_keys_alone_and_that_undone(
    there: Place, page: Page
) -> None:
    """There is but one development on it: nobody has to go to it first."""
    address = _story_of_several(there, page)
    other = address[1]
    for key in (*SAID_AT_ONCE, *ON_A_PAGE):
        page.goto(address[0])
        _say_and_take_back(page, key, other)


def _story_of_several(there: Place, page: Page) -> tuple[str, str]:
    """Return the addresses of a story that several items tell, and of another one."""
    page.goto(f"{there.inside}/?since=all&judged=all")
    one, other = page.evaluate(
        """() => {
          const all = [...document.querySelectorAll('article')];
          const told = all.find(card => card.querySelector('details.sources'));
          const link = card => card.querySelector('h2 a').href;
          return [link(told), link(all.find(card => card !== told))];
        }"""
    )
    return one, other


def test_a_note_is_written_by_keys_alone_and_the_last_word_is_taken_back(
    there: Place, page: Page
) -> None:
    page.goto(f"{there.inside}/judgements")
    accepted = page.locator("[data-said]:has-text('Accepted') [data-key=u]")
    before = accepted.count()
    page.goto(f"{there.inside}/?since=all&judged=all")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("a")  # what a colleague said of the second
    page.wait_for_selector(".told .said:has-text('Accepted')")
    page.goto(f"{there.inside}/?since=all")
    page.keyboard.press("j")
    page.keyboard.press("c")
    page.keyboard.type("a ruse known in our area")
    page.keyboard.press("Escape")
    page.keyboard.down("r")
    page.keyboard.down("r")  # held: it repeats
    page.keyboard.up("r")
    page.wait_for_selector(".told .said:has-text('a ruse known in our area')")
    assert page.locator(".told .said:has-text('Rejected')").count() == 1
    page.keyboard.press("u")  # the card in its place has a word of its own, which stays
    page.wait_for_selector(".told .said:has-text('taken back by')")
    assert "Rejected" in page.inner_text(".told .said")
    page.goto(f"{there.inside}/judgements")
    assert accepted.count() == before + 1
    accepted.first.click()
    page.wait_for_selector(".told .said:has-text('taken back by')")


def test_who_did_something_to_one_of_many_finds_the_place_again(there: Place, page: Page) -> None:
    page.goto(f"{there.inside}/emerging")
    names = page.locator("article.card h2")
    after = names.nth(3).inner_text()
    page.locator("article.card form button").nth(2).focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert names.nth(2).inner_text() == after
    assert page.evaluate("document.activeElement.querySelector('h2').innerText") == after
    page.reload()
    assert page.evaluate("document.activeElement === document.body")
