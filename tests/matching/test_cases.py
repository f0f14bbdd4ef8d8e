"""The case file, read with the shipped baseline."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from techwatch import yamlfile
from techwatch.baseline.loading import load
from techwatch.matching import Matcher, MatchingSettings
from techwatch.model import Baseline, EntityKind, Field, Mention, Method
from techwatch.text import fold, strip_markup

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
CASES: dict[str, list[dict[str, Any]]] = yamlfile.read(HERE / "cases.yaml").data
ALL = [(about, case) for about, cases in CASES.items() for case in cases]
STRONG = [case for _, case in ALL if case.get("strength", "strong") == "strong"]
LEAST = 0.95  # of a category's cases go as noted
# What stands before the text in each field: it moves offsets, and is a sentence of its own.
BEFORE = {Field.TITLE: "🦊\u00ad! ", Field.SUMMARY: "", Field.BODY: "\u200b\n.\n"}


@pytest.fixture(scope="module")
def baseline() -> Baseline:
    return load(HERE.parents[1] / "baseline")


@pytest.fixture(scope="module")
def matcher(baseline: Baseline) -> Matcher:
    return Matcher(baseline, MatchingSettings())


def text_of(case: dict[str, Any]) -> str:
    return strip_markup(case["text"]) if case.get("markup") else str(case["text"])


def named(matcher: Matcher, baseline: Baseline, case: dict[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for mention in matcher.mentions({Field.TITLE: text_of(case)}):
        if baseline.entities[mention.entity_id].kind is not EntityKind.PLACE:
            found.setdefault(mention.entity_id, mention.surface)
    return found


def test_the_case_file_is_whole() -> None:
    assert len(ALL) >= 450
    assert len({case["text"] for _, case in ALL}) == len(ALL)
    assert {case["lang"] for _, case in ALL} == {"en", "nb", "zh"}
    assert {case.get("strength") for _, case in ALL} <= {None, "medium", "weak"}
    assert all(len(cases) >= 10 for cases in CASES.values())


@pytest.mark.parametrize("case", STRONG, ids=[case["text"] for case in STRONG])
def test_a_strong_case_goes_as_noted(
    matcher: Matcher, baseline: Baseline, case: dict[str, Any]
) -> None:
    assert named(matcher, baseline, case) == case["expect"]


@pytest.mark.parametrize("category", CASES)
def test_most_cases_of_each_category_go_as_noted(
    matcher: Matcher, baseline: Baseline, category: str
) -> None:
    cases = CASES[category]
    wrong = [c["text"] for c in cases if named(matcher, baseline, c) != c["expect"]]
    assert len(wrong) <= (1 - LEAST) * len(cases), wrong


def _every_mention(matcher: Matcher) -> Iterator[tuple[dict[Field, str], Mention]]:
    for _, case in ALL:
        text = text_of(case)
        for field, before in BEFORE.items():
            texts = {field: before + text}
            for mention in matcher.mentions(texts):
                yield texts, mention


def test_each_mention_explains_itself(matcher: Matcher, baseline: Baseline) -> None:
    seen: dict[Method, int] = defaultdict(int)
    for texts, mention in _every_mention(matcher):
        entity = baseline.entities[mention.entity_id]
        seen[mention.method] += 1
        assert texts[mention.field][mention.start : mention.end] == mention.surface
        assert mention.surface.strip() == mention.surface != ""
        assert 0 < mention.score <= 1
        assert mention.features
        assert all(f.name and f.sentence for f in mention.features)
        total = sum(feature.value * feature.weight for feature in mention.features)
        assert mention.score == pytest.approx(min(max(total, 0), 1), abs=1e-4)
        if mention.method is Method.DESCRIBED:
            assert mention.language in {described.language for described in entity.described}
        else:
            name = next(n for n in entity.names if n.text == mention.name)
            assert mention.language == name.language
        if mention.method is Method.EXACT:
            assert mention.surface == mention.name
        if mention.method is Method.FUZZY:
            assert fold(mention.surface).text != fold(mention.name).text
    assert all(seen[method] >= 20 for method in Method), dict(seen)


def test_the_same_is_found_wherever_it_stands(matcher: Matcher) -> None:
    """Title, summary and body are read alike; what can't be seen before a text moves it only."""
    found: dict[Field, list[tuple[str, str]]] = defaultdict(list)
    for _, mention in _every_mention(matcher):
        found[mention.field].append((mention.entity_id, mention.surface))
    assert found[Field.TITLE] == found[Field.SUMMARY] == found[Field.BODY]
