"""An entry drafted from news: valid as it stands, and refused where it would change anything."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from techwatch.baseline.drafting import draft, write
from techwatch.baseline.loading import check, load
from techwatch.baseline.wordlist import common_words
from techwatch.errors import InvalidFilesError
from techwatch.installation import shipped
from techwatch.model import EmergingName, EntityKind, SightedItem

if TYPE_CHECKING:
    from pathlib import Path

AT = datetime(2026, 3, 1, 10, tzinfo=UTC)


def example(surface: str = "Lumotrix", language: str = "en", **values: Any) -> SightedItem:
    given: dict[str, Any] = {
        "item_id": "0123456789abcdef",
        "title": f"Huawei: a stake in {surface} #1",
        "link": "https://harbour.example/1",
        "publisher": "Harbour & Sons",
        "language": language,
        "at": AT,
        "surface": surface,
        "sentence": f"Huawei: a stake in {surface} #1",
    }
    return SightedItem(**given | values)


def name(text: str = "Lumotrix", *examples: SightedItem, **values: Any) -> EmergingName:
    given: dict[str, Any] = {
        "key": text.lower(),
        "name": text,
        "kind": EntityKind.ACTOR,
        "type": "company",
        "language": "en",
        "items": 2,
        "publishers": ("Harbour & Sons",),
        "first_at": AT,
        "last_at": AT,
        "near": ("huawei",),
        "examples": examples or (example(text),),
    }
    return EmergingName(**given | values)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    copy = tmp_path / "baseline"
    shutil.copytree(shipped("baseline"), copy)
    return copy


def test_a_draft_is_a_valid_entry_with_the_article_as_its_source(directory: Path) -> None:
    before = load(directory)
    drafted = draft(name(), before, common_words(), country="cn")
    path = write(directory, drafted)
    after = check(directory)
    entity = after.entities["lumotrix"]
    assert path == directory / "actors/lumotrix.yaml"
    assert (entity.kind, entity.type, entity.name, entity.country) == (
        EntityKind.ACTOR,
        "company",
        "Lumotrix",
        "cn",
    )
    assert [(n.text, n.language) for n in entity.names] == [("Lumotrix", "en")]
    [fact] = entity.facts
    assert (fact.date, fact.text) == ("2026-03-01", "Named in the news beside Huawei.")
    source = after.sources[fact.source]
    assert source.id == "harbour-sons-2026-03-01"
    assert "https://harbour.example/1" in source.title
    assert len(after.sources) == len(before.sources) + 1
    assert (
        (directory / "sources.yaml")
        .read_text(encoding="utf-8")
        .startswith((shipped("baseline") / "sources.yaml").read_text(encoding="utf-8"))
    )


def test_names_are_sorted_by_language(directory: Path) -> None:
    known = load(directory)
    seen = (example("澜舟科技", "zh"), example("Lanzhou Tech", "zh"), example("LUMOTRIX"))
    drafted = draft(name("Lumotrix", *seen), known, ())
    write(directory, drafted)
    names = load(directory).entities["lumotrix"].names
    assert [(n.text, n.language) for n in names] == [
        ("Lumotrix", "en"),
        ("Lanzhou Tech", "en"),
        ("澜舟科技", "zh"),
    ]


def test_a_law_goes_among_the_laws(directory: Path) -> None:
    law = name("Foreign Apps Act", kind=EntityKind.LAW, type="law")
    assert write(directory, draft(law, load(directory), ())).parent.name == "laws"
    assert load(directory).entities["foreign_apps_act"].kind is EntityKind.LAW


def test_a_common_word_is_weak_and_an_acronym_keeps_its_case(directory: Path) -> None:
    common = common_words()
    write(directory, draft(name("Window"), load(directory), common))
    write(directory, draft(name("QXTC"), load(directory), common))
    known = check(directory).entities
    assert known["window"].names[0].weak
    assert known["qxtc"].names[0].exact_case
    assert not known["qxtc"].names[0].fuzzy


def test_a_surname_is_weak_beside_the_full_name(directory: Path) -> None:
    seen = (example("Deng Haolu"), example("Haolu"))
    write(directory, draft(name("Deng Haolu", *seen), load(directory), ()))
    names = {n.text: n.weak for n in load(directory).entities["deng_haolu"].names}
    assert names == {"Deng Haolu": False, "Haolu": True}


def test_two_names_of_one_article_share_the_source(directory: Path) -> None:
    title = {"title": "Both", "sentence": "Both"}
    write(directory, draft(name("Aaax", example("Aaax", **title)), load(directory), ()))
    second = draft(name("Bbbx", example("Bbbx", **title)), load(directory), ())
    third = draft(name("Cccx", example("Cccx", title="Another")), load(directory), ())
    assert second.source == ""
    assert "harbour-sons-2026-03-01-2" in third.source
    write(directory, second)
    write(directory, third)
    assert len(load(directory).sources) == len(load(shipped("baseline")).sources) + 2


@pytest.mark.parametrize(
    "title", ["yes", "a: b # c", "'quoted' and \"more\"", "- x", "2026", "{x}"]
)
def test_any_headline_is_written_so_that_it_is_read_back(directory: Path, title: str) -> None:
    seen = example(title=title, link=None, publisher="#1: it's")
    write(directory, draft(name("Lumotrix", seen), load(directory), ()))
    known = load(directory)
    source = known.sources[known.entities["lumotrix"].facts[0].source]
    assert (source.title, source.publisher) == (title, "#1: it's")


def test_a_file_is_never_overwritten(directory: Path) -> None:
    drafted = draft(name(), load(directory), ())
    path = write(directory, drafted)
    text, sources = path.read_bytes(), (directory / "sources.yaml").read_bytes()
    with pytest.raises(InvalidFilesError, match="exists already"):
        write(directory, drafted)
    assert (path.read_bytes(), (directory / "sources.yaml").read_bytes()) == (text, sources)


def test_what_would_not_be_valid_is_not_written(directory: Path) -> None:
    known = load(directory)
    before = {path: path.read_bytes() for path in directory.rglob("*.yaml")}
    with pytest.raises(InvalidFilesError, match="'Huawei' is also a name of"):
        write(directory, draft(name("Huawei"), known, (), entity_id="another"))
    for wrong in ("Not An Id", "a/../../b", "-"):
        with pytest.raises(ValueError, match="no id can be made"):
            draft(name(), known, (), entity_id=wrong)
    assert {path: path.read_bytes() for path in directory.rglob("*.yaml")} == before


@pytest.mark.parametrize(
    ("text", "entity_id", "said"),
    [("澜舟科技", None, "give one with --id"), ("Lumotrix", "huawei", "has an entity 'huawei'")],
)
def test_an_id_that_can_t_be_is_told(
    directory: Path, text: str, entity_id: str | None, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        draft(name(text), load(directory), (), entity_id)
