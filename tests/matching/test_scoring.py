from __future__ import annotations

import inspect
from dataclasses import replace
from typing import Any

import pytest

from techwatch.matching import scoring
from techwatch.matching.scoring import (
    SURE_NAME,
    TYPO,
    WEAK_NAME,
    Evidence,
    Support,
    Table,
    judge,
    judge_description,
    table_for,
)
from techwatch.matching.spellings import Form
from techwatch.model import Entity, EntityKind, Method, Name

NAME = Name("ByteDance", "en")
ENTITY = Entity("bytedance", EntityKind.ACTOR, "company", "ByteDance", (NAME,))
FULL = Support(
    same=True,
    related="TikTok",
    other="Tencent",
    country="China",
    legal_form="Ltd",
    role="users",
    acts="says",
    row="Tencent",
    topic="chip",
    topic_elsewhere="5G",
    feed="technology",
)


def evidence(surface: str = "ByteDance", **changes: Any) -> Evidence:
    return replace(Evidence(ENTITY, NAME, surface, Method.EXACT), **changes)


@pytest.mark.parametrize("table", [SURE_NAME, TYPO, WEAK_NAME])
def test_every_feature_explains_itself(table: Table) -> None:
    for function, weight in table:
        value, sentence = function(evidence("bytedacne", edits=1, support=FULL))
        assert 0 <= value <= 2
        assert sentence
        assert -1 <= weight <= 1
        assert inspect.getdoc(function)


def test_the_tables_hold_every_feature() -> None:
    used = {function.__name__ for table in (SURE_NAME, TYPO, WEAK_NAME) for function, _ in table}
    returns = "tuple[float, str]"
    defined = {
        name
        for name, function in inspect.getmembers(scoring, inspect.isfunction)
        if function.__annotations__.get("return") == returns
    }
    assert used == defined


def test_the_table_follows_the_evidence() -> None:
    assert table_for(evidence(edits=1), weak=False) is TYPO
    assert table_for(evidence(), weak=True) is WEAK_NAME
    assert table_for(evidence(), weak=False) is SURE_NAME


def test_features_without_effect_are_left_out() -> None:
    _, features = judge(evidence(case_tells=False), WEAK_NAME)
    assert [feature.name for feature in features] == ["weak_name"]


def test_a_weak_name_alone_is_below_any_sensible_cutoff_and_with_all_support_certain() -> None:
    alone, _ = judge(evidence(case_tells=False), WEAK_NAME)
    supported, _ = judge(evidence(support=FULL), WEAK_NAME)
    assert alone < 0.4
    assert supported == 1.0


def test_each_support_raises_the_score() -> None:
    alone, _ = judge(evidence(case_tells=False), WEAK_NAME)
    for field in Support.__dataclass_fields__:
        if field == "foreign":
            continue
        support = Support(**{field: getattr(FULL, field)})
        assert judge(evidence(case_tells=False, support=support), WEAK_NAME)[0] > alone, field


def test_a_measure_of_another_power_lowers_it() -> None:
    foreign = Support(topic="chip", foreign="China")
    own = Support(topic="chip")
    scores = [judge(evidence(support=s), WEAK_NAME)[0] for s in (foreign, own)]
    assert scores[0] < scores[1]


def test_changed_spelling_costs() -> None:
    listed, _ = judge(evidence(), SURE_NAME)
    respaced, _ = judge(evidence("Byte Dance", form=Form.RESPACED), SURE_NAME)
    small, _ = judge(evidence("bytedance", method=Method.FOLDED), SURE_NAME)
    assert listed > max(respaced, small) > 0.5


def test_fewer_slips_score_higher() -> None:
    scores = [judge(evidence("Bytedanse", edits=n, case_tells=False), TYPO)[0] for n in (1, 2, 3)]
    assert scores == sorted(scores, reverse=True)


def test_words_that_stand_closer_score_higher() -> None:
    scores = [judge_description(words, 10, 3)[0] for words in (3, 6, 10)]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 3
