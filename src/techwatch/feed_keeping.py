"""The list of feeds changed by a person: the same verbs for the command line and the desk.

Each writes config/feeds.yaml with its comments kept, at once and as a whole.
"""

from __future__ import annotations

import fcntl
import os
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from techwatch.errors import TechwatchError
from techwatch.feeds import catalogue, opml
from techwatch.installation import why_not_written

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from techwatch.model import Feed
    from techwatch.watch import Watch

# A file is read, changed and written by one at a time: of this process, and by the folder's lock of
# all, since who changes it may be a command or another desk.
_editing = threading.Lock()


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a list from elsewhere."""

    added: tuple[Feed, ...]
    known: tuple[Feed, ...]  # in our list already, left alone
    repeated: tuple[str, ...]  # addresses that stand there more than once


def why_not(watch: Watch) -> str | None:
    """Say why the list can't be changed here; None where it can."""
    return why_not_written(watch.feeds_file)


def add(watch: Watch, *feeds: Feed) -> None:
    """Add feeds to the list, all or none.

    Raises InvalidFilesError of feeds or file, TechwatchError where the list can't be changed here,
    and OSError, as all of these do.
    """
    with _list(watch) as path:
        catalogue.add(path, *feeds)


def remove(watch: Watch, url: str) -> Feed:
    """Take a feed off; what it brought stays in the database. Raises NotFoundError too."""
    with _list(watch) as path:
        return catalogue.remove(path, url)


def pause(watch: Watch, url: str, *, paused: bool) -> Feed:
    """Have a feed kept but not polled, or polled again; raises NotFoundError too."""
    with _list(watch) as path:
        return catalogue.pause(path, url, paused=paused)


def import_(watch: Watch, data: bytes, name: str) -> Imported:
    """Add the feeds of an OPML file; those that are known are left alone."""
    found = {catalogue.key(feed.url): feed for feed in opml.read(data, name)}
    repeated = opml.repeated(data, name)
    with _list(watch) as path:
        listed = {catalogue.key(feed.url) for feed in watch.feeds()}
        new = tuple(feed for key, feed in found.items() if key not in listed)
        known = tuple(feed for key, feed in found.items() if key in listed)
        if new:
            catalogue.add(path, *new)
    return Imported(new, known, repeated)


@contextmanager
def _list(watch: Watch) -> Iterator[Path]:
    """Give the list to be changed, others kept out; raises TechwatchError where it can't be."""
    if reason := why_not(watch):
        raise TechwatchError(reason)
    with _editing:
        folder = os.open(watch.feeds_file.parent, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield watch.feeds_file
        finally:
            os.close(folder)
