"""What people say at the desk: recorded, shown, heeded, taken back; and who may not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import yaml

from techwatch.web.asking import cookie
from techwatch.web.renewing import Watching
from techwatch.web.site import Site

if TYPE_CHECKING:
    from tests.web.conftest import Browser

    from techwatch.watch import Watch


def developments(browser: Browser) -> list[dict[str, str]]:
    found: list[dict[str, str]] = browser.get("/api/v1/developments").json()["developments"]
    return found


def api(browser: Browser, method: str, path: str, **body: str) -> tuple[int, dict[str, object]]:
    headers = {
        "X-CSRF-Token": browser.csrf("/teaching"),
        "Origin": str(browser.base_url).rstrip("/"),
    }
    answer = browser.request(
        method, f"/api/v1{path}", headers=headers, json=body if method == "POST" else None
    )
    return answer.status_code, answer.json()


def test_what_is_said_is_shown_heeded_and_taken_back(browser: Browser) -> None:
    one, other = developments(browser)[:2]
    page = browser.submit("/judgements", item=one["item_id"], say="reject", note="a <b>test</b>")
    assert page.status_code == 200
    assert "a &lt;b&gt;test&lt;/b&gt;" in page.text
    assert "by local" in page.text
    assert one["id"] not in {d["id"] for d in developments(browser)}
    [said] = browser.get("/api/v1/judgements").json()["judgements"]
    number = said["judgement"]["id"]
    assert (said["judgement"]["decision"], said["judgement"]["by"]) == ("reject", "local")
    today = browser.get("/", params={"said": number}).text
    assert f'action="/judgements/{number}/undo"' in today
    back = browser.submit(f"/judgements/{number}/undo", next="/")
    assert back.url.path == "/"
    assert one["id"] in {d["id"] for d in developments(browser)}
    assert browser.submit(f"/judgements/{number}/undo").status_code == 404  # not in force
    accepted = browser.submit("/judgements", item=other["id"], say="accept", next="/?x=1")
    assert accepted.url.params["x"] == "1"
    assert accepted.text.count("<strong>Accepted</strong>") == 2  # on top, and at its card


def test_the_api_says_and_takes_back(browser: Browser) -> None:
    one, two = developments(browser)[:2]
    status, made = api(
        browser, "POST", "/judgements", item=one["item_id"], say="same-as", other=two["id"]
    )
    assert (status, made["decision"]) == (201, "same-as")
    assert len({one["id"], two["id"]} & {d["id"] for d in developments(browser)}) == 1
    status, undone = api(browser, "DELETE", f"/judgements/{made['id']}")
    assert (status, undone["undone_by"]) == (200, "local")
    assert {one["id"], two["id"]} <= {d["id"] for d in developments(browser)}


def test_a_wrong_entity_is_chosen_on_a_page_of_its_own(browser: Browser) -> None:
    one = next(d for d in developments(browser) if d["entity_id"])
    page = browser.get(f"/judgements/of/{one['item_id']}", params={"next": "//evil.example"}).text
    assert f'name="entity" value="{one["entity_id"]}"' in page
    assert 'href="//evil' not in page
    assert 'value="//evil' not in page
    answer = browser.submit(
        "/judgements", item=one["item_id"], say="wrong-entity", entity=one["entity_id"]
    )
    assert answer.status_code == 200
    sayable = browser.get(f"/api/v1/items/{one['item_id']}/sayable").json()
    assert one["entity_id"] not in {named["id"] for named in sayable["entities"]}
    assert "said local" in sayable["reason"]


def test_figures_move_and_what_was_said_is_exported(browser: Browser) -> None:
    first, second, third = developments(browser)[:3]
    for one, say in ((first, "accept"), (second, "reject"), (third, "accept"), (third, "known")):
        browser.submit("/judgements", item=one["item_id"], say=say)
    found = browser.get("/api/v1/teaching").json()
    assert len(found["weeks"]) == 12
    total = found["total"]
    assert (total["accepted"], total["rejected"], total["known"]) == (1, 1, 1)
    assert found["weeks"][-1]["figures"] == total
    assert sum(group["figures"]["accepted"] for group in found["languages"]) == 1
    page = browser.get("/teaching").text
    assert "33 %" in page
    assert '<svg class="chart"' in page
    cases = yaml.safe_load(browser.get("/teaching/cases.yaml").text)
    assert {case["title"] for case in cases} == {first["title"], second["title"], third["title"]}
    lines = [json.loads(line) for line in browser.get("/teaching/cases.jsonl").text.splitlines()]
    assert {line["decision"] for line in lines} == {"accept", "reject", "known"}


def test_what_is_not_there_or_can_t_be_is_refused(browser: Browser) -> None:
    one = developments(browser)[0]
    for item, say, status in (
        ("0" * 16, "accept", 404),
        ("' OR 1=1 --", "accept", 404),
        (one["item_id"], "applaud", 422),
        ("x" * 300, "accept", 422),
    ):
        assert browser.submit("/judgements", item=item, say=say).status_code == status
    for more in ({"say": "same-as", "other": "nothing"}, {"say": "wrong-entity", "entity": "x"}):
        status, told = api(browser, "POST", "/judgements", item=one["item_id"], **more)
        assert (status, told["title"]) == (404, "Not there")
    status, told = api(
        browser, "POST", "/judgements", item=one["item_id"], say="same-as", other=one["id"]
    )
    assert (status, told["detail"]) == (422, "these are one story already")
    for path in ("/judgements/999", "/judgements/0", "/judgements/99999999999999999999"):
        assert api(browser, "DELETE", path)[0] in {404, 422}
    for path in ("/judgements?after=x", "/judgements/of/..%2f..", "/judgements/of/zz", "/?said=-1"):
        assert browser.get(path).status_code in {404, 422}
    assert browser.get("/?said=999").status_code == 200


def test_who_only_reads_says_nothing_and_undoes_nothing(browser: Browser, at_desk: Watch) -> None:
    one = developments(browser)[0]
    browser.submit("/judgements", item=one["item_id"], say="accept")
    [said] = browser.get("/api/v1/judgements").json()["judgements"]
    site = Site(Watching(at_desk))
    reader = at_desk.store.people.add("reader", "reader", at_desk.clock())
    assert reader
    browser.cookies.clear()
    browser.cookies.set(cookie(site), site.doorkeeper.enter(reader))
    page = browser.get("/").text
    assert "<strong>Accepted</strong>" in page
    assert 'action="/judgements' not in page
    number = said["judgement"]["id"]
    assert browser.submit(f"/judgements/{number}/undo").status_code == 403
    assert api(browser, "DELETE", f"/judgements/{number}")[0] == 403
    assert api(browser, "POST", "/judgements", item=one["item_id"], say="reject")[0] == 403
    assert browser.submit("/judgements", item=one["item_id"], say="reject").status_code == 403
    assert browser.get(f"/judgements/of/{one['item_id']}").status_code == 403
    [still] = browser.get("/api/v1/judgements").json()["judgements"]
    assert still["judgement"]["undone_at"] is None
