"""Dates as precise as a document gives them: a day, a month, a season, a year, or a range.

Forms: 2020-09-19, 2020-09, 2020, 2019-summer, 2018/2019 (from/to, each of the forms before).
"""

from __future__ import annotations

import re
from datetime import date, timedelta

_FORM = re.compile(
    r"(?P<year>[12]\d{3})(?:-(?:(?P<season>[a-z]+)|(?P<month>\d\d)(?:-(?P<day>\d\d))?))?"
)
# Seasons of the northern half of the world; winter is the one that begins in the year's end.
_SEASON_STARTS = {"spring": 3, "summer": 6, "autumn": 9, "winter": 12}
_SEASON_MONTHS = 3
FORMS = "2020-09-19, 2020-09, 2020, 2020-summer, or two of them with / between"


def span(text: str) -> tuple[date, date]:
    """Return the first and the last day that a date may mean; ValueError names the forms."""
    start, slash, end = text.partition("/")
    first, last = _single(start)
    if slash:
        last = _single(end)[1]
    if last < first:
        message = f"{text!r} ends before it begins"
        raise ValueError(message)
    return first, last


def sort_key(text: str) -> tuple[date, date]:
    """Order dates by their first day; of two that begin together the more precise comes first."""
    return span(text)


def _single(text: str) -> tuple[date, date]:
    form = _FORM.fullmatch(text)
    if form is None or (form["season"] and form["season"] not in _SEASON_STARTS):
        message = f"{text!r} is no date; write {FORMS}"
        raise ValueError(message)
    year = int(form["year"])
    if form["day"]:
        day = date(year, int(form["month"]), int(form["day"]))
        return day, day
    if form["month"]:
        return _months(year, int(form["month"]), 1)
    if form["season"]:
        return _months(year, _SEASON_STARTS[form["season"]], _SEASON_MONTHS)
    return date(year, 1, 1), date(year, 12, 31)


def _months(year: int, month: int, count: int) -> tuple[date, date]:
    """Return the first and last day of `count` months from one on."""
    first = date(year, month, 1)
    months = year * 12 + month - 1 + count
    return first, date(months // 12, months % 12 + 1, 1) - timedelta(days=1)
