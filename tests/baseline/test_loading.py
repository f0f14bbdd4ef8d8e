from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from techwatch.baseline.loading import check, load, version
from techwatch.errors import InvalidFilesError
from techwatch.model import (
    DescribedName,
    EntityKind,
    Fact,
    FalseFriend,
    Mode,
    Name,
    Relation,
    Trigger,
)
from techwatch.yamlfile import read

HERE = Path(__file__).parent
CASES: list[dict[str, Any]] = read(HERE / "problems.yaml").data


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return shutil.copytree(HERE / "small", tmp_path / "baseline")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_problems_are_told_with_file_and_line(case: dict[str, Any], small: Path) -> None:
    for name, text in case["files"].items():
        (small / name).write_text(text, encoding="utf-8")
    with pytest.raises(InvalidFilesError) as caught:
        load(small)
    told = [str(problem).removeprefix("baseline/") for problem in caught.value.problems]
    assert sorted(told) == sorted(case["problems"])


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidFilesError, match=r"nowhere/sources.yaml:0: can't be read"):
        load(tmp_path / "nowhere")


COMMON = """
- id: oracle
  kind: actor
  type: company
  name: Oracle
  names:
    en:
      - Oracle
      - Oracle Corp
      - Grab
      - Apple
      - GRÅB
    nb:
      - Grab
      - Huawei
      - US
    zh: [甲骨文]
  weak: [Grab]
  sure: [Apple]
"""


def test_names_that_are_common_words_are_told_by_the_check_alone(small: Path) -> None:
    (small / "laws" / "rules.yaml").write_text(COMMON, encoding="utf-8")
    assert "oracle" in load(small).entities
    with pytest.raises(InvalidFilesError) as caught:
        check(small)
    assert [str(problem) for problem in caught.value.problems] == [
        f"baseline/laws/rules.yaml:{line}: name {name!r} is also a common word;"
        " make it weak, or list it under sure"
        for line, name in [(8, "Oracle"), (12, "GRÅB"), (16, "US")]
    ]


def test_the_check_tells_other_problems_too_and_returns_what_loads(small: Path) -> None:
    assert check(small) == load(small)
    (small / "laws" / "rules.yaml").write_text(f"{COMMON}  ours: [nobody]\n", encoding="utf-8")
    with pytest.raises(InvalidFilesError) as caught:
        check(small)
    assert len(caught.value.problems) == 4


def test_facts_carry_disputes_and_notes(small: Path) -> None:
    facts = """
- id: tie
  kind: law
  type: statute
  name: Tie
  names: {en: [The Tie Law]}
  documents: [report-2021, blog-2020]
  facts:
    - {text: One., source: blog-2020, date: 2020, disputed_by: [report-2021]}
    - {text: Two., source: report-2021, date: 2021, disputed_by: [blog-2020], note: Odd.}
"""
    (small / "laws" / "rules.yaml").write_text(facts, encoding="utf-8")
    assert load(small).entities["tie"].facts == (
        Fact("tie", "One.", "blog-2020", "2020", disputed_by=("report-2021",)),
        Fact("tie", "Two.", "report-2021", "2021", disputed_by=("blog-2020",), note="Odd."),
    )


def test_an_entity_carries_all_that_the_file_says(small: Path) -> None:
    acme = load(small).entities["acme"]
    assert acme.kind is EntityKind.ACTOR
    assert (acme.type, acme.name, acme.country, acme.sector) == (
        "company",
        "Acme",
        "cn",
        "networks",
    )
    assert acme.names == (
        Name("Acme", "en"),
        Name("Acme Corp", "en", ours=True),
        Name("ACM", "en", weak=True, exact_case=True, fuzzy=False),
        Name("艾克米", "zh", ours=True),
    )
    assert acme.false_friends == (FalseFriend("ACM Turing Award", "a prize"),)
    assert acme.relations == (Relation("owner", "acme_chat"),)
    assert acme.documents == ("report-2021", "blog-2020")


def test_facts_come_oldest_first(small: Path) -> None:
    assert load(small).entities["acme"].facts == (
        Fact("acme", "Acme was founded.", "blog-2020", "2018/2019"),
        Fact("acme", "Acme left a market.", "report-2021", "2021-spring", "market_exit"),
    )
    posts = [fact.post for fact in load(small).entities["acme_chat"].facts]
    assert posts == [None, None, "Second post"]


def test_described_names_split_at_bars_outside_parentheses(small: Path) -> None:
    assert load(small).entities["data_law"].described == (
        DescribedName((("data", "dat(a|um) rule*"), ("law", "bill … passed")), "en", 8),
        DescribedName((("数据",), ("法", "条例")), "zh", 8),
    )


def test_a_vocabulary_maps_phrases_to_event_types(small: Path) -> None:
    vocabulary = load(small).vocabularies["en"]
    assert vocabulary.triggers == (
        Trigger("ban(s|ned)?", "banned"),
        Trigger("may ban", "banned", Mode.POSSIBLE),
        Trigger("pass(es|ed) … law", "law_passed"),
    )
    assert vocabulary.markers == {Mode.DENIED: ("denies", "denied")}
    assert vocabulary.contexts == {"authority us": ("Commerce Department",)}
    assert (vocabulary.topics, vocabulary.noise) == (("data", "5G"), ("trailer",))


def test_the_version_follows_the_contents_only(small: Path, tmp_path: Path) -> None:
    before = load(small).version
    assert len(before) == 12
    assert int(before, 16) >= 0
    assert version(shutil.copytree(small, tmp_path / "moved")) == before
    rules = small / "laws" / "rules.yaml"
    rules.rename(small / "laws" / "acts.yaml")
    assert version(small) != before
    (small / "laws" / "acts.yaml").rename(rules)
    assert version(small) == before
    rules.write_text(rules.read_text(encoding="utf-8") + "# a remark\n", encoding="utf-8")
    assert version(small) != before
