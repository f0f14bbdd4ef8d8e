from __future__ import annotations

import time

import pytest

from techwatch.matching.index import NameIndex
from techwatch.matching.inside import in_compound, in_hashtag
from techwatch.model import Entity, EntityKind, FalseFriend, Name
from techwatch.text import fold


def tagged(text: str, name: str) -> bool:
    folded = fold(text)
    start = folded.text.index(name)
    return in_hashtag(folded, text, start, start + len(name))


@pytest.mark.parametrize(
    "text",
    [
        "#BanHuawei",
        "#HuaweiBan",
        "#KeepHuaweiOut",
        "#Huawei5G",
        "#banhuawei",
        "#huaweiban",
        "Users post #BanHuawei, and more",
        "“#BanHuawei”",
        "🦊\u00ad#BanHuawei",
    ],
)
def test_a_name_in_a_hashtag(text: str) -> None:
    assert tagged(text, "huawei")


@pytest.mark.parametrize(
    "text",
    [
        "BanHuawei",  # no tag
        "# BanHuawei",
        "#Banhuawei",  # no border
        "#Huaweiland",
        "#huawei5g",  # nothing shows where the name ends, and the rest is short
        "#stophuaweinow",  # inside, in small letters
        "#" + "a" * 100 + "Huawei",
    ],
)
def test_what_is_none(text: str) -> None:
    assert not tagged(text, "huawei")


def test_a_short_name_is_not_sought_in_small_letters() -> None:
    assert not tagged("#bansmic", "smic")
    assert tagged("#BanSMIC", "smic")


def test_a_very_long_tag_costs_no_more_than_its_length() -> None:
    index = NameIndex([Entity("x", EntityKind.ACTOR, "company", "Aba", (Name("Aba", "en"),))])
    texts = ["#" + "aba" * n for n in (10_000, 40_000)]
    took = []
    for text in texts:
        folded = fold(text)
        begun = time.process_time()
        assert index.candidates(folded, text)[0] == []
        took.append(time.process_time() - begun)
    assert took[1] < 20 * max(took[0], 0.01)  # four times the length; squared it would be 16 times


@pytest.mark.parametrize(
    "word",
    [
        "huaweiforbud",
        "huaweiforbudet",
        "huaweis",
        "huaweiutstyret",
        "huaweisaken",
        "huaweimobilene",
    ],
)
def test_a_compound_ends_in_a_noun(word: str) -> None:
    assert in_compound(word, 0, len("huawei")) is (word != "huaweis")


@pytest.mark.parametrize("word", ["huaweiland", "huaweiforbudxyz", "huaweisk", "huaweiet"])
def test_other_words_are_no_compounds(word: str) -> None:
    assert not in_compound(word, 0, len("huawei"))


def test_short_names_make_no_compounds() -> None:
    assert not in_compound("metasaken", 0, len("meta"))


def test_a_false_friend_is_one_in_a_hashtag_only_without_its_spaces() -> None:
    friend = FalseFriend("ten cents", "a sum")
    names = (Name("Tencent", "en"),)
    index = NameIndex(
        [Entity("t", EntityKind.ACTOR, "company", "Tencent", names, false_friends=(friend,))]
    )

    def found(text: str) -> bool:
        return bool(index.candidates(fold(text), text)[0])

    assert found("Tencents resultat")
    assert not found("#TenCents")
