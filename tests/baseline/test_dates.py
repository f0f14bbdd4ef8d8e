from __future__ import annotations

from datetime import date

import pytest

from techwatch.baseline.dates import sort_key, span


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2020-09-19", date(2020, 9, 19), date(2020, 9, 19)),
        ("2020-02", date(2020, 2, 1), date(2020, 2, 29)),
        ("2020-12", date(2020, 12, 1), date(2020, 12, 31)),
        ("2020", date(2020, 1, 1), date(2020, 12, 31)),
        ("2019-summer", date(2019, 6, 1), date(2019, 8, 31)),
        ("2019-winter", date(2019, 12, 1), date(2020, 2, 29)),
        ("2018/2019", date(2018, 1, 1), date(2019, 12, 31)),
        ("2020-10/2020-12", date(2020, 10, 1), date(2020, 12, 31)),
        ("2020-09-20/2020-09-30", date(2020, 9, 20), date(2020, 9, 30)),
    ],
)
def test_a_date_spans_all_the_days_it_may_mean(text: str, first: date, last: date) -> None:
    assert span(text) == (first, last)


@pytest.mark.parametrize(
    "text",
    ["", "20", "2020-9", "2020-02-30", "2020-13", "2020-lent", "2020/", "2021/2020", "２０２０"],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        span(text)


def test_dates_sort_by_their_first_day_and_the_more_precise_first() -> None:
    dates = ["2020", "2021-06-10", "2020-01", "2019-summer", "2018/2019", "2020-01-01"]
    assert sorted(dates, key=sort_key) == [
        "2018/2019",
        "2019-summer",
        "2020-01-01",
        "2020-01",
        "2020",
        "2021-06-10",
    ]
