"""Tell an entry that came before under another guid from a new one.

Some publishers write a new guid at every poll. Such an entry has the link and the very text of one
that its feed brought before; it is not stored again.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from techwatch.storage import dropping
from techwatch.storage import tables as t

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from techwatch.model import Item

_CHUNK = 500  # values in one question: databases bound the number of parameters


class Look(NamedTuple):
    """What two tellings of one entry share, whatever their guids."""

    link: str | None
    content_hash: str


def told(connection: Connection, items: Sequence[Item]) -> dict[Look, set[datetime | None]]:
    """Return when entries that look like these were published, as far as their feed brought any."""
    found: dict[Look, set[datetime | None]] = {}
    hashes = sorted({item.content_hash for item in items})
    columns = (t.items.c.link, t.items.c.content_hash, t.items.c.published)
    for start in range(0, len(hashes), _CHUNK):
        wanted = (
            select(*columns)
            .where(t.items.c.feed_url == items[0].feed_url)
            .where(t.items.c.content_hash.in_(hashes[start : start + _CHUNK]))
        )
        for row in connection.execute(wanted):
            found.setdefault(Look(row.link, row.content_hash), set()).add(row.published)
    for item, published in dropping.alike(connection, items):
        found.setdefault(Look(item.link, item.content_hash), set()).add(published)
    return found


def new_ones(
    unknown: Iterable[Item], document: Iterable[Item], before: dict[Look, set[datetime | None]]
) -> list[Item]:
    """Return the entries that are new; an entry with another guid and the same look is not.

    Posts that share link and text, such as "Daily issue" on the front page, are told apart by when
    they were published, unless only one entry of the document has that link.
    """
    links = Counter(item.link for item in document)
    seen = {look: set(times) for look, times in before.items()}
    new = []
    for item in unknown:
        times = seen.setdefault(Look(item.link, item.content_hash), set())
        alone = item.link is not None and links[item.link] == 1
        if not times or not (alone or item.published in times):
            new.append(item)
        times.add(item.published)
    return new
