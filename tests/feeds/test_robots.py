from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from techwatch.errors import (
    ConnectionFailedError,
    FetchError,
    FetchTimeoutError,
    HttpStatusError,
    RedirectError,
    RobotsError,
    TooLargeError,
)
from techwatch.feeds import robots
from techwatch.model import Document, RobotsFile, Validators

NOW = datetime(2026, 3, 1, tzinfo=UTC)
HOST = "https://harbour.example"
PAGE = f"{HOST}/news/1"


def rules(text: str | bytes) -> robots.Rules:
    content = text if isinstance(text, bytes) else text.encode()
    document = Document(f"{HOST}/robots.txt", content, "text/plain", Validators(), NOW)
    return robots.Rules(robots.from_document(HOST, document, NOW))


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("", True),
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: *\nDisallow:", True),
        ("User-agent: *\nDisallow: /admin", True),
        ("User-agent: *\nDisallow: /news", False),
        ("User-agent: *\nDisallow: /\nAllow: /news/", True),
        ("User-agent: techwatch\nDisallow: /\n\nUser-agent: *\nDisallow:", False),
        ("User-agent: TechWatch\nAllow: /\n\nUser-agent: *\nDisallow: /", True),
        ("User-agent: otherbot\nDisallow: /", True),
        ("User-agent: *\nDisallow: /*/1$", False),
        ("\ufeffUser-agent: *\r\nDisallow: /news\r\n", False),
        ("<html>not found</html>", True),
        (b"\xff\xfe\x00garbage", True),
    ],
)
def test_rules_are_read_as_the_standard_has_it(text: str | bytes, *, allowed: bool) -> None:
    if allowed:
        assert rules(text).permit(PAGE, 60) == 0
    else:
        with pytest.raises(RobotsError) as refused:
            rules(text).permit(PAGE, 60)
        assert not refused.value.for_now


def test_a_delay_is_kept_within_bounds() -> None:
    assert rules("User-agent: *\nCrawl-delay: 7").permit(PAGE, 60) == 7
    with pytest.raises(RobotsError, match="asks for 3600 seconds"):
        rules("User-agent: *\nCrawl-delay: 3600").permit(PAGE, 60)


@pytest.mark.parametrize(
    ("error", "access"),
    [
        (HttpStatusError(PAGE, 404), "open"),
        (HttpStatusError(PAGE, 401), "open"),
        (HttpStatusError(PAGE, 410), "open"),
        (RedirectError(PAGE, "redirects in a circle"), "open"),
        (HttpStatusError(PAGE, 429), "closed"),
        (HttpStatusError(PAGE, 500), "closed"),
        (HttpStatusError(PAGE, 503), "closed"),
        (ConnectionFailedError(PAGE, "refused"), "closed"),
        (FetchTimeoutError(PAGE, "slow"), "closed"),
        (TooLargeError(PAGE, "large"), "closed"),
    ],
)
def test_a_missing_file_forbids_nothing_and_a_failing_server_all(
    error: FetchError, access: str
) -> None:
    found = robots.from_error(HOST, error, None, NOW)
    assert found.access == access
    if access == "open":
        assert robots.Rules(found).permit(PAGE, 60) == 0
        assert found.until - NOW == timedelta(hours=24)
    else:
        with pytest.raises(RobotsError) as refused:
            robots.Rules(found).permit(PAGE, 60)
        assert refused.value.for_now
        assert found.until - NOW < timedelta(hours=1)


def test_rules_known_from_before_hold_while_the_server_fails() -> None:
    before = RobotsFile(HOST, "rules", "User-agent: *\nDisallow: /news", NOW, NOW)
    later = NOW + timedelta(days=2)
    found = robots.from_error(HOST, HttpStatusError(PAGE, 500), before, later)
    assert found.rules == before.rules
    assert found.until > later
    long_after = NOW + timedelta(days=31)
    found = robots.from_error(HOST, HttpStatusError(PAGE, 500), before, long_after)
    assert found.access == "closed"


def test_an_address_counts_with_its_scheme_and_port() -> None:
    assert robots.origin("HTTPS://user:pw@Harbour.example:8443/a?b#c") == (
        "https://harbour.example:8443"
    )


def test_rules_of_half_a_megabyte_are_read() -> None:
    lines = "".join(f"Disallow: /a{n}*b\n" for n in range(20_000))
    assert rules(f"User-agent: *\n{lines}").permit(PAGE, 60) == 0
