"""A story's page: who told it, how headlines changed, what came before and after."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from techwatch import judgements
from techwatch.model import Decision
from techwatch.storage.feeds import revise_item

if TYPE_CHECKING:
    from tests.web.conftest import Browser

    from techwatch.watch import Watch


def test_a_story_is_told_whole(at_desk: Watch, browser: Browser) -> None:
    every = browser.get("/api/v1/developments").json()["developments"]
    one = max(every, key=lambda d: len(d["others"]))
    assert one["others"]
    of = judgements.subject(at_desk.store, one["id"])
    word, note, now = Decision.ACCEPT, "so said the court", at_desk.clock()
    judgements.decide(at_desk.store, at_desk.judge, of, word, note, who="Ada <b>", now=now)
    found = browser.get(f"/api/v1/stories/{one['story_id']}").json()
    assert {one["item_id"], *(o["item_id"] for o in one["others"])} == {
        item["id"] for item in found["items"]
    }
    times = [item["published"] or item["first_seen_at"] for item in found["items"]]
    assert times == sorted(times)
    assert found["total"] == len(found["items"])
    assert [j["note"] for j in found["judgements"]] == ["so said the court"]
    assert [d["edition_id"] for d in found["told_in"]]
    page = browser.get(f"/stories/{one['story_id']}").text
    assert re.findall(r'id="i-(\w+)"', page) == [item["id"] for item in found["items"]]
    assert "Ada &lt;b&gt;" in page
    assert all(item["reason"] in page.replace("&#39;", "'") for item in found["items"])
    # A page at a time, none left out and none twice.
    address, seen = f"/api/v1/stories/{one['story_id']}?limit=1", []
    while address:
        part = browser.get(address).json()
        seen += [item["id"] for item in part["items"]]
        address = part["next"]
    assert seen == [item["id"] for item in found["items"]]


def test_what_follows_is_linked_both_ways(browser: Browser) -> None:
    every = browser.get("/api/v1/developments").json()["developments"]
    later = next(d for d in every if d["follows"])
    before = browser.get(f"/api/v1/stories/{later['follows']['story_id']}").json()
    assert later["story_id"] in [step["story_id"] for step in before["followed_by"]]
    stories = (browser.get(f"/api/v1/stories/{d['story_id']}").json() for d in every)
    judged = next(one for one in stories if one["compared_with"])
    older = judged["compared_with"]["story_id"]
    assert f'href="/stories/{older}"' in browser.get(f"/stories/{judged['id']}").text
    after = browser.get(f"/stories/{later['story_id']}").text
    assert f'href="/stories/{later["follows"]["story_id"]}"' in after


def test_how_a_headline_changed_is_shown(at_desk: Watch, browser: Browser) -> None:
    one = browser.get("/api/v1/developments").json()["developments"][0]
    stored = at_desk.store.judging.item(one["item_id"])
    title = f"Corrected: {stored.item.title}"
    changed = replace(stored.item, title=title, content_hash="0" * 16)
    with at_desk.store.database.write() as connection:
        revise_item(connection, changed, stored.revision + 1, at_desk.clock())
    at_desk.judge_items()
    found = browser.get(f"/api/v1/stories/{one['story_id']}").json()
    item = next(i for i in found["items"] if i["id"] == one["item_id"])
    assert item["title"] == title
    assert [h["title"] for h in item["headlines"]] == [stored.item.title]
    assert f">{one['title']}</del>" in browser.get(f"/stories/{one['story_id']}").text.replace(
        "&#39;", "'"
    )
    # Changed once more, it tells something else, and is told as such.
    other = replace(changed, title="Best apple pie", summary="", content_hash="1" * 16)
    with at_desk.store.database.write() as connection:
        revise_item(connection, other, stored.revision + 2, at_desk.clock())
    at_desk.judge_items()
    items = browser.get(f"/api/v1/stories/{one['story_id']}").json()["items"]
    assert [i["tells"] for i in items if i["id"] == other.id] == [False]
    assert "tells something else" in browser.get(f"/stories/{one['story_id']}").text


def test_stories_that_are_none_are_not_there(browser: Browser) -> None:
    for name in ("0" * 16, "0" * 16 + "?after=" + "0" * 16):
        for path in ("/stories/", "/api/v1/stories/"):
            assert browser.get(path + name).status_code == 404
    for name in ("x", "..%2f..%2fetc", "0" * 17, "%00" * 16):
        for path in ("/stories/", "/api/v1/stories/"):
            assert browser.get(path + name).status_code in {404, 422}
