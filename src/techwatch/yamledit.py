"""Edit YAML files by program so that comments, order and spelling of all the rest stay.

Only the lines of the entry concerned change; places come from PyYAML's node marks.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from techwatch import yamlfile

if TYPE_CHECKING:
    from collections.abc import Mapping


def read_lines(path: Path) -> list[str]:
    """Return the lines of a file, each with its own ending."""
    return path.read_bytes().decode("utf-8-sig").splitlines(keepends=True)


def last_line(node: yaml.Node) -> int:
    """Return the line, from 0, on which a node's text ends; comments after it don't count."""
    if isinstance(node, yaml.CollectionNode) and node.value and not node.flow_style:
        last = node.value[-1]
        return last_line(last[1] if isinstance(last, tuple) else last)
    mark = node.end_mark
    block = isinstance(node, yaml.ScalarNode) and node.style in {"|", ">"}
    return int(mark.line - 1 if block else mark.line)


def entry(values: Mapping[str, object], indent: str) -> list[str]:
    """Write a mapping as an entry of a list: lines without endings."""
    pairs = [f"{name}: {scalar(value)}" for name, value in values.items()]
    return [f"{indent}{'- ' if i == 0 else '  '}{pair}" for i, pair in enumerate(pairs)]


def scalar(value: object) -> str:
    """Write a value so that it is read back the same, by the rules of YAML 1.2 too."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(scalar, value))}]"
    text = str(yaml.safe_dump(value, allow_unicode=True, width=10_000))
    text = text.removesuffix("\n").removesuffix("\n...")
    if text == value and yamlfile.scalar(text) != value:
        return f'"{text}"'
    return text


def insert(lines: list[str], at: int, new: list[str]) -> None:
    """Put lines without endings before line `at`, from 0, with the endings of the file."""
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    ending = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    lines[at:at] = [line + ending for line in new]


def replace_file(path: Path, text: str) -> None:
    """Replace a file at once and as a whole, keeping its mode."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    new = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        new.chmod(path.stat().st_mode & 0o7777)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
