from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techwatch.search.highlights import highlights, places
from techwatch.search.query import Phrase
from techwatch.search.words import LONGEST, MOST, look_for, split, words_of
from techwatch.text import fold


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("EU fines TikTok, again", ["eu", "fines", "tiktok", "again"]),
        ("U.S. co-op 5.3", ["u", "s", "co", "op", "5", "3"]),
        ("Blåbærsyltetøy", ["blabærsyltetøy"]),
        ("芯片", ["芯片", "片"]),
        ("華為Mate60手機", ["华为", "为", "mate60", "手机", "机"]),
        ("삼성 반도체", ["삼성", "반도체"]),
        ("美", ["美"]),
        ("?! …", []),
    ],
)
def test_the_words_of_a_text(text: str, words: list[str]) -> None:
    assert words_of(text) == words


def test_long_words_and_long_texts_are_cut() -> None:
    assert words_of("x" * 1000) == ["x" * LONGEST]
    assert len(words_of("a b " * MOST)) == MOST


@pytest.mark.parametrize(
    ("text", "words", "begins"),
    [
        ("芯片", ("芯片",), False),
        ("中芯国际", ("中芯", "芯国", "国际"), False),
        ("美", ("美",), True),
        ("华为Mate60", ("华为", "为", "mate60"), False),
        ("U.S.", ("u", "s"), False),
        ("…", (), False),
    ],
)
def test_what_is_looked_for(text: str, words: tuple[str, ...], begins: bool) -> None:  # noqa: FBT001
    assert look_for(text) == (words, begins)


CHINESE = st.text("华为芯片国际美中半导体", min_size=1, max_size=12)


@given(CHINESE, CHINESE)
def test_chinese_is_found_wherever_it_stands(needle: str, text: str) -> None:
    words, begins = look_for(needle)
    found = any(places(Phrase(words, begins), list(split(text))))
    assert found == (needle in text)


@given(st.text(max_size=60) | CHINESE)
def test_what_is_indexed_is_what_is_looked_for(text: str) -> None:
    assert words_of(text) == [word.text for word in split(fold(text).text)]


@given(st.text(max_size=60))
def test_any_text_is_found_in_itself(text: str) -> None:
    words, begins = look_for(text)
    if words:
        assert any(places(Phrase(words, begins), list(split(fold(text).text))))


def test_highlights_stand_in_the_text_as_it_was_written() -> None:
    title = "新：華為Mate60手機 and Huawei's Mate 60"
    phrases = [Phrase(("华为", "为", "mate60")), Phrase(("huawei",)), Phrase(("ma",), begins=True)]
    assert [title[a:b] for a, b in highlights(phrases, title)] == ["華為Mate60", "Huawei", "Mate"]
    assert highlights([Phrase(("tiktok",))], title) == []
