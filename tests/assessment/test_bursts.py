"""Who is told of far more than usual."""

from __future__ import annotations

import math
from datetime import date, timedelta

import pytest

from techwatch.assessment.bursts import BurstSettings, Heard, bursts, tail

TODAY = date(2026, 3, 1)
NAMES = {"tiktok": "TikTok", "huawei": "Huawei"}
SETTINGS = BurstSettings()


def _heard(entity: str, days_ago: int, *publishers: str) -> Heard:
    return Heard(entity, TODAY - timedelta(days=days_ago), frozenset(publishers))


def test_many_publishers_on_a_quiet_subject_are_a_burst() -> None:
    usual = [_heard("tiktok", n, "a") for n in (3, 9, 20)]
    [burst] = bursts([*usual, _heard("tiktok", 0, *"abcdef")], (TODAY,), NAMES, SETTINGS)
    assert (burst.entity_id, burst.name, burst.counts, burst.publishers) == (
        "tiktok", "TikTok", (6,), 6,
    )  # fmt: skip
    assert burst.usual == pytest.approx(4 / 28, abs=1e-3)
    assert burst.chance < SETTINGS.chance


def test_what_is_always_in_the_news_is_no_burst() -> None:
    usual = [_heard("tiktok", n, *"abcde") for n in range(1, 29)]
    assert bursts([*usual, _heard("tiktok", 0, *"abcdef")], (TODAY,), NAMES, SETTINGS) == ()


def test_two_publishers_are_no_burst_however_quiet_the_subject() -> None:
    days = (TODAY - timedelta(days=1), TODAY)
    heard = [_heard("huawei", n, "a", "b") for n in (0, 1)]
    assert bursts(heard, days, NAMES, SETTINGS) == ()
    [burst] = bursts([*heard, _heard("huawei", 0, *"abc")], days, NAMES, SETTINGS)
    assert burst.counts == (2, 3)


def test_the_least_likely_comes_first_and_strangers_are_left_out() -> None:
    heard = [
        _heard("huawei", 0, *"abcd"), _heard("tiktok", 0, *"abcdefgh"), _heard("x", 0, *"abcdefgh"),
    ]  # fmt: skip
    for order in (heard, heard[::-1]):
        found = bursts(order, (TODAY,), NAMES, SETTINGS)
        assert [b.entity_id for b in found] == ["tiktok", "huawei"]


@pytest.mark.parametrize(
    ("count", "expected"), [(0, 2.0), (1, 0.1), (3, 2.5), (7, 0.4), (40, 55.0)]
)
def test_the_tail_is_that_of_the_definition(count: int, expected: float) -> None:
    below = sum(math.exp(-expected) * expected**n / math.factorial(n) for n in range(count))
    assert tail(count, expected) == pytest.approx(1 - below, rel=1e-6, abs=1e-12)


def test_a_small_tail_keeps_its_figures() -> None:
    assert 0 < tail(60, 0.5) < 1e-90
