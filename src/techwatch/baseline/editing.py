"""Change the baseline by program; comments, order and spelling of all the rest stay."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from techwatch import yamledit
from techwatch.baseline.loading import ENTITY_FOLDERS, load
from techwatch.errors import InvalidFilesError, NotFoundError, Problem

if TYPE_CHECKING:
    from techwatch.model import Fact


def add_fact(directory: Path, fact: Fact) -> Path:
    """Write a fact at the end of its entity's facts; returns the file.

    Raises NotFoundError for an unknown entity, and InvalidFilesError if the baseline would not be
    valid with it; nothing is changed then.
    """
    path, node = _entity(directory, fact.entity_id)
    lines = yamledit.read_lines(path)
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
    text = "".join(lines)
    _check(directory, path, text)
    yamledit.replace_file(path, text)
    return path


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


def _entity(directory: Path, entity_id: str) -> tuple[Path, yaml.MappingNode]:
    for folder in ENTITY_FOLDERS:
        for path in sorted((directory / folder).glob("*.yaml")):
            root = yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=yaml.SafeLoader)
            for node in root.value if isinstance(root, yaml.SequenceNode) else ():
                if any(k.value == "id" and v.value == entity_id for k, v in node.value):
                    return path, node
    raise NotFoundError("entity", entity_id, "`techwatch baseline list` shows those there are")


def _check(directory: Path, path: Path, text: str) -> None:
    """Read the whole baseline as it would be; problems are named as in the real folder."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / directory.name
        shutil.copytree(directory, copy)
        (copy / path.relative_to(directory)).write_text(text, encoding="utf-8")
        load(copy)
