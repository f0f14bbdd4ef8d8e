"""Every address of the desk: what it answers to wrong values, to nobody, and to other sites' forms.

The addresses are the application's own, so that none is forgotten.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import httpx
import pytest
from fastapi.routing import APIRoute
from tests.databases import on_postgresql
from tests.web.conftest import opened, serving
from tests.web.raw import Wire
from tests.web.test_hostile import keeps

from techwatch.model import Feed, FeedState, Item, PollOutcome
from techwatch.text import content_hash, item_id
from techwatch.watch import Watch
from techwatch.web.application import application

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Who isn't logged in may have these; all others ask for a login.
OPEN = {
    "/login", "/invitation/{key}", "/login/provider", "/login/provider/back",
    "/feeds-out/{key}.{form}", "/looks", "/healthz", "/readyz",
}  # fmt: skip
HOSTILE = (
    "\"'><script>alert(1)</script>",
    "../../../../etc/passwd",
    "a\x00b",
    "9" * 40,
    "-1",
    "0001-01-01",
    "9999-12-31T23:59:59+14:00",
    "NaN",
    "1e400",
    "//evil.example/\r\nX-Evil: 1",
    "javascript:alert(1)",
    "' OR 1=1 --",
    "\U0001f600" * 200,
    "%",
    "",
)
BROKEN = ("%ff%fe", "%ed%a0%80", "..%2f..%2fetc%2fpasswd")  # sent as they are
_FEW = 3  # of them for each address; which, changes from one to the next


@dataclass(frozen=True)
class Place:
    """An address and what it takes."""

    path: str
    method: str
    parameters: tuple[str, ...]  # of the query

    @property
    def in_path(self) -> list[str]:
        """The parameters of the path."""
        return re.findall(r"{(\w+)(?::\w+)?}", self.path)

    def filled(self, value: str) -> str:
        """Return an address with each parameter of the path the same."""
        return re.sub(r"{\w+(?::\w+)?}", lambda _: value, self.path)


def places(watch: Watch) -> list[Place]:
    """Return every address, by its methods."""
    app = application(watch, "http://127.0.0.1:1")
    found = []
    for path, route in _routes(app, ""):
        taken = tuple(field.alias for field in route.dependant.query_params)
        found += [Place(path, method, taken) for method in sorted(route.methods or ())]
    assert len(found) > 4
    return found


def _routes(router: Any, prefix: str) -> Iterator[tuple[str, APIRoute]]:
    for route in router.routes:
        if isinstance(route, APIRoute):
            yield prefix + route.path, route
        elif (inner := getattr(route, "original_router", None)) is not None:
            yield from _routes(inner, prefix + route.include_context.prefix)


@pytest.fixture(scope="module")
def watch(news: Path, tmp_path_factory: pytest.TempPathFactory) -> Watch:
    folder = tmp_path_factory.mktemp("addresses") / "desk"
    return opened(news, folder, {"login": "none", "a_minute": 1_000_000})


@pytest.fixture(scope="module")
def wire(watch: Watch) -> Iterator[Wire]:
    with serving(watch) as at:
        yield Wire.to(at)


def test_no_address_fails_on_wrong_values(watch: Watch, wire: Wire) -> None:
    _try_wrong_values(watch, wire)


@on_postgresql
def test_no_address_fails_on_wrong_values_for_a_server(
    news: Path, tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server's types are stricter. It has no news: what is asked is what matters."""
    monkeypatch.setattr(Watch, "database_url", database_url)
    watch = opened(news, tmp_path / "desk", {"login": "none", "a_minute": 1_000_000})
    with serving(watch) as at:
        _try_wrong_values(watch, Wire.to(at))


def _try_wrong_values(watch: Watch, wire: Wire) -> None:
    for number, place in enumerate(p for p in places(watch) if p.method == "GET"):
        for value in _some(number):
            _ask(wire, place, value)
    assert wire.ask("/").status == 200, "it was logged out on the way"


def _some(number: int) -> list[str]:
    every = [quote(value, safe="") for value in HOSTILE] + list(BROKEN)
    return [every[(number * _FEW + place) % len(every)] for place in range(_FEW)]


def _ask(wire: Wire, place: Place, value: str) -> None:
    query = "&".join(f"{quote(name)}={value}" for name in (*place.parameters, "x"))
    somebody = place.path not in OPEN  # who logs in again loses the login they had
    answer = wire.ask(f"{place.filled(value)}?{query}", somebody=somebody)
    keeps(answer)
    if "json" not in answer.headers.get("content-type", ""):  # which no browser runs
        assert "<script>alert" not in answer.text
    assert "root:" not in answer.text


def test_nobody_is_shown_or_does_anything(watch: Watch, wire: Wire) -> None:
    for place in places(watch):
        if place.path in OPEN:
            continue
        answer = wire.ask(place.filled("1"), place.method, somebody=False)
        is_login = answer.headers.get("location", "").startswith("/login?next=")
        assert answer.status == 401 or (answer.status == 303 and is_login), place


def test_no_other_site_does_anything(watch: Watch, wire: Wire) -> None:
    evil = {"Origin": "https://evil.example"}
    own = {"Origin": wire.at, "Sec-Fetch-Site": "same-origin"}
    for place in places(watch):
        if place.method in {"GET", "HEAD", "OPTIONS"} or place.path in OPEN:
            continue
        for token, headers in ((wire.csrf, evil), ("0" * 32, own)):
            form = {"csrf": token}
            answer = wire.ask(place.filled("1"), place.method, form=form, headers=headers)
            assert answer.status == 403, (place, answer.text)


NAME = "<script>alert('name')</script>"
TITLE = "Commerce Department adds Huawei to the Entity List <script>alert('title')</script>"
TEXT = "It was added <img src=x onerror=alert('text')> on Friday, \"><svg/onload=alert(1)> said."
LINK = "javascript:alert('link')"
LIVE = re.compile(r"<script>alert|<img src=x|<svg/onload|(?:href|src|action)=[\"']?javascript:")


def test_what_a_feed_says_is_never_markup_on_any_page(watch: Watch, wire: Wire) -> None:
    _store(watch)
    with httpx.Client(base_url=wire.at, follow_redirects=True, timeout=60) as client:
        client.get("/login")
        told = client.get("/").text
        assert "&lt;script&gt;alert(&#39;title" in told, "the hostile item is not shown"
        seen = {place: text for place, text, _ in _walk(client, most=120)}
        for query in ("huawei", NAME, TITLE):
            seen[query] = client.get(f"/search?{urlencode({'q': query})}").text
        for place, text in seen.items():
            assert not LIVE.search(text), (place, LIVE.search(text))


def _store(watch: Watch) -> None:
    now = watch.clock()
    feed = Feed("https://evil.example/feed.xml", NAME, "en", tags=("press",))
    item = Item(
        id=item_id(feed.url, f"guid:{NAME}"),
        feed_url=feed.url,
        identity=f"guid:{NAME}",
        title=TITLE,
        summary=TEXT,
        body=TEXT,
        link=LINK,
        guid=NAME,
        published=now,
        language="en",
        content_hash=content_hash(TITLE, TEXT),
    )
    watch.store.feeds.watch([feed], now)
    watch.store.feeds.record(PollOutcome(FeedState(feed, polled_at=now), "document", (item,)), now)
    watch.judge_items()


def test_no_link_of_the_desk_leads_nowhere(wire: Wire) -> None:
    with httpx.Client(base_url=wire.at, follow_redirects=True, timeout=60) as client:
        client.get("/login")
        broken = {place: code for place, _, code in _walk(client, most=200) if code >= 400}
        assert not broken


def _walk(client: httpx.Client, most: int) -> Iterator[tuple[str, str, int]]:
    """Follow the links of the desk, a few of each kind; gives address, page and status."""
    waiting, seen, kinds = deque(["/"]), {"/"}, Counter[str]()
    while waiting and most:
        most -= 1
        place = waiting.popleft()
        answer = client.get(place)
        yield place, answer.text, answer.status_code
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        for found in re.findall(r'(?:href|src)="(/[^"#]*)', answer.text):
            link = unescape(found)
            kind = re.sub(r"[0-9a-f]{16}|\d+|=[^&]*", "?", link)
            kind = re.sub(r"(/(?:entities|baseline/\w+)/).+", r"\1?", kind)
            kinds[kind] += 1
            if link not in seen and kinds[kind] <= _FEW:
                seen.add(link)
                waiting.append(link)
