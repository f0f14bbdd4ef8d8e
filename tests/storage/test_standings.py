"""Of many standings only those are read that have a say, and nothing is judged otherwise for it."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from tests.databases import on_both

from techwatch.assessment.ladders import compare, within
from techwatch.model import Decision, Direction, Event, Field, Judgement, Mode, Standing, Track

from .samples import FEED, NOW, assessment, item, judged, outcome

if TYPE_CHECKING:
    from datetime import datetime

    from techwatch.storage import Store

pytestmark = on_both

TRACK = Track("coercion", "Coercion", ("probed", "fined", "banned"))
RUNGS = ("probed", "fined", "banned", None, "elsewhere")
POWERS = ("eu", "us", None)
DAYS = 10  # within which a step may be told again
MANY = 120


def _take_back(store: Store, item_id: str, story_id: str) -> None:
    with store.judging.judging() as judging:
        last = store.judgements.latest(item_id, story_id)
        judging.take_back(last.id, "kari", NOW)


@pytest.fixture
def told(store: Store) -> list[datetime]:
    """Stories of two entities over a year, of which people judged some; returns their times."""
    chance = random.Random(7)
    store.feeds.watch([FEED], NOW)
    times = []
    for number in range(MANY):
        at = NOW + timedelta(days=chance.randrange(365))
        one = replace(item(number, f"Title {number}"), published=at)
        store.feeds.record(outcome(one), NOW)
        [stored] = store.judging.unjudged(1)
        story = f"s{number // 2}"
        moved = Standing(
            chance.choice(("tiktok", "zte")), "coercion", chance.choice(RUNGS),
            chance.choice(POWERS), at.date().isoformat(), f"Title {number}", "Harbour", story,
        )  # fmt: skip
        done = replace(judged(stored, story), assessment=assessment(), opens_story=number % 2 == 0)
        with store.judging.judging() as judging:
            judging.save(done, ["tiktok"], [moved], at)
        for _ in range(chance.choice((0, 0, 0, 1, 2))):
            decision = chance.choice([d for d in Decision if d.is_word])
            said = Judgement(0, one.id, story, decision, "", "kari", NOW)
            store.judgements.record(said, (), at)
        if chance.random() < 0.05:
            said = Judgement(0, one.id, story, Decision.REJECT, "", "kari", NOW)
            store.judgements.record(said, (), at)
            _take_back(store, one.id, story)
        times.append(at)
    return times


def test_an_event_is_compared_as_with_all_of_them(store: Store, told: list[datetime]) -> None:
    spared = 0
    for number, at in enumerate(told):
        before = (at, item(number).id)
        without = f"s{number // 2}"
        with store.judging.judging() as judging:
            whole = judging.standings(["tiktok", "zte"], without_story=without, before=before)
            recent = at - timedelta(days=DAYS + 2)
            few = judging.standings(
                ["tiktok", "zte"], without_story=without, before=before, recent=recent
            )
        assert set(few) <= set(whole)
        spared += len(whole) - len(few)
        for entity in ("tiktok", "zte"):
            for rung in TRACK.rungs:
                for power in POWERS:
                    event = Event(
                        "x", "coercion", rung, Direction.UP, Mode.DECIDED, (entity,), power,
                        Field.TITLE, 0, 1, "x",
                    )  # fmt: skip
                    one, other = (
                        compare(
                            event,
                            [s for s in found if s.entity_id == entity],
                            TRACK,
                            lambda s, at=at: within(s.since, at, DAYS),  # type: ignore[misc]
                        )
                        for found in (whole, few)
                    )
                    assert one == other
    assert spared > MANY  # far from all are read


def test_a_rejected_first_one_gives_its_place_to_the_next(store: Store) -> None:
    store.feeds.watch([FEED], NOW)
    store.feeds.record(outcome(*(item(n) for n in range(3))), NOW)
    for number, stored in enumerate(store.judging.unjudged(3)):
        step = Standing(
            "zte", "coercion", "fined", "eu", "2026-03-01", f"T{number}", "H", f"s{number}"
        )
        with store.judging.judging() as judging:
            judging.save(judged(stored, f"s{number}"), ["zte"], [step], NOW)
    first = store.judging.story("s0").tellings[0].item_id

    def read() -> list[str]:
        later = NOW + timedelta(days=99)
        with store.judging.judging() as judging:
            found = judging.standings(["zte"], without_story=None, before=(later, ""), recent=later)
        return [s.reason for s in found]

    assert read() == ["T0"]
    said = Judgement(0, first, "s0", Decision.REJECT, "", "kari", NOW)
    store.judgements.record(said, (), NOW)
    assert read() == ["T1"]
    _take_back(store, first, "s0")
    assert read() == ["T0"]
