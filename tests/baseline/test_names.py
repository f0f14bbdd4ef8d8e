"""Ambiguous names of the shipped baseline: found where the entity is meant, and only there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from techwatch.baseline.loading import load
from techwatch.matching import Matcher, MatchingSettings
from techwatch.model import Baseline, Field
from techwatch.yamlfile import read

HERE = Path(__file__).parent
CASES: list[dict[str, Any]] = read(HERE / "names.yaml").data
SENTENCES = [
    (case["entity"], text, meant)
    for case in CASES
    for meant in (True, False)
    for text in case["meant" if meant else "not_meant"]
]


@pytest.fixture(scope="module")
def baseline() -> Baseline:
    return load(HERE.parents[1] / "baseline")


@pytest.fixture(scope="module")
def matcher(baseline: Baseline) -> Matcher:
    return Matcher(baseline, MatchingSettings())


@pytest.mark.parametrize(
    ("entity", "text", "meant"),
    SENTENCES,
    ids=[f"{e}{'' if m else ' not'}: {t}" for e, t, m in SENTENCES],
)
def test_a_name_counts_where_it_is_meant(
    matcher: Matcher, entity: str, text: str, *, meant: bool
) -> None:
    found = {mention.entity_id for mention in matcher.mentions({Field.TITLE: text})}
    assert (entity in found) is meant


def test_each_ambiguous_name_has_sentences_of_both_sorts() -> None:
    assert all(case["meant"] and case["not_meant"] for case in CASES)
    assert all(len(case["meant"] + case["not_meant"]) >= 2 for case in CASES)
