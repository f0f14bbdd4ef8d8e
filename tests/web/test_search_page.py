"""Search: hits with what was looked for, errors at their place, pages by key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from techwatch.storage import search_developments
from techwatch.web.views import search as view

if TYPE_CHECKING:
    import pytest
    from tests.web.conftest import Browser


def test_hits_are_shown_with_what_was_looked_for(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = browser.get("/search", params={"q": "tiktok AND (ban OR fine*) NOT zebra"}).text
    assert "<mark>TikTok</mark>" in page
    assert "Narrow:" in page
    stories = browser.get("/search", params={"q": "tiktok", "what": "developments"}).text
    assert 'href="/stories/' in stories
    found = browser.get("/api/v1/search", params={"q": "verdict:flagged"}).json()
    assert found["count"] > len(found["items"]) == 50
    monkeypatch.setattr(view, "PAGE", 20)
    for what, by in (("items", "time"), ("items", "relevance"), ("developments", "time")):
        seen: list[str] = []
        after: str | None = ""
        while after is not None:
            asked = {"q": "verdict:flagged", "what": what, "by": by} | (
                {"after": after} if after else {}
            )
            page_ = browser.get("/api/v1/search", params=asked).json()
            seen += [one["hit"]["item_id"] for one in page_["items"]]
            seen += [one["development"]["id"] for one in page_["developments"]]
            after = page_["after"]
        assert len(seen) == len(set(seen)) > 3
        if what == "items":
            assert len(seen) == found["count"]


def test_a_page_of_developments_that_is_cut_off_says_so_and_goes_on(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = browser.get(
        "/api/v1/search", params={"q": "verdict:flagged", "what": "developments"}
    ).json()
    assert whole["until"] is whole["after"] is None
    monkeypatch.setattr(view, "AMONG", 1)
    monkeypatch.setattr(search_developments, "_WINDOWS", (3, 4))
    cut = browser.get("/search", params={"q": "verdict:flagged", "what": "developments"}).text
    assert "News was looked through back to" in cut
    assert "Further ones" in cut
    seen: list[str] = []
    address: str | None = "/api/v1/search?q=verdict:flagged&what=developments"
    while address:
        page = browser.get(address)
        seen += [one["development"]["id"] for one in page.json()["developments"]]
        address = page.links.get("next", {}).get("url")
    assert seen == [one["development"]["id"] for one in whole["developments"]]
    assert len(seen) > 3


def test_what_can_t_be_read_is_told_at_its_place(browser: Browser) -> None:
    answer = browser.get("/search", params={"q": "chip (export"})
    assert answer.status_code == 422
    assert '<code>chip <mark class="here">(</mark>export</code>' in answer.text
    problem = browser.get("/api/v1/search", params={"q": "chip verdict:new"}).json()
    assert problem["status"] == 422
    assert problem["at"] == len("chip verdict:")
    feed = browser.get("/search", params={"q": "chip feed:nowhere since:7d"})
    assert feed.status_code == 422
    assert '<code>chip feed:<mark class="here">nowhere</mark> since:7d</code>' in feed.text
    nothing = browser.get("/search", params={"q": "tiktok since:1h"})
    assert "Nothing found" in nothing.text
    assert "without since:" in nothing.text
    nothing = browser.get("/search", params={"q": "tiktok entity:huawie"})
    assert "without entity:huawie" in nothing.text
    assert 'href="/entities/huawei"' in nothing.text


def test_hostile_addresses_are_refused(browser: Browser) -> None:
    for key in ("9" * 30, "1/x'--", "-", "1/nan/", "\0", "٣", "1e5"):
        for what in ("items", "developments"):
            for by in ("time", "relevance"):
                asked = {"q": "tiktok", "after": key, "what": what, "by": by}
                assert browser.get("/search", params=asked).status_code == 404, asked
    assert browser.get("/search", params={"q": "tiktok", "by": "x"}).status_code == 422
    for query in ("feed:\0", "feed:%_'\"", "lang:\0zz", "entity:\0", "<script>alert(1)</script>"):
        answer = browser.get("/search", params={"q": query})
        assert answer.status_code in {200, 422}, query
        assert "<script>alert" not in answer.text
