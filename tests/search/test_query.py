from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techwatch.errors import QueryError
from techwatch.search.parsing import LONGEST, MOST_TERMS, parse
from techwatch.search.query import All, Either, Having, Node, Not, Phrase, Query

NOW = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)


def word(*words: str, begins: bool = False, title: bool = False) -> Phrase:
    return Phrase(words, begins, title)


A, B, C = word("a"), word("b"), word("c")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Huawei", word("huawei")),
        ("a b", All((A, B))),
        ("a AND b", All((A, B))),
        ("a or b", All((A, word("or"), B))),
        ('"a b" c', All((word("a", "b"), C))),
        ("“a b”", word("a", "b")),
        ("a OR b", Either((A, B))),
        ("a b OR c", All((A, Either((B, C))))),
        ("(a b) OR c", Either((All((A, B)), C))),
        ("（a -b） OR c", Either((All((A, Not(B))), C))),
        ("semi*", word("semi", begins=True)),
        ('"a semi"*', word("a", "semi", begins=True)),
        ("title:芯片", word("芯片", title=True)),
        ('title:"a b"', word("a", "b", title=True)),
        ("co-op", word("co", "op")),
        ('"NOT" "since:7d"', All((word("not"), word("since", "7d")))),
    ],
)
def test_what_is_wanted(text: str, wanted: Node) -> None:
    assert parse(text, NOW).wanted == wanted


@pytest.mark.parametrize("text", ["a -b", "a NOT b", "-b a", "a --- b", "a NOT -NOT b"])
def test_what_is_not_wanted(text: str) -> None:
    query = parse(text, NOW)
    assert (query.wanted, query.unwanted) == (A, (B,))
    assert query.words == (A,)


def test_nothing_is_asked() -> None:
    assert parse("  ", NOW).is_empty
    assert not parse("-a", NOW).is_empty


def test_filters() -> None:
    query = parse('a entity:tiktok,huawei -feed:"South China" lang:zh verdict:flagged', NOW)
    assert query.wanted == A
    assert query.having == (
        Having("entity", ("tiktok", "huawei")),
        Having("feed", ("South China",), negated=True),
        Having("lang", ("zh",)),
        Having("verdict", ("novel", "escalating", "easing")),
    )


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("since:2026-02-03", "2026-02-02T23:00", None),
        ("until:2026-02-03", None, "2026-02-03T23:00"),
        ("since:2025 until:2025", "2024-12-31T23:00", "2025-12-31T23:00"),
        ("until:2025-12", None, "2025-12-31T23:00"),
        ("since:7d", "2026-02-23T05:00", None),
        ("since:7d since:12h", "2026-03-01T17:00", None),
        ("until:2w", None, "2026-02-16T05:00"),
    ],
)
def test_times_are_days_of_the_zone_where_one_is(
    text: str, since: str | None, until: str | None
) -> None:
    query = parse(text, NOW.astimezone(ZoneInfo("Europe/Oslo")))
    for found, wanted in ((query.since, since), (query.until, until)):
        assert found == (datetime.fromisoformat(wanted).replace(tzinfo=UTC) if wanted else None)


@pytest.mark.parametrize(
    ("text", "at", "told"),
    [
        ("a OR", 4, "is missing here"),
        ("a OR )", 5, "is missing here"),
        ("OR a", 0, "is missing here"),
        ("a AND", 2, "is missing here"),
        ("a NOT", 5, "is missing here"),
        ("a (b", 2, "not closed"),
        ("a )", 2, "no parenthesis is open"),
        ('a "b', 2, "not closed"),
        ("a ()", 2, "parentheses need a word"),
        ("(-a)", 0, "parentheses need a word"),
        ("a OR -b", 5, "NOT can't stand beside OR"),
        ("a OR since:7d", 5, "a filter can't stand beside OR"),
        ("(a lang:zh)", 8, "can't stand in parentheses"),
        ("a from:x", 2, "there are entity:, verdict:, feed:"),
        ("https://example.org/", 0, "put it in quotes"),
        ("verdict:new", 8, "unrelated, known, novel, escalating, easing, flagged"),
        ("since:yesterday", 6, "2026-11-01"),
        ("since:2026-13", 6, "no date"),
        ("since:999999w", 6, "too long ago"),
        ("-since:7d", 7, "use until:"),
        ("feed:", 5, "needs a value"),
        ("entity:,", 7, "needs a value"),
        ("a ?!", 2, "no letter or digit"),
        ("x " * MOST_TERMS + "y", 2 * MOST_TERMS, "at most"),
        ("(" * 30 + "a", 20, "deep"),
        ("a" * (LONGEST + 1), LONGEST, "at most"),
    ],
)
def test_an_error_tells_where_and_what_is_allowed(text: str, at: int, told: str) -> None:
    with pytest.raises(QueryError, match=told) as error:
        parse(text, NOW)
    assert error.value.at == at
    assert f"character {at + 1}" in str(error.value)


PIECES = st.sampled_from(
    ["a", "芯片", "OR", "AND", "NOT", "-", "(", ")", '"', "*", "since:", "7d", "title:", " ", ":"]
)


@given(st.one_of(st.text(max_size=40), st.lists(PIECES, max_size=20).map("".join)))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        at = 0 if isinstance(parse(text, NOW), Query) else -1
    except QueryError as error:
        at = error.at
    assert 0 <= at <= len(text)
