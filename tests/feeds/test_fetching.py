from __future__ import annotations

import asyncio
import gzip
import time
import zlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import brotli
import pytest
import zstandard
from pydantic import ValidationError

import techwatch
from techwatch.errors import (
    ConnectionFailedError,
    FetchError,
    FetchTimeoutError,
    HttpStatusError,
    RedirectError,
    TooLargeError,
)
from techwatch.feeds.fetching import Fetcher, FetchingSettings, seconds_to_wait
from techwatch.model import Document, NotModified, Validators
from techwatch.testing import Behaviour

if TYPE_CHECKING:
    from techwatch.testing import Publisher

NOW = datetime(2025, 1, 1, 12, tzinfo=UTC)
FEED = b'<rss version="2.0"><channel><title>News</title></channel></rss>'
OPEN = FetchingSettings(allow_private=True, timeout=5, gap=0)
QUICK = OPEN.model_copy(update={"timeout": 0.4, "max_bytes": 1_000_000})
NONE = Validators()


def fetch(
    url: str, validators: Validators = NONE, settings: FetchingSettings = OPEN
) -> Document | NotModified:
    async def once() -> Document | NotModified:
        async with Fetcher(settings, lambda: NOW) as fetcher:
            return await fetcher.fetch(url, validators)

    return asyncio.run(once())


def fetched(url: str, settings: FetchingSettings = OPEN) -> Document:
    answer = fetch(url, settings=settings)
    assert isinstance(answer, Document)
    return answer


def test_a_document_comes_as_it_was_sent(publisher: Publisher) -> None:
    publisher.publish("a.rss", FEED)
    document = fetched(publisher.url("a.rss"))
    assert document.content == FEED
    assert document.content_type == "application/rss+xml"
    assert document.url == publisher.url("a.rss")
    assert document.fetched_at == NOW


def test_the_request_says_who_asks_and_nothing_more(publisher: Publisher) -> None:
    publisher.publish("a.rss", FEED)
    settings = OPEN.model_copy(update={"contact": "https://desk.example/bot"})
    fetched(publisher.url("a.rss"), settings)
    sent = publisher.requests[0].headers
    assert sent["user-agent"] == f"techwatch/{techwatch.__version__} (+https://desk.example/bot)"
    assert sent["accept-encoding"] == "gzip, br, zstd"
    assert set(sent) == {"host", "user-agent", "accept", "accept-encoding", "connection"}


def test_cookies_are_not_given_back(publisher: Publisher) -> None:
    publisher.misbehave("a.rss", Behaviour(body=FEED, headers={"Set-Cookie": "id=1; Path=/"}))

    async def twice() -> None:
        async with Fetcher(OPEN, lambda: NOW) as fetcher:
            await fetcher.fetch(publisher.url("a.rss"), NONE)
            await fetcher.fetch(publisher.url("a.rss"), NONE)

    asyncio.run(twice())
    assert [("cookie" in request.headers) for request in publisher.requests] == [False, False]


def test_what_did_not_change_is_not_sent_again(publisher: Publisher) -> None:
    publisher.publish("a.rss", FEED)
    first = fetched(publisher.url("a.rss"))
    second = fetch(publisher.url("a.rss"), first.validators)
    assert second == NotModified(publisher.url("a.rss"), first.validators, NOW)


@pytest.mark.parametrize("etag", ['"a"', 'W/"a"', "unquoted", '"zwölf"', '""'])
def test_validators_go_back_byte_for_byte(etag: str, publisher: Publisher) -> None:
    since = "Wed, 01 Jan 2025 10:00:00 +0100"  # not as HTTP wants it, and theirs to keep
    headers = {"ETag": etag, "Last-Modified": since}
    publisher.misbehave("a.rss", Behaviour(body=FEED, headers=headers))
    validators = fetched(publisher.url("a.rss")).validators
    assert validators == Validators(etag, since)
    fetch(publisher.url("a.rss"), validators)
    sent = publisher.requests[1].headers
    assert (sent["if-none-match"], sent["if-modified-since"]) == (etag, since)


def test_validators_are_never_invented(publisher: Publisher) -> None:
    publisher.misbehave("a.rss", Behaviour(body=FEED))
    assert fetched(publisher.url("a.rss")).validators == NONE


def test_new_validators_of_a_304_replace_the_old_ones(publisher: Publisher) -> None:
    publisher.misbehave("a.rss", Behaviour(status=304, body=b"", headers={"ETag": '"new"'}))
    answer = fetch(publisher.url("a.rss"), Validators('"old"', "Wed, 01 Jan 2025 10:00:00 GMT"))
    assert answer.validators == Validators('"new"', "Wed, 01 Jan 2025 10:00:00 GMT")


PACKED = {
    "gzip": gzip.compress(FEED),
    "x-gzip": gzip.compress(FEED[:20]) + gzip.compress(FEED[20:]),
    "br": brotli.compress(FEED),
    "zstd": zstandard.compress(FEED),
    "identity": FEED,
}


@pytest.mark.parametrize("encoding", PACKED)
def test_packed_documents_are_unpacked(encoding: str, publisher: Publisher) -> None:
    headers = {"Content-Encoding": encoding}
    publisher.misbehave("a.rss", Behaviour(body=PACKED[encoding], headers=headers))
    assert fetched(publisher.url("a.rss")).content == FEED


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed(status: int, publisher: Publisher) -> None:
    publisher.publish("new.rss", FEED)
    publisher.misbehave("old.rss", Behaviour.redirect("/new.rss", status))
    document = fetched(publisher.url("old.rss"))
    assert (document.content, document.url) == (FEED, publisher.url("new.rss"))


def test_redirects_end(publisher: Publisher) -> None:
    for n in range(10):
        publisher.misbehave(f"{n}", Behaviour.redirect(f"/{n + 1}"))
    with pytest.raises(RedirectError, match="more than 5 times"):
        fetch(publisher.url("0"))
    assert len(publisher.requests) == 6


def test_a_redirect_in_a_circle_is_told(publisher: Publisher) -> None:
    publisher.misbehave("a", Behaviour.redirect("/b"))
    publisher.misbehave("b", Behaviour.redirect("/a"))
    with pytest.raises(RedirectError, match="circle"):
        fetch(publisher.url("a"))


@pytest.mark.parametrize("goal", ["ftp://a.example/x", "file:///etc/passwd", "javascript:/x"])
def test_redirects_stay_on_the_web(goal: str, publisher: Publisher) -> None:
    publisher.misbehave("a", Behaviour.redirect(goal))
    with pytest.raises(RedirectError, match="not on the web"):
        fetch(publisher.url("a"))


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a.example/x",
        "file:///etc/passwd",
        "a.example/feed",
        "http://",
        "http://[",
        "",
        "http://a:b/",
    ],
)
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(FetchError):
        fetch(url)


@pytest.mark.parametrize("status", [204, 206, 301, 304, 400, 404, 410, 500])
def test_other_statuses_are_errors(status: int, publisher: Publisher) -> None:
    publisher.misbehave("a", Behaviour(status=status, body=b""))
    with pytest.raises(HttpStatusError) as raised:
        fetch(publisher.url("a"))
    assert (raised.value.status, raised.value.retry_after) == (status, None)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("120", 120), ("Wed, 01 Jan 2025 13:00:00 GMT", 3600), ("Wed, 01 Jan 2025 11:00:00 GMT", 0)],
)
def test_a_server_may_ask_for_time(header: str, seconds: float, publisher: Publisher) -> None:
    publisher.misbehave("a", Behaviour(status=429, headers={"Retry-After": header}))
    with pytest.raises(HttpStatusError) as raised:
        fetch(publisher.url("a"))
    assert raised.value.retry_after == seconds


@pytest.mark.parametrize("header", [None, "", "soon", "-5", "1.5", "²", "9" * 400])
def test_an_unreadable_retry_after_is_none_or_finite(header: str | None) -> None:
    seconds = seconds_to_wait(header, NOW)
    assert seconds is None or 0 <= seconds < 1e12


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd"])
def test_a_document_that_unpacks_to_too_much_is_refused(
    encoding: str, publisher: Publisher
) -> None:
    zeros = bytes(3_000_000)
    packed = {
        "gzip": gzip.compress(zeros),
        "br": brotli.compress(zeros, quality=1),
        "zstd": zstandard.compress(zeros),
    }
    publisher.misbehave(
        "a", Behaviour(body=packed[encoding], headers={"Content-Encoding": encoding})
    )
    with pytest.raises(TooLargeError, match="larger than 1,000,000 bytes"):
        fetch(publisher.url("a"), settings=QUICK)


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", b"no gzip"),
        ("gzip", gzip.compress(FEED, mtime=0)[:-12]),
        ("br", b"\xffno brotli"),
        ("br", brotli.compress(FEED)[:-5]),
        ("zstd", b"no zstd"),
        ("zstd", zstandard.compress(FEED)[:-5]),
        ("deflate", zlib.compress(FEED)),
        ("gzip, br", FEED),
    ],
)
def test_what_can_t_be_unpacked_is_told(encoding: str, body: bytes, publisher: Publisher) -> None:
    publisher.misbehave("a", Behaviour(body=body, headers={"Content-Encoding": encoding}))
    with pytest.raises(FetchError, match="the document") as raised:
        fetch(publisher.url("a"))
    assert type(raised.value) is FetchError


def test_a_large_document_is_not_read_to_its_end(publisher: Publisher) -> None:
    publisher.misbehave("a", Behaviour(body=b"x" * 50_000_000))
    with pytest.raises(TooLargeError):
        fetch(publisher.url("a"), settings=OPEN)


def test_a_document_that_never_ends_is_too_large(publisher: Publisher) -> None:
    publisher.misbehave("a", Behaviour(drip=b"x" * 100_000, pause=0))
    with pytest.raises(TooLargeError, match="1,000,000"):
        fetch(publisher.url("a"), settings=QUICK.model_copy(update={"timeout": 5}))


@pytest.mark.parametrize(
    "behaviour",
    [Behaviour(drip=b"<", pause=0.05), Behaviour(delay=5), Behaviour.redirect("/slow")],
    ids=["drips", "silent", "after a redirect"],
)
def test_a_slow_server_is_left(behaviour: Behaviour, publisher: Publisher) -> None:
    publisher.misbehave("a", behaviour)
    publisher.misbehave("slow", Behaviour(delay=5))
    begun = time.perf_counter()
    with pytest.raises(FetchTimeoutError, match=r"0\.4 seconds"):
        fetch(publisher.url("a"), settings=QUICK)
    assert time.perf_counter() - begun < 4


def test_a_server_that_hangs_up_is_told(publisher: Publisher) -> None:
    publisher.misbehave("a", Behaviour(hang_up=True))
    with pytest.raises(ConnectionFailedError):
        fetch(publisher.url("a"))


def test_a_body_shorter_than_promised_is_told(publisher: Publisher) -> None:
    publisher.misbehave(
        "a", Behaviour(body=FEED, headers={"Content-Length": "5000", "Connection": "close"})
    )
    with pytest.raises(ConnectionFailedError):
        fetch(publisher.url("a"))


def test_nobody_at_the_address_is_told(publisher: Publisher) -> None:
    url = publisher.url("a").rsplit(":", 1)[0] + ":9/"  # the discard service, long unused
    with pytest.raises(ConnectionFailedError):
        fetch(url)


def test_one_bad_feed_does_not_stop_the_others(publisher: Publisher) -> None:
    publisher.publish("good", FEED)
    publisher.misbehave("slow", Behaviour(delay=5))
    publisher.misbehave("gone", Behaviour(status=410))

    async def all_at_once() -> list[object]:
        async with Fetcher(QUICK.model_copy(update={"per_host": 4}), lambda: NOW) as fetcher:
            urls = [publisher.url(name) for name in ("slow", "gone", "good", "good")]
            tasks = [fetcher.fetch(url, NONE) for url in urls]
            return list(await asyncio.gather(*tasks, return_exceptions=True))

    kinds = [type(answer) for answer in asyncio.run(all_at_once())]
    assert kinds == [FetchTimeoutError, HttpStatusError, Document, Document]


def test_a_host_is_asked_for_few_documents_at_a_time(publisher: Publisher) -> None:
    for n in range(6):
        publisher.misbehave(f"{n}", Behaviour(body=FEED, delay=0.1))

    async def all_at_once() -> float:
        async with Fetcher(QUICK, lambda: NOW) as fetcher:
            begun = time.perf_counter()
            await asyncio.gather(*(fetcher.fetch(publisher.url(f"{n}"), NONE) for n in range(6)))
            return time.perf_counter() - begun

    # Three turns of two; the wait for a turn doesn't count for the timeout of 0.4 seconds.
    assert asyncio.run(all_at_once()) >= 0.3


PRIVATE = [
    "127.0.0.1",
    "localhost",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "0.0.0.0",
    "127.1",
    "2130706433",
]


@pytest.mark.parametrize("host", PRIVATE)
def test_private_addresses_are_refused(host: str, publisher: Publisher) -> None:
    publisher.publish("a", FEED)
    url = publisher.url("a").replace("127.0.0.1", host)
    with pytest.raises(ConnectionFailedError, match=r"private address|can't be resolved"):
        fetch(url, settings=FetchingSettings())
    assert publisher.requests == []


@pytest.mark.parametrize(
    "settings",
    [{"contact": "me (at) home"}, {"contact": "a\r\nb"}, {"timeout": 0}, {"unknown": 1}],
)
def test_wrong_settings_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        FetchingSettings.model_validate(settings)


def test_the_clock_is_read_after_the_answer(publisher: Publisher) -> None:
    publisher.publish("a", FEED)
    times = iter([NOW, NOW + timedelta(seconds=1)])

    async def once() -> Document | NotModified:
        async with Fetcher(OPEN, lambda: next(times)) as fetcher:
            return await fetcher.fetch(publisher.url("a"), NONE)

    assert asyncio.run(once()).fetched_at == NOW


def test_an_error_without_words_is_told_by_what_caused_it(publisher: Publisher) -> None:
    url = publisher.url("a").replace("http:", "https:")  # a server that speaks no TLS
    with pytest.raises(ConnectionFailedError, match=r"SSL|TLS|EndOfStream|closed"):
        fetch(url)
