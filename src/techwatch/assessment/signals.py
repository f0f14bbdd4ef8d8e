"""What can be said of an item as a whole: the features on which its verdict rests.

Each signal is a small number from 0 to 1 with a name; techwatch.assessment.weights says what it
is worth and how it is told to people.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from techwatch.assessment.forms import COMMENTARY, forms
from techwatch.assessment.lexicon import Kind
from techwatch.assessment.told import ASSERTED, Agent
from techwatch.model import Direction, EntityKind, Field, Mode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from techwatch.assessment.told import Passage, Told
    from techwatch.model import Entity, Mention

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_BACKED = re.compile(r"[-\s](?:backed|invested)\b", re.IGNORECASE)
_FORMER = re.compile(r"\b(?:former|ex|one-time)[-\s]$", re.IGNORECASE)
EVENT = "event:"  # begins the signal that names the kind of the surest event
_NEAR = 5  # characters: " on ", " of "
_GREAT_POWERS = frozenset({"us", "cn", "eu"})
_FIRMS = frozenset({"company", "product", "facility"})
_FORMS = (
    "opinion",
    *COMMENTARY,
    "in_passing",
    "gadget",
    "crime_and_life",
    "geopolitics",
    "vehicles_and_goods",
    "binding_genre",
    "soft_genre",
    "reply",
    "hong_kong_taiwan",
    "rival_tech",
    "measure",
)


def signals(
    passages: Sequence[Passage], told: Sequence[Told], entities: Mapping[str, Entity]
) -> dict[str, float]:
    """Return the signals of an item that are not zero."""
    title = [p for p in passages if p.field is Field.TITLE]
    rest = [p for p in passages if p.field is not Field.TITLE]
    values = {f"{name}_in_title": value for name, value in _of_words(title).items()}
    values |= {f"{name}_in_text": value for name, value in _of_words(rest).items()}
    values |= {f"{name}_in_title": 1.0 for name in _named(title, entities)}
    values |= {f"{name}_in_text": 1.0 for name in _named(rest, entities)}
    values |= _of_event(told)
    values |= forms(passages, told, values) | _of_names(passages)
    values |= _together(values)
    return {name: value for name, value in values.items() if value}


def _of_words(passages: Sequence[Passage]) -> dict[str, float]:
    """Read topics, contexts and noise; topics count up to three different places."""
    values: dict[str, float] = {}
    words = [w for p in passages for w in p.words]
    topics = {(w.start, w.end) for w in words if w.word.kind is Kind.TOPIC}
    values["topic"] = min(len(topics), 3) / 3
    values["noise"] = float(any(w.word.kind is Kind.NOISE for w in words))
    meant = [w for w in words if w.word.value == "meant"]
    contexts = {
        w.word.value
        for w in words
        if w.word.kind is Kind.CONTEXT
        and not (w.word.value == "in_passing" and any(other.overlaps(w) for other in meant))
    }
    for name in ("china", "chinese_tech", *_FORMS):
        values[name] = float(name in contexts)
    values["commentary"] = float(not contexts.isdisjoint(COMMENTARY))
    values["authority"] = float(any(name.startswith("authority") for name in contexts))
    values["place"] = float(any(_abroad(name) for name in contexts))
    return values


def _abroad(name: str) -> bool:
    return name.startswith("place ") and name != "place cn"


def _named(passages: Iterable[Passage], entities: Mapping[str, Entity]) -> set[str]:
    """Say what sorts of entities the mentions name."""
    found = [(p, m) for p in passages for m in p.mentions if m.entity_id in entities]
    meant = {m.entity_id for p, m in found if not _only_described_by(p.text, m)}
    return {sort for entity_id in meant for sort in _sorts(entities[entity_id])}


def _only_described_by(text: str, mention: Mention) -> bool:
    """Whether the name only describes someone else: "Tencent-backed", "former Google chief"."""
    before = text[max(0, mention.start - 10) : mention.start]
    return bool(_BACKED.match(text, mention.end) or _FORMER.search(before))


def _sorts(entity: Entity) -> set[str]:
    if entity.kind is EntityKind.LAW:
        return {"law"}
    if entity.kind is EntityKind.PLACE:
        return {"china"} if entity.country == "cn" or entity.id == "china" else set()
    if entity.type not in _FIRMS:
        return _officials(entity)
    if entity.country != "cn":
        return {"foreign_tech"}
    return {"cn_tech", "cn_platform" if entity.sector == "platforms" else "cn_maker"}


def _officials(entity: Entity) -> set[str]:
    if entity.type == "person":
        return {"person"}
    return {"official", "cn_official"} if entity.country == "cn" else {"official"}


def _of_event(told: Sequence[Told]) -> dict[str, float]:
    """Read the surest event: its track, how it is told, where."""
    if not told:
        return {"no_event": 1.0}
    main = told[0]
    event = main.event
    where = "title" if event.field is Field.TITLE else "text"
    asserted = event.mode in ASSERTED and not main.background
    return {
        f"{event.track}_{where}": 1.0,
        f"{EVENT}{event.event_type}": 1.0,
        "asserted": float(asserted),
        "possible": float(event.mode is Mode.POSSIBLE),
        "planned": float(event.mode is Mode.PROPOSED),
        "background_only": float(main.background),
        "by_authority": float(main.agent is Agent.AUTHORITY),
        "off_target": float(not main.on_target),
        "by_company": float(main.agent is Agent.COMPANY),
        "by_power": float(event.jurisdiction in _GREAT_POWERS),
        "strength": main.strength,
        "step": float(main.is_step),
        "step_back": float(event.direction is Direction.BACK and asserted),
        "step_up": float(event.direction is Direction.UP and asserted),
    }


def _of_names(passages: Sequence[Passage]) -> dict[str, float]:
    text = " ".join(p.text for p in passages if p.field is Field.TITLE)
    return {
        "measure_at_name": float(any(_measured(p) for p in passages if p.field is Field.TITLE)),
        "in_chinese": float(bool(_CHINESE.search(text))),
    }


def _measured(passage: Passage) -> bool:
    """Whether a measure stands right at a name: "TikTok ban", "sanctions on Huawei"."""
    return any(
        0 <= w.start - m.end <= _NEAR or 0 <= m.start - w.end <= _NEAR
        for w in passage.words
        if w.word.value == "measure"
        for m in passage.mentions
    )


def _together(v: Mapping[str, float]) -> dict[str, float]:
    """Combine signals that mean more together than apart."""

    def has(*names: str) -> bool:
        return any(v.get(name) for name in names)

    china = has("china_in_title", "china_in_text", "hong_kong_taiwan_in_title")
    cn_tech = has("cn_tech_in_title", "chinese_tech_in_title")
    other_tech = has("foreign_tech_in_title", "rival_tech_in_title")
    topic = has("topic_in_title")
    power = has("authority_in_title", "place_in_title")
    return {
        "china_and_topic": float(has("china_in_title") and topic),
        "china_and_topic_text": float(china and has("topic_in_title", "topic_in_text")),
        "other_tech_and_china": float(other_tech and china),
        "other_tech_alone": float(other_tech and not china and not cn_tech),
        "cn_tech_and_power": float(cn_tech and power),
        "cn_tech_alone": float(cn_tech and not power and not china),
        "cn_tech_and_step": float(
            cn_tech and has("coercion_title", "law_making_title", "trade_control_title")
        ),
        "cn_tech_and_case": float(
            cn_tech and has("litigation_title", "security_title", "ownership_listing_title")
        ),
        "cn_tech_and_statement": float(cn_tech and has("statement_title")),
        "no_china": float(not china and not cn_tech and not has("cn_tech_in_text")),
        "cn_official_and_step": float(has("cn_official_in_title") and has("step")),
        "law_and_topic": float(has("law_in_title", "law_in_text") and topic),
        "measure_and_tech": float(
            (cn_tech or other_tech or has("china_in_title")) and has("measure_in_title")
        ),
        "platform_without_power": float(
            has("cn_platform_in_title")
            and not power
            and not has("measure_in_title")
            and not has("china_in_title", "law_in_title", "authority_in_text", "china_in_text")
        ),
    }
