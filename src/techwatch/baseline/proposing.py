"""An entity's entry as a person edits it: taken out of its file, put back, checked, written.

Files are found by the entity's id among those of the baseline; nobody names one. What is put back
is one entry of the same id, so that all other lines stay as they are.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import yaml

from techwatch import yamledit, yamlfile
from techwatch.baseline import editing
from techwatch.baseline.editing import Change
from techwatch.baseline.loading import ENTITY_FOLDERS, check
from techwatch.errors import EditError, InvalidFilesError, NotFoundError, Problem
from techwatch.installation import came_along

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from techwatch.model import Fact

LONGEST = 100_000  # characters of an entry
_DEEPEST = 12  # lists and mappings in one another; the schema has four
_UNSEEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
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
                unread.append(f"{_shown(path, directory)}: {' '.join(str(error).split())}")
            else:
                if found is not None:
                    return found
    if unread:
        message = f"mend first what can't be read as it is now: {'; '.join(unread)}"
        raise EditError(message)
    raise NotFoundError("entity", entity_id)


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
    _refuse_others(own, before, shown)
    lines = yamledit.read_lines(before.path)
    ending = "\r\n" if lines[0].endswith("\r\n") else "\n"
    old = before.text.count("\n")
    start = before.line - 1
    new = [line + ending for line in own.rstrip("\n").split("\n")]
    after = "".join([*lines[:start], *new, *lines[start + old :]])
    change = Change(before.path, "".join(lines), after)
    if list(_ids(after, shown)) != list(_ids(change.before, shown)):
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


def _refuse_others(text: str, before: Entry, shown: str) -> None:
    """Refuse what is not one entry of the same id, or is built to exhaust who reads it."""
    if len(text) > LONGEST:
        raise InvalidFilesError(
            [Problem(shown, before.line, f"is longer than {LONGEST} characters")]
        )
    found = [*_unseen(text, before, shown)] or [*_tricks(text, before, shown)]
    if found:
        raise InvalidFilesError(found)
    ids = list(_ids(text, shown, before.line - 1))
    if ids != [before.entity_id]:
        message = f"should be one entry, beginning with -, with the id {before.entity_id!r}"
        raise InvalidFilesError([Problem(shown, before.line, message)])


def _unseen(text: str, before: Entry, shown: str) -> Iterator[Problem]:
    for number, line in enumerate(text.split("\n")):
        if _UNSEEN.search(line):
            message = "holds a tab, or a character that can't be seen; use spaces"
            yield Problem(shown, before.line + number, message)


def _tricks(text: str, before: Entry, shown: str) -> Iterator[Problem]:
    """Find what the schema never needs: it is told from the parser's events, which take no room."""
    depth = 0
    try:
        for event in yaml.parse(text, Loader=_Loader):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            line = before.line + (event.start_mark.line if event.start_mark else 0)
            if getattr(event, "anchor", None):
                yield Problem(shown, line, "names or repeats a part by & or *: write it out")
            if depth > _DEEPEST:
                yield Problem(shown, line, "lists within lists, deeper than any entry needs")
                return
    except yaml.MarkedYAMLError as error:
        at = error.problem_mark.line if error.problem_mark else 0
        yield Problem(shown, before.line + at, f"not YAML: {error.problem}")
    except yaml.YAMLError as error:
        yield Problem(shown, before.line, f"not YAML: {error}")


def _ids(text: str, shown: str, lines_before: int = 0) -> Iterable[object]:
    """Return the ids of the entries of a text; raises InvalidFilesError with lines of the file."""
    try:
        data = yamlfile.parse(text, shown).data
    except InvalidFilesError as error:
        moved = [Problem(p.file, p.line + lines_before, p.message) for p in error.problems]
        raise InvalidFilesError(moved) from error
    entries = data if isinstance(data, list) else ()
    return [one.get("id") if isinstance(one, dict) else None for one in entries]


def _shown(path: Path, directory: Path) -> str:
    return f"{directory.name}/{path.relative_to(directory).as_posix()}"
