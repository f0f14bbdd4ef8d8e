from __future__ import annotations

import pytest
from tests.feeds.conftest import NOON

from techwatch.feeds.announced import in_headers, in_json, in_markup, together
from techwatch.feeds.parsing import parse
from techwatch.model import Announced, Document, Feed, Validators

PLACE = "https://news.example/feed.xml"
HUB, TOPIC = "https://hub.example/", "https://news.example/feed.xml?full"


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ([f'<{HUB}>; rel="hub"', f'<{TOPIC}>; rel="self"'], (HUB, TOPIC)),
        ([f"<{HUB}>; rel=hub, <{TOPIC}>; rel=self"], (HUB, TOPIC)),
        ([f'<{HUB}>; title="a, b; c"; REL="next Hub", </me>;rel=self'], (HUB, f"{PLACE[:-9]}/me")),
        (["<http://a.example/>; rel=hub", f"<{HUB}>; rel=hub"], (HUB, None)),  # encrypted first
        (["</style.css>; rel=preload; as=style"], (None, None)),
        (["<ftp://hub.example/>; rel=hub", "<http://[>; rel=hub", "rel=hub", "<"], (None, None)),
        (["<" * 9000, '<x>; rel="' * 2000], (None, None)),
        ([], (None, None)),
    ],
)
def test_headers(headers: list[str], found: tuple[str | None, str | None]) -> None:
    assert in_headers(headers, PLACE) == Announced(*found)


RSS = (
    '<rss><channel><atom:link rel="hub" href="{hub}" /><atom:link href="{self}" rel="self"/>{more}'
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (RSS.format(hub=HUB, self="feed.xml?full", more="<item>"), (HUB, TOPIC)),
        (f"<feed><link rel='hub' href='{HUB}?a=1&amp;b=2'/><entry>", (f"{HUB}?a=1&b=2", None)),
        (f"<feed><entry><link rel='hub' href='{HUB}'/>", (None, None)),  # no entry names the hub
        (f"<feed><!-- <link rel='hub' href='{HUB}'/> --><entry>", (None, None)),
        (f"<rss><channel><link>{HUB}</link><description>hub</description>", (None, None)),
        ("<feed><link rel='hub' href='javascript:alert(1)'/>", (None, None)),
        ("<feed>" + "<!-- hub " * 5000, (None, None)),
        ("<feed><link rel='hub'/><link rel='hub' href=''/>", (None, None)),
    ],
)
def test_markup(text: str, found: tuple[str | None, str | None]) -> None:
    assert in_markup(text, PLACE) == Announced(*found)


def test_json() -> None:
    hubs = [{"type": "rssCloud", "url": "https://cloud.example/"}, {"type": "WebSub", "url": HUB}]
    assert in_json({"hubs": hubs, "feed_url": TOPIC}, PLACE) == Announced(HUB, TOPIC)
    assert in_json({"hubs": "no list", "feed_url": 3}, PLACE) == Announced()
    assert in_json({"hubs": [3, {"type": "WebSub", "url": 3}]}, PLACE) == Announced()


def test_headers_outweigh_the_document_and_a_feed_without_a_name_is_where_it_was_found() -> None:
    document = Announced("https://other.example/", TOPIC)
    assert together(Announced(HUB, "https://me.example/"), document, PLACE) == Announced(
        HUB, "https://me.example/"
    )
    assert together(Announced(HUB), document, PLACE) == Announced(HUB, TOPIC)
    assert together(Announced(), Announced(HUB), PLACE) == Announced(HUB, PLACE)
    assert together(Announced(None, TOPIC), Announced(), PLACE) == Announced()


JSON = (
    f'{{"version": "https://jsonfeed.org/version/1.1", "feed_url": "{TOPIC}",'
    f' "hubs": [{{"type": "WebSub", "url": "{HUB}"}}]'
)


@pytest.mark.parametrize(
    "content",
    [
        RSS.format(hub=HUB, self=TOPIC, more="<item><title>T</title></item></channel></rss>"),
        RSS.format(hub=HUB, self=TOPIC, more="<item><title>T &</title></item>"),  # broken
        JSON + ', "items": []}',
        JSON + ', "items": [{"id": "1"',  # broken off
    ],
    ids=["rss", "broken rss", "json", "broken json"],
)
def test_a_document_is_read_with_its_hub(content: str) -> None:
    named = content.replace("<rss>", '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom">')
    document = Document(PLACE, named.encode(), None, Validators(), NOON)
    assert parse(document, Feed(PLACE, "News", "en")).announced == Announced(HUB, TOPIC)
