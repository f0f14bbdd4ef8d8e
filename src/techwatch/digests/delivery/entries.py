"""What a feed of developments holds. Pure."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from techwatch.digests.delivery.short import told

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from techwatch.digests.delivery.short import Told
    from techwatch.model import RenderedDigest

_NAMES = uuid.UUID("5a3c0a0e-6d0b-5f0e-9c57-7d2a4f1b8e21")  # ours; ids would change with it


@dataclass(frozen=True, slots=True)
class Entry:
    """A development in a feed."""

    id: str  # urn:uuid, the same for ever
    told: Told
    at: datetime  # when it was told last


@dataclass(frozen=True, slots=True)
class Syndicated:
    """A feed of an edition's developments, newest first."""

    id: str
    title: str
    language: str
    updated: datetime
    url: str | None  # of the folder that the feeds are shown in, ending in a slash
    entries: tuple[Entry, ...]
    names: tuple[str, str] = ("atom.xml", "feed.json")  # what follows the URL, of each form

    @classmethod
    def of(
        cls, digests: Sequence[RenderedDigest], found: tuple[Entry, ...], url: str | None
    ) -> Syndicated:
        """Make the feed of one edition; `digests` newest first, at least one."""
        newest = digests[0]
        data = json.loads(newest.json)
        return cls(
            id=name_of("edition", newest.edition_id),
            title=data.get("title") or newest.edition_id,
            language=data.get("language", "en"),
            updated=newest.composed_at or newest.slot,
            url=f"{url.rstrip('/')}/{newest.edition_id}/" if url else None,
            entries=found,
        )


def entries(digests: Sequence[RenderedDigest], most: int) -> tuple[Entry, ...]:
    """Return the developments of digests, given newest first; each once, as it was told last."""
    found: dict[str, Entry] = {}
    for digest in digests:
        for one in told(digest):
            if len(found) < most:
                at = digest.composed_at or digest.slot
                found.setdefault(one.id, Entry(name_of("development", one.id), one, at))
    return tuple(found.values())


def name_of(kind: str, key: str) -> str:
    """Return a URN that is the same for the same thing and for no other (RFC 4122, version 5)."""
    return uuid.uuid5(_NAMES, f"{kind}/{key}").urn
