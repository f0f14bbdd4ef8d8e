"""Entities at a real desk: what is known of each, and what news made of it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from tests.web.conftest import Browser, opened, serving

from techwatch.web.views import entities as view

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from techwatch.watch import Watch

_NOW = datetime(2025, 5, 6, 12, tzinfo=UTC)  # right after the demonstration's last news
_LONG = timedelta(days=4000)


@pytest.fixture(scope="module")
def at_desk(news: Path, tmp_path_factory: pytest.TempPathFactory) -> Watch:
    """techwatch as it was then; these tests only read."""
    watch = opened(news, tmp_path_factory.mktemp("entities") / "desk", {"login": "none"})
    watch.clock = lambda: _NOW
    return watch


@pytest.fixture(scope="module")
def browser(at_desk: Watch) -> Iterator[Browser]:
    """Somebody at that desk."""
    with serving(at_desk) as at, Browser(base_url=at, timeout=60) as client:
        client.get("/login")
        yield client


def _most_told(watch: Watch) -> str:
    """Return the entity with most developments in the demonstration's news."""
    known = watch.baseline.entities
    return max(sorted(known), key=lambda i: len(watch.store.entities.developments(i, 100)))


def test_the_page_of_an_entity_shows_what_the_api_says(browser: Browser, at_desk: Watch) -> None:
    entity_id = _most_told(at_desk)
    said = browser.get(f"/api/v1/entities/{entity_id}").json()
    page = browser.get(f"/entities/{entity_id}").text
    assert said["timeline"]["developments"]
    for one in said["timeline"]["developments"]:
        assert f'id="d-{one["id"]}"' in page
    for names in said["names"]:
        assert all(f'lang="{names["language"]}">{n["text"]}<' in page for n in names["names"])
    assert said["facts"]
    assert page.count('<rect class="bar"') == sum(w["items"] > 0 for w in said["weeks"])
    assert len(said["weeks"]) == 52
    year = [d for d in said["timeline"]["developments"] if d["at"] >= said["weeks"][0]["start"]]
    assert sum(w["items"] for w in said["weeks"]) >= len(year) > 0
    assert not re.search(r"\sstyle=|<script>", page)


def test_a_ladder_joins_the_baseline_with_news(browser: Browser, at_desk: Watch) -> None:
    reported = {i: at_desk.store.entities.reached(i) for i in at_desk.baseline.entities}
    entity_id = next(i for i in sorted(reported) if reported[i] and at_desk.judge.known.get(i))
    said = browser.get(f"/api/v1/entities/{entity_id}").json()
    steps: list[dict[str, Any]] = [s for ladder in said["ladders"] for s in ladder["steps"]]
    assert {s["story_id"] for s in steps if s["story_id"]} == {
        one.standing.story_id for one in reported[entity_id]
    }
    assert any(s["story_id"] is None for s in steps)  # those of the baseline
    for ladder in said["ladders"]:
        rungs = [s["rung"] for s in ladder["steps"] if s["rung"] is not None]
        assert ladder["at"] == max(rungs, default=None)


def test_the_timeline_is_paged_without_gap_or_double(
    at_desk: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    entity_id = _most_told(at_desk)
    whole = [one.id for one in view.timeline(at_desk, entity_id).developments]
    monkeypatch.setattr(view, "PAGE", 1)
    found, after = [], None
    while True:
        page = view.timeline(at_desk, entity_id, after)
        found += [one.id for one in page.developments]
        if page.after is None:
            break
        after = page.after
    assert found == whole
    assert len(whole) > 1


def test_those_beside_are_counted_by_items(at_desk: Watch) -> None:
    entity_id, held = _most_told(at_desk), at_desk.store.entities
    beside = held.beside(entity_id, _NOW - _LONG, 50)
    assert beside
    for other, items in beside:
        assert dict(held.beside(other, _NOW - _LONG, 50))[entity_id] == items


def test_entities_are_found_by_a_name_or_one_like_it(browser: Browser) -> None:
    exact = browser.get("/api/v1/entities", params={"q": "华为"}).json()
    assert "huawei" in [one["id"] for one in exact["entities"]]
    assert not exact["suggested"]
    like = browser.get("/api/v1/entities", params={"q": "huawie"}).json()
    assert like["suggested"]
    assert like["entities"][0]["id"] == "huawei"
    assert "/entities/huawei" in browser.get("/entities", params={"q": "huawie"}).text
    laws = browser.get("/api/v1/entities", params={"kind": "law"}).json()
    assert {one["kind"] for one in laws["entities"]} == {"law"}


def test_all_entities_are_listed_page_by_page(browser: Browser, at_desk: Watch) -> None:
    ids: list[str] = []
    after = ""
    while after is not None:
        answer = browser.get("/api/v1/entities", params={"after": after})
        page = answer.json()
        ids += [one["id"] for one in page["entities"]]
        after = page["after"]
        assert ("link" in answer.headers) is (after is not None)
        assert answer.headers["etag"]
    assert ids == sorted(at_desk.baseline.entities)


def test_what_is_not_there_or_not_understood_is_said(browser: Browser) -> None:
    for way, status in (
        ("/entities/none", 404),
        ("/entities/..%2f..%2fetc", 404),
        ("/entities/huawei?after=1", 422),
        ("/entities/huawei?after=99999999999999999-0123456789abcdef", 422),
        ("/entities?kind=x", 422),
        ("/entities?q=" + "x" * 300, 422),
        ("/entities?kind=", 200),
        ("/entities?q=%00", 200),
    ):
        assert browser.get(way).status_code == status, way
    hostile = browser.get("/entities", params={"q": "<script>alert(1)</script>"})
    assert "<script>alert" not in hostile.text
