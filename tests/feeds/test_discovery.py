from __future__ import annotations

import pytest

from techwatch.feeds.discovery import candidates

URL = "https://a.example/news/"
USUAL = ("/feed", "/rss.xml", "/atom.xml", "/feed.xml", "/index.xml")


@pytest.mark.parametrize(
    ("page", "found"),
    [
        (
            '<link rel="alternate" type="application/rss+xml" href="feed.xml">',
            ("https://a.example/news/feed.xml",),
        ),
        (
            (
                '<link rel="Alternate" type="application/ATOM+xml" href="/atom">'
                '<link rel=alternate type=application/feed+json href="https://b.example/j">'
            ),
            ("https://a.example/atom", "https://b.example/j"),
        ),
        (
            (
                '<base href="https://c.example/d/"><link rel="alternate" type="application/rss+xml"'
                ' href="e">'
            ),
            ("https://c.example/d/e",),
        ),
        ('<a href="/rss">RSS</a><a href="/rss#top">again</a>', ("https://a.example/rss",)),
        ('<a href="/feedback">tell us</a><a href="/brass">x</a>', None),
        ('<link rel="alternate" hreflang="zh" type="text/html" href="/zh">', None),
        ('<link rel="alternate" type="application/rss+xml" href="javascript:x">', None),
        ('<link rel="alternate" type="application/rss+xml" href="http://[">', None),
        ("", None),
    ],
)
def test_the_feeds_of_a_page(page: str, found: tuple[str, ...] | None) -> None:
    expected = found or tuple(f"https://a.example{path}" for path in USUAL)
    assert candidates(page, URL) == expected


def test_a_page_full_of_links_gives_a_bounded_number() -> None:
    page = "".join(f'<a href="/{n}/feed">x</a>' for n in range(1000))
    assert len(candidates(page, URL)) == 20
