"""The baseline that the project ships."""

from __future__ import annotations

import csv
import re
import time
from functools import cache
from pathlib import Path

import pytest

from techwatch.baseline.dates import span
from techwatch.baseline.loading import check, load
from techwatch.model import Baseline, Direction, Entity, EntityKind, Name
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


def test_the_slow_checks_find_nothing(baseline: Baseline) -> None:
    assert check(ROOT / "baseline") == baseline


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


@pytest.mark.parametrize(
    ("entity", "one", "other"),
    [
        ("ant_ipo_halt", "nupi-2021", "wsj-2021-06"),  # who halted the listing
        ("ant_group", "nupi-2021", "wsj-2021-06"),
        ("jack_ma", "nupi-2021", "wsj-2021-06"),
        ("ant_group", "chinawatch-2019-10-31", "wsj-2021-06"),  # whose Ant is
        ("alibaba", "chinawatch-2019-10-31", "wsj-2021-06"),
        ("huawei", "chinawatch-2019-10-31", "nupi-2021"),  # whether the blockade backfired
        ("huawei", "chinawatch-2019-10-31", "china-bystander-wechat"),
        ("huawei_5g_lobby", "chinawatch-2019-10-31", "nupi-2021"),
    ],
)
def test_documents_that_disagree_are_both_heard(
    baseline: Baseline, entity: str, one: str, other: str
) -> None:
    disputes = {(f.source, d) for f in baseline.entities[entity].facts for d in f.disputed_by}
    assert {(one, other), (other, one)} <= disputes


@pytest.mark.parametrize(
    ("entity", "source", "word"),
    [
        ("alibaba", "cvt-2020-10-21", "Hangzhou"),
        ("clean_network", "cvt-2020-10-21", "five"),
        ("ufwd", "china-bystander-wechat", "wrong way round"),
        ("itu", "cvt-2020-10-21", "agency"),
    ],
)
def test_mistakes_of_a_document_are_noted(
    baseline: Baseline, entity: str, source: str, word: str
) -> None:
    notes = [f.note for f in baseline.entities[entity].facts if f.source == source and f.note]
    assert any(word in note for note in notes)


SECTORS = {
    "networks": "huawei china_mobile china_telecom china_unicom china_tower zte",
    "devices": "lenovo legend_holdings xiaomi hikvision tcl boe",
    "platforms": "jd alibaba tencent suning baidu netease",
    "components": "cec cetc smic will_semi",
}


@pytest.mark.parametrize("sector", SECTORS)
def test_sectors_are_those_of_the_policy_brief(baseline: Baseline, sector: str) -> None:
    for entity in SECTORS[sector].split():
        assert baseline.entities[entity].sector == sector


@pytest.mark.parametrize(
    "names",
    [
        "ccp Det kinesiske kommunistpartiet",
        "npc Folkekongressen",
        "mofcom Kinas handelsdepartement",
        "white_house Det hvite hus",
        "us_treasury USAs finansdepartement",
        "un De forente nasjoner",
        "china Kina",
        "germany Tyskland",
        "norway Norge",
        "eu Den europeiske union",
        "bri Belte og vei",
        "pipl Kinas personvernlov",
        "uel liste over upålitelige enheter",
    ],
)
def test_norwegian_texts_have_names_of_their_own(baseline: Baseline, names: str) -> None:
    entity, text = names.split(" ", 1)
    name = next(n for n in baseline.entities[entity].names if n.text == text)
    assert (name.language, name.ours) == ("nb", True)


PHRASES = {"en": 250, "zh": 200, "nb": 80}


@pytest.mark.parametrize("language", PHRASES)
def test_vocabularies_are_rich(baseline: Baseline, language: str) -> None:
    vocabulary = baseline.vocabularies[language]
    patterns = {trigger.pattern for trigger in vocabulary.triggers}
    patterns |= {pattern for marker in vocabulary.markers.values() for pattern in marker}
    assert len({phrase for p in patterns for phrase in _phrases(p)}) >= PHRASES[language]


def test_event_types_are_many_and_explained(baseline: Baseline) -> None:
    assert len(baseline.event_types) >= 30
    for event_type in baseline.event_types.values():
        assert event_type.sentence.endswith(".")
        assert 0 < event_type.weight <= 1
        on_ladder = event_type.direction is not Direction.NONE
        assert on_ladder == (event_type.rung in baseline.tracks[event_type.track].rungs)


@pytest.mark.parametrize("language", PHRASES)
def test_every_event_type_has_words(baseline: Baseline, language: str) -> None:
    told = {trigger.event_type for trigger in baseline.vocabularies[language].triggers}
    assert told == set(baseline.event_types)


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


@pytest.mark.parametrize(
    "ambiguous",
    [
        "ant_group Ant",
        "grab Grab",
        "tcl TCL",
        "jd JD",
        "apple Apple",
        "oracle Oracle",
        "bing Bing",
        "sina Sina",
        "cac CAC",
        "dsl DSL",
        "smic SMIC",
        "will_semi Will Semiconductor",
        "jack_ma Mr. Ma",
        "pony_ma Mr. Ma",
        "nsl2015 National Security Law",
        "cec 中国电子",
    ],
)
def test_ambiguous_names_have_a_rule(baseline: Baseline, ambiguous: str) -> None:
    entity_id, text = ambiguous.split(" ", 1)
    entity = baseline.entities[entity_id]
    (name,) = (name for name in entity.names if name.text == text)
    assert name.weak or name.exact_case
    assert name.weak or any(_letters(text) in _letters(f.text) for f in entity.false_friends)


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


@pytest.mark.skipif(not DOCUMENTS.is_dir(), reason=f"{DOCUMENTS} is not here: names not sought")
def test_names_that_are_not_ours_stand_in_a_document(baseline: Baseline) -> None:
    texts = {
        source.id: _document(source.id)
        for source in baseline.sources.values()
        if source.kind == "document"
    }
    unfound = [
        (entity.id, name.text)
        for entity in baseline.entities.values()
        for name in entity.names
        if not name.ours and not any(_stands(name, texts[d]) for d in entity.documents)
    ]
    assert unfound == []


@pytest.mark.skipif(not DOCUMENTS.is_dir(), reason=f"{DOCUMENTS} is not here: names not sought")
def test_names_that_are_ours_stand_in_no_document(baseline: Baseline) -> None:
    found = [
        (entity.id, name.text)
        for entity in baseline.entities.values()
        for name in entity.names
        if name.ours and name.language != "nb"  # the policy brief's page is Norwegian
        for document in entity.documents
        if _stands(name, _without_longer(entity, name, _document(document)))
    ]
    assert found == []


@cache
def _document(source: str) -> str:
    return (DOCUMENTS / f"{source}.txt").read_text(encoding="utf-8").replace("\u2019", "'")


def _stands(name: Name, text: str) -> bool:
    """Whether the name stands in the text; hyphens are spaces, and case tells what is ours."""
    pattern = r"[\s-]+".join(map(re.escape, re.split(r"[\s-]+", name.text)))
    flags = re.NOFLAG if name.exact_case or name.ours else re.IGNORECASE
    return re.search(rf"(?<!\w){pattern}s?(?!\w)", text, flags) is not None


def _without_longer(entity: Entity, name: Name, text: str) -> str:
    """Take the names out that hold this one: JD.com is no use of JD."""
    for other in entity.names:
        if name.text in other.text and name.text != other.text:
            text = text.replace(other.text, "")
    return text


def _phrases(pattern: str) -> list[str]:
    """Give the phrases of a pattern that only lists some; any other is one phrase."""
    listed = re.fullmatch(r"\(([^()]*)\)", pattern)
    return listed[1].split("|") if listed else [pattern]


def _letters(text: str) -> str:
    return fold(text).text.replace(" ", "")


def _runs(text: str, length: int = 7) -> set[tuple[str, ...]]:
    """All runs of so many words."""
    words = re.findall(r"\w+", fold(text).text)
    return {tuple(words[i : i + length]) for i in range(len(words) - length + 1)}
