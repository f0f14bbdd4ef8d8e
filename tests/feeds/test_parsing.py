from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techwatch.errors import (
    EmptyDocumentError,
    HostileDocumentError,
    NotAFeedError,
    ParseError,
)
from techwatch.feeds.parsing import MOST_BODY, MOST_SUMMARY, MOST_TITLE, parse
from techwatch.model import Document, Feed, Item, Validators

if TYPE_CHECKING:
    from collections.abc import Callable

    MakeDocument = Callable[[bytes], Document]

FETCHED = datetime(2025, 1, 1, 12, tzinfo=UTC)
GOLDEN = Path(__file__).parent / "golden"
DOCUMENTS = sorted(p for p in GOLDEN.iterdir() if not p.name.endswith(".expected.json"))
REAL = Path(__file__).parents[3] / "shared" / "data" / "feeds"


def rss(*items: str) -> bytes:
    return f'<rss version="2.0"><channel>{"".join(items)}</channel></rss>'.encode()


def told(item: Item) -> dict[str, Any]:
    """Return what a golden file says of an item."""
    published = item.published.isoformat() if item.published else None
    long = {"summary": item.summary, "body": item.body}
    return {
        "title": item.title,
        "identity": item.identity,
        "link": item.link,
        "published": published,
        "language": item.language,
        **{name: text for name, text in long.items() if text},
    }


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_a_document_gives_the_items_beside_it(path: Path) -> None:
    expected = json.loads(path.with_name(f"{path.name}.expected.json").read_text("utf-8"))
    url = f"https://feeds.example/news/{path.name}"
    feed = Feed(url, "Example", expected["language"], zone=expected["zone"])
    parsed = parse(Document(url, path.read_bytes(), "text/xml", Validators(), FETCHED), feed)
    assert parsed.title == expected["title"]
    assert list(parsed.damage) == expected["damage"]
    assert [told(item) for item in parsed.items] == expected["items"]


@pytest.mark.parametrize(
    ("content", "error", "says"),
    [
        (b"", EmptyDocumentError, "empty"),
        (b" \r\n\t\n", EmptyDocumentError, "empty"),
        (b"\xef\xbb\xbf \n", EmptyDocumentError, "empty"),
        (b"<!DOCTYPE html><html><body>Not found</body></html>", NotAFeedError, "web page"),
        (
            b'<html><head><link rel="alternate" type="application/rss+xml" href="/f.xml"></head>',
            NotAFeedError,
            "may be https://feeds.example/f.xml",
        ),
        (b"<sitemapindex><sitemap/></sitemapindex>", NotAFeedError, "neither RSS nor Atom"),
        (b"Service unavailable", NotAFeedError, "neither RSS nor Atom"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", NotAFeedError, "neither RSS nor Atom"),
        (b'{"status": "ok"}', NotAFeedError, "no JSON Feed"),
        (
            b'<rss xmlns:g="http://www.opengis.net/gml"><item><g:pos>1 2</g:pos></item></rss>',
            ParseError,
            "the parser failed on it: KeyError",
        ),
        (b'{"items": [{"id": 1}', NotAFeedError, "no JSON Feed"),
        (b'{"version": x "items": [{"id": 1}', NotAFeedError, "whole JSON"),
        (b"[1, 2]", NotAFeedError, "no JSON Feed"),
        (b'{"version', NotAFeedError, "whole JSON"),
        (b"[" * 200_000, HostileDocumentError, "too deeply"),
    ],
)
def test_what_is_no_feed_is_told_apart(
    content: bytes, error: type[ParseError], says: str, document: MakeDocument, feed: Feed
) -> None:
    with pytest.raises(error, match=says) as raised:
        parse(document(content), feed)
    assert raised.value.url == feed.url


def test_a_document_that_names_a_file_is_not_that_file(
    document: MakeDocument, feed: Feed, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.xml"
    secret.write_bytes(rss("<item><title>Secret</title></item>"))
    with pytest.raises(NotAFeedError):
        parse(document(str(secret).encode()), feed)


@pytest.mark.parametrize("reference", ["&#xffffff;", "&#xffffffff;", "&#99999999;", "&#xd800;"])
def test_a_character_that_is_none_costs_only_itself(
    reference: str, document: MakeDocument, feed: Feed
) -> None:
    parsed = parse(document(rss(f"<item><title>a {reference} b</title></item>")), feed)
    assert parsed.items[0].title.startswith("a ")
    assert parsed.items[0].title.endswith(" b")
    assert parsed.damage


def test_a_feed_may_be_empty(document: MakeDocument, feed: Feed) -> None:
    assert parse(document(rss("<title>News</title>")), feed).items == ()


BOMB = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "content",
    [
        f'<!DOCTYPE rss [<!ENTITY l0 "ha">{BOMB}]>'.encode()
        + rss("<item><title>&l9;</title></item>"),
        b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + rss(),
        b'<!DOCTYPE rss [<!ENTITY % x SYSTEM "http://inside.example/">%x;]>' + rss(),
        (f'<!DOCTYPE rss [<!ENTITY a "{"a" * 5000}">]>').encode() + rss(),
        rss("<item><a " + " ".join(f'a{n}="1"' for n in range(30_000)) + "/></item>"),
        rss("<item><a " + " ".join(f"a{n}='>'" for n in range(30_000)) + "/></item>"),
        rss("<item><a " + " ".join(f'a{n}="1"' for n in range(30_000)) + "/></item>")
        .decode()
        .encode("utf-16"),
    ],
    ids=["billion laughs", "file", "parameter", "long", "attributes", "with >", "in UTF-16"],
)
def test_a_hostile_document_is_refused_at_once(
    content: bytes, document: MakeDocument, feed: Feed
) -> None:
    begun = time.perf_counter()
    with pytest.raises(HostileDocumentError):
        parse(document(content), feed)
    assert time.perf_counter() - begun < 5


@pytest.mark.parametrize(
    "content",
    [
        rss(f"<item><title>t</title><category><![CDATA[{'word ' * 20_000}]]></category></item>"),
        rss(f'<item><title>t</title><enclosure url="https://a.example/{"x" * 100_000}"/></item>'),
        b'<!DOCTYPE rss [<!ENTITY nbsp "&#160;">]>' + rss("<item><title>t&nbsp;</title></item>"),
        b'<!DOCTYPE rss [<!ENTITY % HTMLlat1 PUBLIC "-//W3C//ENTITIES Latin 1 for XHTML//EN" '
        b'"http://www.w3.org/TR/xhtml1/DTD/xhtml-lat1.ent">]>'
        + rss("<item><title>t</title></item>"),
        rss("<item><title>t</title><description>&lt;!ENTITY x SYSTEM</description></item>"),
    ],
    ids=["CDATA", "long attribute", "nbsp", "HTML letters", "talk of entities"],
)
def test_a_harmless_document_is_not(content: bytes, document: MakeDocument, feed: Feed) -> None:
    assert [item.title for item in parse(document(content), feed).items] == ["t"]


def test_long_texts_are_cut(document: MakeDocument, feed: Feed) -> None:
    long = "wörd " * 100_000
    entry = (
        f"<item><title>{long}</title><description>{long}</description>"
        f'<c:encoded xmlns:c="http://purl.org/rss/1.0/modules/content/">more {long}</c:encoded>'
        f"<guid>{'g' * 5000}</guid></item>"
    )
    (item,) = parse(document(rss(entry)), feed).items
    lengths = (len(item.title), len(item.summary), len(item.body))
    assert lengths == (MOST_TITLE - 1, MOST_SUMMARY - 1, MOST_BODY - 1)  # less the last space
    assert item.guid is not None
    assert len(item.guid) == 64


def test_all_of_many_entries_are_taken(document: MakeDocument, feed: Feed) -> None:
    entries = [f"<item><title>Item {n}</title></item>" for n in range(3000)]
    assert len(parse(document(rss(*entries)), feed).items) == 3000


def test_the_same_entry_has_the_same_id_whatever_its_text(
    document: MakeDocument, feed: Feed
) -> None:
    draft, final = (
        parse(document(rss(f"<item><title>{title}</title><guid>1</guid></item>")), feed).items[0]
        for title in ("Draft", "Adopted")
    )
    assert draft.id == final.id
    assert draft.content_hash != final.content_hash


@pytest.mark.parametrize("declared", ["utf-8", "gb2312", "iso-8859-1", "us-ascii", "x-unknown"])
@pytest.mark.parametrize("charset", ["utf-8", "gb2312", "iso-8859-1", "zip", None])
@pytest.mark.parametrize("real", ["utf-8", "gbk"])
def test_chinese_is_readable_whatever_the_labels_say(
    declared: str, charset: str | None, real: str
) -> None:
    feed = Feed("https://feeds.example/zh.xml", "Example", "zh")
    text = f'<?xml version="1.0" encoding="{declared}"?><rss version="2.0"><channel><item>'
    text += "<title>工信部公布芯片标准草案，征求意见</title></item></channel></rss>"
    kind = f"text/xml; charset={charset}" if charset else None
    parsed = parse(Document(feed.url, text.encode(real), kind, Validators(), FETCHED), feed)
    assert parsed.items[0].title == "工信部公布芯片标准草案，征求意见"


def test_big5_is_read_by_its_label() -> None:
    feed = Feed("https://feeds.example/tw.xml", "Example", "zh")
    text = '<?xml version="1.0" encoding="big5"?><rss version="2.0"><channel><item>'
    text += "<title>晶片出口管制再度收緊</title></item></channel></rss>"
    parsed = parse(Document(feed.url, text.encode("big5"), None, Validators(), FETCHED), feed)
    assert parsed.items[0].title == "晶片出口管制再度收緊"


def test_one_spoilt_byte_costs_one_character(document: MakeDocument, feed: Feed) -> None:
    content = rss(f"<item><title>{'Zürich ' * 50}x</title></item>").replace(b"x</", b"\xff</")
    parsed = parse(document(content), feed)
    assert parsed.items[0].title == "Zürich " * 50 + "\ufffd"
    assert parsed.damage == ("1 characters can't be read as utf-8",)


def outcome(content: bytes) -> tuple[Item, ...] | ParseError:
    feed = Feed("https://feeds.example/a.xml", "Example", "zh", zone="Asia/Shanghai")
    try:
        return parse(Document(feed.url, content, None, Validators(), FETCHED), feed).items
    except ParseError as error:
        return error


@given(content=st.binary(max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_bytes_give_items_or_a_named_error(content: bytes) -> None:
    got = outcome(content)
    assert isinstance(got, ParseError) or all(item.title or item.link for item in got)


SOUP = """
<item> </item> <title> </title> <link> </link> <![CDATA[ ]]> <!-- --> & &amp; &nbsp; &#0; < >
http://[ <entry> <![x[ <? <! <pubDate> </pubDate> 0000-00-00 文 \x01 \ud800 <a\xa0b=" '
"""


@given(
    pieces=st.lists(st.sampled_from(SOUP.split(" ")), max_size=25),
    end=st.sampled_from(["", "</rss>"]),
)
@settings(max_examples=300, deadline=None)
def test_any_tag_soup_gives_items_or_a_named_error(pieces: list[str], end: str) -> None:
    soup = f'<rss version="2.0"><channel>{"".join(pieces)}{end}'
    got = outcome(soup.encode("utf-8", "surrogatepass"))
    assert isinstance(got, ParseError) or all(
        item.published is None or item.published <= FETCHED for item in got
    )


def manifest() -> list[Any]:
    path = REAL / "manifest.jsonl"
    if not path.exists():
        reason = f"{path.parent} is not there: real feed documents are not part of the project"
        return [pytest.param(None, marks=pytest.mark.skip(reason))]
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [pytest.param(row, id=row["file"]) for row in rows]


@pytest.mark.parametrize("row", manifest())
def test_real_documents_lose_no_entry(row: dict[str, Any]) -> None:
    feed = Feed(f"https://feeds.example/{row['file']}", "Example", "en")
    content = (REAL / row["file"]).read_bytes()
    parsed = parse(Document(feed.url, content, None, Validators(), FETCHED), feed)
    assert len(parsed.items) >= row["entries"]
    assert len({item.id for item in parsed.items}) == len(parsed.items)


@pytest.mark.parametrize(
    ("entries", "titles", "told"),
    [
        # all link to the front page
        ([("One", "", "/"), ("Two", "", "/"), ("Three", "", "/")], ["One", "Two", "Three"], 3),
        # one guid for all, as where it is the site's address
        ([("One", "x", "/1"), ("Two", "x", "/2")], ["One", "Two"], 2),
        # one post, told twice: its headline was edited
        ([("Newer", "x", "/1"), ("Older", "x", "/1")], ["Newer"], 0),
        # one post whose link was changed
        ([("One", "x", "/new"), ("One", "x", "/old")], ["One"], 0),
        # listed twice
        ([("One", "", "/1"), ("One", "", "/1"), ("Two", "", "/2")], ["One", "Two"], 0),
    ],
)
def test_posts_that_share_a_name_are_told_apart(
    entries: list[tuple[str, str, str]],
    titles: list[str],
    told: int,
    feed: Feed,
    document: MakeDocument,
) -> None:
    items = "".join(
        f"<item><title>{title}</title>{f'<guid>{guid}</guid>' if guid else ''}"
        f"<link>https://a.example{link}</link></item>"
        for title, guid, link in entries
    )
    content = f"<rss version='2.0'><channel><title>A</title>{items}</channel></rss>".encode()
    parsed = parse(document(content), feed)
    assert [item.title for item in parsed.items] == titles
    assert len({item.id for item in parsed.items}) == len(titles)
    assert any(f"told apart by their text: {told}" in line for line in parsed.damage) == bool(told)


def test_posts_told_apart_are_the_same_at_the_next_poll(feed: Feed, document: MakeDocument) -> None:
    def ids(*titles: str) -> list[str]:
        items = "".join(
            f"<item><title>{title}</title><link>https://a.example/</link></item>"
            for title in titles
        )
        content = f"<rss version='2.0'><channel><title>A</title>{items}</channel></rss>"
        return [item.id for item in parse(document(content.encode()), feed).items]

    assert ids("Three", "Two", "One")[1:] == ids("Two", "One")
