from __future__ import annotations

import pytest

from techwatch.matching.described import DescribedIndex, count_words
from techwatch.model import DescribedName, Entity, EntityKind
from techwatch.text import fold


def found(groups: tuple[tuple[str, ...], ...], text: str, window: int = 8) -> list[str]:
    described = DescribedName(groups, "en", window)
    law = Entity("law", EntityKind.LAW, "rule", "A law", (), described=(described,))
    folded = fold(text)
    spans = [folded.span(d.start, d.end) for d in DescribedIndex([law]).find(folded, text)]
    return [text[start:end] for start, end in spans]


CURBS = (("curb*", "restrict*"), ("chip(s)?",), ("China", "Chinese"))


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("New curbs on chips for China", ["curbs on chips for China"]),
        ("China chip curbs", ["China chip curbs"]),
        ("New curbs on chips", []),
        ("Curbs on chips. China answers", []),
        ("Curbs on the sale of the very newest kind of chips to China", []),
        ("China: curbs here. And then China restricts chips", ["China restricts chips"]),
        ("China chip curbs. More Chinese chip curbs", ["China chip curbs", "Chinese chip curbs"]),
        ("chips, China, curbs, and chips", ["chips, China, curbs"]),
        ("", []),
    ],
)
def test_find(text: str, cut: list[str]) -> None:
    assert found(CURBS, text) == cut


def test_chinese_words_are_counted_by_two_characters() -> None:
    groups = (("限制",), ("芯片",))
    assert found(groups, "限制对华出口芯片", window=4) == ["限制对华出口芯片"]
    assert found(groups, "限制对华出口先进的芯片", window=4) == []


def test_one_word_does_not_stand_for_two_groups() -> None:
    assert found((("ban*",), ("banned", "chip")), "It was banned") == []
    assert found((("ban*",), ("banned", "chip")), "A banned chip") == ["banned chip"]


def test_an_entity_without_groups_is_never_found() -> None:
    assert found((), "anything") == []


@pytest.mark.parametrize(
    ("text", "words"), [("one two", 2), ("芯片", 1), ("限制芯片", 2), ("US 芯片", 2), ("", 0)]
)
def test_count_words(text: str, words: int) -> None:
    assert count_words(text) == words
