"""The list of editions changed by a person at the desk: config/digests.yaml, comments kept."""

from __future__ import annotations

import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from techwatch import yamledit
from techwatch.digests.editing import with_edition
from techwatch.errors import EditError, InvalidFilesError, Problem
from techwatch.installation import why_not_written

if TYPE_CHECKING:
    from collections.abc import Mapping

    from techwatch.watch import Watch

_editing = threading.Lock()  # a file is read, changed and written by one at a time


def why_not(watch: Watch) -> str | None:
    """Say why the list can't be changed here; None where it can."""
    return why_not_written(watch.editions_file)


def add(watch: Watch, entry: Mapping[str, object]) -> None:
    """Add an edition to the list, if all in it is well, and take it up.

    Raises InvalidFilesError with all problems of the list as it would be, and EditError where it
    can't be changed here; nothing is written then. Services and workers take it up at their next
    tick.
    """
    if reason := why_not(watch):
        raise EditError(reason)
    with _editing:
        text = with_edition(watch.editions_file, entry)
        _try(watch, text)
        try:
            yamledit.replace_file(watch.editions_file, text)
        except OSError as error:  # such as a file that is mounted by itself
            message = f"{watch.editions_file} can't be written: {error.strerror or error}"
            raise EditError(message) from error
    watch.reread_editions()


def _try(watch: Watch, text: str) -> None:
    """Read a text as the list of editions; raises InvalidFilesError."""
    name = watch.editions_file.name
    with tempfile.TemporaryDirectory() as folder:
        trial = Path(folder) / name
        trial.write_text(text, encoding="utf-8", newline="")
        try:
            watch.valid_editions(trial)
        except InvalidFilesError as error:
            told = [Problem(name, one.line, one.message) for one in error.problems]
            raise InvalidFilesError(told) from error
