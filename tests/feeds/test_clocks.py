from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from techwatch.faults import AlarmSettings, of_clock
from techwatch.feeds.clocks import HostClocks
from techwatch.model import ClockReading

NOW = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)


def dated(seconds: float, **more: str) -> dict[str, str]:
    return {"date": format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)} | more


def test_the_median_of_hosts_tells_how_far_they_are_ahead() -> None:
    clocks = HostClocks()
    assert clocks.reading(NOW) is None
    for host, seconds in (("a", 100), ("b", 102), ("c", -86400), ("a", 104)):
        clocks.note(host, dated(seconds), NOW)
    assert clocks.reading(NOW) == ClockReading(102, 3, NOW)


def test_what_a_cache_held_is_as_old_as_it_says() -> None:
    clocks = HostClocks()
    clocks.note("a", dated(-500, age="500"), NOW)
    assert clocks.reading(NOW) == ClockReading(0, 1, NOW)


@pytest.mark.parametrize(
    "headers",
    [{}, {"date": "yesterday"}, dated(0, age="old"), {"date": "Mon, 99 Mar 99999 00:00:00 GMT"}],
)
def test_what_can_not_be_read_says_nothing(headers: dict[str, str]) -> None:
    clocks = HostClocks()
    clocks.note("a", headers, NOW)
    assert clocks.reading(NOW) is None


def test_any_number_of_hosts_takes_bounded_room() -> None:
    clocks = HostClocks()
    for number in range(1000):
        clocks.note(str(number), dated(number), NOW)
    reading = clocks.reading(NOW)
    assert reading
    assert reading.hosts == 200
    assert reading.seconds > 800  # the last ones are kept


@pytest.mark.parametrize(
    ("seconds", "hosts", "found"),
    [
        (0.4, 9, []),
        (31, 9, [("clock.skew", "warning")]),
        (-31, 3, [("clock.skew", "warning")]),
        (-3600, 9, [("clock.skew", "fault")]),
        (3600, 2, []),  # two hosts may both be wrong
    ],
)
def test_a_clock_that_is_off_is_a_fault(
    seconds: float, hosts: int, found: list[tuple[str, str]]
) -> None:
    told = list(of_clock(ClockReading(seconds, hosts, NOW), NOW, AlarmSettings()))
    assert [(one.code, one.severity) for one in told] == found
    for one in told:
        assert ("behind" if seconds > 0 else "ahead of") in one.message
    later = NOW + timedelta(hours=25)
    assert not list(of_clock(ClockReading(seconds, hosts, NOW), later, AlarmSettings()))


def test_after_the_clock_is_set_what_hosts_said_before_counts_no_more() -> None:
    clocks = HostClocks()
    for host in "abcd":
        clocks.note(host, dated(0), NOW)
    for jump in (timedelta(days=1), timedelta(hours=-1)):
        wrong = NOW + jump
        clocks.note("e", dated(0), wrong)
        assert clocks.reading(wrong) == ClockReading(-jump.total_seconds(), 1, wrong)
