from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from tests.digests.samples import SLOT

from techwatch.digests.delivery.retries import RetrySettings, next_attempt

if TYPE_CHECKING:
    from collections.abc import Callable

    from techwatch.model import Delivery


def waits(delivery: Delivery, settings: RetrySettings) -> list[float]:
    """Fail again and again; return the seconds waited each time."""
    found: list[float] = []
    for attempts in range(1, 10_000):
        again = next_attempt(replace(delivery, attempts=attempts), SLOT, settings)
        if again is None:
            return found
        found.append((again - SLOT).total_seconds())
    raise AssertionError


def test_waits_double_up_to_the_longest_and_end_with_the_window(
    delivery: Callable[..., Delivery],
) -> None:
    settings = RetrySettings(first=60, longest=600, window=2000)
    assert waits(delivery(), settings) == [60, 120, 240, 480, 600]


def test_the_defaults_try_for_about_three_days(delivery: Callable[..., Delivery]) -> None:
    found = waits(delivery(), RetrySettings())
    assert found[:7] == [60, 120, 240, 480, 960, 1920, 3600]
    assert timedelta(days=2, hours=22) < timedelta(seconds=sum(found)) <= timedelta(days=3)


@pytest.mark.parametrize("late", [timedelta(0), timedelta(days=30)])
def test_a_digest_caught_up_late_has_its_attempts_too(
    late: timedelta, delivery: Callable[..., Delivery]
) -> None:
    now = SLOT + late
    assert next_attempt(delivery(), now, RetrySettings()) == now + timedelta(seconds=60)


def test_without_a_window_there_is_one_attempt(delivery: Callable[..., Delivery]) -> None:
    assert next_attempt(delivery(), SLOT, RetrySettings(window=0)) is None


@pytest.mark.parametrize(
    ("asked", "seconds"), [(None, 60), (5.0, 60), (600.0, 600), (10.0**9, 86_400)]
)
def test_who_asks_to_be_left_alone_is_left_alone_for_a_day_at_most(
    asked: float | None, seconds: float, delivery: Callable[..., Delivery]
) -> None:
    again = next_attempt(delivery(), SLOT, RetrySettings(), asked)
    assert again == SLOT + timedelta(seconds=seconds)


def test_a_lease_outlives_every_delivery() -> None:
    settings = RetrySettings(at_most=100)
    assert settings.lease > timedelta(seconds=settings.at_most)
