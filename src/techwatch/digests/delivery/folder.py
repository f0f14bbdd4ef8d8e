"""Leave digests in a folder, as mail, HTML, plain text and JSON. Needs no settings to work."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

from techwatch.digests.delivery.files import replace_file
from techwatch.digests.delivery.message import build
from techwatch.errors import DeliveryError

if TYPE_CHECKING:
    from datetime import datetime

    from techwatch.digests.delivery import Handing
    from techwatch.digests.delivery.folder_settings import FolderSettings
    from techwatch.model import Delivery, Edition, RenderedDigest

_EDITION = re.compile(r"[a-z0-9][a-z0-9-]{0,39}\Z")
_SLOT, _MOMENT = "%Y-%m-%dT%H%MZ", "%Y-%m-%dT%H%M%SZ"
_SENDER = "techwatch@localhost"


class FolderChannel:
    """The channel `folder`: <path>/<edition>/<slot>.eml, .html, .txt, .json, and latest.html."""

    id = "folder"
    repeatable = True  # the same files with the same content

    def __init__(self, settings: FolderSettings, base: Path = Path()) -> None:
        self._path = base / settings.path

    def recipients(self, edition: Edition) -> tuple[str, ...]:  # noqa: ARG002 - one for all
        """Return the channel itself: a folder has no addressees."""
        return (self.id,)

    def problem(self, edition: Edition) -> str | None:  # noqa: ARG002 - the same for all
        """Return None: it needs no set-up."""
        return None

    async def send(self, digest: RenderedDigest, delivery: Delivery, handing_over: Handing) -> None:
        """Write the files, each whole or not at all; writing them again changes nothing.

        Raises DeliveryError where they can't be written.
        """
        await handing_over()
        try:
            await asyncio.to_thread(self._write, digest, delivery.message_id)
        except OSError as error:
            message = f"{self._path} can't be written: {error.strerror or error}"
            raise DeliveryError(self.id, message) from error
        except ValueError as error:
            raise DeliveryError(self.id, str(error), permanent=True) from error

    def place(self, edition_id: str, slot: datetime, suffix: str = ".html") -> Path:
        """Return the path of a file of a digest; raises ValueError for an impossible id."""
        if not _EDITION.match(edition_id):
            message = f"{edition_id!r} is no edition id"
            raise ValueError(message)
        form = _MOMENT if slot.second or slot.microsecond else _SLOT  # by hand, or by schedule
        return self._path / edition_id / f"{slot.astimezone(UTC).strftime(form)}{suffix}"

    def _write(self, digest: RenderedDigest, message_id: str) -> None:
        mail = build(digest, message_id, sender=_SENDER).as_bytes()
        html = self.place(digest.edition_id, digest.slot)
        html.parent.mkdir(parents=True, exist_ok=True)
        replace_file(html.with_suffix(".eml"), mail)
        replace_file(html.with_suffix(".txt"), digest.text.encode())
        replace_file(html.with_suffix(".json"), digest.json.encode())
        replace_file(html, digest.html.encode())
        if html == max(html.parent.glob("*T*Z.html"), key=lambda path: path.stem.rstrip("Z")):
            replace_file(html.with_name("latest.html"), digest.html.encode())
