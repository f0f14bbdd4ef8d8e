from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from techwatch.digests.wrapping import fill, width


def test_latin_text_breaks_at_spaces() -> None:
    assert fill("one two three", columns=8) == "one two\nthree"


def test_chinese_text_breaks_anywhere_by_its_width() -> None:
    assert fill("数据出境安全评估", columns=8) == "数据出境\n安全评估"


def test_no_line_begins_with_closing_or_ends_with_opening_punctuation() -> None:
    assert fill("数据出境，安全评估", columns=8) == "数据出\n境，安全\n评估"
    assert fill("数据出《安全》评估", columns=8) == "数据出\n《安全》\n评估"


def test_mixed_text_keeps_words_whole() -> None:
    assert fill("华为Mate手机上市", columns=9) == "华为Mate\n手机上市"


def test_indents_count() -> None:
    assert fill("one two three", indent="- ", hanging="  ", columns=9) == "- one two\n  three"


def test_a_no_break_space_holds() -> None:
    assert fill("aa bb\u00a0cc", columns=5) == "aa\nbb\u00a0cc"


def test_an_empty_text_is_one_empty_line() -> None:
    assert fill("") == ""


def test_width_counts_columns() -> None:
    assert [width(text) for text in ("abc", "滴滴", "é", "e\u0301", "ａ")] == [3, 4, 1, 1, 2]


@given(st.text(max_size=300), st.integers(min_value=4, max_value=80))
def test_nothing_is_lost_and_no_line_is_too_wide(text: str, columns: int) -> None:
    filled = fill(text, indent="", columns=columns)
    assert max(width(line) for line in filled.split("\n")) <= columns

    def letters(of: str) -> str:
        return "".join(c for c in of if not c.isspace())

    assert letters(filled) == letters(text)
