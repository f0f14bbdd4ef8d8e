from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techwatch.errors import InvalidFilesError
from techwatch.yamlfile import parse, scalar


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("012", 12),
        ("0o12", 10),
        ("0x1F", 31),
        ("-7", -7),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("12:30", "12:30"),
        ("2020-09-19", "2020-09-19"),
        ("1_000", "1_000"),
        ("=", "="),
    ],
)
def test_plain_scalars_follow_the_core_schema_of_yaml_1_2(text: str, value: object) -> None:
    assert scalar(text) == value
    assert parse(f"key: {text}\n", "f").data == {"key": value}


@given(st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False)))
def test_numbers_come_back(number: float) -> None:
    found = scalar(str(number))
    assert isinstance(found, int | float)
    assert math.isclose(found, number)


def test_quoted_scalars_stay_text() -> None:
    assert parse("a: '12'\nb: \"true\"\n", "f").data == {"a": "12", "b": "true"}


def test_every_value_knows_its_line() -> None:
    document = parse("a:\n  - x: 1\n  - y:\n      z: 2\n", "f")
    assert document.line(("a", 0, "x")) == 2
    assert document.line(("a", 1, "y", "z")) == 4
    assert document.line(("a", 1, "missing")) == 3


def test_all_repeated_keys_are_told() -> None:
    with pytest.raises(InvalidFilesError) as caught:
        parse("a: 1\na: 2\nb:\n  c: 1\n  c: 2\n", "f")
    assert [problem.line for problem in caught.value.problems] == [2, 5]


LETTERS = st.text(st.characters(categories=("L", "N", "P", "S"), max_codepoint=0xD000), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | LETTERS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(LETTERS, inner, max_size=3),
    max_leaves=8,
)


@given(VALUES)
def test_json_is_yaml(value: object) -> None:
    assert parse(json.dumps(value, ensure_ascii=False), "f").data == value


@given(VALUES)
def test_a_file_with_an_anchor_is_read_as_one_without(value: object) -> None:
    text = json.dumps([value], ensure_ascii=False)
    assert parse(f"&whole {text}", "f").data == parse(text, "f").data


def test_what_an_alias_stands_for_is_read() -> None:
    document = parse("a: &both\n  - 1\n  - x: no\nb: *both\n", "f")
    assert document.data == {"a": [1, {"x": "no"}], "b": [1, {"x": "no"}]}
    assert document.line(("b",)) == 4


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n"])
def test_an_empty_file_holds_nothing(text: str) -> None:
    assert parse(text, "f").data is None


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\n---\nb: 2\n", 2),
        ("a: 1\nb: *nobody\n", 2),
        ("a: 1\nb: [1, 2\n", 3),
        ("a: 1\n  b: 2\n", 2),
        ("a: \x07\n", 1),
    ],
)
def test_what_is_no_yaml_is_told_with_its_line(text: str, line: int) -> None:
    with pytest.raises(InvalidFilesError) as caught:
        parse(text, "f")
    assert [problem.line for problem in caught.value.problems] == [line]
