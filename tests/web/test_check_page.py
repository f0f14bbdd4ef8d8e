"""Check: what is pasted is judged and shown, and pages are fetched within bounds."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

import pytest
from tests.web.sights import CHROMIUM, chromium

from techwatch import reading_pages
from techwatch.errors import FetchError
from techwatch.testing import Behaviour, Publisher
from techwatch.web import outward

if TYPE_CHECKING:
    from pathlib import Path

    from tests.web.conftest import Browser

    from techwatch.watch import Watch

FINE = "EU fines TikTok 530 million euros over data transfers to China"


def test_a_text_is_judged_with_its_names_set_off(browser: Browser) -> None:
    page = browser.submit("/check", text=f"{FINE}\nHuawei <b>denies</b> it.").text
    assert 'class="verdict escalating"' in page
    assert (
        '<a class="mention" href="/entities/tiktok"><mark title="TikTok">TikTok</mark></a>' in page
    )
    assert "&lt;b&gt;denies&lt;/b&gt;" in page
    said = browser.get("/check", params={"text": FINE}).text
    assert "Does it tell something new?" in said
    assert browser.get("/check", params={"text": "http://127.0.0.1:9/"}).status_code == 200
    known = browser.get("/check", params={"text": "huawie"}).text
    assert '<a href="/entities/huawei">Huawei</a>' in known
    nonsense = browser.get("/check", params={"text": "\0 \x1b[0m"})
    assert nonsense.status_code == 200


def test_the_api_says_the_same(browser: Browser) -> None:
    headers = {"X-CSRF-Token": browser.csrf(), "Origin": str(browser.base_url)}

    def asked(**body: str) -> dict[str, object]:
        answer = browser.post("/api/v1/check", json=body, headers=headers)
        found: dict[str, object] = answer.json() | {"status_code": answer.status_code}
        return found

    found = asked(text=FINE)
    check = found["check"]
    assert isinstance(check, dict)
    assert check["assessment"]["verdict"] == "escalating"
    assert "".join(piece["text"] for piece in found["title"]) == FINE  # type: ignore[attr-defined]
    assert check["archive"]["words"][0] == "eu"
    assert asked(text="x" * 20_001)["status_code"] == 422
    assert asked(text=" ")["status_code"] == 400


def test_private_addresses_are_not_asked(at_desk: Watch) -> None:
    fetching = at_desk.settings.fetching.model_copy(update={"allow_private": False})
    at_desk.settings = at_desk.settings.model_copy(update={"fetching": fetching})
    with Publisher() as publisher:
        publisher.publish("page.html", b"<html><title>Inside</title>")
        for link in (publisher.url("page.html"), "http://[::ffff:127.0.0.1]:1/"):
            with pytest.raises(FetchError, match="nothing is asked for now"):
                asyncio.run(reading_pages.read_politely(at_desk, link, None))
        assert publisher.requests == []
    at_desk.close()


def test_a_page_is_read_in_its_own_encoding(browser: Browser) -> None:
    page = '<html lang="zh-CN"><meta charset="gb2312"><title>美国将华为列入实体清单</title>'
    with Publisher() as publisher:
        publisher.publish("page.html", page.encode("gbk"))
        publisher.misbehave("page.html", Behaviour(headers={"Content-Type": "text/html"}))
        told = browser.submit("/check", text=publisher.url("page.html")).text
    assert '<mark title="Huawei">华为</mark>' in told
    assert 'lang="zh"' in told


def test_a_page_is_read_in_the_language_that_it_names(browser: Browser) -> None:
    """By the name that the baseline has for it: most Norwegian pages say "no"."""
    page = "<html lang=no-NO><title>Regjeringen forbyr TikTok på alle mobiler i staten</title>"
    with Publisher() as publisher:
        publisher.publish("page.html", page.encode())
        told = browser.submit("/check", text=publisher.url("page.html")).text
    assert 'lang="nb"' in told
    assert re.search(r'class="verdict (?:novel|escalating)"', told)


def test_who_waits_too_long_is_told(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outward, "PATIENCE", 0.3)
    with Publisher() as publisher:
        for name in ("page.html", "robots.txt"):
            publisher.publish(name, b"<title>Slow</title>")
            publisher.misbehave(name, Behaviour(delay=5))
        asked = browser.submit("/check", text=publisher.url("page.html"))
        looked = browser.submit("/feeds/look", url=publisher.url("page.html"))
    for answer in (asked, looked):
        assert answer.status_code == 422
        assert "no answer within 0.3 seconds" in answer.text
    empty = browser.submit("/check", text=" \n ")
    assert "There is no text to check." in empty.text
    assert "Press Check" in browser.get("/check", params={"text": "https://example.org/"}).text


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: apt-get install chromium")
def test_who_waits_for_a_page_is_told_and_sends_once(desk: str, tmp_path: Path) -> None:
    sent: list[str] = []
    told: list[str] = []
    with Publisher() as publisher, chromium(tmp_path / "profile") as context:
        publisher.publish("page.html", f"<title>{FINE}</title>".encode())
        publisher.misbehave("page.html", Behaviour(delay=1.5))
        page = context.pages[0]
        page.on("request", lambda asked: sent.append(asked.url) if asked.method == "POST" else None)
        page.on("console", lambda line: told.append(line.text))
        page.goto(f"{desk}/login")
        page.goto(f"{desk}/check")
        page.fill("#text", publisher.url("page.html"))
        page.evaluate(_PRESSED_TWICE)
        page.wait_for_selector("#outcome", timeout=60_000)
    assert [line.partition(";")[0] for line in told] == ["true Checking"]
    assert sent == [f"{desk}/check"]


_PRESSED_TWICE = """() => {
  const button = document.querySelector("form[action='/check'] button");
  button.click();
  setTimeout(() => button.click(), 200);
  setTimeout(() => {
    const told = document.querySelector("[data-waiting]").textContent;
    console.log(button.getAttribute("aria-busy"), told);
  }, 400);
}"""


def test_a_page_is_read_within_bounds(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    page = f"<html lang=en><title>{FINE}</title><p>More."
    with Publisher() as publisher:
        publisher.publish("page.html", page.encode())
        publisher.publish("robots.txt", b"User-agent: *\nDisallow: /no")
        publisher.publish("no.html", page.encode())
        publisher.misbehave("gone.html", Behaviour(status=404))
        assert (
            'class="verdict escalating"'
            in browser.submit("/check", text=publisher.url("page.html")).text
        )
        refused = browser.submit("/check", text=publisher.url("no.html"))
        assert refused.status_code == 422
        assert "robots.txt does not let us fetch it" in refused.text
        assert "answered 404" in browser.submit("/check", text=publisher.url("gone.html")).text
        monkeypatch.setattr(outward, "A_MINUTE", 3)
        answer = browser.submit("/check", text=publisher.url("page.html"))
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) > 0
