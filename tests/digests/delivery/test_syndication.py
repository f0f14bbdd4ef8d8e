from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import feedparser
import pytest
from tests.digests.samples import (
    DIDI,
    EDITION,
    FOLLOW_UP,
    HOSTILE,
    OUTBOUND,
    SLOT,
    WEEK,
    digest,
    many,
)

from techwatch.digests.delivery.syndication import SyndicationChannel
from techwatch.digests.delivery.syndication_settings import SyndicationSettings
from techwatch.digests.render import render
from techwatch.errors import DeliveryError

if TYPE_CHECKING:
    from collections.abc import Callable

    from techwatch.model import Delivery, RenderedDigest


async def nothing() -> None:
    """Hand over without a ledger."""


def write(
    folder: Path, delivery: Delivery, *digests: RenderedDigest, **settings: Any
) -> tuple[Any, Any]:
    """Write the feeds of digests, newest first; returns both as their readers see them."""
    of = SyndicationSettings.model_validate(settings)
    channel = SyndicationChannel(of, folder, lambda _, most: digests[:most])
    asyncio.run(channel.send(digests[0], delivery, nothing))
    place = folder / "syndication" / "weekly"
    atom = (place / "atom.xml").read_bytes()
    ET.fromstring(atom)
    assert sorted(path.name for path in place.iterdir()) == ["atom.xml", "feed.json"]
    return feedparser.parse(atom), json.loads((place / "feed.json").read_bytes())


def test_other_readers_can_subscribe(delivery: Callable[..., Delivery], tmp_path: Path) -> None:
    week = replace(render(digest(*WEEK)), composed_at=SLOT)
    atom, feed = write(tmp_path, delivery(), week, url="https://watch.example.org/feeds/")
    assert not atom.bozo
    assert atom.version == "atom10"
    assert atom.feed.title == EDITION.title
    assert atom.feed.links[0].href == "https://watch.example.org/feeds/weekly/atom.xml"
    assert len(atom.entries) == 5
    first = atom.entries[0]
    assert first.title == f"▲ Didi Chuxing: {DIDI.title}"
    assert (first.link, first.author) == (DIDI.link, DIDI.publisher)
    assert first.published == "2022-07-21T08:12:00+00:00"
    assert [tag.term for tag in first.tags] == ["escalating", "Didi Chuxing"]
    assert first.id.startswith("urn:uuid:")
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert [item["id"] for item in feed["items"]] == [entry.id for entry in atom.entries]
    assert OUTBOUND.title in feed["items"][1]["title"]


def test_a_json_feed_keeps_the_rules_of_its_specification(
    delivery: Callable[..., Delivery], tmp_path: Path
) -> None:
    _, feed = write(tmp_path, delivery(), render(digest(*WEEK)))
    assert {"version", "title", "items"} <= feed.keys()
    assert len({item["id"] for item in feed["items"]}) == len(feed["items"])
    for item in feed["items"]:
        assert isinstance(item["id"], str)
        assert item["content_text"]
        assert item["url"].startswith("http")
        assert all(isinstance(tag, str) for tag in item["tags"])
        assert all(author["name"] for author in item["authors"])


def test_what_was_told_before_stays_and_keeps_its_id(
    delivery: Callable[..., Delivery], tmp_path: Path
) -> None:
    old = render(digest(DIDI, OUTBOUND))
    atom, _ = write(tmp_path, delivery(), old)
    ids = {entry.title: entry.id for entry in atom.entries}
    retold = replace(DIDI, title="Didi pays its fine")
    new = replace(render(digest(retold)), slot=SLOT + timedelta(days=1))
    atom, _ = write(tmp_path, delivery(), new, old)
    assert [entry.title for entry in atom.entries] == [
        "▲ Didi Chuxing: Didi pays its fine",
        f"▲ Data Security Law: {OUTBOUND.title}",
    ]
    assert [entry.id for entry in atom.entries] == list(ids.values())


def test_next_steps_of_earlier_stories_are_told_too(
    delivery: Callable[..., Delivery], tmp_path: Path
) -> None:
    atom, feed = write(tmp_path, delivery(), render(digest(DIDI, FOLLOW_UP)))
    assert [DIDI.title in atom.entries[0].title, len(atom.entries)] == [True, 2]
    assert FOLLOW_UP.title in feed["items"][1]["title"]


def test_writing_again_changes_nothing(delivery: Callable[..., Delivery], tmp_path: Path) -> None:
    week = render(digest(*WEEK))
    write(tmp_path, delivery(), week)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.*")}
    write(tmp_path, delivery(), week)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.*")} == before


def test_a_feed_is_bounded(delivery: Callable[..., Delivery], tmp_path: Path) -> None:
    atom, feed = write(tmp_path, delivery(), render(digest(*many(30))), most=7)
    assert (len(atom.entries), len(feed["items"])) == (7, 7)


def test_hostile_text_is_text(delivery: Callable[..., Delivery], tmp_path: Path) -> None:
    atom, feed = write(tmp_path, delivery(), render(digest(HOSTILE)))
    assert not atom.bozo
    [entry] = atom.entries
    [item] = feed["items"]
    assert entry.link == entry.id  # what feedparser makes of an entry without one
    assert "url" not in item
    raw = (tmp_path / "syndication" / "weekly" / "atom.xml").read_text(encoding="utf-8")
    assert "<script" not in raw
    assert "&lt;script" in raw
    assert "\u202e" not in raw + json.dumps(feed, ensure_ascii=False)
    assert len(item["title"]) < 500


def test_a_quiet_day_is_an_empty_feed(delivery: Callable[..., Delivery], tmp_path: Path) -> None:
    atom, feed = write(tmp_path, delivery(), render(digest()))
    assert not atom.bozo
    assert atom.feed.updated == "2022-07-22T05:00:00+00:00"
    assert feed["items"] == []


def test_a_folder_that_can_t_be_written_and_an_edition_that_is_none(
    delivery: Callable[..., Delivery], tmp_path: Path
) -> None:
    week = render(digest(*WEEK))
    with pytest.raises(DeliveryError, match="is no edition id"):
        write(tmp_path, delivery(), replace(week, edition_id="../up"))
    (tmp_path / "syndication").write_text("a file stands in the way")
    with pytest.raises(DeliveryError, match="can't be written"):
        write(tmp_path, delivery(), week)


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="should match pattern"):
        SyndicationSettings(url="javascript:alert(1)")
    assert SyndicationSettings(path=Path("x")).path == Path("x")
