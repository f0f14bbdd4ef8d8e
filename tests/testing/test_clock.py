from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from techwatch.testing import FakeClock

NOON = datetime(2025, 1, 17, 12, tzinfo=UTC)


def test_stands_still_until_moved() -> None:
    clock = FakeClock(NOON)
    assert clock() == clock() == NOON
    clock.move(timedelta(hours=2))
    assert clock() == NOON + timedelta(hours=2)
    clock.move(timedelta(hours=-3))
    assert clock() == NOON - timedelta(hours=1)


def test_shows_utc_whatever_zone_it_is_set_in() -> None:
    clock = FakeClock(datetime(2025, 1, 17, 20, tzinfo=timezone(timedelta(hours=8))))
    assert clock() == NOON
    assert clock().tzinfo is UTC
    clock.set(datetime(2025, 1, 18, 0, tzinfo=timezone(timedelta(hours=8))))
    assert clock().isoformat() == "2025-01-17T16:00:00+00:00"


def test_refuses_a_time_without_a_zone() -> None:
    naive = NOON.replace(tzinfo=None)
    with pytest.raises(ValueError, match="with a zone, not 2025-01-17"):
        FakeClock(naive)
    clock = FakeClock(NOON)
    with pytest.raises(ValueError, match="with a zone"):
        clock.set(naive)
    assert clock() == NOON
