"""Names that the baseline lacks: the case file, and what holds for every text."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techwatch.baseline.loading import load
from techwatch.baseline.wordlist import dictionary
from techwatch.installation import shipped
from techwatch.matching import Matcher, MatchingSettings
from techwatch.matching.emerging import EmergingNames
from techwatch.model import Baseline, EntityKind, Field
from techwatch.yamlfile import read

if TYPE_CHECKING:
    from techwatch.model import Sighting

CASES: list[dict[str, Any]] = read(Path(__file__).with_name("emerging.yaml")).data


class Desk:
    """The project's own baseline, with what finds names in it and beside it."""

    def __init__(self) -> None:
        self.baseline: Baseline = load(shipped("baseline"))
        self.matcher = Matcher(self.baseline, MatchingSettings())
        self.names = EmergingNames(self.baseline, dictionary)

    def find(
        self, title: str, summary: str = "", language: str = "en", publisher: str = "Harbour"
    ) -> tuple[Sighting, ...]:
        texts = {Field.TITLE: title, Field.SUMMARY: summary}
        return self.names.find(texts, language, self.matcher.mentions(texts), publisher)


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk()


@pytest.mark.parametrize(
    "case", CASES, ids=lambda case: f"{case['title']} {case.get('summary', '')}"[:70]
)
def test_case(desk: Desk, case: dict[str, Any]) -> None:
    given = {key: value for key, value in case.items() if key not in {"names", "near"}}
    found = desk.find(**given)
    marks = {EntityKind.LAW: "!", EntityKind.ACTOR: ""}
    assert [marks[s.kind] + s.surface for s in found] == case["names"]
    if "near" in case:
        assert list(found[0].near) == case["near"]
    for sighting in found:
        text = case["title"] if sighting.field is Field.TITLE else case["summary"]
        assert text[sighting.start : sighting.end] == sighting.surface


def test_the_case_file_is_large_and_holds_every_language() -> None:
    assert len(CASES) >= 60
    assert {case.get("language", "en") for case in CASES} == {"en", "zh", "nb"}
    assert sum(not case["names"] for case in CASES) >= 20


@pytest.mark.parametrize(
    "variants",
    [
        (
            "The Foreign Apps Act",
            "Foreign Apps Act",
            "foreign  apps act",
            "Foreign Apps Act of 2024",
        ),
        ("Acme Co., Ltd.", "ACME", "Acme Inc"),
        (
            "《卫星管理规定》",
            "卫星管理规定（征求意见稿）",
            "衛星管理規定",
            "中华人民共和国卫星管理规定",
        ),
        ("澜舟科技有限公司", "澜舟科技"),
    ],
)
def test_the_variants_of_a_name_share_a_key(desk: Desk, variants: tuple[str, ...]) -> None:
    language = "en" if variants[0].isascii() else "zh"
    assert len({desk.names.key(name, language) for name in variants}) == 1


def test_different_names_have_different_keys(desk: Desk) -> None:
    names = ("Acme Networks", "Acme Motors", "Foreign Apps Act", "Foreign Apps Bill")
    assert len({desk.names.key(name) for name in names}) == len(names)


def test_a_type_is_told_where_something_tells_it(desk: Desk) -> None:
    found = desk.find(
        "Huawei sues Senator Oswin Tarrant, Velanix Semiconductor, the Federal Spectrum Commission"
        " and Lumotrix under the Trusted Vendor Act"
    )
    assert {s.surface: s.type for s in found} == {
        "Oswin Tarrant": "person",
        "Velanix Semiconductor": "company",
        "Federal Spectrum Commission": "government_body",
        "Lumotrix": "unknown",
        "Trusted Vendor Act": "law",
    }


def test_a_part_of_a_longer_name_is_counted_as_that(desk: Desk) -> None:
    found = desk.find("Huawei meets Deng Haolu in Oslo", "Huawei praised Haolu for his work.")
    assert [s.surface for s in found] == ["Deng Haolu"]


def test_nothing_is_found_without_lists_or_in_other_languages(desk: Desk) -> None:
    bare = EmergingNames(Baseline({}, {}, {}, {}, {}, "0" * 12))
    assert bare.find({Field.TITLE: "Huawei buys Lumotrix"}, "en", ()) == ()
    assert desk.find("Huawei kauft Lumotrix", language="de") == ()


def test_the_dictionary_is_not_read_for_items_without_anchors(desk: Desk) -> None:
    def fail() -> tuple[frozenset[str], frozenset[str]]:
        raise AssertionError

    names = EmergingNames(desk.baseline, fail)
    texts = {Field.TITLE: "Brontelix opens a plant in Utah"}
    assert names.find(texts, "en", desk.matcher.mentions(texts)) == ()
    assert names.key("The Acme Act") == "acme act"


@pytest.mark.parametrize(
    "text",
    [
        "华为" + "公司" * 50_000,
        "华为" + "澜舟公司" * 20_000,
        "华为" + "《" * 50_000,
        "Huawei " + "Brontelix Act of " * 20_000,
        "Huawei " + '"' * 50_000,
        "Huawei" + " " * 100_000 + "Brontelix",
        "Huawei " + "photo by " * 20_000,
        "Huawei " + "A." * 50_000,
    ],
)
def test_no_text_takes_long(desk: Desk, text: str) -> None:
    mentions = desk.matcher.mentions({Field.TITLE: text})
    start = time.process_time()
    desk.names.find({Field.TITLE: text}, "zh", mentions)
    desk.names.find({Field.TITLE: text}, "en", mentions)
    assert time.process_time() - start < 10


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(
                [
                    "Huawei",
                    "TikTok",
                    "华为",
                    "《",
                    "》",
                    "办法",
                    "公司",
                    "Act",
                    "of",
                    "Acme",
                    ". ",
                    ", ",
                ]
            ),
            st.text(max_size=8),
        ),
        max_size=30,
    )
)
def test_any_text_gives_names_that_stand_in_it(desk: Desk, parts: list[str]) -> None:
    text = " ".join(parts)
    for language in ("en", "zh", "nb"):
        for sighting in desk.find(text, text, language):
            assert text[sighting.start : sighting.end] == sighting.surface
            assert sighting.key
            assert desk.names.lacks(sighting.key, language)
