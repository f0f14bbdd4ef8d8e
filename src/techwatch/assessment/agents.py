"""Who acts in a clause, for which jurisdiction, and on whom."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from techwatch.assessment.lexicon import Kind
from techwatch.assessment.told import Agent
from techwatch.model import EntityKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from techwatch.assessment.lexicon import Found
    from techwatch.assessment.told import Passage, Sighting
    from techwatch.model import Entity

DONE_TO = frozenset({"coercion", "litigation"})  # tracks whose steps need someone they are done to
_FIRMS = frozenset({"company", "product", "facility"})
_ACTING = frozenset({"government_body", "legislature", "party_body", "court", "person"})
_FIRM_WORDS = frozenset({"chinese_tech", "rival_tech"})
_FIELD_WORDS = _FIRM_WORDS | {"china"}

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_CHINESE_PASSIVE = re.compile(r"[被遭获未]")
_PASSIVE_BEFORE = re.compile(
    r"\b(?:is|are|was|were|been|being|be|gets?|got|faces?|blir|ble|er)\s+(?:\w+ly\s+)?$",
    re.IGNORECASE,
)
_PASSIVE_FORM = re.compile(
    r"(?:(?:gets?|got|wins?|won|receives?|obtains?|secures?|regains?)\b|\w+ed\b|banned|hit\b(?!\s+back)|under\b|fac(?:e|es|ing)\b|forbudt|blokkert|ilagt|(?:first|firms|companies|names)\b)",
    re.IGNORECASE,
)
_ACTIVE_FORM = re.compile(r"\w+ing\b", re.IGNORECASE)
# "China's firms", "China-based": China belongs to the name and does not act.
_ATTRIBUTE = re.compile(r"['’]s\b|[-\s](?:based|linked|backed|owned|made|tied)\b", re.IGNORECASE)
_BY = re.compile(r"\b(?:by|from|av)\s+(?:the\s+)?$", re.IGNORECASE)


def agent(sighting: Sighting) -> tuple[Agent, str | None]:
    """Tell who acts, and for which jurisdiction, as far as the clause says."""
    text, trigger = sighting.passage.text, sighting.trigger
    powers = [w for w in sighting.words if power(w, text) is not None]
    before = [w for w in powers if w.end <= trigger.start]
    after = [w for w in powers if w.end > trigger.start]
    firm = _firm_before(sighting)
    passive = is_passive(sighting)
    chinese = _CHINESE.match(sighting.surface)
    if before and (chinese or not (passive and firm is not None and firm < before[0].start)):
        return Agent.AUTHORITY, code(before)
    by = [w for w in after if _BY.search(text[max(0, w.start - 12) : w.start])]
    if by:
        return Agent.AUTHORITY, code(by)
    if firm is not None and not passive:
        return Agent.COMPANY, None
    return (Agent.AUTHORITY if passive and after else Agent.UNKNOWN), code(after)


def power(found: Found, text: str) -> str | None:
    """Return the jurisdiction that a word acts for: "" if it tells none, None if it can't act."""
    if found.word.kind is not Kind.CONTEXT:
        return None
    head, _, jurisdiction = found.word.value.partition(" ")
    if head == "place":
        attribute = jurisdiction == "cn" and _ATTRIBUTE.match(text, found.end)
        return None if attribute else jurisdiction
    return jurisdiction if head == "authority" else None


def code(found: Iterable[Found]) -> str | None:
    """Choose a jurisdiction among words: a part of a country before the country, then the first."""
    told = [jurisdiction for w in found if (jurisdiction := w.word.value.partition(" ")[2])]
    return next((one for one in told if "-" in one), told[0] if told else None)


def anywhere(passage: Passage) -> str | None:
    """Return the jurisdiction that a passage names, wherever it does."""
    return code(w for w in passage.words if power(w, passage.text))


def _firm_before(sighting: Sighting) -> int | None:
    """Where a company or product is named before the verb, if one is."""
    named = [
        (m.start, m.end) for m in sighting.mentions if _is_firm(sighting.entities[m.entity_id])
    ]
    words = [(w.start, w.end) for w in sighting.words if w.word.value in _FIRM_WORDS]
    return min(
        (start for start, end in named + words if end <= sighting.trigger.start), default=None
    )


def _is_firm(entity: Entity) -> bool:
    return entity.kind is EntityKind.ACTOR and entity.type in _FIRMS


def is_passive(sighting: Sighting) -> bool:
    """Whether the verb tells what is done to its subject.

    A Chinese verb is passive after 被, 遭 or 未, and mostly where nothing follows it.
    """
    text, trigger, clause = sighting.passage.text, sighting.trigger, sighting.clause
    before = text[max(clause.start, trigger.start - 24) : trigger.start]
    if _CHINESE.search(sighting.surface):
        marked = _CHINESE_PASSIVE.search(before[-12:] + sighting.surface[:1])
        return bool(marked) or not text[trigger.end : clause.end].strip()
    if _PASSIVE_FORM.match(sighting.surface):
        return True
    return bool(_PASSIVE_BEFORE.search(before)) and not _ACTIVE_FORM.match(sighting.surface)


def on_target(sighting: Sighting, track: str) -> bool:
    """Whether the subject of a passive verb, if it has one, belongs to the field.

    "Brothers investigated over bets on TikTok" is nothing that is done to TikTok.
    """
    start = sighting.trigger.start
    subject = sighting.passage.text[sighting.clause.start : start].strip()
    if track not in DONE_TO or not subject:
        return True
    if _CHINESE.match(sighting.surface):
        return not (is_passive(sighting) and _is_private(sighting, start))
    if not is_passive(sighting) or any(
        m.start < start or sighting.entities[m.entity_id].kind is EntityKind.LAW
        for m in sighting.mentions
    ):
        return True
    before = [w for w in sighting.words if w.start < start]
    if any(w.word.value in _FIELD_WORDS or w.word.kind is Kind.TOPIC for w in before):
        return True
    return not _is_private(sighting, start) and any(
        power(w, sighting.passage.text) is not None for w in before
    )


def _is_private(sighting: Sighting, start: int) -> bool:
    """Whether someone of daily life stands before: "a woman", "pupils"."""
    return any(w.word.value == "crime_and_life" and w.start < start for w in sighting.words)


def targets(sighting: Sighting, title: Passage, track: str) -> tuple[str, ...]:
    """Whom it concerns: the actors and laws of the clause, else of the title, else of the field.

    Those who act count only where nobody else is named and a step needs no one it is done to.
    """
    entities = sighting.entities
    for mentions in (sighting.mentions, title.mentions, sighting.passage.mentions):
        ids = list(dict.fromkeys(m.entity_id for m in mentions if _reported(m.entity_id, entities)))
        acted_on = [i for i in ids if entities[i].type not in _ACTING]
        if acted_on:
            return tuple(sorted(acted_on, key=lambda i: _order(entities[i], track)))
        if ids and track not in DONE_TO:
            return tuple(ids)
    return ()


def _order(entity: Entity, track: str) -> bool:
    """Firms before laws where something is done to them, laws before firms elsewhere."""
    return (entity.kind is EntityKind.LAW) == (track in DONE_TO | {"ownership_listing"})


def _reported(entity_id: str, entities: Mapping[str, Entity]) -> bool:
    entity = entities.get(entity_id)
    return entity is not None and entity.kind is not EntityKind.PLACE
