from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest

from techwatch.feeds.manners import fresh_for, wishes
from techwatch.model import Wishes

NOW = datetime(2025, 1, 1, 12, tzinfo=UTC)
SENT = {"Date": "Wed, 01 Jan 2025 12:00:00 GMT"}


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0),
        ({"Cache-Control": "max-age=900"}, 900),
        ({"Cache-Control": "public, MAX-AGE = 900, must-revalidate"}, 900),
        ({"Cache-Control": 'max-age="900"'}, 900),
        ({"Cache-Control": "s-maxage=900"}, 0),
        ({"Cache-Control": "max-age=soon"}, 0),
        ({"Cache-Control": "no-cache, max-age=900"}, 0),
        ({"Cache-Control": "max-age=900, no-store"}, 0),
        ({"Cache-Control": "max-age=900", "Age": "600"}, 300),
        ({"Cache-Control": "max-age=900", "Age": "6000"}, 0),
        ({"Expires": "Wed, 01 Jan 2025 13:00:00 GMT"}, 3600),
        (SENT | {"Expires": "Wed, 01 Jan 2025 12:10:00 GMT"}, 600),
        ({"Expires": "Wed, 01 Jan 2025 11:00:00 GMT"}, 0),
        ({"Expires": "0"}, 0),
        ({"Expires": "Wed, 01 Jan 2025 13:00:00 GMT", "Cache-Control": "max-age=60"}, 60),
    ],
)
def test_headers_say_how_long_an_answer_is_fresh(headers: dict[str, str], seconds: float) -> None:
    assert fresh_for(httpx.Headers(headers), NOW) == seconds


@pytest.mark.parametrize(
    ("head", "asked"),
    [
        ("", Wishes()),
        ("<ttl>60</ttl>", Wishes(every=3600)),
        ("<ttl>an hour</ttl>", Wishes()),
        ("<sy:updatePeriod>\n hourly </sy:updatePeriod>", Wishes(every=3600)),
        (
            "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>",
            Wishes(every=21_600),
        ),
        ("<sy:updateFrequency>2</sy:updateFrequency>", Wishes(every=43_200)),
        ("<sy:updatePeriod>now and then</sy:updatePeriod>", Wishes()),
        (
            "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>",
            Wishes(every=3600),
        ),
        (
            "<skipHours><hour>24</hour> <hour>3</hour><hour>77</hour><hour>x</hour></skipHours>",
            Wishes(skip_hours=(0, 3)),
        ),
        ("<skipDays><day>Sunday</day><day>saturday</day></skipDays>", Wishes(skip_days=(5, 6))),
    ],
)
def test_documents_say_how_often_to_come(head: str, asked: Wishes) -> None:
    assert wishes(f"<rss><channel>{head}<item><ttl>1</ttl></item></channel></rss>") == asked


def test_what_an_item_says_is_no_wish() -> None:
    assert wishes("<rss><channel><item><ttl>60</ttl></item></channel></rss>") == Wishes()
