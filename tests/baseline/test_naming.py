"""The lists of how names look: read and checked as the rest of the baseline is."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from techwatch.baseline.loading import load
from techwatch.errors import InvalidFilesError
from techwatch.installation import shipped
from techwatch.text import fold

HERE = Path(__file__).parent
TWICE = "has a file already; the first is at baseline/naming/a.yaml:1"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    (tmp_path / "baseline" / "naming").mkdir(parents=True)
    return shutil.copytree(HERE / "small", tmp_path / "baseline", dirs_exist_ok=True)


def test_lists_are_read_by_language(small: Path) -> None:
    before = load(small)
    assert before.naming == {}
    (small / "naming/en.yaml").write_text("language: en\nplaces: [Oslo, No, On]\n")
    after = load(small)
    assert after.naming["en"].places == ("Oslo", "No", "On")  # YAML 1.2: no is a word
    assert after.version != before.version


@pytest.mark.parametrize(
    ("files", "problems"),
    [
        (
            {"en.yaml": "language: en\nplaces: [Oslo]\nplace: [Oslo]\n"},
            ["naming/en.yaml:3: place: unknown key; did you mean 'places'?"],
        ),
        ({"en.yaml": "places: [Oslo]\n"}, ["naming/en.yaml:1: language: is missing"]),
        (
            {"a.yaml": "language: en\n", "b.yaml": "language: en\n"},
            [f"naming/b.yaml:1: language 'en' {TWICE}"],
        ),
        (
            {"en.yaml": "language: en\nplaces:\n  - Oslo\n  - [Bergen]\n"},
            ["naming/en.yaml:4: places.1: input should be a valid string"],
        ),
    ],
)  # fmt: skip
def test_problems_are_told_with_file_and_line(
    small: Path, files: dict[str, str], problems: list[str]
) -> None:
    for name, text in files.items():
        (small / "naming" / name).write_text(text, encoding="utf-8")
    with pytest.raises(InvalidFilesError) as caught:
        load(small)
    told = [str(problem).removeprefix("baseline/") for problem in caught.value.problems]
    assert told == problems


def test_no_list_of_the_project_says_a_thing_twice() -> None:
    for naming in load(shipped("baseline")).naming.values():
        for field in naming.__slots__:
            words = getattr(naming, field)
            if field not in {"language", "bodies", "titles", "ordinary"}:  # nb has both cases
                folded = [fold(word).text for word in words]
                twice = {word for word in folded if folded.count(word) > 1}
                assert not twice, (naming.language, field)
