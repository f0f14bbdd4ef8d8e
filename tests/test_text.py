from __future__ import annotations

import itertools
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techwatch.text import (
    content_hash,
    digest,
    fold,
    identity,
    is_word,
    item_id,
    strip_markup,
    tidy,
    web_link,
)

ANY_TEXT = st.text(st.characters(), max_size=60)  # lone surrogates and controls too


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Ant-Group", "ant group"),
        ("ANT \t Group", "ant group"),
        ("Ant – Group", "ant group"),
        ("華為技術", "华为技术"),
        ("中興通訊", "中兴通讯"),
        ("Ｔｉｋ　Ｔｏｋ", "tik tok"),
        ("Café Ærøskøbing", "cafe ærøskøbing"),
        ("Straße", "strasse"),
        ("People’s", "people's"),
        ("By\u00adte\u200bDance", "bytedance"),
        ("wait…", "wait..."),
        ("한국", "한국"),
        ("a\ud800b", "ab"),
        ("\uff0d", " "),
        ("", ""),
    ],
)
def test_fold(written: str, folded: str) -> None:
    assert fold(written).text == folded


@given(ANY_TEXT)
def test_folding_a_folded_text_changes_nothing(text: str) -> None:
    once = fold(text).text
    assert fold(once).text == once


@given(ANY_TEXT)
def test_folding_ignores_case_and_width(text: str) -> None:
    assert "  " not in fold(text).text
    assert fold(text.replace(" ", "\u3000")).text == fold(text).text


@given(ANY_TEXT)
def test_every_folded_character_knows_where_it_stood(text: str) -> None:
    folded = fold(text)
    offsets = folded.offsets if folded.offsets is not None else range(len(text))
    assert len(offsets) == len(folded.text)
    assert all(a <= b for a, b in itertools.pairwise(offsets))
    for index, offset in enumerate(offsets):
        assert folded.text[index] in fold(text[offset]).text


@given(st.lists(st.sampled_from([*"ab“”’–éß…中國華ｱЖﬁ\u200b"]), max_size=60))
def test_a_text_folds_as_its_characters_do(characters: list[str]) -> None:
    text = "x".join(characters)
    assert fold(text).text == "x".join(fold(char).text for char in characters)


@given(st.lists(st.sampled_from(["Huawei", "華為", "…", "  ", "-", "ß", "\u200b", "x"])))
def test_a_span_cuts_out_what_folds_to_it(pieces: list[str]) -> None:
    text = "".join(pieces)
    folded = fold(text)
    start = folded.text.find("huawei")
    if start >= 0:
        first, last = folded.span(start, start + 6)
        assert fold(text[first:last]).text == "huawei"


@pytest.mark.parametrize(
    ("char", "joins"),
    [
        ("a", True),
        ("9", True),
        ("ø", True),
        ("한", True),
        ("华", False),
        (" ", False),
        (".", False),
    ],
)
def test_word_characters(char: str, joins: bool) -> None:  # noqa: FBT001 - a case's outcome
    assert is_word(char) is joins


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("plain  text", "plain text"),
        ("Tom &amp; Jerry &hellip;", "Tom & Jerry …"),
        ("<p>one</p><p>two</p>", "one two"),
        ("a<br>b", "a b"),
        ("<b>bold</b>ly", "boldly"),
        ("5 < 6 and 7 > 2", "5 < 6 and 7 > 2"),
        ("<script>alert(1)</script>seen", "seen"),
        ("<style>p{}</style>seen", "seen"),
        ("<svg onload=alert(1)><text>x</text></svg>seen", "seen"),
        ("&lt;b&gt;shown&lt;/b&gt;", "<b>shown</b>"),
        ("<![CDATA[wrapped]]>", "wrapped"),
        ("<![CDATA[<i>wrapped</i> twice]]>", "wrapped twice"),
        ("<p>never closed", "never closed"),
        ("<!-- hidden -->seen", "seen"),
        ("", ""),
    ],
)
def test_strip_markup(markup: str, text: str) -> None:
    assert strip_markup(markup) == text


@given(st.lists(st.sampled_from(["<", ">", "<p>", "</p>", "&", "&lt;", "x", "\ud800", "\x00"])))
def test_any_markup_becomes_tidy_text(pieces: list[str]) -> None:
    text = strip_markup("".join(pieces))
    assert tidy(text) == text


@given(ANY_TEXT)
def test_tidy_leaves_nothing_unseen(text: str) -> None:
    tidied = tidy(text)
    assert tidied == tidied.strip()
    assert "  " not in tidied
    assert not {unicodedata.category(c) for c in tidied} & {"Cc", "Cs", "Zl", "Zp"}
    assert tidied.encode().decode() == tidied
    assert tidy(tidied) == tidied


@pytest.mark.parametrize(
    "link", ["https://a.example/x?y=1#z", "HTTP://A.EXAMPLE/", "http://[::1]/"]
)
def test_web_links_are_kept_as_they_are(link: str) -> None:
    assert web_link(f" {link} ") == link


@pytest.mark.parametrize(
    "link",
    [None, "", "javascript:alert(1)", "data:text/html,x", "//a.example", "http://", "ftp://a.example",
     "https://a.example/a b", "https://a.example/\x00", "https://[::1", "https://a/" + "x" * 2048],
)  # fmt: skip
def test_other_links_are_refused(link: str | None) -> None:
    assert web_link(link) is None


@given(ANY_TEXT)
def test_any_link_is_answered(link: str) -> None:
    assert web_link(link) in {None, link.strip()}


def test_an_entry_is_named_by_guid_then_link_then_text() -> None:
    assert identity(" g ", "https://a.example", "t", "s") == "guid:g"
    assert identity("  ", "https://a.example", "t", "s") == "link:https://a.example"
    assert identity(None, None, "t", "s") == f"text:{content_hash('t', 's')}"


def test_ids_are_the_same_on_every_machine() -> None:
    assert item_id("https://a.example/feed", "guid:1") == "6a424ec519b3e1cc"
    assert content_hash("t", "s") == "db6dbf84004094e8"
    assert content_hash("Caf\u00e9") == content_hash("Cafe\u0301")


@given(st.lists(ANY_TEXT, max_size=4), st.lists(ANY_TEXT, max_size=4))
def test_lists_that_differ_have_other_hashes(one: list[str], other: list[str]) -> None:
    assert (digest(*one) == digest(*other)) == (one == other)
