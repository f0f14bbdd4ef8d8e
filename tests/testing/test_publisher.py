from __future__ import annotations

import asyncio
import gzip
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import httpx
import pytest

from techwatch.testing import Behaviour, Publisher

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FEED = b"<rss version='2.0'><channel><title>Harbour</title></channel></rss>" + b" " * 2_000
CHANGED = FEED.replace(b"Harbour", b"Quay")


@pytest.fixture
def publisher(tmp_path: Path) -> Iterator[Publisher]:
    (tmp_path / "news.rss").write_bytes(FEED)
    with Publisher(tmp_path) as it:
        yield it


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=5, trust_env=False) as it:
        yield it


def validators(answer: httpx.Response) -> dict[str, str]:
    return {
        "If-None-Match": answer.headers["ETag"],
        "If-Modified-Since": answer.headers["Last-Modified"],
    }


@pytest.mark.parametrize("coding", ["gzip", "identity", "gzip;q=0"])
def test_answers_304_to_its_own_validators(
    publisher: Publisher, client: httpx.Client, coding: str
) -> None:
    url, accept = publisher.url("news.rss"), {"Accept-Encoding": coding}
    first = client.get(url, headers=accept)
    assert (first.status_code, first.content) == (200, FEED)
    assert first.headers.get("Content-Encoding") == ("gzip" if coding == "gzip" else None)
    second = client.get(url, headers=accept | validators(first))
    assert (second.status_code, second.content) == (304, b"")
    for name in ("ETag", "Last-Modified", "Vary"):
        assert second.headers[name] == first.headers[name]


def test_either_validator_alone_will_do(publisher: Publisher, client: httpx.Client) -> None:
    url = publisher.url("news.rss")
    shown = validators(client.get(url))
    for name, value in shown.items():
        assert client.get(url, headers={name: value}).status_code == 304
    listed = {"If-None-Match": f'"other", W/{shown["If-None-Match"]}'}
    assert client.get(url, headers=listed).status_code == 304


def test_a_tag_that_differs_outweighs_a_date(publisher: Publisher, client: httpx.Client) -> None:
    url = publisher.url("news.rss")
    shown = validators(client.get(url)) | {"If-None-Match": '"other"'}
    assert client.get(url, headers=shown).status_code == 200


@pytest.mark.parametrize("since", ["yesterday", "Fri, 17 Jan 2025 12:00:00", ""])
def test_a_date_that_cannot_be_read_counts_for_nothing(
    publisher: Publisher, client: httpx.Client, since: str
) -> None:
    headers = {"If-Modified-Since": since}
    assert client.get(publisher.url("news.rss"), headers=headers).status_code == 200


def test_packed_and_plain_have_tags_of_their_own(
    publisher: Publisher, client: httpx.Client
) -> None:
    url = publisher.url("news.rss")
    tags = {
        client.get(url, headers={"Accept-Encoding": coding}).headers["ETag"]
        for coding in ("gzip", "identity")
    }
    assert len(tags) == 2
    assert all(tag[0] == tag[-1] == '"' for tag in tags)


def test_the_same_bytes_published_again_change_nothing(
    publisher: Publisher, client: httpx.Client
) -> None:
    url = publisher.url("news.rss")
    shown = validators(client.get(url))
    publisher.publish("news.rss", FEED)
    assert client.get(url, headers=shown).status_code == 304


def test_a_change_shows_in_both_validators(publisher: Publisher, client: httpx.Client) -> None:
    url = publisher.url("news.rss")
    shown = validators(client.get(url))
    publisher.publish("news.rss", CHANGED)
    for name, value in shown.items():  # though it happened within the same second
        answer = client.get(url, headers={name: value})
        assert (answer.status_code, answer.content) == (200, CHANGED)


def test_serves_any_name(tmp_path: Path, client: httpx.Client) -> None:
    names = ["06eef9f263ab.xml", "南岸 100%.rss", "what?.atom", "a#b.json", "plain"]
    for name in names:
        (tmp_path / name).write_bytes(name.encode())
    (tmp_path / "folder").mkdir()
    with Publisher(tmp_path) as publisher:
        assert sorted(publisher.names) == sorted(names)
        for name in names:
            assert client.get(publisher.url(name)).content == name.encode()
        assert client.get(publisher.url("folder")).status_code == 404
        assert client.get(publisher.url("../news.rss")).status_code == 404


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("a.rss", "application/rss+xml"),
        ("a.rdf", "application/rdf+xml"),
        ("a.ATOM", "application/atom+xml"),
        ("a.xml", "application/xml"),
        ("a.json", "application/feed+json"),
        ("a", "application/octet-stream"),
    ],
)
def test_media_type_follows_the_name(client: httpx.Client, name: str, media_type: str) -> None:
    with Publisher() as publisher:
        publisher.publish(name, b"{}")
        assert client.get(publisher.url(name)).headers["Content-Type"] == media_type


def test_log_tells_what_was_asked(publisher: Publisher, client: httpx.Client) -> None:
    client.get(publisher.url("news.rss") + "?page=2", headers={"User-Agent": "techwatch-test"})
    client.get(publisher.url("gone.rss"))
    first, second = publisher.requests
    assert (first.method, first.path, first.status) == ("GET", "/news.rss?page=2", 200)
    assert first.headers["user-agent"] == "techwatch-test"
    assert second.status == 404
    publisher.forget_requests()
    assert publisher.requests == []


def test_misbehaves_for_a_while_then_recovers(publisher: Publisher, client: httpx.Client) -> None:
    busy = Behaviour(status=429, headers={"Retry-After": "120"}, times=2)
    publisher.misbehave("news.rss", busy)
    answers = [client.get(publisher.url("news.rss")) for _ in range(3)]
    assert [a.status_code for a in answers] == [429, 429, 200]
    assert answers[0].headers["Retry-After"] == "120"
    assert "ETag" not in answers[0].headers
    assert publisher.failures == {}


def test_misbehaves_until_told_otherwise(publisher: Publisher, client: httpx.Client) -> None:
    publisher.misbehave("news.rss", Behaviour(status=503))
    assert [client.get(publisher.url("news.rss")).status_code for _ in range(3)] == [503] * 3
    publisher.recover("news.rss")
    assert client.get(publisher.url("news.rss")).status_code == 200


def test_redirects(publisher: Publisher, client: httpx.Client) -> None:
    publisher.misbehave("old.rss", Behaviour.redirect(publisher.url("news.rss"), 301))
    answer = client.get(publisher.url("old.rss"), follow_redirects=True)
    assert (answer.history[0].status_code, answer.content) == (301, FEED)


def test_redirects_in_a_circle(publisher: Publisher, client: httpx.Client) -> None:
    publisher.misbehave("loop.rss", Behaviour.redirect("/loop.rss"))
    with pytest.raises(httpx.TooManyRedirects):
        client.get(publisher.url("loop.rss"), follow_redirects=True)


def test_sends_another_body_or_other_headers(publisher: Publisher, client: httpx.Client) -> None:
    url = publisher.url("news.rss")
    packed = Behaviour(body=gzip.compress(b"<html>"), headers={"Content-Encoding": "gzip"})
    publisher.misbehave("news.rss", packed)
    assert client.get(url).text == "<html>"
    publisher.misbehave("news.rss", Behaviour(headers={"Content-Type": "text/html"}))
    answer = client.get(url)
    assert (answer.headers["Content-Type"], answer.content) == ("text/html", FEED)


def test_is_slow(publisher: Publisher, client: httpx.Client) -> None:
    publisher.misbehave("news.rss", Behaviour(delay=0.15))
    began = time.monotonic()
    assert client.get(publisher.url("news.rss")).content == FEED
    assert time.monotonic() - began >= 0.15
    with pytest.raises(httpx.ReadTimeout):
        client.get(publisher.url("news.rss"), timeout=0.05)


def test_hangs_up(publisher: Publisher, client: httpx.Client) -> None:
    publisher.misbehave("news.rss", Behaviour(hang_up=True))
    with pytest.raises(httpx.RemoteProtocolError):
        client.get(publisher.url("news.rss"))
    assert publisher.requests[-1].status is None


def test_drips_without_end(publisher: Publisher, client: httpx.Client) -> None:
    publisher.misbehave("news.rss", Behaviour(drip=b"<!-- -->", pause=0.001))
    with client.stream("GET", publisher.url("news.rss")) as answer:
        received = b""
        for piece in answer.iter_bytes():
            received += piece
            if len(received) > 100:
                break
    assert received.startswith(b"<!-- --><!-- -->")


def test_stops_at_once_whatever_is_going_on(publisher: Publisher) -> None:
    publisher.misbehave("slow.rss", Behaviour(delay=60))
    publisher.misbehave("endless.rss", Behaviour(drip=b".", pause=60))

    with httpx.Client(timeout=5, trust_env=False) as client, ThreadPoolExecutor() as pool:
        client.get(publisher.url("news.rss"))  # its connection stays open
        slow = pool.submit(client.get, publisher.url("slow.rss"))
        endless = pool.submit(client.get, publisher.url("endless.rss"))
        while len(publisher.requests) < 3:
            time.sleep(0.005)
        began = time.monotonic()
        publisher.__exit__(None, None, None)
        assert time.monotonic() - began < 2
        assert isinstance(slow.exception(), httpx.RemoteProtocolError)
        assert endless.exception() is None  # it has no length: its end is when the line closes


def test_has_an_address_only_while_open() -> None:
    publisher = Publisher()
    with pytest.raises(RuntimeError, match="not open"):
        publisher.url("news.rss")
    with publisher:
        assert publisher.base_url.startswith("http://127.0.0.1:")


def test_comes_back_on_the_same_port(tmp_path: Path, client: httpx.Client) -> None:
    (tmp_path / "news.rss").write_bytes(FEED)
    with Publisher(tmp_path) as publisher:
        url = publisher.url("news.rss")
        shown = validators(client.get(url))
    with pytest.raises(httpx.TransportError):
        client.get(url)
    with Publisher(tmp_path, port=httpx.URL(url).port or 0):
        assert client.get(url, headers=shown).status_code == 304


def test_a_hundred_readers_at_once(publisher: Publisher) -> None:
    for number in range(100):
        publisher.publish(f"{number}.rss", FEED + str(number).encode())

    async def ask() -> list[httpx.Response]:
        limits = httpx.Limits(max_connections=100)
        async with httpx.AsyncClient(timeout=10, limits=limits, trust_env=False) as client:
            urls = [publisher.url(f"{n}.rss") for n in range(100)]
            return list(await asyncio.gather(*map(client.get, urls)))

    answers = asyncio.run(ask())
    assert [a.status_code for a in answers] == [200] * 100
    assert {a.content for a in answers} == {FEED + str(n).encode() for n in range(100)}
