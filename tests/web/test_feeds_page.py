"""Feeds: how they are, and the list changed with its comments kept."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from tests.news import rss

from techwatch import installation
from techwatch.feeds import catalogue
from techwatch.model import Feed
from techwatch.testing import Publisher
from techwatch.web.views import feeds as view

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from tests.web.conftest import Browser

    from techwatch.watch import Watch

BOMB = b"""<?xml version="1.0"?><!DOCTYPE o [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>
<opml version="2.0"><body><outline text="&c;" xmlUrl="https://a.example/f"/></body></opml>"""
DEEP = (
    b'<opml version="2.0"><body>'
    + b"".join(b'<outline text="a%d">' % n for n in range(10_000))
    + b'<outline text="x" xmlUrl="https://x.example/"/>' * 3_000
    + b"</outline>" * 10_000
    + b"</body></opml>"
)
EVIL = "<script>alert(1)</script>"


def _headers(browser: Browser) -> dict[str, str]:
    return {"X-CSRF-Token": browser.csrf(), "Origin": str(browser.base_url)}


def test_a_feed_is_looked_at_added_paused_and_removed(browser: Browser, at_desk: Watch) -> None:
    path = at_desk.feeds_file
    path.write_text("# ours\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    before = path.read_text(encoding="utf-8")
    with Publisher() as publisher:
        publisher.publish("new.rss", rss("Montana &lt;b&gt; bans TikTok"))
        link = '<html><link rel="alternate" type="application/rss+xml" href="/new.rss">'
        publisher.publish("home.html", link.encode())
        looked = browser.submit("/feeds/look", url=publisher.url("home.html")).text
        assert "bans TikTok" in looked
        assert "<b>" not in looked
        url = publisher.url("new.rss")
        assert f'name="url" value="{url}"' in looked
        page = browser.submit("/feeds/add", url=url, publisher=EVIL, language="en", tags="one two")
        assert page.status_code == 200
        assert "&lt;script&gt;alert(1)" in page.text
        assert EVIL not in page.text
    added = path.read_text(encoding="utf-8")
    assert added.startswith(before)
    assert browser.submit("/feeds/add", url=url, publisher="Again").status_code == 422
    wrong = browser.submit(
        "/feeds/add", url=f"{url}2", publisher="B", language="zh", tags="one", zone="Asia/Shangai"
    )
    assert wrong.status_code == 422
    assert "Asia/Shangai" in wrong.text
    assert 'name="publisher" required maxlength="200" value="B"' in wrong.text, "typed in vain"
    assert 'value="one"' in wrong.text
    browser.submit("/feeds/change", url=url, what="pause")
    paused = browser.get("/api/v1/feeds", params={"condition": "paused"}).json()["feeds"]
    assert [one["url"] for one in paused] == [url]
    assert at_desk.store.feeds.state(url).feed.paused
    browser.submit("/feeds/change", url=url, what="resume")
    assert not at_desk.store.feeds.state(url).feed.paused
    headers = _headers(browser)
    gone = browser.request("DELETE", "/api/v1/feeds", params={"url": url}, headers=headers)
    assert gone.json()["publisher"] == EVIL
    assert path.read_text(encoding="utf-8") == before
    again = browser.request("DELETE", "/api/v1/feeds", params={"url": url}, headers=headers)
    assert again.status_code == 404


def test_what_is_no_address_is_refused(browser: Browser, at_desk: Watch) -> None:
    before = at_desk.feeds_file.read_bytes()
    token, own = browser.csrf("/search"), {"Origin": str(browser.base_url)}

    def sent(path: str, fields: dict[str, str]) -> int:
        return browser.post(path, data={"csrf": token} | fields, headers=own).status_code

    for url in ("javascript:alert(1)", "file:///etc/passwd", "http://", "https://a b/", "\0"):
        assert sent("/feeds/look", {"url": url}) == 422
        assert sent("/feeds/add", {"url": url, "publisher": "P"}) == 422
    for fields in (
        {"tier": "9"},
        {"language": "klingon"},
        {"zone": "../etc"},
        {"publisher": "a\0"},
        {"tags": "#"},
    ):
        given = {"url": "https://a.example/f", "publisher": "P"} | fields
        assert sent("/feeds/add", given) == 422, fields
    for key in ("nowhere", "\0", "https://a.example/'--"):
        assert browser.get("/feeds", params={"after": key}).status_code == 404
    assert browser.get("/feeds", params={"condition": "x"}).status_code == 422
    assert at_desk.feeds_file.read_bytes() == before


def test_lists_are_imported_and_exported(browser: Browser, at_desk: Watch) -> None:
    headers, token = {"Origin": str(browser.base_url)}, browser.csrf("/search")

    def sent(data: bytes, name: str = "list.opml") -> tuple[int, str]:
        form, files = {"csrf": token}, {"file": (name, data)}
        answer = browser.post("/feeds/import", data=form, files=files, headers=headers)
        return answer.status_code, answer.text

    exported = browser.get("/feeds.opml")
    assert "attachment" in exported.headers["content-disposition"]
    known = len(at_desk.feeds())
    again = exported.content.replace(
        b"</body>",
        b'<outline text="&lt;i&gt;New" xmlUrl="https://new.example/feed"/>'
        b'<outline text="x"><outline text="New" xmlUrl="https://new.example/feed"/></outline></body>',
    )
    status, page = sent(again, EVIL)
    assert status == 200
    assert "1 feed was added." in page
    assert "Known already" in page
    assert "More than once in the file" in page
    assert "&lt;i&gt;New" in page
    assert EVIL not in page
    assert len(at_desk.feeds()) == known + 1
    for bad in (BOMB, b"<html>", b"", b"\xff\0"):
        status, page = sent(bad)
        assert status == 422, bad[:40]
        assert "Nothing was added" in page
    status, page = sent(DEEP)
    assert status == 200
    assert len(at_desk.feeds()[-1].tags) == 50
    assert browser.get("/feeds").status_code == 200
    api = _headers(browser) | {"Content-Type": "text/x-opml"}
    told = browser.post("/api/v1/feeds/import", content=again, headers=api).json()
    assert told["added"] == []
    assert len(told["known"]) == known + 1
    assert told["repeated"] == ["https://new.example/feed"]


def test_feeds_are_listed_page_by_page_with_their_health(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, at_desk: Watch
) -> None:
    monkeypatch.setattr(view, "PAGE", 3)
    seen, after = [], ""
    while True:
        page = browser.get("/api/v1/feeds", params={"after": after} if after else {}).json()
        seen += [one["url"] for one in page["feeds"]]
        after = page["after"]
        if not after:
            break
    assert seen == [state.feed.url for state in at_desk.store.feeds.states()]
    monkeypatch.setattr(installation, "came_along", lambda _: True)
    page_ = browser.get("/feeds")
    assert "The list can't be changed here" in page_.text
    assert "/feeds/change" not in page_.text
    refused = browser.submit("/feeds/change", url=seen[0], what="pause")
    assert refused.status_code == 400


def test_two_programs_change_the_list_at_once(at_desk: Watch) -> None:
    """Neither loses what the other wrote: one is the desk, the other a command."""
    path = at_desk.feeds_file
    code = (
        "import sys\nfrom pathlib import Path\nfrom types import SimpleNamespace\n"
        "from techwatch import feed_keeping\nfrom techwatch.model import Feed\n"
        "watch = SimpleNamespace(feeds_file=Path(sys.argv[1]))\n"
        "for n in range(20):\n"
        "    feed_keeping.add(watch, Feed(f'https://theirs.example/{n}', 'T', 'en'))\n"
    )
    other = subprocess.Popen([sys.executable, "-c", code, str(path)])
    number = 0
    while other.poll() is None or number < 20:
        view.add(at_desk, Feed(f"https://ours.example/{number}", "O", "en"))
        number += 1
    assert other.returncode == 0
    listed = {feed.url for feed in catalogue.load(path)}
    assert {f"https://theirs.example/{n}" for n in range(20)} <= listed
    assert {f"https://ours.example/{n}" for n in range(number)} <= listed
    at_desk.close()


def test_pausing_changes_one_line(tmp_path: Path) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_text(
        "feeds:  # all\n"
        "  - url: https://a.example/f  # first\n"
        "    publisher: A\n"
        "    language: en\n"
        "  # between\n"
        "  - {url: https://b.example/f, publisher: B, language: en}  # second\n"
        "  - paused: true  # for now\n"
        "    url: https://c.example/f\n"
        "    publisher: C\n"
        "    language: en\n",
        encoding="utf-8",
    )
    lines = path.read_text(encoding="utf-8").splitlines()
    for letter, paused in (("a", True), ("b", True), ("c", False)):
        catalogue.pause(path, f"https://{letter}.example/f", paused=paused)
    assert [feed.paused for feed in catalogue.load(path)] == [True, True, False]
    lines[5] = lines[5].replace("}", ", paused: true}")
    lines[6] = lines[6].replace("true", "false")
    lines.insert(4, "    paused: true")
    assert path.read_text(encoding="utf-8").splitlines() == lines
