from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techwatch.feeds.dates import published

FETCHED = datetime(2025, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2024-07-01T10:00:00Z", 10),
        ("2024-07-01T10:00:00.123+0800", 2),
        ("2024-07-01 10:00:00 +0800", 2),
        ("2024-07-01 10:00:00 UTC", 10),
        ("Mon, 01 Jul 2024 10:00:00 GMT", 10),
        ("Mon, 01 Jul 2024 10:00:00 +0800 (CST)", 2),
        ("01 Jul 24 10:00 EDT", 14),
        ("  Mon,  1 Jul 2024 10:00:00 +0200\n", 8),
        ("2024-07-01 10:00:00", 2),  # from here on in the feed's zone
        ("Mon, 01 Jul 2024 10:00:00 CST", 2),
        ("Mon, 01 Jul 2024 10:00:00 HKT", 2),
        ("2024年7月1日 10:00", 2),
        ("2024.07.01 10:00", 2),
    ],
)
def test_times_are_read(text: str, hour: int) -> None:
    when = published(text, "Asia/Shanghai", FETCHED)
    assert when is not None
    assert when.replace(microsecond=0) == datetime(2024, 7, 1, hour, tzinfo=UTC)


@pytest.mark.parametrize(("zone", "hour"), [(None, 16), ("Asia/Taipei", 2)])
def test_cst_is_chicago_unless_the_feed_has_a_zone(zone: str | None, hour: int) -> None:
    when = published("Mon, 01 Jul 2024 10:00:00 CST", zone, FETCHED)
    assert when == datetime(2024, 7, 1, hour, tzinfo=UTC)


def test_summer_time_is_kept() -> None:
    assert published("2024-07-01 10:00", "Europe/Oslo", FETCHED) == datetime(
        2024, 7, 1, 8, tzinfo=UTC
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "mandag 1. juli 2024",
        "2024-13-01",
        "Mon, 32 Jul 2024 10:00:00 GMT",
        "0001-01-01T00:00:00",
        "Mon, 01 Jan 0001 00:00:00 GMT",
        "9999-12-31T23:59:59-10:00",
        "1989-12-31T00:00:00Z",
        "2025-01-04T00:00:00Z",
    ],
)
def test_what_is_no_time_of_publication_is_none(text: str) -> None:
    assert published(text, None, FETCHED) is None


@given(text=st.text(max_size=40) | st.from_regex(r"[0-9 :+TZ/.-]{4,30}", fullmatch=True))
def test_any_text_gives_a_time_in_the_past_or_none(text: str) -> None:
    when = published(text, "Asia/Shanghai", FETCHED)
    assert when is None or (
        when.tzinfo is UTC and datetime(1990, 1, 1, tzinfo=UTC) <= when <= FETCHED
    )
