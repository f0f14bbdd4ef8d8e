"""Feed documents for tests, made of headlines."""

from __future__ import annotations

from xml.sax.saxutils import escape


def rss(*headlines: str, guids: tuple[str, ...] = ()) -> bytes:
    """An RSS 2.0 document; an item's guid is its number unless given."""
    items = "".join(
        f"<item><title>{escape(title)}</title><link>https://harbour.example/{guid}</link>"
        f"<guid>{guid}</guid><description>As told.</description>"
        f"<pubDate>Sun, 01 Mar 2026 10:0{number % 10}:00 GMT</pubDate></item>"
        for number, (title, guid) in enumerate(
            zip(headlines, guids or tuple(map(str, range(len(headlines)))), strict=True)
        )
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
        f"<title>Harbour</title>{items}</channel></rss>"
    ).encode()
