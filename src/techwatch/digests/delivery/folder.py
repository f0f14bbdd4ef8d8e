"""Leave digests in a folder, as mail, HTML, plain text and JSON. Needs no settings to work."""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

from techwatch.digests.delivery.message import build
from techwatch.errors import DeliveryError

if TYPE_CHECKING:
    from datetime import datetime

    from techwatch.digests.delivery.folder_settings import FolderSettings
    from techwatch.model import Delivery, Edition, RenderedDigest

_EDITION = re.compile(r"[a-z0-9][a-z0-9-]{0,39}\Z")
_SLOT = "%Y-%m-%dT%H%MZ"
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

    async def send(self, digest: RenderedDigest, delivery: Delivery) -> None:
        """Write the files, each whole or not at all; writing them again changes nothing.

        Raises DeliveryError where they can't be written.
        """
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
        return self._path / edition_id / f"{slot.astimezone(UTC).strftime(_SLOT)}{suffix}"

    def _write(self, digest: RenderedDigest, message_id: str) -> None:
        mail = build(digest, message_id, digest.slot, sender=_SENDER).as_bytes()
        html = self.place(digest.edition_id, digest.slot)
        html.parent.mkdir(parents=True, exist_ok=True)
        _replace(html.with_suffix(".eml"), mail)
        _replace(html.with_suffix(".txt"), digest.text.encode())
        _replace(html.with_suffix(".json"), digest.json.encode())
        _replace(html, digest.html.encode())
        if html.name == max(path.name for path in html.parent.glob("*T*Z.html")):
            _replace(html.with_name("latest.html"), digest.html.encode())


def _replace(path: Path, content: bytes) -> None:
    """Write a file so that whoever looks sees the old one or the new one, never a part."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)  # mkstemp shuts out everybody else; digests are for reading
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
