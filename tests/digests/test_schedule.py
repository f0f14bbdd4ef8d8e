from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techwatch.digests.cron import CronError, check, lines, wall_times
from techwatch.digests.schedule import MOST, next_slot, slots
from techwatch.model import Edition

OSLO = ZoneInfo("Europe/Oslo")


def edition(schedule: str, zone: str = "Europe/Oslo") -> Edition:
    return Edition("e", "E", schedule, zone, ("folder",))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def local(*found: object) -> list[str]:
    return [f"{slot.at.astimezone(OSLO):%m-%d %H:%M}" for slot in found]  # type: ignore[attr-defined]


def test_slots_lie_after_the_first_and_not_after_the_second_time() -> None:
    daily = edition("0 7 * * *")
    seven = utc("2026-01-10T06:00")  # 07:00 in Oslo
    assert slots(daily, seven, seven) == ()
    assert [s.at for s in slots(daily, seven - timedelta(seconds=1), seven)] == [seven]
    assert slots(daily, seven, seven + timedelta(hours=23, minutes=59)) == ()
    assert len(slots(daily, seven, seven + timedelta(days=3))) == 3


def test_a_slot_knows_its_day_on_the_edition_s_calendar() -> None:
    slot = next_slot(edition("30 0 * * *"), utc("2026-06-01T12:00"))
    assert slot.at == utc("2026-06-01T22:30")
    assert slot.local_date == date(2026, 6, 2)
    assert slot.edition_id == "e"


@pytest.mark.parametrize(
    ("schedule", "night", "expected"),
    [
        # 29 March 2026: 02:00 becomes 03:00; 25 October: 03:00 becomes 02:00 again
        ("30 2 * * *", "2026-03-28T12:00", ["03-29 03:30"]),
        ("30 2 * * *", "2026-10-24T12:00", ["10-25 02:30"]),
        ("0 7 * * *", "2026-03-28T12:00", ["03-29 07:00"]),
        ("0 7 * * *", "2026-10-24T12:00", ["10-25 07:00"]),
        ("0 3 * * *", "2026-10-24T12:00", ["10-25 03:00"]),
        ("0 2,3 * * *", "2026-03-28T12:00", ["03-29 03:00"]),
        (
            "0,30 1-3 * * *",
            "2026-03-28T12:00",
            ["03-29 01:00", "03-29 01:30", "03-29 03:00", "03-29 03:30"],
        ),
        ("30 1-3 * * *", "2026-10-24T12:00", ["10-25 01:30", "10-25 02:30", "10-25 03:30"]),
    ],
)
def test_the_nights_on_which_clocks_change(schedule: str, night: str, expected: list[str]) -> None:
    after = utc(night)
    assert local(*slots(edition(schedule), after, after + timedelta(hours=23))) == expected


@pytest.mark.parametrize("schedule", ["30 2 * * *", "0 7 * * *", "59 1 * * *", "0 0 * * *"])
def test_a_daily_slot_comes_once_on_every_day_of_the_year(schedule: str) -> None:
    after = utc("2025-12-31T23:00")
    found = [
        slot
        for month in range(12)
        for slot in slots(
            edition(schedule),
            after + timedelta(days=31 * month),
            after + timedelta(days=31 * (month + 1)),
        )
    ]
    days = [slot.local_date for slot in found]
    assert days == [days[0] + timedelta(days=n) for n in range(372)]


@given(
    st.integers(0, 72 * 60).map(lambda n: utc("2026-03-28T00:00") + timedelta(minutes=n)),
    st.sampled_from(["*/20 * * * *", "30 2 * * *", "15,45 1-4 * * *", "0 */2 * * *"]),
    st.sampled_from(["Europe/Oslo", "Australia/Lord_Howe", "America/New_York", "UTC"]),
)
def test_the_next_slot_is_the_first_of_those_to_come(
    after: datetime, schedule: str, zone: str
) -> None:
    it = edition(schedule, zone)
    coming = next_slot(it, after)
    assert coming.at > after
    assert slots(it, after, coming.at) == (coming,)


def test_after_a_long_sleep_only_the_latest_slots_come() -> None:
    found = slots(edition("* * * * *", "UTC"), utc("2020-01-01T00:00"), utc("2026-01-01T00:00"))
    assert len(found) == MOST
    assert found[-1].at == utc("2026-01-01T00:00")
    assert found[0].at == utc("2025-12-31T22:21")
    yearly = slots(edition("0 7 1 1 *"), utc("1990-01-01T00:00"), utc("2026-06-01T00:00"))
    assert len(yearly) == 37


@pytest.mark.parametrize(
    ("weekday", "days"),
    [
        ("1", "Mon"),
        ("0", "Sun"),
        ("7", "Sun"),
        ("1-5", "Mon Tue Wed Thu Fri"),
        ("mon-fri", "Mon Tue Wed Thu Fri"),
        ("5-7", "Fri Sat Sun"),
        ("fri-mon", "Mon Fri Sat Sun"),
        ("6,1", "Mon Sat"),
        ("*/2", "Tue Thu Sat Sun"),
        ("1-5/2", "Mon Wed Fri"),
        ("SUN", "Sun"),
    ],
)
def test_weekdays_are_counted_as_cron_counts_them(weekday: str, days: str) -> None:
    monday = utc("2026-06-01T00:00")
    found = slots(edition(f"0 7 * * {weekday}"), monday, monday + timedelta(days=7))
    assert " ".join(f"{slot.local_date:%a}" for slot in found) == days


@pytest.mark.parametrize(
    ("schedule", "reason"),
    [
        ("0 7 * *", "is no schedule; write 'daily 07:00'"),
        ("@daily", "is no schedule; write 'daily 07:00'"),
        ("0 24 * * *", "is no cron line"),
        ("0 seven * * *", "is no cron line"),
        ("0 7 * * 8", "'8' is no weekday"),
        ("0 7 * * funday", "'funday' is no weekday"),
        ("0 7 * * */0", "'*/0' is no weekday"),
        ("0 7 1 * mon", "names a day of the month and a weekday"),
        ("0 7 31 2 *", "never comes"),
        ("*/0 7 * * *", "is no cron line"),
    ],
)
def test_bad_schedules_are_refused_with_a_reason(schedule: str, reason: str) -> None:
    with pytest.raises(CronError) as caught:
        check(schedule)
    assert reason in str(caught.value)


def test_a_schedule_that_never_comes_has_no_slots_and_no_next_one() -> None:
    never = edition("0 7 31 2 *")
    assert slots(never, utc("2021-01-01T00:00"), utc("2026-01-01T00:00")) == ()
    with pytest.raises(CronError, match="never comes"):
        next_slot(never, utc("2026-01-01T00:00"))


def test_the_leap_day_comes() -> None:
    check("0 7 29 2 *")
    assert next_slot(edition("0 7 29 2 *"), utc("2026-01-01T00:00")).local_date == date(2028, 2, 29)


def test_wall_times_begin_at_the_given_time() -> None:
    start = datetime(2026, 6, 1, 7, 0)  # noqa: DTZ001 - a wall has no zone
    assert next(wall_times("0 7 * * *", start)) == start


@pytest.mark.parametrize(
    ("words", "crons"),
    [
        ("daily 07:00", ("0 7 * * *",)),
        ("Weekdays 7:00, 16:30", ("0 7 * * mon-fri", "30 16 * * mon-fri")),
        ("weekends 09:00", ("0 9 * * sat,sun",)),
        ("weekly  mon 08:30", ("30 8 * * mon",)),
        ("monthly 1 00:05", ("5 0 1 * *",)),
        ("*/5 * * * *", ("*/5 * * * *",)),
    ],
)
def test_schedules_in_words_mean_cron_lines(words: str, crons: tuple[str, ...]) -> None:
    assert lines(words) == crons
    check(words)


def test_several_times_a_day_come_in_order_and_none_twice() -> None:
    twice = edition("daily 16:30, 07:00, 7:00")
    found = slots(twice, utc("2026-01-10T00:00"), utc("2026-01-11T23:00"))
    assert local(*found) == ["01-10 07:00", "01-10 16:30", "01-11 07:00", "01-11 16:30"]


@pytest.mark.parametrize("words", ["daily", "daily 25:00", "weekly xyz 08:00", "monthly 32 08:00"])
def test_words_that_are_no_schedule_are_refused(words: str) -> None:
    with pytest.raises(CronError, match=r"schedule|cron line|weekday"):
        check(words)
