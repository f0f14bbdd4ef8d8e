from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import feedparser
import httpx
import pytest

from techwatch.model import Verdict
from techwatch.testing import Publisher, demo

if TYPE_CHECKING:
    from pathlib import Path

ZONED = re.compile(r"(?:Z|GMT|[+-]\d\d:?\d\d)$")
FEEDS = demo.feeds("http://127.0.0.1:8080")
FILES = {urlsplit(feed.url).path.removeprefix("/"): feed for feed in FEEDS}


@dataclass(frozen=True)
class Entry:
    title: str
    link: str
    summary: str
    guid: str | None
    published: str


def read(path: Path) -> tuple[str, list[Entry]]:
    """The format of a document, as feedparser names it, and its entries."""
    if path.suffix == ".json":
        document = json.loads(path.read_bytes())
        return document["version"], [from_json(item) for item in document["items"]]
    parsed = feedparser.parse(path.read_bytes())
    assert not parsed.bozo, parsed.get("bozo_exception")
    return parsed.version, [from_feedparser(entry) for entry in parsed.entries]


def from_json(item: dict[str, Any]) -> Entry:
    texts = [item[key] for key in ("summary", "content_html", "content_text") if key in item]
    return Entry(item["title"], item["url"], texts[0], item["id"], item["date_published"])


def from_feedparser(entry: Any) -> Entry:
    published = entry.get("published") or entry.updated  # dc:date is read as updated
    return Entry(entry.title, entry.link, entry.summary, entry.get("id"), published)


FIRST = {name: read(demo.first_edition() / name) for name in FILES}
SECOND = {path.name: read(path) for path in sorted(demo.second_edition().iterdir())}
ENTRIES = [entry for _, entries in FIRST.values() for entry in entries]


def test_every_document_is_listed_as_a_feed_and_the_reverse() -> None:
    assert {path.name for path in demo.first_edition().iterdir()} == set(FILES)


def test_there_are_enough_feeds_and_items() -> None:
    assert len(FEEDS) >= 8
    assert len(ENTRIES) >= 70


def test_all_formats_are_there() -> None:
    formats = {version for version, _ in FIRST.values()}
    assert formats == {"rss20", "rss10", "atom10", "https://jsonfeed.org/version/1.1"}


def test_all_languages_are_there() -> None:
    assert {feed.language for feed in FEEDS} == {"en", "zh", "nb"}


@pytest.mark.parametrize("name", FILES)
def test_items_are_whole(name: str) -> None:
    host = f"{urlsplit(FIRST[name][1][0].link).hostname}"
    assert host.endswith(".example")
    for entry in FIRST[name][1]:
        assert entry.title
        assert entry.summary
        assert entry.link.startswith(f"https://{host}/20")
        assert "202" in entry.published


def test_links_are_unique() -> None:
    assert len({entry.link for entry in ENTRIES}) == len(ENTRIES)


def test_some_items_have_no_guid() -> None:
    assert 3 <= sum(entry.guid is None for entry in ENTRIES) <= len(ENTRIES) // 4


def test_texts_come_with_markup_and_in_both_chinese_scripts() -> None:
    raw = "".join(p.read_text("utf-8") for p in demo.first_edition().iterdir())
    for sign in ("<![CDATA[<p>", "&lt;i&gt;", "&amp;amp;", "+08:00", "+0800", "網信辦", "网信办"):
        assert sign in raw


def test_zones_are_known_and_given_where_dates_name_none() -> None:
    without = {
        name
        for name, (_, entries) in FIRST.items()
        if not all(ZONED.search(entry.published) for entry in entries)
    }
    assert without == {name for name, feed in FILES.items() if feed.zone}
    for name in without:
        assert ZoneInfo(FILES[name].zone or "").key == FILES[name].zone


def test_every_feed_mixes_news_and_noise() -> None:
    verdicts = {e.link: e.verdict for e in demo.expectations() if e.edition == "first"}
    for name, (_, entries) in FIRST.items():
        count = Counter(verdicts[entry.link].flagged for entry in entries)
        assert count[True] >= 3, name
        assert count[False] >= 3, name


def test_expectations_cover_every_item_and_no_other() -> None:
    expected = Counter(e.link for e in demo.expectations() if e.edition == "first")
    assert expected == Counter(entry.link for entry in ENTRIES)


def test_expectations_of_the_second_edition_cover_what_changed() -> None:
    before = {(e.link, e.title, e.summary) for e in ENTRIES}
    changed = {
        entry.link
        for _, entries in SECOND.values()
        for entry in entries
        if (entry.link, entry.title, entry.summary) not in before
    }
    assert changed == {e.link for e in demo.expectations() if e.edition == "second"}
    assert len(changed) == 2
    assert len(changed - {entry.link for entry in ENTRIES}) == 1  # one new, one with a new headline


def test_second_edition_loses_no_item_and_leaves_most_documents_alone() -> None:
    for name, (version, entries) in SECOND.items():
        assert version == FIRST[name][0]
        assert {e.link for e in entries} >= {e.link for e in FIRST[name][1]}
    assert len(SECOND) <= len(FEEDS) // 4


def test_what_is_flagged_has_a_story_and_what_is_not_has_none() -> None:
    for expectation in demo.expectations():
        assert bool(expectation.story) == expectation.verdict.flagged, expectation.link
        assert bool(expectation.about) == (expectation.verdict is not Verdict.UNRELATED), (
            expectation.link
        )


def test_a_story_has_one_verdict_and_one_subject() -> None:
    tellings: dict[str, set[Verdict]] = {}
    subjects: dict[str, set[str]] = {}
    for expectation in demo.expectations():
        if expectation.story:
            tellings.setdefault(expectation.story, set()).add(expectation.verdict)
            shared = subjects.setdefault(expectation.story, set(expectation.about))
            shared &= set(expectation.about)
    assert all(len(verdicts) == 1 for verdicts in tellings.values())
    assert all(subjects.values())
    stories = Counter(e.story for e in demo.expectations() if e.story)
    assert sum(count > 1 for count in stories.values()) >= 10


def test_published_dates_lie_in_the_years_they_tell_of() -> None:
    years = {entry.link.split("/")[3] for entry in ENTRIES}
    assert years == {"2021", "2022", "2023", "2024", "2025"}
    for entry in ENTRIES:
        assert entry.link.split("/")[3] in entry.published, entry.link


def test_second_poll_brings_mostly_304() -> None:
    with (
        Publisher(demo.first_edition()) as publisher,
        httpx.Client(timeout=5, trust_env=False) as client,
    ):
        feeds = demo.feeds(publisher.base_url)
        tags = {feed.url: client.get(feed.url).headers["ETag"] for feed in feeds}
        publisher.publish_folder(demo.second_edition())
        answers = [client.get(url, headers={"If-None-Match": t}) for url, t in tags.items()]
    assert Counter(a.status_code for a in answers) == {304: len(feeds) - 2, 200: 2}
