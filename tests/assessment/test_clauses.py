from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techwatch.assessment.clauses import clause_at, clauses


def _background(text: str) -> list[str]:
    return [text[c.start : c.end].strip(" ,") for c in clauses(text) if c.background]


@pytest.mark.parametrize(
    ("text", "background"),
    [
        ("TikTok sues the state after it banned the app", ["after it banned the app"]),
        ("After the ban, TikTok sues", ["After the ban"]),
        ("As sanctions bite, Huawei grows its cloud business", ["As sanctions bite"]),
        ("Shares fall amid crackdown, analysts say", ["amid crackdown"]),
        ("Beijing hits out over TikTok ban", ["over TikTok ban"]),
        ("TikTok fined over data of children", []),
        ("Huawei named as part of the network", []),
        ("The app works as a search engine", []),
        ("TikTok går til sak etter forbudet", ["etter forbudet"]),
        ("因涉嫌垄断，平台被罚", ["因涉嫌垄断，"]),
        ("Paris bans it. Berlin waits", []),
    ],
)
def test_background(text: str, background: list[str]) -> None:
    assert _background(text) == background


def test_initials_and_short_forms_end_no_sentence() -> None:
    text = "The U.S. Government and Tencent Holdings Ltd. signed"
    assert len(clauses(text)) == 1


@given(st.text(max_size=300))
def test_every_character_belongs_to_one_clause(text: str) -> None:
    parts = clauses(text)
    assert "".join(text[c.start : c.end] for c in parts) == text
    for position in range(len(text)):
        clause = clause_at(parts, position)
        assert clause.start <= position < clause.end


def test_an_empty_text_has_no_clauses() -> None:
    assert clauses("") == ()
    assert clause_at((), 0).start == 0
