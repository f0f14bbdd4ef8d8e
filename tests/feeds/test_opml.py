from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techwatch.errors import InvalidFilesError
from techwatch.feeds.opml import read, write
from techwatch.feeds.schema import key
from techwatch.model import Feed

EXPORT = """\
<?xml version="1.0" encoding="UTF-8"?>
<opml version="1.0">
  <head><title>Subscriptions</title></head>
  <body>
    <outline text="Tech News">
      <outline text="China &amp; Asia" title="x">
        <outline type="rss" text="A" xmlUrl="https://a.example/feed" language="zh-CN"/>
        <outline type="rss" title="B" xmlUrl=" https://b.example/feed "/>
      </outline>
      <outline text="No" xmlUrl="https://c.example/" language="nn" category="/Norway/Oslo,press"/>
    </outline>
    <outline text="" xmlUrl="https://d.example/feed"/>
    <outline text="A again" xmlUrl="https://A.example/feed"/>
    <outline text="Starred"><outline text="A" xmlUrl="https://a.example/feed"/></outline>
    <outline text="A link" type="link" url="https://e.example/"/>
  </body>
</opml>
"""


def test_an_export_of_a_feed_reader_is_read() -> None:
    assert read(EXPORT.encode(), "export.opml") == (
        Feed("https://a.example/feed", "A", "zh", tags=("tech-news", "china-asia", "starred")),
        Feed("https://b.example/feed", "B", "en", tags=("tech-news", "china-asia")),
        Feed("https://c.example/", "No", "nb", tags=("tech-news", "norway", "oslo", "press")),
        Feed("https://d.example/feed", "d.example", "en"),
    )


@pytest.mark.parametrize(
    ("data", "line", "says"),
    [
        (b"", 1, "is not OPML"),
        (b"<opml><body>\n</opml>", 2, "is not OPML"),
        (b"<rss/>", 1, "begins with <rss>"),
        (b'<!DOCTYPE o [<!ENTITY a "b">]><opml/>', 0, "is not read"),
        (b'<?xml version="1.0" encoding="x-none"?><opml/>', 0, "unknown encoding"),
    ],
)
def test_what_is_no_opml_is_told(data: bytes, line: int, says: str) -> None:
    with pytest.raises(InvalidFilesError, match=says) as raised:
        read(data, "export.opml")
    (problem,) = raised.value.problems
    assert (problem.file, problem.line) == ("export.opml", line)


def test_every_wrong_feed_is_told() -> None:
    data = b"""<opml><body>
    <outline text="A" xmlUrl="feed://a.example/"/><outline text="B" xmlUrl="https://b.example/"/>
    <outline text="C" xmlUrl="https://c.example/" language="klingon"/></body></opml>"""
    with pytest.raises(InvalidFilesError) as raised:
        read(data, "export.opml")
    told = "\n".join(problem.message for problem in raised.value.problems)
    assert "feed://a.example/: url: must be an address" in told
    assert "https://c.example/: language: unknown language" in told
    assert len(raised.value.problems) == 2


def test_folders_may_be_deep() -> None:
    deep = '<outline text="f">' * 5000
    data = f'<opml><body>{deep}<outline text="A" xmlUrl="https://a.example/"/>'
    data += f"{'</outline>' * 5000}</body></opml>"
    assert read(data.encode(), "deep.opml") == (Feed("https://a.example/", "A", "en", tags=("f",)),)


FEEDS = st.builds(
    Feed,
    url=st.from_regex(r"https?://[a-z]{1,8}\.example/[a-z0-9?&=%'<>\"-]{0,20}", fullmatch=True),
    publisher=st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=30),
    language=st.sampled_from(["en", "zh", "nb"]),
    tier=st.integers(1, 3),
    tags=st.lists(st.from_regex(r"[a-z0-9]{1,6}(-[a-z0-9]{1,3})?", fullmatch=True)).map(
        lambda tags: tuple(dict.fromkeys(tags))
    ),
    zone=st.sampled_from([None, "Asia/Shanghai", "Europe/Oslo"]),
    paused=st.booleans(),
)


@settings(deadline=None, max_examples=50)
@given(feeds=st.lists(FEEDS, max_size=5, unique_by=lambda feed: key(feed.url)).map(tuple))
def test_what_is_written_is_read_back(feeds: tuple[Feed, ...]) -> None:
    assert read(write(feeds).encode(), "round.opml") == feeds
