"""Whether an edition told a story as it is now.

News that arrives late may take over a story that was told already, and draw the item that was told
to another one. What is left then was never told, whatever the story's id says.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import exists, select

from techwatch.storage import tables as t

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import ColumnElement, Connection, Exists

_c, _d, _s = t.developments.c, t.digest_developments.c, t.story_items.c
_leads_still: ColumnElement[bool] = exists(
    select(_s.item_id)
    .where(_s.story_id == _d.development_id, _s.item_id == _d.item_id)
    .correlate(t.digest_developments)
)


def told_ever(edition_id: str) -> Exists:
    """Say whether an edition told a development, by whatever item."""
    return exists().where(_d.development_id == _c.id, _d.edition_id == edition_id)


def told_still(edition_id: str) -> Exists:
    """Say whether an edition told a development by an item that tells its story now."""
    own = (_d.development_id == _c.id, _d.edition_id == edition_id)
    return exists().where(*own, _leads_still)


def shown(connection: Connection, edition_id: str, development_id: str) -> set[str]:
    """Return the ids of the items by which an edition's digests told a development."""
    j = t.digests.c
    wanted = (
        select(j.json)
        .join(t.digest_developments, (_d.edition_id == j.edition_id) & (_d.slot == j.slot))
        .where(_d.development_id == development_id, _d.edition_id == edition_id)
    )
    found: set[str] = set()
    for content in connection.scalars(wanted):
        digest = json.loads(content)
        parts = [*digest.get("groups", ()), {"developments": digest.get("follow_ups", ())}]
        for told in (d for part in parts for d in part["developments"]):
            if told["id"] == development_id:
                found |= {told["item_id"], *(other["item_id"] for other in told["others"])}
    return found


def told_meanwhile(
    connection: Connection, edition_id: str, development_ids: Collection[str]
) -> bool:
    """Whether an edition told any of these developments as its story is now."""
    wanted = select(_d.slot).where(
        _d.edition_id == edition_id, _d.development_id.in_(development_ids), _leads_still
    )
    return connection.execute(wanted.limit(1)).first() is not None
