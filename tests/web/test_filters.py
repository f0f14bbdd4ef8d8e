"""Saved filters: feeds for other readers, editions of the digest, and who may have them."""

from __future__ import annotations

import errno
import json
import os
import re
from difflib import ndiff
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import httpx
import pytest

from techwatch import edition_keeping, yamledit
from techwatch.digests.filtering import passes
from techwatch.errors import EditError
from techwatch.model import Filter
from techwatch.watch import Watch

if TYPE_CHECKING:
    from pathlib import Path

    from tests.web.conftest import Browser

_ATOM = "{http://www.w3.org/2005/Atom}"
_ESCALATING = "verdict=escalating&since=2026-01-01&order=newest&evil=%3Cb%3E"


def _save(browser: Browser, name: str = "Steps <up>", query: str = _ESCALATING) -> dict[str, str]:
    browser.submit("/filters", name=name, query=query)
    found = browser.get("/api/v1/filters").json()["filters"]
    one: dict[str, str] = next(f for f in found if f["name"] == name)
    return one


def test_a_saved_filter_is_a_feed_for_whoever_has_its_address(browser: Browser) -> None:
    saved = _save(browser)
    assert saved["query"] == "verdict=escalating"
    assert 'href="/?verdict=escalating"' in browser.get("/").text
    assert "Steps &lt;up&gt;" in browser.get("/filters").text
    wanted = browser.get("/api/v1/developments?verdict=escalating&order=newest").json()
    titles = [d["title"] for d in wanted["developments"]]
    assert titles
    atom, feed = httpx.get(saved["atom"]), httpx.get(saved["json_feed"])  # without login
    assert atom.headers["content-type"] == "application/atom+xml"
    root = ET.fromstring(atom.content)
    own = [link.get("href") for link in root.findall(f"{_ATOM}link")]
    assert own == [saved["atom"]]
    shown = [entry.findtext(f"{_ATOM}title", "") for entry in root.findall(f"{_ATOM}entry")]
    assert len(shown) == len(titles)
    assert all(title in entry for title, entry in zip(titles, shown, strict=True))
    items = json.loads(feed.content)["items"]
    assert [item["title"] for item in items] == shown
    tag = {"If-None-Match": atom.headers["etag"]}
    assert httpx.get(saved["atom"], headers=tag).status_code == 304


def test_another_key_or_none_shuts_the_feed(at_desk: Watch, browser: Browser) -> None:
    saved = _save(browser)
    browser.submit(f"/filters/{saved['id']}/key")
    assert httpx.get(saved["atom"]).status_code == 404
    renewed = browser.get("/api/v1/filters").json()["filters"][0]
    assert httpx.get(renewed["atom"]).status_code == 200
    browser.submit(f"/filters/{saved['id']}/name", name="Another")
    assert "Another" in browser.get("/").text
    browser.submit(f"/filters/{saved['id']}/delete")
    done = [one.action for one in at_desk.store.audit.page(4, None, None)]
    assert done == ["filters.delete", "filters.rename", "filters.renew_key", "filters.save"]
    assert httpx.get(renewed["atom"]).status_code == 404
    assert browser.get("/api/v1/filters").json() == {"filters": []}
    at = str(browser.base_url).rstrip("/")
    for path in ("x.atom", f"{'x' * 43}.json", f"{'x' * 43}.html", "..%2f..%2fx.atom"):
        assert httpx.get(f"{at}/feeds-out/{path}").status_code in {404, 422}


def test_of_another_s_filters_nothing_is_seen_or_changed(at_desk: Watch, browser: Browser) -> None:
    people, now = at_desk.store.people, at_desk.clock()
    other = people.add("other", "analyst", now)
    assert other
    theirs = at_desk.store.saved.save(other.id, "Theirs", ("", Filter()), "k" * 43, now)
    assert "Theirs" not in browser.get("/filters").text + browser.get("/").text
    for path in ("name", "key", "delete"):
        answer = browser.submit(f"/filters/{theirs.id}/{path}", name="Mine")
        assert answer.status_code == 404
    assert browser.get(f"/filters/{theirs.id}/edition").status_code == 404
    assert browser.get(f"/filters/{10**30}/edition").status_code == 422
    assert at_desk.store.saved.filters(other.id) == (theirs,)


def test_names_and_queries_that_say_nothing_are_refused(browser: Browser) -> None:
    for fields in (
        {"name": " ", "query": ""},
        {"name": "x\x00", "query": ""},
        {"name": "x" * 81, "query": ""},
        {"name": "x", "query": "score=much"},
        {"name": "x", "query": "verdict=dreadful"},
    ):
        assert browser.submit("/filters", **fields).status_code == 422
    token = {"X-CSRF-Token": browser.csrf(), "Origin": str(browser.base_url).rstrip("/")}
    body = {"name": "By a program", "query": "kind=law"}
    assert browser.post("/api/v1/filters", json=body).status_code == 403
    assert browser.post("/api/v1/filters", json=body, headers=token).status_code == 201


def test_an_edition_is_written_where_all_is_well(at_desk: Watch, browser: Browser) -> None:
    saved = _save(browser, query="verdict=escalating&kind=law&score=0.5")
    path = f"/filters/{saved['id']}/edition"
    assert "verdicts: [escalating]" in browser.get(path).text
    before = at_desk.editions_file.read_text(encoding="utf-8")
    fields = {"title": "Laws: up", "schedule": "daily 07:00", "zone": "Europe/Oslo"}
    shown = browser.submit(path, id="laws-up", channels="folder", **fields)
    assert shown.status_code == 200
    assert at_desk.editions_file.read_text(encoding="utf-8") == before
    asked = {"recipients": "a@example.org, b@example.org", "language": "nb", "channels": "email"}
    mailed = browser.submit(path, id="laws-up", **fields, **asked).text
    assert "recipients: [a@example.org, b@example.org]" in mailed
    assert "language: nb" in mailed
    assert "language: en" not in shown.text
    for wrong in ({"schedule": "when it rains"}, {"zone": "Europe/Olso"}, {"channels": "email"}):
        values = {"channels": "folder"} | fields | wrong
        refused = browser.submit(path, id="laws-up", write="true", **values)
        assert refused.status_code == 422
        assert re.search(r"<li>digests.yaml:\d+: ", refused.text)
        assert at_desk.editions_file.read_text(encoding="utf-8") == before
    written = browser.submit(path, id="laws-up", channels="folder", write="true", **fields)
    assert written.status_code == 200
    after = at_desk.editions_file.read_text(encoding="utf-8")
    changed = [line for line in ndiff(before.splitlines(), after.splitlines()) if line[0] != " "]
    assert {line[0] for line in changed} == {"+"}
    again = Watch(at_desk.read_settings, at_desk.config_dir, at_desk.baseline_dir)
    again.check_files()
    edition = again.editions["laws-up"]
    assert (edition.schedule, edition.zone) == ("daily 07:00", "Europe/Oslo")
    found = browser.get(f"/api/v1/developments?{saved['query']}").json()["developments"]
    ids = {d["id"] for d in found}
    every = at_desk.draft(edition).developments
    assert {d.id for d in every if passes(d, edition.filter)} == ids
    assert at_desk.store.digests.watched_since("laws-up") is not None


def test_a_list_of_editions_that_can_t_be_written_is_told(
    at_desk: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = at_desk.editions_file.read_text(encoding="utf-8")

    def busy(path: Path, text: str) -> None:
        """Do as where a container has mounted the file alone."""
        raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), str(path), None, text[:1])

    monkeypatch.setattr(yamledit, "replace_file", busy)
    entry = {"id": "one-more", "title": "One", "schedule": "daily 07:00", "channels": ["folder"]}
    with pytest.raises(EditError, match=r"digests.yaml can't be written: .*busy"):
        edition_keeping.add(at_desk, entry)
    assert at_desk.editions_file.read_text(encoding="utf-8") == before
