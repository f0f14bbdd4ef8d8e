"""What a hostile feed may bring: long, strange and repeated texts, in linear time."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from techwatch.matching import Matcher, MatchingSettings
from techwatch.model import Baseline, Field
from techwatch.text import fold

TEN_MB = 10_000_000
MILLION = 1_000_000
PIECES = {
    "one letter": "a",
    "a capital": "A",
    "a name": "Huawei ",
    "a name without spaces": "Huawei",
    "a Chinese name": "华为",
    "a weak name": "Ant, ",
    "a weak name with a word of the field": "chip Grab ",
    "a false friend": "Apple pie ",
    "a misspelt name": "Huwaei ",
    "a body of a country": "US Ministry of Commerce ",
    "a law of a country": "US Entity List ",
    "a described name": "US export controls ",
    "half a described name": "export controls ",
    "points": "a.",
    "points and slashes": "a.b/",
    "addresses": "https://a.b/Huawei ",
    "hyphens": "a-",
    "spaces": "  ",
    "lines": "\n",
    "lone surrogates": "\ud800",
    "controls": "\x00\x1f\x7f ",
    "directions": "\u202eiewauH\u202c ",
    "emoji": "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "joiners": "\u200d",
    "a tower of marks": "Z" + "\u0335\u0321\u0301" * 20 + " ",
    "what folds to several": "\ufdfa",
    "sharp s": "ß",
    "new words": "",
}
ODD = st.sampled_from(
    ["\u200b", "\u200d", "\u00ad", "\u202e", "\u2069", "\ud800", "\udfff", "\x00", "\x1c", "\u0301",
     "\u0335" * 9, "\U0001f468\u200d\U0001f469", "\ufe0f", "\ufeff", "ß", "İ", "\ufdfa", "㎏", "Ꭰ",
     " ", "\u00a0", "\u3000", "-", "…", "'", "’", "."]
)  # fmt: skip
NAMES = st.sampled_from(["Huawei", "huawei", "華為", "Byte Dance", "Huwaei", "US export controls"])
TEXT = st.lists(NAMES | ODD | st.sampled_from(["a", "X", "的", " "]), max_size=40).map("".join)
RELAXED = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=400, deadline=None
)


def repeated(kind: str, length: int) -> str:
    if kind == "new words":
        text = " ".join(f"Xab{number:x}q" for number in range(length // 4))
    else:
        text = PIECES[kind] * (length // len(PIECES[kind]) + 1)
    return text[:length]


def seconds(matcher: Matcher, text: str) -> float:
    """Processor time, the least of two: what else the machine does comes on top."""
    taken = []
    for _ in range(2):
        began = time.process_time()
        matcher.mentions({Field.BODY: text})
        taken.append(time.process_time() - began)
    return min(taken)


@pytest.fixture(scope="module")
def unlimited(baseline: Baseline) -> Matcher:
    return Matcher(baseline, MatchingSettings(text_limit=TEN_MB))


@pytest.mark.parametrize("kind", PIECES)
def test_time_is_linear_in_the_length(unlimited: Matcher, kind: str) -> None:
    # Eight times the text: linear cost is eightfold, quadratic sixty-four times.
    short, long = (seconds(unlimited, repeated(kind, length)) for length in (3_000, 24_000))
    assert long < 24 * short + 0.02


@pytest.mark.parametrize("kind", PIECES)
def test_offsets_hold_in_long_texts(unlimited: Matcher, kind: str) -> None:
    text = repeated(kind, 10_000) + " 。 Huawei 。 " + repeated(kind, 10_000)
    mentions = unlimited.mentions({Field.BODY: text})
    assert all(text[m.start : m.end] == m.surface for m in mentions)
    if kind not in {"directions", "addresses"}:
        assert any(
            (m.start, m.entity_id) == (text.index(" 。 Hua") + 3, "huawei") for m in mentions
        )


@pytest.mark.parametrize(
    "text", ["a" * TEN_MB, "Huawei " * MILLION, "\ud800" * MILLION, "word " * MILLION]
)
def test_what_is_beyond_the_limit_costs_next_to_nothing(baseline: Baseline, text: str) -> None:
    limit = 10_000
    matcher = Matcher(baseline, MatchingSettings(text_limit=limit))
    assert matcher.unread({Field.TITLE: "short", Field.BODY: text}) == len(text) - limit
    assert seconds(matcher, text) < 4 * seconds(matcher, text[:limit]) + 0.02


def test_ten_million_characters_are_read_whole_where_that_is_asked(unlimited: Matcher) -> None:
    text = "word " * (TEN_MB // 5 - 2) + "Huawei"
    assert [(m.start, m.surface) for m in unlimited.mentions({Field.BODY: text})] == [
        (len(text) - 6, "Huawei")
    ]
    assert unlimited.unread({Field.BODY: text}) == 0


@RELAXED
@given(title=TEXT, body=TEXT)
def test_odd_characters_shift_no_offset(matcher: Matcher, title: str, body: str) -> None:
    texts = {Field.TITLE: title, Field.BODY: body}
    for mention in matcher.mentions(texts):
        assert texts[mention.field][mention.start : mention.end] == mention.surface != ""
        assert 0 <= mention.score <= 1


@RELAXED
@given(text=TEXT)
def test_the_cased_form_lies_beside_the_folded_one(text: str) -> None:
    folded = fold(text)
    assert folded.cased.lower() == folded.text
    for at, char in enumerate(folded.cased):
        original = text[folded.span(at, at + 1)[0]]
        assert char.isupper() == (char.isascii() and char.isalpha() and not original.islower())


@settings(RELAXED, max_examples=30, deadline=None)
@given(texts=st.lists(TEXT, max_size=6))
def test_what_was_seen_before_changes_nothing(baseline: Baseline, texts: list[str]) -> None:
    used = Matcher(baseline, MatchingSettings())
    for text in texts:
        fresh = Matcher(baseline, MatchingSettings())
        assert used.mentions({Field.BODY: text}) == fresh.mentions({Field.BODY: text})
