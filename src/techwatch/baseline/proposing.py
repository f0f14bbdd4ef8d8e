"""An entity's entry as a person edits it: taken out of its file, put back, checked, written.

Files are found by the entity's id among those of the baseline; nobody names one. What is put back
is one entry of the same id, so that all other lines stay as they are.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import yaml

from techwatch import yamledit
from techwatch.baseline import editing, tricks
from techwatch.baseline.editing import Change
from techwatch.baseline.loading import ENTITY_FOLDERS, check
from techwatch.errors import EditError, InvalidFilesError, NotFoundError, Problem
from techwatch.installation import came_along

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from techwatch.model import Fact

_writing = threading.Lock()  # the lock on the folder is the process's, not the thread's


@dataclass(frozen=True, slots=True)
class Entry:
    """An entity's entry in its file."""

    entity_id: str
    path: Path
    text: str  # its lines, comments between them included
    line: int  # of the file, from 1, on which it begins
    state: str  # of the file: another one when anything in it changed


def entry(directory: Path, entity_id: str) -> Entry:
    """Find the entry of an entity.

    Raises NotFoundError, and EditError where it may stand in a file that can't be read as it is.
    """
    unread: list[str] = []
    for folder in ENTITY_FOLDERS:
        for path in sorted((directory / folder).glob("*.yaml")):
            try:
                found = _entry_in(path, entity_id)
            except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
                unread.append(f"{_shown(path, directory)}: {_why(error)}")
            else:
                if found is not None:
                    return found
    if unread:
        message = f"mend first what can't be read as it is now: {'; '.join(unread)}"
        raise EditError(message)
    raise NotFoundError("entity", entity_id)


def _why(error: Exception) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        return f"line {error.problem_mark.line + 1}: {error.problem}"
    return str(error)


def _entry_in(path: Path, entity_id: str) -> Entry | None:
    raw = path.read_bytes()
    if entity_id.encode() not in raw:
        return None
    text = raw.decode("utf-8-sig")
    place = _places(text).get(entity_id)
    if place is None:
        return None
    first, last = place
    lines = text.splitlines(keepends=True)[first : last + 1]
    own = "".join(lines).replace("\r\n", "\n").rstrip("\n") + "\n"
    return Entry(entity_id, path, own, first + 1, hashlib.sha256(raw).hexdigest())


@lru_cache(maxsize=64)
def _places(text: str) -> dict[str, tuple[int, int]]:
    """Return the first and the last line of each entry, from 0, by id."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    return {
        value.value: (node.start_mark.line, yamledit.last_line(node))
        for node in (root.value if isinstance(root, yaml.SequenceNode) else ())
        if isinstance(node, yaml.MappingNode)
        for key, value in node.value
        if key.value == "id" and isinstance(value, yaml.ScalarNode)
    }


def changed(directory: Path, entity_id: str, text: str) -> Change:
    """Return what putting another entry in place of an entity's would change; valid or not.

    Raises NotFoundError, EditError where its file can't be read as it is, and InvalidFilesError
    where the text is not one entry of that id.
    """
    before = entry(directory, entity_id)
    shown = _shown(before.path, directory)
    own = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n") + "\n"
    tricks.refuse(own, entity_id, before.line, shown)
    lines = yamledit.read_lines(before.path)
    ending = "\r\n" if lines[0].endswith("\r\n") else "\n"
    old = before.text.count("\n")
    start = before.line - 1
    new = [line + ending for line in own.rstrip("\n").split("\n")]
    after = "".join([*lines[:start], *new, *lines[start + old :]])
    change = Change(before.path, "".join(lines), after)
    if list(tricks.ids(after, shown)) != list(tricks.ids(change.before, shown)):
        message = "the entry changes what stands beside it: keep its first line where it was"
        raise InvalidFilesError([Problem(shown, before.line, message)])
    return change


def with_fact(directory: Path, fact: Fact, text: str) -> str:
    """Return the entry of a fact's entity, as edited, with the fact at the end of its facts.

    Raises NotFoundError, EditError where its file can't be read as it is, and InvalidFilesError
    where the text is not one entry of that id, or is written so that no fact can be added.
    """
    edited = changed(directory, fact.entity_id, text)
    made = editing.unchecked(directory, [fact], edited={edited.path: edited.after})
    [after] = [change.after for change in made if change.path == edited.path]
    first, last = _places(after)[fact.entity_id]
    lines = after.splitlines(keepends=True)[first : last + 1]
    return "".join(lines).replace("\r\n", "\n").rstrip("\n") + "\n"


def problems(directory: Path, change: Change) -> tuple[Problem, ...]:
    """Return all that would be wrong with the baseline, as `techwatch baseline check` says it."""
    with editing.as_changed(directory, [change]) as copy:
        try:
            check(copy)
        except InvalidFilesError as error:
            return error.problems
    return ()


def write(directory: Path, entity_id: str, text: str, state: str) -> Change:
    """Write an entry in place of an entity's; its file is replaced at once and as a whole.

    Raises EditError where the file is no longer in the state that the writer saw, or can't be
    written; NotFoundError; and InvalidFilesError with all that would be wrong. Nothing is changed
    then.
    """
    with alone(directory):
        _refuse_outdated(directory, entity_id, state)
        change = changed(directory, entity_id, text)
        if found := problems(directory, change):
            raise InvalidFilesError(found)
        _refuse_outdated(directory, entity_id, state)  # editors heed no lock; looking took a second
        with _telling_refusals(directory):
            editing.write([change])
    return change


def _refuse_outdated(directory: Path, entity_id: str, state: str) -> None:
    if entry(directory, entity_id).state != state:
        message = "somebody changed this file meanwhile: look at the entry anew, and edit that"
        raise EditError(message)


@contextmanager
def alone(directory: Path) -> Iterator[None]:
    """Keep other writers of this folder out, in this process and in others."""
    if why := refusal(directory):
        raise EditError(why)
    with _writing, _telling_refusals(directory):
        folder = os.open(directory, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)


@contextmanager
def _telling_refusals(directory: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        message = f"{directory} can't be written: {error.strerror or error}"
        raise EditError(message) from error


def refusal(directory: Path) -> str | None:
    """Say why a baseline can't be edited where it lies; None if it can."""
    if came_along(directory):
        return f"{directory} came with techwatch; copy it and give --baseline"
    for folder in (directory, *(directory / name for name in ENTITY_FOLDERS)):
        if not os.access(folder, os.W_OK | os.X_OK):
            return f"{folder} can't be written by this process"
    return None


def _shown(path: Path, directory: Path) -> str:
    return f"{directory.name}/{path.relative_to(directory).as_posix()}"
