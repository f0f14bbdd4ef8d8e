"""Add an edition to digests.yaml; comments, order and spelling of all the rest stay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from techwatch import yamledit
from techwatch.errors import InvalidFilesError, Problem
from techwatch.model import Filter

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_NONE = Filter()


def edition_entry(
    edition_id: str,
    title: str,
    due: Mapping[str, object],
    only: Filter,
    rest: Mapping[str, object],
) -> dict[str, object]:
    """Return an edition as digests.yaml has it.

    Args:
        edition_id: names it.
        title: that readers see.
        due: its schedule, or its alert, and zone.
        only: its filter; what lets everything pass is left out.
        rest: where it goes to and in which language; what is empty is left out.
    """
    of = {name: getattr(only, name) for name in Filter.__slots__}
    kept = {
        name: [str(one) for one in value] if isinstance(value, tuple) else value
        for name, value in of.items()
        if value != getattr(_NONE, name)
    }
    given = {name: value for name, value in rest.items() if value}
    found: dict[str, object] = {"id": edition_id, "title": title, **due, **given}
    return found | ({"filter": kept} if kept else {})


def written(entry: Mapping[str, object], indent: str = "  ") -> list[str]:
    """Write an edition as lines without endings."""
    plain = {name: value for name, value in entry.items() if not isinstance(value, dict)}
    lines = yamledit.entry(plain, indent)
    for name, value in entry.items():
        if isinstance(value, dict):
            lines.append(f"{indent}  {name}:" + ("" if value else " {}"))
            lines += [f"{indent}    {k}: {yamledit.scalar(v)}" for k, v in value.items()]
    return lines


def with_edition(path: Path, entry: Mapping[str, object]) -> str:
    """Return the text of a file of editions with one more at the end of its list.

    Raises InvalidFilesError where the list is of a form to which no line can be added.
    """
    lines = yamledit.read_lines(path)
    node = _editions(lines)
    if node is None:
        yamledit.insert(lines, len(lines), ["editions:", *written(entry)])
    elif node.flow_style:
        message = "the editions stand in brackets; write one under the other to add to them"
        raise InvalidFilesError([Problem(str(path), node.start_mark.line + 1, message)])
    else:
        at, indent = yamledit.last_line(node) + 1, " " * int(node.start_mark.column)
        yamledit.insert(lines, at, ["", *written(entry, indent)])
    return "".join(lines)


def _editions(lines: list[str]) -> yaml.SequenceNode | None:
    root: Any = yaml.compose("".join(lines), Loader=yaml.SafeLoader)
    for name, value in root.value if isinstance(root, yaml.MappingNode) else ():
        if name.value == "editions" and isinstance(value, yaml.SequenceNode):
            return value
    return None
