"""What follows from what people say at the desk: for the service, for programs, for old texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update
from tests.test_judgements import BAN, BAN_AGAIN, INQUIRY, INQUIRY_AGAIN, bring
from tests.web.conftest import Browser, browsing, opened
from tests.web.test_judged import developments

from techwatch import cases
from techwatch.storage import tables as t
from techwatch.watch import Watch
from techwatch.web.views import judged

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def at_desk(news: Path, tmp_path_factory: pytest.TempPathFactory) -> Watch:
    """techwatch with a desk that needs no login."""
    return opened(news, tmp_path_factory.mktemp("taught") / "desk", {"login": "none"})


@pytest.fixture(scope="module")
def browser(at_desk: Watch) -> Iterator[Browser]:
    """Somebody at that desk."""
    with browsing(at_desk) as client:
        yield client


def test_the_api_exports_the_cases_that_the_command_line_does(
    browser: Browser, at_desk: Watch
) -> None:
    one, two = developments(browser)[:2]
    browser.submit("/judgements", item=one["item_id"], say="accept", note="«so»")
    browser.submit("/judgements", item=two["item_id"], say="reject")
    for form in ("yaml", "jsonl"):
        expected = "".join(cases.exported(at_desk.store, at_desk.baseline, form))
        assert expected.count("\n") == 2
        answer = browser.get(f"/api/v1/judgements/cases.{form}")
        assert answer.text == expected == browser.get(f"/teaching/cases.{form}").text
        assert answer.headers["content-type"].startswith(cases.KINDS[form])
        tag = {"If-None-Match": answer.headers["etag"]}
        assert browser.get(f"/api/v1/judgements/cases.{form}", headers=tag).status_code == 304
        assert f"/teaching/cases.{form}" in browser.get("/teaching").text
    assert browser.get("/api/v1/judgements/cases.xml").status_code == 422


def test_another_story_is_named_by_the_address_of_its_page(browser: Browser) -> None:
    one, two = developments(browser)[:2]
    other = f"{browser.base_url}/stories/{two['story_id']}?said=1"
    page = browser.submit("/judgements", item=one["item_id"], say="same-as", other=other)
    assert page.status_code == 200
    assert len({one["id"], two["id"]} & {d["id"] for d in developments(browser)}) == 1


def test_where_the_text_is_gone_the_desk_says_what_works(browser: Browser, at_desk: Watch) -> None:
    one = next(d for d in developments(browser) if d["entity_id"])
    with at_desk.store.database.write() as connection:
        gone = update(t.items).where(t.items.c.id == one["item_id"])
        connection.execute(gone.values(summary="", body="", text_gone_at=at_desk.clock()))
    page = browser.get(f"/judgements/of/{one['item_id']}").text
    assert "Its text was dropped for its age" in page
    assert 'value="wrong-entity"' not in page
    refused = browser.submit("/judgements", item=one["item_id"], say="not-same")
    assert refused.status_code == 422
    assert "reject it, call it known" in refused.text
    browser.submit("/judgements", item=one["item_id"], say="reject")
    assert one["id"] not in {d["id"] for d in developments(browser)}


def test_a_service_beside_the_desk_heeds_at_once_what_is_said(
    browser: Browser, at_desk: Watch
) -> None:
    service = Watch(at_desk.read_settings, at_desk.config_dir, at_desk.baseline_dir)
    first, _ = bring(service, BAN)
    browser.submit("/judgements", item=first, say="wrong-entity", entity="tiktok", note="a ship")
    _, later = bring(service, BAN_AGAIN, days=1)
    service.close()
    assert all(mention.entity_id != "tiktok" for mention in later.mentions)
    assert "said local" in later.reason


def test_who_tells_the_lead_of_a_story_apart_is_led_to_where_that_can_be_undone(
    browser: Browser, at_desk: Watch
) -> None:
    first, _ = bring(at_desk, INQUIRY)
    bring(at_desk, INQUIRY_AGAIN, days=1)
    way = f"/stories/{judged.told_by(at_desk, first)}"
    apart = browser.submit("/judgements", item=first, say="not-same", next=way)
    assert apart.status_code == 200
    assert apart.url.path == f"/stories/{judged.told_by(at_desk, first)}" != way
    undo = f"/judgements/{apart.url.params['said']}/undo"
    assert f'action="{undo}"' in apart.text
    undone = browser.submit(undo, next=apart.url.path)
    assert undone.status_code == 200
    assert undone.url.path == way
    nowhere = browser.submit("/judgements", item=first, say="wrong-entity", next=way)
    assert nowhere.status_code == 200  # whether it tells any story then or not
    assert f'action="/judgements/{nowhere.url.params["said"]}/undo"' in nowhere.text
