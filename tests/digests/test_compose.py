from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations

import pytest
from tests.digests.samples import (
    CALM,
    COVERAGE,
    DIDI,
    EDITION,
    GAMES,
    HUAWEI,
    OUTBOUND,
    SLOT,
    SMIC,
    WEEK,
    development,
    digest,
)

from techwatch.digests.compose import compose, rank
from techwatch.model import Coverage, Edition, FeedHealth, Filter, Verdict


def ids(*args: object) -> list[str]:
    return [d.id for d in args]  # type: ignore[attr-defined]


def test_the_best_stand_first_whatever_order_they_arrive_in() -> None:
    orders = {tuple(ids(*digest(*order).developments)) for order in permutations(WEEK)}
    assert orders == {("didi", "outbound", "huawei", "smic", "games")}


def test_equal_scores_are_ranked_by_verdict_then_newest_then_id() -> None:
    easing = development("a", verdict=Verdict.EASING)
    old = development("b", published=datetime(2022, 7, 1, tzinfo=UTC))
    late, twin = development("d"), development("c")
    undated = development("e", published=None)  # first seen an hour after the others
    escalating = development("f", verdict=Verdict.ESCALATING)
    ranked = rank([easing, old, late, twin, undated, escalating])
    assert ids(*ranked) == ["f", "e", "c", "d", "b", "a"]


def test_an_actor_s_developments_stand_together_and_the_group_of_the_best_leads() -> None:
    second = development("didi-2", score=0.1, entity_id="didi", entity_name="Didi Chuxing")
    groups = digest(second, HUAWEI, DIDI).groups
    assert [(g.entity_id, ids(*g.developments)) for g in groups] == [
        ("didi", ["didi", "didi-2"]),
        ("huawei", ["huawei"]),
    ]


def test_what_concerns_nobody_known_comes_last_even_if_it_scores_best() -> None:
    groups = digest(replace(GAMES, score=1.0), HUAWEI).groups
    assert [g.name for g in groups] == ["Huawei", "Other developments"]
    assert groups[-1].entity_id is None


def test_only_the_edition_s_verdicts_and_scores_are_told() -> None:
    only = Filter(verdicts=(Verdict.ESCALATING, Verdict.NOVEL), minimum_score=0.77)
    edition = replace(EDITION, filter=only)
    assert ids(*digest(*WEEK, edition=edition).developments) == ["didi", "outbound", "huawei"]


def test_what_does_not_fit_is_counted_and_not_told() -> None:
    made = digest(*WEEK, edition=replace(EDITION, most=2))
    assert ids(*made.developments) == ["didi", "outbound"]
    assert made.held_over == 3


def failing(count: int, well: int, items: int = 0) -> Coverage:
    bad = [FeedHealth(f"F{n}", f"https://f.example/{n}", "failing") for n in range(count)]
    good = [FeedHealth(f"W{n}", f"https://w.example/{n}", "well") for n in range(well)]
    return Coverage((*bad, *good), items_seen=items, items_judged=items, by_verdict={})


@pytest.mark.parametrize(
    ("coverage", "subject"),
    [
        (CALM, "techwatch: nothing new · 22 Jul"),
        (failing(1, 3), "techwatch: nothing new · 22 Jul"),
        (failing(2, 2), "techwatch: nothing new, 2 of 4 feeds failing · 22 Jul"),
        (failing(3, 0), "techwatch: no feed could be read · 22 Jul"),
        (failing(3, 0, items=5), "techwatch: nothing new, 3 of 3 feeds failing · 22 Jul"),
        (failing(0, 0), "techwatch: no feed could be read · 22 Jul"),
    ],
)
def test_the_subject_of_a_quiet_day_calls_it_quiet_only_if_that_is_known(
    coverage: Coverage, subject: str
) -> None:
    assert digest(coverage=coverage).subject == subject


@pytest.mark.parametrize(
    ("told", "language", "subject"),
    [
        (WEEK, "en", "techwatch: 2 escalating, 2 new, 1 easing · 22 Jul"),
        ((SMIC,), "en", "techwatch: 1 new · 22 Jul"),
        (WEEK, "nb", "techwatch: 2 opptrappinger, 2 nye, 1 nedtrapping · 22. juli"),
        ((DIDI,), "nb", "techwatch: 1 opptrapping · 22. juli"),
    ],
)
def test_the_subject_counts_what_is_told(
    told: tuple[object, ...], language: str, subject: str
) -> None:
    made = digest(*told, edition=replace(EDITION, language=language))  # type: ignore[arg-type]
    assert made.subject == subject


def test_the_subject_bears_the_date_of_the_edition_s_zone() -> None:
    edition = Edition("e", "E", "0 7 * * *", "Asia/Shanghai", ("folder",))
    made = compose(edition, datetime(2022, 7, 21, 23, 0, tzinfo=UTC), None, SLOT, [], CALM)
    assert made.subject.endswith("· 22 Jul")


def test_the_preheader_is_the_best_headline_or_the_coverage() -> None:
    assert digest(*WEEK).preheader == f"Didi Chuxing: {DIDI.title}"
    assert digest(GAMES).preheader == GAMES.title
    long = digest(replace(OUTBOUND, title="长" * 500)).preheader
    assert len(long) == 140
    assert long.endswith("…")
    assert digest(coverage=CALM).preheader == (
        "36 of 36 feeds are well. 311 items came in, 311 judged: 15 known, 296 unrelated."
    )


def test_the_digest_carries_its_period_and_coverage() -> None:
    made = digest(DIDI)
    assert (made.edition_id, made.slot, made.until, made.zone) == (
        "weekly",
        SLOT,
        SLOT,
        "Europe/Oslo",
    )
    assert made.coverage is COVERAGE
