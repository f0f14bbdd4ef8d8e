"""A source that comes to the list of the baseline: looked at, checked, written at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from techwatch import yamledit
from techwatch.baseline import editing
from techwatch.baseline.loading import SOURCES
from techwatch.baseline.proposing import alone, problems
from techwatch.errors import EditError, InvalidFilesError, Problem

if TYPE_CHECKING:
    from pathlib import Path

    from techwatch.baseline.editing import Change
    from techwatch.model import Source


def added(directory: Path, source: Source) -> Change:
    """Return what adding a source would change, valid or not.

    Raises InvalidFilesError where its id is taken, or the list can't be read as it is.
    """
    [change] = editing.unchecked(directory, (), source)
    if change.before == change.after:
        message = f"there is a source {source.id!r} already: give another id"
        raise InvalidFilesError([Problem(SOURCES, 0, message)])
    return change


def write(directory: Path, source: Source) -> Change:
    """Add a source; the list is replaced at once and as a whole.

    Raises EditError where it can't be written, or was changed meanwhile, and InvalidFilesError
    with all that would be wrong. Nothing is changed then.
    """
    with alone(directory):
        change = added(directory, source)
        if found := problems(directory, change):
            raise InvalidFilesError(found)
        if "".join(yamledit.read_lines(change.path)) != change.before:  # editors heed no lock
            message = f"somebody changed {SOURCES} meanwhile: try again"
            raise EditError(message)
        editing.write([change])
    return change
