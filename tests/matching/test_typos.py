from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from techwatch.matching.typos import TypoIndex, allowed_edits
from techwatch.model import Entity, EntityKind, FalseFriend, Name
from techwatch.text import fold

WORDS = ("Huawei", "Tencent", "Bytedance", "Qualcomm", "Hikvision", "Semiconductor", "Lenovo")


def company(*names: Name, kind: EntityKind = EntityKind.ACTOR) -> Entity:
    return Entity(names[0].text.lower(), kind, "company", names[0].text, names)


def found(index: TypoIndex, text: str) -> list[str]:
    return [candidate.name.text for candidate in index.candidates(fold(text), text)]


INDEX = TypoIndex([company(Name(word, "en")) for word in WORDS])


def test_short_words_are_never_mended() -> None:
    assert [allowed_edits(n) for n in (1, 4, 5, 8, 9, 14)] == [0, 0, 1, 1, 2, 2]


@given(st.sampled_from(WORDS), st.data())
def test_every_slip_of_one_letter_is_found(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(2, len(word) - 1))
    letter = data.draw(st.sampled_from("bkmqxz"))
    kind = data.draw(st.sampled_from(["drop", "add", "change", "swap"]))
    slip = {
        "drop": word[:at] + word[at + 1 :],
        "add": word[:at] + letter + word[at:],
        "change": word[:at] + letter + word[at + 1 :],
        "swap": word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :],
    }[kind]
    assert found(INDEX, f"The {slip} case") == ([word] if slip.lower() != word.lower() else [])


@given(st.text("abcdehiknotuvw", min_size=4, max_size=14))
def test_nothing_further_away_is_found(word: str) -> None:
    text = word.capitalize()
    for name in found(INDEX, text):
        assert 0 < OSA.distance(word, name.lower()) <= allowed_edits(len(name))


@pytest.mark.parametrize(
    "text",
    [
        "Huawei",  # right
        "Huaweis",  # an ending, found exactly
        "Huaweiland",  # a longer word
        "Lenovoed",
        "We saw huwaei",  # small in running text
        "Gencents",  # another first letter and an ending
        "@Huwaei",  # a handle
        "x.Huwaei",  # part of an address
        "Huwaei2",
    ],
)
def test_what_is_no_slip(text: str) -> None:
    assert found(INDEX, text) == []


@pytest.mark.parametrize(
    "text", ["Huaweii", "“Huwaei”", "HUWAEI", "uHawei", "华Huwaei为", "Hüwaei"]
)
def test_what_is_one(text: str) -> None:
    assert found(INDEX, text) == (["Huawei"] if text != "uHawei" else [])


@pytest.mark.parametrize("text", ["Gencent", "encent", "Encent", "XTencent", "xTencent"])
def test_the_first_letter_of_a_long_name_may_be_wrong(text: str) -> None:
    assert found(INDEX, f"The {text} case") == ["Tencent"]


@pytest.mark.parametrize("text", ["Maidu", "aidu", "Aidu", "XBaidu"])
def test_the_first_letter_of_a_short_name_stays(text: str) -> None:
    index = TypoIndex([company(Name("Baidu", "en")), company(Name("Baidu Tieba", "en"))])
    assert found(index, f"The {text} case") == []
    assert found(index, "The Biadu case") == ["Baidu"]
    assert found(index, f"The {text} Tieba case") == ["Baidu Tieba"]


def test_a_small_word_that_ends_like_a_name_is_none() -> None:
    index = TypoIndex([company(Name("iPhone", "en"))])
    assert found(index, "She took the phone") == []


@pytest.mark.parametrize(
    "name",
    [
        Name("Huawei", "en", fuzzy=False),
        Name("Huawei", "en", weak=True),
        Name("Huawei", "en", exact_case=True),
    ],
)
def test_some_names_are_not_looked_for(name: Name) -> None:
    assert found(TypoIndex([company(name)]), "Huwaei") == []


def test_places_are_not_looked_for() -> None:
    index = TypoIndex([company(Name("Europe", "en"), kind=EntityKind.PLACE)])
    assert found(index, "Europa") == []


def test_a_false_friend_is_no_slip() -> None:
    google = replace(company(Name("Google", "en")), false_friends=(FalseFriend("Goole", "a town"),))
    assert found(TypoIndex([google]), "Goole and Gogle") == ["Google"]


def test_one_name_is_no_slip_of_another() -> None:
    index = TypoIndex([company(Name("Weibo", "en")), company(Name("Webo", "en"))])
    assert found(index, "Webo and Weibo") == []


def test_every_word_of_a_name_must_stand_there() -> None:
    index = TypoIndex([company(Name("Ministry of Commerce", "en"))])
    assert found(index, "Ministry of Comerce") == ["Ministry of Commerce"]
    assert found(index, "Minstry of Comerce") == ["Ministry of Commerce"] * 2
    assert found(index, "Comerce") == []
    assert found(index, "Ministry of Trade, Comerce") == []


def test_an_ordinary_word_is_mended_where_its_neighbour_is_right() -> None:
    names = [f"{word} Technology" for word in ("Anhui", "Fujian", "Hunan", "Shaanxi")]
    index = TypoIndex([company(Name(name, "en")) for name in names])
    assert found(index, "Anhui Technolgy") == ["Anhui Technology"]
    assert found(index, "Anhiu Technology") == ["Anhui Technology"]
    assert found(index, "The Technolgy") == []


def test_words_that_a_name_has_small_may_be_small() -> None:
    index = TypoIndex([company(Name("Trump administration", "en"))])
    assert found(index, "The Trump adminstration") == ["Trump administration"]
    assert found(index, "The trupm administration") == []


def test_a_missing_plural_is_no_slip() -> None:
    index = TypoIndex([company(Name("Trump officials", "en"))])
    assert found(index, "A Trump official") == []


def test_two_slips_are_allowed_in_long_words_only() -> None:
    pairs = list(itertools.combinations(range(2, 8), 2))
    for one, other in pairs:
        letters = list("Bytedance")
        letters[one] = letters[other] = "x"
        assert found(INDEX, "".join(letters)) == ["Bytedance"]
    assert found(INDEX, "Txnxent") == []
