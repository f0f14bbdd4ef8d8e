"""The fast reader gives what feedparser gives, or leaves the document to it."""

from __future__ import annotations

import time
from pathlib import Path
from xml.sax.saxutils import escape

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techwatch.collector import paused
from techwatch.feeds import encoding, strict
from techwatch.feeds.xml_feed import by_feedparser, read

URL = "https://a.example/news/feed"
GOLDEN = sorted((Path(__file__).parent / "golden").glob("*.xml"))
SAVED = sorted((Path(__file__).parents[3] / "shared" / "data" / "feeds").glob("*.xml"))


def text_of(path: Path) -> str:
    text = encoding.decode(path.read_bytes(), None, "en").text.lstrip("\ufeff \t\r\n\0")
    return text.partition("?>")[2].lstrip() if text.startswith("<?xml") else text


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.name)
def test_both_readers_agree_on_the_golden_files(path: Path) -> None:
    text = text_of(path)
    try:
        quick = strict.read(text, URL)
    except strict.Unsure:
        return
    assert quick == by_feedparser(text, URL)


@pytest.mark.skipif(not SAVED, reason="../shared/data/feeds is not there")
def test_both_readers_agree_on_saved_feeds_and_one_is_fast() -> None:
    left, quick_time, slow_time = [], 0.0, 0.0
    for path in SAVED:
        text = text_of(path)
        with paused():  # what other tests of the process left would be looked through meanwhile
            begun = time.process_time()
            quick = read(text, URL)
            quick_time += time.process_time() - begun
            begun = time.process_time()
            feedparser.parse(path.read_bytes())
            slow_time += time.process_time() - begun
        slow = by_feedparser(text, URL)
        assert quick.title == slow.title, path.name
        assert quick.entries == slow.entries, path.name
        try:
            strict.read(text, URL)
        except strict.Unsure:
            left.append(path.name)
    assert len(left) <= len(SAVED) * 0.05
    assert slow_time / quick_time > 10  # measured apart: 20 and more; here others may be at work


SPACES = (
    "xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:media='http://search.yahoo.com/mrss/' "
    "xmlns:content='http://purl.org/rss/1.0/modules/content/' "
    "xmlns:atom='http://www.w3.org/2005/Atom' xmlns:dcterms='http://purl.org/dc/terms/' "
    "xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd' xmlns:x='urn:x' "
    "xmlns:feedburner='http://rssnamespace.org/feedburner/ext/1.0'"
)
NAMES = st.sampled_from(
    [
        "title",
        "link",
        "guid",
        "description",
        "pubDate",
        "author",
        "category",
        "comments",
        "content:encoded",
        "content",
        "summary",
        "id",
        "published",
        "updated",
        "dc:title",
        "dc:date",
        "dc:creator",
        "dc:description",
        "media:title",
        "media:description",
        "media:content",
        "media:group",
        "atom:link",
        "atom:updated",
        "itunes:summary",
        "dcterms:issued",
        "source",
        "x:note",
        "x:title",
        "enclosure",
        "created",
        "issued",
        "modified",
        "image",
        "feedburner:origLink",
        "abstract",
        "dc:language",
    ]
)
TEXTS = st.sampled_from(
    [
        "", "  ", "One", " Two & three ", "<b>bold</b>", "Caf\u00e9", "Caf\u00c3\u00a9", "中国",
        "https://b.example/x?y=1&z=2", "/x/../y", "https:///b.example//x", "x#", "http://[",
        "https://b.example/#", "&amp;lt;", "a\u0085b", "mailto:a@b.example", "tag:a,2025:1",
    ]
)  # fmt: skip
ATTRIBUTES = st.sampled_from(
    ["", "", "", "", " isPermaLink='false'", " href='/z?a=1'", " rel='enclosure' href='/e'",
     " type='html'", " type='xhtml'", " rel='self' href='/s'", " xml:lang='nb'", " xml:base='/b/'"]
)  # fmt: skip


@st.composite
def elements(draw: st.DrawFn, *, deep: bool = True) -> str:
    name, attributes = draw(NAMES), draw(ATTRIBUTES)
    inner = escape(draw(TEXTS))
    if deep and draw(st.integers(0, 5)) == 0:
        inner = "".join(draw(st.lists(elements(deep=False), max_size=3)))
    return f"<{name}{attributes}>{inner}</{name}>"


@st.composite
def documents(draw: st.DrawFn) -> str:
    entries = [
        "".join(draw(st.lists(elements(), max_size=7))) for _ in range(draw(st.integers(0, 3)))
    ]
    root = draw(st.sampled_from(["", " xml:lang='en-US'", " xml:base='https://c.example/d/'"]))
    head = draw(
        st.sampled_from(["", "<title>T</title>", "<title>T</title><language>zh</language>"])
    )
    if draw(st.booleans()):
        inner = "".join(f"<item>{entry}</item>" for entry in entries)
        return f"<rss version='2.0' {SPACES}{root}><channel>{head}{inner}</channel></rss>"
    inner = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return f"<feed xmlns='http://www.w3.org/2005/Atom' {SPACES}{root}>{head}{inner}</feed>"


@given(text=documents())
@settings(deadline=None, max_examples=400)
def test_both_readers_agree_on_any_mixture_of_elements(text: str) -> None:
    try:
        quick = strict.read(text, URL)
    except strict.Unsure:
        return
    slow = by_feedparser(text, URL)
    assert quick.entries == slow.entries
    assert quick.title == slow.title


@pytest.mark.parametrize(
    "text",
    [
        "<!DOCTYPE rss><rss><channel/></rss>",
        "<!-- a --><!DOCTYPE rss [<!ENTITY a 'b'>]><rss><channel/></rss>",
        "<html><body/></html>",
        "<rss><channel><item><title>A <b>bold</b> one</title></item></channel></rss>",
        "<rss",
    ],
)
def test_what_is_odd_is_left(text: str) -> None:
    with pytest.raises(strict.Unsure):
        strict.read(text, URL)
