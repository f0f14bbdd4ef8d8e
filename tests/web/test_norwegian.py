"""Nothing of the interface is left in English on a Norwegian page.

Every page is rendered with translations that are the English messages in brackets. What then
stands outside of brackets is data, or was forgotten.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode
from tests.tools import load_tool
from tests.web.conftest import Browser, serving

from techwatch.digests.wording import wording
from techwatch.jurisdictions import name_of
from techwatch.labels import event_label, event_sentence, rung_labels, track_label
from techwatch.web.rendering import Renderer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from httpx import Response

    from techwatch.watch import Watch

messages = load_tool("messages")

_MOST_PAGES = 120
_QUIET = {"code", "kbd", "pre", "textarea", "script", "style", "del", "q"}  # data, or no words
_READ_OUT = ("title", "aria-label", "placeholder", "label", "alt")
# The same in both languages: names, formats, months as Norwegian shortens them.
_BOOK = wording("nb").book
_ALIKE = frozenset(
    {"techwatch", "utc", "mb", "gb", "atom", "json", "feed", "opml", "english", "norsk", "local"}
    | {"vs", "analyst", "kept", "jan", "feb", "mars", "apr", "aug", "sep", "okt", "nov", "des"}
    | {*_BOOK.months, *_BOOK.seasons.values(), *_BOOK.tongues.values()}
)
_PLACE = re.compile(r"\S*(?:://|\.\w{2,})\S*")  # addresses and hosts
_FILE = re.compile(r"\S+/\S+|\b[0-9a-f]{12,}\b")  # and ids
_WORD = re.compile(r"[^\W\d_]{3,}")
_BRACKETED = re.compile(r"⟦[^⟦⟧]*⟧")
_HALVES = re.compile(r"⟦[^⟦⟧]*$|^[^⟦⟧]*⟧")  # the other half stands behind an element


@pytest.fixture(scope="module")
def bracketed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with translations into brackets, under the name of Norwegian."""
    folder: Path = tmp_path_factory.mktemp("locale")
    catalog = messages.read("nb")
    for message in catalog:
        texts = message.id if isinstance(message.id, tuple | list) else (message.id,)
        said = tuple(f"⟦{text}⟧" for text in texts)
        if message.id:
            message.string = said if len(said) > 1 else said[0]
    file = folder / "nb" / "LC_MESSAGES" / "desk.po"
    file.parent.mkdir(parents=True)
    with file.open("wb") as target:
        messages.write_po(target, catalog)
    return folder


@pytest.fixture
def visitor(at_desk: Watch, bracketed: Path) -> Iterator[Browser]:
    """Somebody whose browser asks for Norwegian, at a desk with these translations."""
    with serving(at_desk, Renderer(bracketed)) as at:
        headers = {"Accept-Language": "nb", "Origin": at, "User-Agent": "kept"}
        with Browser(base_url=at, headers=headers, follow_redirects=True, timeout=60) as client:
            client.get("/login")
            yield client


def test_no_english_of_the_interface_is_left(visitor: Browser, at_desk: Watch) -> None:
    data = _data(at_desk)
    left = {f"{where}: {text}" for where, page in _pages(visitor) for text in _left(page, data)}
    assert not left, "\n".join(sorted(left))


def test_what_is_left_in_english_is_found() -> None:
    """So that the test above can fail."""
    page = LexborHTMLParser(
        '<html lang="nb"><body><p>⟦Told by %(n)s⟧ Huawei</p><p lang="en">Quite well</p>'
        '<p>Further ones ⟦and ⟦more⟧⟧</p><a title="Go back">x</a></body></html>'
    )
    assert set(_left(page, ["Huawei"])) == {"Further ones", "Go back"}


def _pages(visitor: Browser) -> Iterator[tuple[str, LexborHTMLParser]]:
    """Give a page of each kind that links lead to, then those that forms and mistakes lead to."""
    seen, due = set[str](), ["/"]
    while due and len(seen) < _MOST_PAGES:
        way = due.pop(0)
        if (kind := _kind(way)) in seen:
            continue
        seen.add(kind)
        answer = visitor.get(way)
        if answer.headers["content-type"].startswith("text/html") and "/html" not in way:
            page = LexborHTMLParser(answer.text)
            yield way, page
            due += _links(page, str(answer.url))
    assert len(seen) > 25, seen
    for way, answer in _answers(visitor):
        yield way, LexborHTMLParser(answer.text)


def _kind(way: str) -> str:
    """Return what tells pages of one kind: their address without ids and values."""
    parts = urlsplit(way)
    path = re.sub(r"/(?=[^/]*[\d_])[^/]+|(?<=/entities/)[^/]+", "/*", parts.path)
    return path + "?" + "&".join(sorted(re.findall(r"(\w+)=", parts.query)))


def _links(page: LexborHTMLParser, here: str) -> list[str]:
    found = [node.attributes.get("href") or "" for node in page.css("a[href]")]
    ways = [urlsplit(urljoin(here, href)) for href in found]
    own = [f"{way.path}?{way.query}" for way in ways if way.netloc == urlsplit(here).netloc]
    return [way.removesuffix("?") for way in own if not way.startswith(("/api/", "/feeds-out/"))]


def _answers(visitor: Browser) -> Iterator[tuple[str, Response]]:
    """Give what forms answer, done right and wrong, and what mistakes lead to."""
    found = re.search(r'name="csrf" value="(\w+)"', visitor.get("/").text)
    csrf = {"csrf": found[1] if found else ""}
    item = re.search(r'name="item" value="(\w+)"', visitor.get("/?since=all").text)
    judged = {"item": item[1] if item else "", "next": "/?since=all"}
    sent = [
        ("/check", {"text": "Huawei fined 1.2 billion dollars by the US Commerce Department"}),
        ("/check", {"text": "Huawei"}),
        ("/check", {"text": "Quarterly weather in the mountains"}),
        ("/feeds/look", {"url": "no address"}),
        ("/judgements", judged | {"say": "accept", "note": ""}),
        ("/judgements", judged | {"say": "same-as", "other": "f" * 16}),
        ("/filters", {"name": "kept", "query": "verdict=novel"}),
        ("/account/tokens", {"name": "kept", "scopes": "read", "days": "30"}),
        ("/account/tokens", {"name": "", "scopes": "read", "days": "30"}),
        ("/people/invite", {"role": "analyst"}),
        ("/baseline/entities/huawei", {"text": "- x: [", "state": "0" * 64}),
        ("/baseline/entities/huawei", {"text": "a", "state": "bad"}),
        ("/looks", {"csrf": "forged"}),
    ]
    for way, fields in sent:
        yield f"POST {way}", visitor.post(way, data=csrf | fields)
    for way in (
        "/nowhere",
        "/entities/nobody",
        "/stories/" + "0" * 16,
        "/search?q=(chip",
        "/search?q=feed:nobody",
        "/search?q=qqqq",
        "/search?q=the&what=developments",
        "/?verdict=novel&jurisdiction=us&language=en&judged=all&since=all",
        "/?since=never",
        "/filters",
        "/filters/1/edition",
        "/filters/1/hooks",
        "/judgements",
        "/teaching",
        "/audit",
        "/digests/daily/2026",
    ):
        yield way, visitor.get(way)
    visitor.cookies.clear()
    yield "/invitation/x", visitor.get("/invitation/x")


def _data(watch: Watch) -> list[str]:
    """List what the baseline and the feeds call things, the longest first."""
    known = watch.baseline
    found = set(known.entities) | set(known.sources)
    for entity in known.entities.values():
        found |= {entity.name, *(name.text for name in entity.names)}
        found |= {name_of(code, "nb") for code in (entity.country,) if code}
        found |= {friend.text for friend in entity.false_friends}
    for source in known.sources.values():
        found |= {source.title, source.publisher, source.author or ""}
    for track in known.tracks.values():
        found |= {track_label(track, "nb"), *rung_labels(track, "nb")}
    for kind in known.event_types.values():
        found |= {event_label(kind, "nb"), event_sentence(kind, "nb")}
    for feed in watch.feeds():
        found |= {feed.publisher, feed.url, urlsplit(feed.url).hostname or "", *feed.tags}
    places = {p for v in known.vocabularies.values() for c in v.contexts for p in c.split()}
    found |= {name_of(place, "nb") for place in places}
    found |= {*watch.editions}
    return sorted((text for text in found if len(text) > 1), key=len, reverse=True)


def _left(page: LexborHTMLParser, data: list[str]) -> Iterator[str]:
    """Give the texts of a page that are neither bracketed, nor data, nor of another language."""
    body = page.body
    for text in _texts(body) if body is not None else ():
        kept = text
        while (shorter := _BRACKETED.sub(" ", kept)) != kept:
            kept = shorter
        kept = _PLACE.sub(" ", _HALVES.sub(" ", kept))
        for known in data if _foreign(kept) else ():
            kept = kept.replace(known, " ")
        kept = _FILE.sub(" ", kept)
        if _foreign(kept):
            yield " ".join(kept.split())


def _foreign(text: str) -> bool:
    return any(word.lower() not in _ALIKE for word in _WORD.findall(text))


def _texts(node: LexborNode) -> Iterator[str]:
    for child in node.iter(include_text=True):
        if child.tag == "-text":
            yield child.text(deep=False)
        elif child.tag not in _QUIET and "lang" not in child.attributes:
            yield from (value for name in _READ_OUT if (value := child.attributes.get(name)))
            yield from _texts(child)
