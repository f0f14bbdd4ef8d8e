"""Whatever a feed brings, matching answers, and its offsets cut out what it says it found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from techwatch.model import Field

if TYPE_CHECKING:
    from techwatch.matching import Matcher

PIECES = st.sampled_from(
    ["Huawei", "HUAWEI", "Huwaei", "華為", "华为", "Ant", "Byte Dance", "Byte\u00adDance", "CAC 40",
     "export controls", "=US", "US", "U.S. Treasury", "\ud800", "\u202e", "\x00", "ﬁ", "…",
     "İ", "ß", "\u0301", "  ", "\n", "京东", "方", "'s", "https://a.b/Huawei", "e\u0301", "🇨🇳",
     "한국"]
)  # fmt: skip
TEXT = st.lists(PIECES | st.text(st.characters(), max_size=8) | st.just(" "), max_size=14).map(
    "".join
)
RELAXED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=400)


@RELAXED
@given(title=TEXT, body=TEXT)
def test_offsets_always_cut_out_the_surface(matcher: Matcher, title: str, body: str) -> None:
    texts = {Field.TITLE: title, Field.BODY: body}
    for mention in matcher.mentions(texts):
        assert texts[mention.field][mention.start : mention.end] == mention.surface != ""
        assert 0 <= mention.score <= 1


@RELAXED
@given(text=TEXT)
def test_the_same_text_gives_the_same_mentions(matcher: Matcher, text: str) -> None:
    texts = {Field.SUMMARY: text}
    assert matcher.mentions(texts) == matcher.mentions(texts)


@RELAXED
@given(word=TEXT)
def test_suggestions_answer_any_word(matcher: Matcher, word: str) -> None:
    assert len(matcher.suggest(word, limit=2)) <= 2


@RELAXED
@given(before=st.text(max_size=20), after=st.text(max_size=20))
def test_a_chinese_name_is_found_in_any_surroundings(
    matcher: Matcher, before: str, after: str
) -> None:
    mentions = matcher.mentions({Field.TITLE: f"{before} 华为 {after}"})
    assert any(m.entity_id == "huawei" and m.surface == "华为" for m in mentions)
