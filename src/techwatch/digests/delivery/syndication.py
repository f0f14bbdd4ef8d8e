"""Write an edition's developments as an Atom feed and a JSON Feed, for other readers.

Both are made anew from the frozen digests each time, so a file that was lost or is out of date
mends itself, and writing twice changes nothing. A development keeps its id whatever becomes of it;
one that was told again stands once, as it was told last.
"""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

from techwatch.digests.delivery.entries import Syndicated, entries
from techwatch.digests.delivery.feed_formats import atom, json_feed
from techwatch.digests.delivery.files import replace_file
from techwatch.errors import DeliveryError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from techwatch.digests.delivery import Handing
    from techwatch.digests.delivery.syndication_settings import SyndicationSettings
    from techwatch.model import Delivery, Edition, RenderedDigest

_EDITION = re.compile(r"[a-z0-9][a-z0-9-]{0,39}\Z")
_DIGESTS = 100  # of the newest ones, in which the developments are looked for


class SyndicationChannel:
    """The channel `syndication`: <path>/<edition>/atom.xml and feed.json."""

    id = "syndication"
    repeatable = True  # the same files with the same content

    def __init__(
        self,
        settings: SyndicationSettings,
        base: Path,
        latest: Callable[[str, int], Sequence[RenderedDigest]],
    ) -> None:
        """Write below `base`; `latest` gives an edition's newest digests, newest first."""
        self._settings = settings
        self._path = base / settings.path
        self._latest = latest

    def recipients(self, edition: Edition) -> tuple[str, ...]:  # noqa: ARG002 - one for all
        """Return the channel itself: a feed has no addressees."""
        return (self.id,)

    def problem(self, edition: Edition) -> str | None:  # noqa: ARG002 - the same for all
        """Return None: it needs no set-up."""
        return None

    async def send(self, digest: RenderedDigest, delivery: Delivery, handing_over: Handing) -> None:
        """Write both feeds, each whole or not at all; raises DeliveryError where it can't."""
        del delivery
        if not _EDITION.match(digest.edition_id):
            message = f"{digest.edition_id!r} is no edition id"
            raise DeliveryError(self.id, message, permanent=True)
        await handing_over()
        try:
            await asyncio.to_thread(self._write, digest)
        except OSError as error:
            message = f"{self._path} can't be written: {error.strerror or error}"
            raise DeliveryError(self.id, message) from error

    def _write(self, digest: RenderedDigest) -> None:
        folder = self._path / digest.edition_id
        folder.mkdir(parents=True, exist_ok=True)
        digests = self._latest(digest.edition_id, _DIGESTS) or [digest]
        feed = Syndicated.of(digests, entries(digests, self._settings.most), self._settings.url)
        replace_file(folder / "atom.xml", atom(feed))
        replace_file(folder / "feed.json", json_feed(feed))
