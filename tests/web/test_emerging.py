"""Emerging names at a real desk: listed, dismissed, taken into the baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.web.conftest import Browser, browsing, with_own_baseline

from techwatch.storage.emerging import MOST_SIGHTINGS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from techwatch.watch import Watch


@pytest.fixture(scope="module")
def at_desk(news: Path, tmp_path_factory: pytest.TempPathFactory) -> Watch:
    """techwatch with a baseline of its own."""
    return with_own_baseline(news, tmp_path_factory.mktemp("emerging"))


@pytest.fixture(scope="module")
def browser(at_desk: Watch) -> Iterator[Browser]:
    """Somebody at that desk."""
    with browsing(at_desk) as client:
        yield client


def _names(browser: Browser, way: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = browser.get(f"/api/v1/emerging{way}").json()["names"]
    return found


def test_the_same_names_are_listed_as_on_the_command_line(browser: Browser, at_desk: Watch) -> None:
    lacks = at_desk.judge.names.lacks
    expected = [n for n in at_desk.store.emerging.names() if lacks(n.key, n.language)]
    found = _names(browser)
    assert found
    assert [(n["key"], n["items"]) for n in found] == [(n.key, n.items) for n in expected]
    assert [n["publishers"] for n in found] == [list(n.publishers) for n in expected]
    page = browser.get("/emerging").text
    assert all(n["examples"][0]["sentence"][:20].partition("'")[0] in page for n in found[:5])
    assert f"newest {MOST_SIGHTINGS:,} sightings" in page
    assert browser.get("/api/v1/emerging").json()["most"] == MOST_SIGHTINGS
    laws = _names(browser, "?kind=law")
    assert {n["kind"] for n in laws} <= {"law"}


def test_a_name_is_dismissed_and_taken_back(browser: Browser) -> None:
    key = _names(browser)[0]["key"]
    after = browser.submit("/emerging/dismiss", key=key, next="/emerging")
    assert after.url.path == "/emerging"
    assert key not in [n["key"] for n in _names(browser)]
    assert key in [n["key"] for n in _names(browser, "/dismissed")]
    assert "Take it back" in browser.get("/emerging?dismissed=true").text
    browser.submit("/emerging/dismiss", key=key, undo="true")
    assert key in [n["key"] for n in _names(browser)]
    assert browser.submit("/emerging/dismiss", key="nobody of this name").status_code == 404


def test_a_name_is_shown_with_its_items(browser: Browser) -> None:
    listed = _names(browser)[0]
    shown = browser.get("/api/v1/emerging/name", params={"key": listed["key"]}).json()
    page = browser.get("/emerging/name", params={"key": listed["key"]}).text
    assert len(shown["examples"]) == listed["items"]
    for example in shown["examples"]:
        assert example["link"] is None or 'rel="noreferrer noopener"' in page
    assert browser.get("/emerging/name", params={"key": "x" * 299}).status_code == 404
    assert browser.get("/emerging/name", params={"key": "x" * 301}).status_code == 422
    assert browser.get("/emerging/name?key=%00").status_code == 422
    assert browser.get("/emerging?after=1").status_code == 422
    assert browser.get("/emerging?after=1-%00").status_code == 422


def test_a_draft_becomes_an_entity_at_once(browser: Browser, at_desk: Watch) -> None:
    key = next(n["key"] for n in _names(browser) if n["language"] == "en")
    drafted = browser.get("/emerging/draft", params={"key": key, "id": "newly_met"})
    assert "newly_met" in drafted.text
    refused = browser.get("/emerging/draft", params={"key": key, "id": "华为"})
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    assert 'name="id" value="华为"' in refused.text  # to be put right there
    assert not list(at_desk.baseline_dir.rglob("newly_met.yaml"))
    hostile = browser.submit("/emerging/draft", key=key, id="a/../../../x")
    assert hostile.status_code == 422
    written = browser.submit("/emerging/draft", key=key, id="newly_met")
    assert written.url.path == "/baseline/entities/newly_met"
    assert len(list(at_desk.baseline_dir.rglob("newly_met.yaml"))) == 1
    assert browser.get("/entities/newly_met").status_code == 200
    assert key not in [n["key"] for n in _names(browser)]  # the baseline has it now
    again = browser.submit("/emerging/draft", key=key, id="newly_met")
    assert again.status_code == 422
