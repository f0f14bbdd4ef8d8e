"""Words and their pairs as evidence, and the table of what they are worth."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from techwatch.assessment import scoring, weights, words

if TYPE_CHECKING:
    from .desk import Desk


def test_terms_are_words_and_pairs_and_of_chinese_two_or_three_characters() -> None:
    assert list(words.terms("Oslo bans 25 apps")) == [
        "oslo",
        "bans",
        "oslo bans",
        "0",
        "bans 0",
        "apps",
        "0 apps",
    ]
    assert list(words.terms("禁止使用")) == ["禁止", "止使", "使用", "禁止使", "止使用"]


def test_traditional_characters_are_read_as_simplified_ones() -> None:
    assert set(words.terms("實體清單")) == set(words.terms("实体清单"))


def test_a_field_counts_the_same_however_many_words_it_has() -> None:
    rarity = {"title ban": 1.0, "title app": 2.0, "text ban": 1.0}
    short = words.values("ban", "", rarity)
    long = words.values("ban app ban", "", rarity)
    assert math.hypot(*long.values()) == pytest.approx(math.hypot(*short.values()))
    assert long["title app"] > long["title ban"] > 0  # rarer, though it stands once


def test_unknown_words_count_for_nothing() -> None:
    assert words.values("nothing known", "nor here", {"title ban": 1.0}) == {}


def test_the_table_can_be_read_and_holds_no_long_stretch_of_a_text() -> None:
    table = words.load()
    assert len(table) > 1000
    for term, worth in table.items():
        field, _, rest = term.partition(" ")
        assert field + " " in {words.TITLE, words.SUMMARY}
        assert 1 <= len(rest.split()) <= 2
        assert worth.rarity >= 1
    assert weights.RARITY.keys() == table.keys()


def test_all_words_together_are_one_reason_that_names_the_strongest() -> None:
    table = scoring.Table("relevance", 0.0, {"question": 1.0}, {"title ban": 2.0, "title a": 0.1})
    told = scoring.features(table, {"question": 1.0}, {"title ban": 1.0, "title a": 1.0}, {})
    assert [feature.name for feature in told] == ["relevance.words", "relevance.question"]
    assert told[0].value == pytest.approx(2.1)
    assert "“ban” +2.0, “a” +0.1" in told[0].sentence
    assert scoring.score(table, {}, {"title ban": 1.0}) == pytest.approx(1 / (1 + math.exp(-2)))


def test_a_verdict_stores_its_words(desk: Desk) -> None:
    features = desk.assess(desk.item("Norway bans TikTok on ministers' phones")).features
    assert any(feature.name == "relevance.words" for feature in features)
