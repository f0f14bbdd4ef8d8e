"""A fact written by program: comments, order and all the rest stay."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from techwatch.baseline.editing import add_fact, drafted, write
from techwatch.baseline.loading import load
from techwatch.errors import InvalidFilesError, NotFoundError
from techwatch.installation import shipped
from techwatch.model import Fact, Source

if TYPE_CHECKING:
    from pathlib import Path

PASSED = Fact(
    "pipl", "The law was passed: all of it.", "wsj-2021-06", "2021-08-20", "law_passed", "cn"
)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    copy = tmp_path / "baseline"
    shutil.copytree(shipped("baseline"), copy)
    return copy


def added_lines(before: str, after: str) -> list[str]:
    old = before.splitlines()
    new = after.splitlines()
    start = next(i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b)
    count = len(new) - len(old)
    assert new[:start] + new[start + count :] == old
    return new[start : start + count]


def test_a_fact_is_added_and_nothing_else_changes(directory: Path) -> None:
    known = load(directory).entities["pipl"].facts
    texts = {path: path.read_text(encoding="utf-8") for path in directory.rglob("*.yaml")}
    path = add_fact(directory, PASSED)
    lines = added_lines(texts.pop(path), path.read_text(encoding="utf-8"))
    assert [line.strip() for line in lines] == [
        "- text: 'The law was passed: all of it.'",
        "source: wsj-2021-06",
        "date: '2021-08-20'",
        "event: law_passed",
        "by: cn",
    ]
    assert all(other.read_text(encoding="utf-8") == text for other, text in texts.items())
    assert set(load(directory).entities["pipl"].facts) == {*known, PASSED}


def test_an_entity_without_facts_gets_its_first(directory: Path) -> None:
    path = directory / "actors" / "new.yaml"
    text = (
        "# ours\n- id: acme\n  kind: actor\n  type: company\n  name: Acme\n"
        "  names: {en: [Acme Networks]}\n  documents: [wsj-2021-06]  # not the cartoon\n"
    )
    path.write_text(text, encoding="utf-8")
    fact = Fact("acme", "It was founded.", "wsj-2021-06", "2021")
    assert add_fact(directory, fact) == path
    after = path.read_text(encoding="utf-8")
    assert after.startswith(f"{text}  facts:\n    - text: It was founded.")
    assert load(directory).entities["acme"].facts == (fact,)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"source": "nobody"}, "nobody"),
        ({"event_type": "exploded"}, "exploded"),
        ({"date": "yesterday"}, "yesterday"),
        ({"text": ""}, "text"),
    ],
)
def test_what_would_not_be_valid_is_not_written(
    directory: Path, change: dict[str, Any], said: str
) -> None:
    values = {"entity_id": "pipl", "text": "X.", "source": "wsj-2021-06", "date": "2021"} | change
    before = {path: path.read_bytes() for path in directory.rglob("*.yaml")}
    with pytest.raises(InvalidFilesError, match=said) as caught:
        add_fact(directory, Fact(**values))
    assert all(problem.line for problem in caught.value.problems)
    assert {path: path.read_bytes() for path in directory.rglob("*.yaml")} == before


def test_an_unknown_entity_is_told(directory: Path) -> None:
    with pytest.raises(NotFoundError, match="no entity 'nobody'"):
        add_fact(directory, Fact("nobody", "X.", "wsj-2021-06", "2021"))


ARTICLE = Source(
    "harbour-2026-03-01-abc123",
    "EU fines: TikTok pays",
    "Harbour",
    "2026-03-01",
    kind="article",
    link="https://harbour.example/1",
)


def test_an_article_and_its_facts_are_drafted_and_then_written(directory: Path) -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in directory.rglob("*.yaml")}
    facts = [
        Fact(entity, "It was fined.", ARTICLE.id, "2026-03-01", "fined", "eu")
        for entity in ("tiktok", "bytedance")  # of one file
    ]
    changes = drafted(directory, facts, ARTICLE)
    assert {path: path.read_text(encoding="utf-8") for path in texts} == texts
    assert [change.path.name for change in changes] == ["sources.yaml", "platforms.yaml"]
    write(changes)
    known = load(directory)
    assert known.sources[ARTICLE.id] == ARTICLE
    assert [known.entities[fact.entity_id].facts[-1] for fact in facts] == facts
    assert all(ARTICLE.id not in entity.documents for entity in known.entities.values())
    for change in changes:
        gone = [x for x in change.diff(directory).splitlines()[2:] if x.startswith("-")]
        assert gone == []
    again = drafted(directory, [], ARTICLE)
    assert again == ()  # it is there already


def test_only_an_article_may_be_missing_among_an_entity_s_documents(directory: Path) -> None:
    report = replace(ARTICLE, kind="document")
    with pytest.raises(InvalidFilesError, match="not among the entity's documents"):
        drafted(directory, [Fact("tiktok", "It was fined.", report.id, "2026-03-01")], report)
    wrong = replace(ARTICLE, link="harbour.example")
    with pytest.raises(InvalidFilesError, match="link"):
        drafted(directory, [], wrong)
