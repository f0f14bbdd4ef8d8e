from __future__ import annotations

import itertools

import pytest

from techwatch.matching import Matcher, MatchingSettings
from techwatch.model import Baseline, Field, Mention, Method

SENTENCES = (
    "Huawei opens a shop",
    "A clerk told Huwaei and Alibabba to wait",
    "Alibaba and Ant face new rules on chips, says a firm",
    "US export controls bite, 华為 says",
)


def one(matcher: Matcher, text: str, entity_id: str) -> Mention:
    found = [m for m in matcher.mentions({Field.TITLE: text}) if m.entity_id == entity_id]
    return found[0]


@pytest.mark.parametrize(
    ("text", "entity_id", "method"),
    [
        ("Huawei opens a shop", "huawei", Method.EXACT),
        ("HUAWEI opens a shop", "huawei", Method.FOLDED),
        ("華為開店", "huawei", Method.FOLDED),
        ("Huwaei opens a shop", "huawei", Method.FUZZY),
        ("US export controls bite", "export_controls", Method.DESCRIBED),
    ],
)
def test_the_mention_says_how_it_was_found(
    matcher: Matcher, text: str, entity_id: str, method: Method
) -> None:
    assert one(matcher, text, entity_id).method is method


def test_an_exact_name_scores_above_a_folded_and_a_misspelt_one(matcher: Matcher) -> None:
    texts = ["Huawei opens a shop", "huawei opens a shop", "Huwaei opens a shop"]
    scores = [one(matcher, text, "huawei").score for text in texts]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 3


def test_a_score_is_the_sum_of_its_features(matcher: Matcher) -> None:
    for text in SENTENCES:
        for mention in matcher.mentions({Field.TITLE: text}):
            total = sum(feature.value * feature.weight for feature in mention.features)
            assert mention.score == pytest.approx(min(max(total, 0), 1), abs=1e-4)
            assert all(feature.sentence for feature in mention.features)


def test_support_comes_from_another_field_too(matcher: Matcher) -> None:
    alone = matcher.mentions({Field.TITLE: "Ant cuts its dividend"})
    both = matcher.mentions({Field.TITLE: "Ant cuts its dividend", Field.BODY: "Alibaba owns it."})
    assert [m.entity_id for m in alone] == []
    assert [(m.entity_id, m.field) for m in both] == [
        ("ant_group", Field.TITLE),
        ("alibaba", Field.BODY),
    ]


def test_a_feed_about_the_field_supports_a_weak_name(matcher: Matcher) -> None:
    texts = {Field.TITLE: "Oslo: Grab opens by the harbour, and Grab pays"}
    assert matcher.mentions(texts) == ()
    assert matcher.mentions(texts, ["world"]) == ()
    found = matcher.mentions(texts, ["asia", "technology"])
    assert {m.entity_id for m in found} == {"grab"}
    assert "the feed is about technology" in {f.sentence for m in found for f in m.features}


def test_places_are_returned_as_context(matcher: Matcher) -> None:
    assert [m.entity_id for m in matcher.mentions({Field.TITLE: "Beijing answers"})] == ["china"]


def test_mentions_are_ordered_by_field_and_place(matcher: Matcher) -> None:
    texts = {Field.BODY: "Baidu, Tencent", Field.TITLE: "Tencent, Huawei"}
    found = [(m.field, m.surface) for m in matcher.mentions(texts)]
    assert found == [
        (Field.TITLE, "Tencent"),
        (Field.TITLE, "Huawei"),
        (Field.BODY, "Baidu"),
        (Field.BODY, "Tencent"),
    ]


def test_every_occurrence_is_a_mention(matcher: Matcher) -> None:
    found = matcher.mentions({Field.TITLE: "华为起诉华为, Huawei v. Huawei"})
    assert [m.start for m in found] == [0, 4, 8, 18]


def test_the_cutoff_decides_what_counts(baseline: Baseline) -> None:
    text = {Field.TITLE: "Huwaei opens a shop"}
    strict = Matcher(baseline, MatchingSettings(cutoff=0.9))
    assert strict.mentions(text) == ()
    assert Matcher(baseline, MatchingSettings(cutoff=0.1)).mentions(text) != ()


def test_misspellings_can_be_switched_off(baseline: Baseline) -> None:
    exact = Matcher(baseline, MatchingSettings(fuzzy=False))
    assert exact.mentions({Field.TITLE: "Huwaei and Tencent"})[0].surface == "Tencent"


def test_descriptions_can_be_switched_off(baseline: Baseline) -> None:
    plain = Matcher(baseline, MatchingSettings(described=False))
    found = plain.mentions({Field.TITLE: "US export controls bite"})
    assert [m.entity_id for m in found] == ["us"]


def test_text_beyond_the_limit_is_not_read(baseline: Baseline) -> None:
    short = Matcher(baseline, MatchingSettings(text_limit=100))
    assert short.mentions({Field.BODY: " " * 95 + "Huawei"}) == ()
    assert len(short.mentions({Field.BODY: " " * 94 + "Huawei"})) == 1


def test_a_baseline_without_entities_finds_nothing() -> None:
    empty = Baseline({}, {}, {}, {}, {}, "0" * 12)
    matcher = Matcher(empty, MatchingSettings())
    assert matcher.mentions({Field.TITLE: "Huawei"}) == ()
    assert matcher.suggest("Huawei") == ()


@pytest.mark.parametrize(
    ("word", "entity_id"),
    [("huwaei", "huawei"), ("byte dance", "bytedance"), ("alib", "alibaba"), ("華爲", "huawei")],
)
def test_suggestions_lead_with_the_name_meant(matcher: Matcher, word: str, entity_id: str) -> None:
    assert matcher.suggest(word)[0].entity_id == entity_id


def test_suggestions_are_few_ordered_and_one_for_each_entity(matcher: Matcher) -> None:
    found = matcher.suggest("Tencent", limit=3)
    assert found[0].score == 1.0
    assert len(found) <= 3
    assert all(a.score >= b.score for a, b in itertools.pairwise(found))
    assert len({s.entity_id for s in found}) == len(found)
    assert matcher.suggest("qzjxv") == ()
