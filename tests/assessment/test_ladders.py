from __future__ import annotations

from datetime import UTC, datetime

import pytest

from techwatch.assessment.ladders import Move, compare, last_day, within
from techwatch.model import Direction, Event, Field, Mode, Standing, Track

LAW = Track(
    "law_making", "Law-making", ("proposed", "consultation", "passed", "in_force", "enforced")
)
MAY = datetime(2024, 5, 6, tzinfo=UTC)


def _event(
    rung: str | None, jurisdiction: str | None = "cn", direction: Direction = Direction.UP
) -> Event:
    return Event(
        event_type="law",
        track="law_making",
        rung=rung,
        direction=direction,
        mode=Mode.DECIDED,
        entity_ids=("pipl",),
        jurisdiction=jurisdiction,
        field=Field.TITLE,
        start=0,
        end=1,
        surface="x",
    )


def _standing(rung: str | None, jurisdiction: str = "cn", since: str = "2021-04") -> Standing:
    return Standing("pipl", "law_making", rung, jurisdiction, since, "A draft.", "wsj-2021-06")


def _move(event: Event, *standings: Standing) -> Move:
    return compare(event, standings, LAW, _recent).move


def _recent(standing: Standing) -> bool:
    return within(standing.since, MAY, 30)


def test_each_rung_of_a_law_is_a_step_up() -> None:
    state = _standing("proposed")
    for rung in ("consultation", "passed", "in_force", "enforced"):
        assert _move(_event(rung), state) is Move.UP
        state = _standing(rung)


def test_the_first_step_begins_the_ladder() -> None:
    assert _move(_event("proposed")) is Move.BEGINS
    assert _move(_event("passed"), _standing(None, "us")) is Move.BEGINS


def test_a_new_jurisdiction_starts_from_what_others_did() -> None:
    found = compare(_event("proposed", "no"), [_standing("in_force", "eu")], LAW, _recent)
    assert found.move is Move.NEW_JURISDICTION
    assert found.before is not None
    assert found.before.jurisdiction == "eu"


def test_back_starts_from_the_own_standing() -> None:
    event = _event("in_force", direction=Direction.BACK)
    found = compare(event, [_standing("in_force"), _standing("passed", "us")], LAW, _recent)
    assert found.move is Move.BACK
    assert found.before == _standing("in_force")


def test_the_same_step_soon_after_is_the_same_news() -> None:
    assert _move(_event("passed"), _standing("passed", since="2024-04-20")) is Move.REPEATED
    assert _move(_event("passed"), _standing("passed", since="2021-06-10")) is Move.AGAIN


def test_without_a_jurisdiction_any_standing_counts() -> None:
    assert _move(_event("passed", None), _standing("proposed", "us")) is Move.UP


def test_no_ladder_no_move() -> None:
    assert _move(_event(None, direction=Direction.NONE)) is Move.NONE
    assert _move(_event("unheard of")) is Move.NONE


@pytest.mark.parametrize(
    ("date", "day"),
    [
        ("2020", (2020, 12, 31)),
        ("2020-02", (2020, 2, 29)),
        ("2020-12", (2020, 12, 31)),
        ("2020-09-19", (2020, 9, 19)),
        ("2019-summer", (2019, 12, 31)),
        ("2020-09-20/2020-09-30", (2020, 9, 20)),
    ],
)
def test_last_day(date: str, day: tuple[int, int, int]) -> None:
    assert last_day(date) == datetime(*day, tzinfo=UTC)


@pytest.mark.parametrize("date", ["", "soon", "2020-13", "2021-02-30"])
def test_no_date(date: str) -> None:
    assert last_day(date) is None
