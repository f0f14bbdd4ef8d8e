"""Change the baseline by program; comments, order and spelling of all the rest stay."""

from __future__ import annotations

import difflib
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from techwatch import yamledit
from techwatch.baseline.loading import ENTITY_FOLDERS, SOURCES, load
from techwatch.errors import InvalidFilesError, NotFoundError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from techwatch.model import Fact, Source


@dataclass(frozen=True, slots=True)
class Change:
    """A file as it is and as it would be."""

    path: Path
    before: str
    after: str

    def diff(self, root: Path) -> str:
        """Show the change as `diff -u` does, with the file's path below `root`."""
        name = self.path.relative_to(root).as_posix()
        before, after = self.before.splitlines(keepends=True), self.after.splitlines(keepends=True)
        return "".join(difflib.unified_diff(before, after, f"a/{name}", f"b/{name}"))


def add_fact(directory: Path, fact: Fact) -> Path:
    """Write a fact at the end of its entity's facts; returns the file.

    Raises NotFoundError for an unknown entity, and InvalidFilesError if the baseline would not be
    valid with it; nothing is changed then.
    """
    [change] = drafted(directory, [fact])
    write([change])
    return change.path


def drafted(
    directory: Path, facts: Iterable[Fact], source: Source | None = None
) -> tuple[Change, ...]:
    """Return what adding facts, and the source they name if it is new, would change.

    Each fact comes at the end of its entity's facts, the source at the end of the list. Raises
    as `add_fact` does.
    """
    changes = unchecked(directory, facts, source)
    with as_changed(directory, changes) as copy:
        load(copy)
    return tuple(change for change in changes if change.before != change.after)


def unchecked(
    directory: Path,
    facts: Iterable[Fact],
    source: Source | None = None,
    edited: Mapping[Path, str] | None = None,
) -> tuple[Change, ...]:
    """Return the same, valid or not; raises NotFoundError for an unknown entity.

    `edited` are files as they would be already, to which this is added.
    """
    texts: dict[Path, str] = dict(edited or {})  # as they would be
    if source is not None:
        path = directory / SOURCES
        lines = _with_source(yamledit.read_lines(path), source, path)
        texts[path] = "".join(lines)
    for fact in facts:
        path, node = _entity(directory, fact.entity_id, texts)
        lines = _lines(path, texts)
        _insert_fact(lines, node, fact, path)
        texts[path] = "".join(lines)
    return tuple(Change(p, "".join(yamledit.read_lines(p)), t) for p, t in texts.items())


def write(changes: Sequence[Change]) -> None:
    """Replace the files, each at once and as a whole, in the given order.

    Sources come first: a source that no fact names is valid, a fact without its source is not.
    """
    for change in changes:
        yamledit.replace_file(change.path, change.after)


def _with_source(lines: list[str], source: Source, path: Path) -> list[str]:
    root = _composed("".join(lines), path)
    known = {
        value.value
        for node in (root.value if isinstance(root, yaml.SequenceNode) else ())
        for key, value in node.value
        if key.value == "id"
    }
    if source.id not in known:
        values = {
            "id": source.id,
            "kind": source.kind,
            "title": source.title,
            "author": source.author,
            "publisher": source.publisher,
            "link": source.link,
            "date": source.date,
        }
        kept = {key: value for key, value in values.items() if value is not None}
        yamledit.insert(lines, len(lines), yamledit.entry(kept, ""))
    return lines


def _insert_fact(lines: list[str], node: yaml.MappingNode, fact: Fact, path: Path) -> None:
    column = int(node.start_mark.column)
    facts = next((value for key, value in node.value if key.value == "facts"), None)
    if isinstance(facts, yaml.SequenceNode) and facts.value:
        if facts.flow_style:
            message = "the facts stand in brackets; write one under the other to edit them"
            raise InvalidFilesError([Problem(str(path), facts.start_mark.line + 1, message)])
        indent, new = " " * int(facts.start_mark.column), []
        at = yamledit.last_line(facts) + 1
    else:
        indent, new = " " * (column + 2), [" " * column + "facts:"]
        at = yamledit.last_line(node) + 1
    yamledit.insert(lines, at, [*new, *yamledit.entry(_values(fact), indent)])


def _values(fact: Fact) -> dict[str, object]:
    values = {
        "text": fact.text,
        "source": fact.source,
        "post": fact.post,
        "date": fact.date,
        "event": fact.event_type,
        "by": fact.jurisdiction,
    }
    return {key: value for key, value in values.items() if value is not None}


def _entity(
    directory: Path, entity_id: str, texts: Mapping[Path, str]
) -> tuple[Path, yaml.MappingNode]:
    for folder in ENTITY_FOLDERS:
        for path in sorted((directory / folder).glob("*.yaml")):
            text = "".join(_lines(path, texts))
            root = _composed(text, path) if entity_id in text else None
            for node in root.value if isinstance(root, yaml.SequenceNode) else ():
                if any(k.value == "id" and v.value == entity_id for k, v in node.value):
                    return path, node
    raise NotFoundError("entity", entity_id, "`techwatch baseline list` shows those there are")


def _composed(text: str, path: Path) -> yaml.Node | None:
    try:
        root: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        told = f"not YAML: {getattr(error, 'problem', None) or error}"
        raise InvalidFilesError([Problem(str(path), mark.line + 1 if mark else 0, told)]) from error
    return root


def _lines(path: Path, texts: Mapping[Path, str]) -> list[str]:
    if path in texts:
        return texts[path].splitlines(keepends=True)
    return yamledit.read_lines(path)


@contextmanager
def as_changed(directory: Path, changes: Iterable[Change]) -> Iterator[Path]:
    """Give a copy of the whole baseline as it would be; problems are named as in the real one."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / directory.name
        shutil.copytree(directory, copy)
        for change in changes:
            changed = copy / change.path.relative_to(directory)
            changed.write_text(change.after, encoding="utf-8", newline="")
        yield copy
