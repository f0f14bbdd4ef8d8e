"""The baseline that the project ships."""

from __future__ import annotations

import csv
import re
import time
from pathlib import Path

import pytest

from techwatch.baseline.dates import span
from techwatch.baseline.loading import load
from techwatch.model import Baseline, Direction, Entity, EntityKind
from techwatch.text import fold

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"
DOCUMENTS = ROOT.parent / "shared" / "documents"
PLACES = {"country", "bloc", "city_region"}


@pytest.fixture(scope="module")
def baseline() -> Baseline:
    return load(ROOT / "baseline")


def _reported(baseline: Baseline) -> list[Entity]:
    return [e for e in baseline.entities.values() if e.kind is not EntityKind.PLACE]


def test_it_loads_fast() -> None:
    started = time.perf_counter()
    load(ROOT / "baseline")
    # 0.06 s on two idle cores; the margin is for busy ones.
    assert time.perf_counter() - started < 1.0


def test_every_fact_has_a_source_and_a_date_not_after_what_was_due(baseline: Baseline) -> None:
    facts = [fact for entity in baseline.entities.values() for fact in entity.facts]
    assert len(facts) > 200
    for fact in facts:
        assert fact.source in baseline.sources
        assert span(fact.date)[0].year >= 1980
        assert fact.text.endswith(".")


def test_every_actor_and_law_has_a_fact_from_each_of_its_documents(baseline: Baseline) -> None:
    missing = [
        (entity.id, document)
        for entity in _reported(baseline)
        for document in entity.documents
        if document not in {fact.source for fact in entity.facts}
    ]
    assert missing == []


def test_steps_on_ladders_say_whose_they_are(baseline: Baseline) -> None:
    nobody = [
        (fact.entity_id, fact.event_type)
        for entity in baseline.entities.values()
        for fact in entity.facts
        if fact.event_type
        and baseline.event_types[fact.event_type].direction is not Direction.NONE
        and fact.jurisdiction is None
    ]
    assert nobody == []


def test_posts_are_named_where_a_document_has_several(baseline: Baseline) -> None:
    several = {"china-bystander-wechat", "cvt-2020-10-21"}
    unnamed = [
        fact.text
        for entity in baseline.entities.values()
        for fact in entity.facts
        if fact.source in several and fact.post is None
    ]
    assert unnamed == []


def test_what_is_reported_can_be_found_in_english_and_chinese(baseline: Baseline) -> None:
    # Two American commentators have no usual Chinese name.
    exempt = {"ryan_fedasiuk", "lester_ross"}
    for language in ("en", "zh"):
        lacking = [
            entity.id
            for entity in _reported(baseline)
            if entity.id not in exempt
            and not any(n.language == language for n in entity.names)
            and not any(d.language == language for d in entity.described)
            and not (language == "zh" and any(n.text == "App Store" for n in entity.names))
        ]
        assert [i for i in lacking if i not in {"icloud", "tiktok", "instagram"}] == []


def test_false_friends_hold_a_name(baseline: Baseline) -> None:
    for entity in baseline.entities.values():
        names = [_letters(name.text) for name in entity.names]
        for friend in entity.false_friends:
            # A single word may also be one that a misspelt name would be taken for.
            holds = any(name in _letters(friend.text) for name in names)
            assert holds or friend.text.isalpha(), (entity.id, friend.text)


def test_places_have_no_facts(baseline: Baseline) -> None:
    for entity in baseline.entities.values():
        if entity.kind is EntityKind.PLACE:
            assert entity.facts == ()


def test_every_ladder_can_be_climbed_and_left(baseline: Baseline) -> None:
    for track in baseline.tracks.values():
        types = [t for t in baseline.event_types.values() if t.track == track.id]
        reached = {t.rung for t in types if t.direction is Direction.UP}
        assert reached == set(track.rungs), track.id
        if track.rungs:
            assert any(t.direction is Direction.BACK for t in types), track.id


@pytest.mark.skipif(not DATA.is_dir(), reason=f"{DATA} is not here: ids are not compared")
def test_ids_kinds_and_documents_are_those_of_the_labels(baseline: Baseline) -> None:
    with (DATA / "entities.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    assert set(baseline.entities) == set(rows)
    for entity in baseline.entities.values():
        row = rows[entity.id]
        kind = "place" if row["type"] in PLACES else row["kind"]
        assert (entity.kind, set(entity.documents)) == (kind, set(row["documents"].split()))


@pytest.mark.skipif(not DOCUMENTS.is_dir(), reason=f"{DOCUMENTS} is not here: no comparison")
def test_no_wording_of_the_documents_is_repeated(baseline: Baseline) -> None:
    shown: set[tuple[str, ...]] = set()
    for path in DOCUMENTS.glob("*.txt"):
        shown |= _runs(path.read_text(encoding="utf-8"))
    for entity in baseline.entities.values():
        for fact in entity.facts:
            shared = _runs(fact.text) & shown
            assert not shared, (entity.id, fact.text, shared)


def _letters(text: str) -> str:
    return fold(text).text.replace(" ", "")


def _runs(text: str, length: int = 7) -> set[tuple[str, ...]]:
    """All runs of so many words."""
    words = re.findall(r"\w+", fold(text).text)
    return {tuple(words[i : i + length]) for i in range(len(words) - length + 1)}
