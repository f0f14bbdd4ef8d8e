"""Digests as they went out, held in a sandbox, with their ledger; and the page Status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import update

from techwatch.model import DeliveryState
from techwatch.storage import tables as t
from techwatch.web import kept
from techwatch.web.views import digests as view

if TYPE_CHECKING:
    import pytest
    from tests.web.conftest import Browser

    from techwatch.watch import Watch


def _in_doubt(watch: Watch, state: DeliveryState) -> int:
    """Have the first delivery end so."""
    with watch.store.database.engine.begin() as connection:
        connection.execute(update(t.deliveries).where(t.deliveries.c.id == 1).values(state=state))
    return 1


def test_a_digest_is_shown_as_it_went_out(browser: Browser) -> None:
    [listed, *_] = browser.get("/api/v1/digests").json()["digests"]
    here = f"/digests/{listed['edition']}/{listed['slot']}"
    assert f'href="{here.replace(":", "%3A")}"' in browser.get("/digests").text
    page = browser.get(here)
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page.text
    assert "frame-src 'self'" in page.headers["content-security-policy"]
    frame = browser.get(f"{here}/html")
    policy = frame.headers["content-security-policy"]
    assert "style-src 'unsafe-inline'" in policy
    assert "script" not in policy
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert frame.headers["x-frame-options"] == "SAMEORIGIN"
    assert "unsafe" not in browser.get(here).headers["content-security-policy"]
    whole = browser.get(f"/api/v1{here}").json()
    assert whole["html"] == frame.text.replace('<base target="_blank">', "")
    assert whole["text"] == browser.get(f"{here}/text").text
    assert whole["data"]["subject"] == listed["subject"]
    assert [one["state"] for one in whole["deliveries"]] == ["sent"]
    assert whole["deliveries"][0]["history"][-1]["state"] == "sent"
    latest = browser.get(f"/api/v1/digests/{listed['edition']}/latest").json()
    assert latest["digest"]["slot"] == listed["slot"]


def test_hostile_addresses_lead_nowhere(browser: Browser) -> None:
    edition = browser.get("/api/v1/digests").json()["digests"][0]["edition"]
    slots = (
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e",
        "9999-99-99T99:99Z",
        "2026",
        "%00",
        "latest%0d%0aX",
    )
    for slot in slots:
        for of in (edition, "..%2f", "%00", "%3Cscript%3E"):
            for tail in ("", "/html", "/text"):
                answer = browser.get(f"/digests/{of}/{slot}{tail}")
                assert answer.status_code == 404, answer.url
                assert "<script>" not in answer.text.replace("<script src", "")
    for key in ("x", "2026-11-21T06:00Z/%00", "/"):
        assert browser.get("/digests", params={"after": key}).status_code in {200, 404}


def test_what_is_in_doubt_is_decided_by_an_admin(browser: Browser, at_desk: Watch) -> None:
    [listed, *_] = browser.get("/api/v1/digests").json()["digests"]
    here = f"/digests/{listed['edition']}/{listed['slot']}"
    told = browser.submit(here, delivery="1", decision="drop")
    assert told.status_code == 409  # it is sent
    delivery = _in_doubt(at_desk, DeliveryState.UNCERTAIN)
    assert "Give it up" in browser.get(here).text
    assert browser.submit(here, delivery="999", decision="drop").status_code == 404
    assert browser.submit(here, delivery="1", decision="burn").status_code == 422
    assert "given up" in browser.submit(here, delivery="1", decision="drop").text
    assert at_desk.store.ledger.delivery(delivery).state is DeliveryState.DROPPED
    _in_doubt(at_desk, DeliveryState.FAILED)
    headers = {"X-CSRF-Token": browser.csrf(), "Origin": str(browser.base_url)}
    address = f"/api/v1{here}/deliveries/1"
    sent = browser.post(address, json={"decision": "send"}, headers=headers)
    assert sent.json()["state"] == "due"
    assert browser.post(address, json={"decision": "send"}, headers=headers).status_code == 409


def test_pages_of_digests_follow_each_other(
    at_desk: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "PAGE", 2)
    edition = next(iter(at_desk.editions.values()))
    for _ in range(3):
        at_desk.publish(edition)
    seen: list[str] = []
    page = view.digests(at_desk)
    seen += [one.slot for one in page.digests]
    while page.after:
        page = view.digests(at_desk, after=page.after)
        seen += [one.slot for one in page.digests]
    assert seen == sorted(set(seen), reverse=True)
    assert len(seen) == len(at_desk.store.digests.issues())
    at_desk.close()


def test_status_tells_faults_first_and_what_to_do(
    browser: Browser, at_desk: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    _in_doubt(at_desk, DeliveryState.UNCERTAIN)
    found = browser.get("/api/v1/status").json()
    page = browser.get("/status").text
    assert not found["well"]
    assert "deliveries.uncertain" in {one["code"] for one in found["faults"]}
    for one in found["faults"]:
        assert one["code"] in page
        assert one["remedy"]
    assert page.index("deliveries.uncertain") < page.index("Service")
    assert found["figures"]["items"] > 10
    monkeypatch.setattr(kept.Kept, "get", lambda _, make: make())
    with at_desk.store.database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE heartbeats RENAME TO gone")
    broken = browser.get("/status")
    assert broken.status_code == 503
    assert "database.unusable" in broken.text
    assert browser.get("/api/v1/status").json()["figures"] is None
