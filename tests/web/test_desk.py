"""The desk as a whole: it opens, shows, and refuses what is not meant for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from tests.web.conftest import Browser


def test_what_is_new_is_shown(browser: Browser) -> None:
    page = browser.get("/")
    assert page.status_code == 200
    assert page.text.count('<article class="card"') > 3


def test_the_api_says_what_the_page_shows(browser: Browser) -> None:
    found = browser.get("/api/v1/developments").json()
    shown = browser.get("/").text
    assert found["developments"]
    assert all(f'id="d-{one["id"]}"' in shown for one in found["developments"])


def test_who_is_not_logged_in_is_sent_to_log_in(desk: str) -> None:
    answer = httpx.get(f"{desk}/?verdict=novel")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?next=/%3Fverdict%3Dnovel"


def test_programs_are_told_that_they_need_a_token(desk: str) -> None:
    answer = httpx.get(f"{desk}/api/v1/developments")
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == "Bearer"


def test_nobody_is_sent_elsewhere_by_an_address(desk: str) -> None:
    for way in ("https://evil.example", "//evil.example", "/\\evil.example", "/a\r\nX: 1"):
        answer = httpx.get(f"{desk}/login", params={"next": way})
        assert answer.headers["location"] == "/"


def test_a_form_of_another_site_is_refused(browser: Browser) -> None:
    token = browser.csrf()
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {}):
        answer = browser.post("/looks", data={"csrf": token, "theme": "dark"}, headers=headers)
        assert answer.status_code == 403
    own = {"Origin": str(browser.base_url)}
    assert browser.post("/looks", data={"csrf": "0" * 32}, headers=own).status_code == 403


def test_another_host_s_name_is_refused(desk: str) -> None:
    assert httpx.get(f"{desk}/login", headers={"Host": "evil.example"}).status_code == 421


def test_what_is_too_large_is_refused(browser: Browser) -> None:
    assert browser.post("/looks", content=b"x" * 1_100_000).status_code == 413
    told = browser.post("/api/v1/check", content=b"x" * 1_100_000)  # a program is told as always
    assert told.headers["content-type"] == "application/problem+json"
    assert told.json()["status"] == told.status_code == 413


def test_pages_say_what_browsers_may_do(browser: Browser) -> None:
    headers = browser.get("/").headers
    assert "script-src 'self'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == "no-store"


def test_a_theme_is_kept(browser: Browser) -> None:
    assert 'data-theme="dark"' in browser.submit("/looks", theme="dark", next="/").text


def test_after_logging_out_nothing_is_shown(desk: str, browser: Browser) -> None:
    cookies = dict(browser.cookies)
    assert httpx.get(desk, cookies=cookies).status_code == 200
    browser.submit("/logout")
    assert httpx.get(desk, cookies=cookies).status_code == 303
