"""What readers ask a desk for: addresses as people come by them, made of what a store holds."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from sqlalchemy import func, select

from techwatch.issues import stamp
from techwatch.storage import tables as t

if TYPE_CHECKING:
    from techwatch.storage import Store

KNOWN = 200  # addresses of a kind
_NAMES = ("TikTok", "Huwei", "中芯国际", "SMIC export licence", "Zhipu", "Bytedance", "a cat")
_TEXT = (
    "The Commerce Department added Yangtze Memory and 21 other firms to the Entity List on "
    "Thursday, and said that the rule on advanced chips would be tightened. Huawei did not answer "
    "questions. A spokesman of MIIT called the step economic coercion. "
) * 6
_SOUGHT = (
    "huawei", "chip export", '"entity list"', "tiktok OR bytedance", "entity:huawei", "芯片",
    "verdict:flagged china", "smic NOT huawei", "semiconductor since:30d", "data security law",
)  # fmt: skip
_FILTERS = (
    {"verdict": "novel"}, {"verdict": "escalating", "score": "0.8"}, {"language": "zh"},
    {"track": "trade_control"}, {"jurisdiction": "us"}, {"entity": "huawei"},
    {"jurisdiction": "cn", "language": "en"}, {"tag": "press"},
)  # fmt: skip


def pages(store: Store) -> dict[str, list[Any]]:
    """Return requests by page: {"path": ...}, with {"form": ...} or {"json": ...} where sent."""
    chance = random.Random(5)  # noqa: S311 - the same each time
    stories, entities, digests = _known(store, chance)
    found: dict[str, list[str]] = {
        "Today": ["/"],
        "Today, filtered": [f"/?{urlencode(one)}" for one in _FILTERS],
        "Story": [f"/stories/{one}" for one in stories],
        "Entity": [f"/entities/{one}" for one in entities],
        "Entities": ["/entities", "/entities?q=huawei"],
        "Search": [f"/search?{urlencode({'q': one})}" for one in _SOUGHT],
        "Search: developments": [
            f"/search?{urlencode({'q': one, 'what': 'developments'})}" for one in _SOUGHT
        ],
        "Feeds": ["/feeds"],
        "Emerging": ["/emerging"],
        "Digests": ["/digests"],
        "Digest": [f"/digests/{edition}/{slot}" for edition, slot in digests],
        "Baseline": ["/baseline"],
        "Status": ["/status"],
        "Teaching": ["/teaching"],
        "API: developments": ["/api/v1/developments", "/api/v1/developments?limit=200"],
        "API: story": [f"/api/v1/stories/{one}" for one in stories],
        "API: entity": [f"/api/v1/entities/{one}" for one in entities],
        "API: search": [f"/api/v1/search?{urlencode({'q': one})}" for one in _SOUGHT],
    }
    asked = {name: [{"path": path} for path in paths] for name, paths in found.items()}
    asked["Check: a name"] = [{"path": "/check", "form": {"text": one}} for one in _NAMES]
    asked["Check: a text"] = [{"path": "/check", "form": {"text": _TEXT}}]
    return asked


def _known(
    store: Store, chance: random.Random
) -> tuple[list[str], list[str], list[tuple[str, str]]]:
    """Return stories (half of them of the last days), entities (as often as told), digests."""
    d, e = t.developments.c, t.item_entities.c
    with store.database.read() as connection:
        newest = connection.scalars(
            select(d.story_id).order_by(d.created_at.desc()).limit(KNOWN // 2)
        ).all()
        every = connection.scalars(select(d.story_id).order_by(d.created_at)).all()
        told = connection.execute(
            select(e.entity_id, func.count().label("n")).group_by(e.entity_id)
        ).all()
        slots = connection.execute(
            select(t.digests.c.edition_id, t.digests.c.slot)
            .order_by(t.digests.c.slot.desc())
            .limit(20)
        ).all()
    stories = [*newest, *chance.sample(list(every), min(KNOWN // 2, len(every)))]
    names, often = [row[0] for row in told], [row[1] for row in told]
    entities = chance.choices(names, often, k=KNOWN)
    return stories, entities, [(row[0], stamp(row[1])) for row in slots]
