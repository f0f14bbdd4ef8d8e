from __future__ import annotations

import pytest

from techwatch.matching import Matcher, MatchingSettings
from techwatch.model import Baseline, Entity, EntityKind, Field, Name, Vocabulary


def entity(entity_id: str, kind: EntityKind, what: str, country: str, *names: Name) -> Entity:
    return Entity(entity_id, kind, what, names[0].text, names, country=country)


def name(text: str, *, weak: bool = False) -> Name:
    return Name(text, "en" if text.isascii() else "zh", weak)


ENTITIES = (
    entity(
        "us_controls",
        EntityKind.LAW,
        "regime",
        "us",
        name("Export Administration Regulations"),
        name("export controls", weak=True),
        name("出口管制", weak=True),
    ),
    entity(
        "mofcom",
        EntityKind.ACTOR,
        "government_body",
        "cn",
        name("Ministry of Commerce"),
        name("商务部"),
    ),
    entity("china", EntityKind.PLACE, "country", "cn", *map(name, ("China", "Beijing", "中国"))),
    entity("us", EntityKind.PLACE, "country", "us", *map(name, ("US", "Washington", "美方"))),
)
VOCABULARY = Vocabulary(
    "en",
    topics=("chip(s)?", "gallium", "镓"),
    contexts={
        "place jp": ("(japan|japanese)",),
        "place in": ("(india|indian)",),
        "place kr": ("韩国",),
        "place cn": ("(china|chinese|中国)",),
        "opinion": ("op ed",),
    },
)
MATCHER = Matcher(
    Baseline({e.id: e for e in ENTITIES}, {}, {}, {"en": VOCABULARY}, {}, "0" * 12),
    MatchingSettings(),
)


def named(text: str) -> set[str]:
    return {mention.entity_id for mention in MATCHER.mentions({Field.TITLE: text})}


@pytest.mark.parametrize(
    ("text", "whose"),
    [
        ("US tightens export controls on chips for China", "us"),
        ("Washington's new export controls on chips bite in Beijing", "us"),
        ("China says US export controls harm its chips", "us"),
        ("Chinese firms fear Washington's export controls on chips", "us"),
        ("美方宣布镓出口管制新规", "us"),
        ("China hits back at Washington with export controls on gallium", "cn"),
        ("Beijing announces export controls on gallium as Washington watches", "cn"),
        ("China's gallium export controls worry Washington", "cn"),
        ("Japanese export controls hit chips bound for the US", "jp"),
        ("中国对镓实施出口管制，美方反对", "cn"),
    ],
)
def test_a_measure_belongs_to_who_takes_it(text: str, whose: str) -> None:
    assert ("us_controls" in named(text)) is (whose == "us")


@pytest.mark.parametrize(
    ("text", "whose"),
    [
        ("The Ministry of Commerce answers", "cn"),
        ("China's Ministry of Commerce answers", "cn"),
        ("In India, the Ministry of Commerce of China answers", "cn"),
        ("商务部回应韩国", "cn"),
        ("Indian Ministry of Commerce answers", "in"),
        ("India’s Ministry of Commerce answers", "in"),
        ("The Ministry of Commerce and Industry of India answers", "in"),
        ("韩国商务部回应", "kr"),
    ],
)
def test_a_body_belongs_to_the_country_beside_it(text: str, whose: str) -> None:
    assert ("mofcom" in named(text)) is (whose == "cn")


def test_the_reason_names_the_other_power() -> None:
    low = Matcher(
        Baseline({e.id: e for e in ENTITIES}, {}, {}, {"en": VOCABULARY}, {}, "0" * 12),
        MatchingSettings(cutoff=0.1),
    )
    (mention,) = low.mentions({Field.TITLE: "India’s Ministry of Commerce answers"})
    assert "India" in mention.features[-1].sentence
