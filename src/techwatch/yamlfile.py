"""Read YAML 1.2 files so that every mistake can be told with its line.

PyYAML's C parser gives the nodes; scalars are read by the core schema of YAML 1.2 (chapter 10.3
of the specification), in which `no` is Norway and `012` is twelve, not ten.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
import types
import typing
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from techwatch.errors import InvalidFilesError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pydantic_core import ErrorDetails

Loc = tuple[int | str, ...]
Stamp = tuple[int, int, int]  # time of change in ns, size, number of the file
Model = TypeVar("Model", bound=BaseModel)
_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_NOT_TEXT = frozenset("~nNtTfF+-.0123456789")  # what a scalar that is no text may begin with
_NULL = re.compile(r"(?:~|null|Null|NULL)?$")
_TRUE = re.compile(r"(?:true|True|TRUE)$")
_FALSE = re.compile(r"(?:false|False|FALSE)$")
_INTEGER = re.compile(r"[-+]?[0-9]+$")
_PREFIXED = re.compile(r"0o[0-7]+$|0x[0-9a-fA-F]+$")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$")


@dataclass(frozen=True)
class YamlDocument:
    """The data of a file and the line on which each value stands."""

    name: str  # the file, as shown in problems
    data: Any
    text: str = field(repr=False)

    @cached_property
    def lines(self) -> dict[Loc, int]:
        """The line of each value, from 1; found out when asked, for most files have no mistakes."""
        return _composed(self.text, self.name)[1]

    def line(self, loc: Loc) -> int:
        """Return the line of a value, or of the nearest thing around it; from 1."""
        for length in range(len(loc), -1, -1):
            if loc[:length] in self.lines:
                return self.lines[loc[:length]]
        return 1


def stamp(path: Path) -> Stamp | None:
    """Return what is another as soon as a file is written; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def read(path: Path, name: str | None = None) -> YamlDocument:
    """Read a file; raises InvalidFilesError if it is missing, not UTF-8, or not YAML."""
    shown = name or str(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InvalidFilesError([Problem(shown, 0, f"can't be read: {error.strerror}")]) from error
    except UnicodeDecodeError as error:
        message = f"is not UTF-8 (byte {error.start}); save it as UTF-8"
        raise InvalidFilesError([Problem(shown, 0, message)]) from error
    return parse(text, shown)


def parse(text: str, name: str) -> YamlDocument:
    """Parse YAML 1.2; raises InvalidFilesError naming the line of what can't be read."""
    try:
        return YamlDocument(name, _quickly(text), text)
    except (_NotPlainError, yaml.YAMLError):
        return YamlDocument(name, _composed(text, name)[0], text)


class _NotPlainError(Exception):
    """The file has what must be composed to be read, or to be told with its line."""


def _quickly(text: str) -> Any:  # noqa: ANN401 - YAML holds anything
    """Build the data from the parser's events, in a quarter of the time that nodes take.

    Raises _NotPlainError at anchors, repeated keys, keys that are no scalars, second documents.
    """
    loader = _Loader(text)
    try:
        following: Callable[[], yaml.Event] = loader.get_event
        following()  # the stream begins
        if isinstance(following(), yaml.StreamEndEvent):
            return None
        data = _from_event(following(), following)
        following()  # the document ends
        if not isinstance(following(), yaml.StreamEndEvent):
            raise _NotPlainError
    finally:
        loader.dispose()
    return data


def _from_event(event: Any, following: Callable[[], Any]) -> Any:  # noqa: ANN401 - likewise
    kind = type(event)
    if kind is yaml.AliasEvent or event.anchor:
        raise _NotPlainError
    if kind is yaml.ScalarEvent:
        return event.value if event.style else scalar(event.value)
    if kind is yaml.SequenceStartEvent:
        values = []
        while type(event := following()) is not yaml.SequenceEndEvent:
            values.append(_from_event(event, following))
        return values
    mapping: dict[str, Any] = {}
    while type(event := following()) is not yaml.MappingEndEvent:
        if type(event) is not yaml.ScalarEvent or event.anchor or event.value in mapping:
            raise _NotPlainError
        mapping[event.value] = _from_event(following(), following)
    return mapping


def _composed(text: str, name: str) -> tuple[Any, dict[Loc, int]]:
    """Read data and lines from the parser's nodes; raises InvalidFilesError."""
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InvalidFilesError([Problem(name, line, f"not YAML: {error.problem}")]) from error
    except yaml.YAMLError as error:
        raise InvalidFilesError([Problem(name, 1, f"not YAML: {error}")]) from error
    lines: dict[Loc, int] = {}
    problems: list[Problem] = []
    data = _value(node, (), lines, problems, name) if node is not None else None
    if problems:
        raise InvalidFilesError(problems)
    return data, lines


def _value(
    node: yaml.Node, loc: Loc, lines: dict[Loc, int], problems: list[Problem], name: str
) -> Any:  # noqa: ANN401 - YAML holds anything
    lines.setdefault(loc, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        return [_value(n, (*loc, i), lines, problems, name) for i, n in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        mapping: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            line = key_node.start_mark.line + 1
            if key in mapping:
                problems.append(Problem(name, line, f"key {key!r} stands here a second time"))
            lines[(*loc, key)] = line
            mapping[key] = _value(value_node, (*loc, key), lines, problems, name)
        return mapping
    return scalar(node.value) if _plain(node) else node.value


def _plain(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and not node.style


def scalar(text: str) -> str | int | float | bool | None:
    """Read a plain scalar by the core schema of YAML 1.2."""
    if text[:1] not in _NOT_TEXT:
        return text or None
    if _NULL.match(text):
        return None
    if _TRUE.match(text) or _FALSE.match(text):
        return bool(_TRUE.match(text))
    if _INTEGER.match(text):
        return int(text)
    if _PREFIXED.match(text):
        return int(text, 0)
    return float(text) if _FLOAT.match(text) else text


def validate(document: YamlDocument, model: type[Model], at: Loc = ()) -> Model:
    """Check the data, or the part of it at a place, against a pydantic model.

    Raises InvalidFilesError with every problem.
    """
    data = document.data
    for part in at:
        data = data[part]
    try:
        return model.model_validate(data if data is not None else {})
    except ValidationError as error:
        raise InvalidFilesError(problems(document, model, error, at)) from error


def problems(
    document: YamlDocument, model: type[BaseModel], error: ValidationError, at: Loc = ()
) -> list[Problem]:
    """Turn pydantic's errors into problems with lines and advice."""
    return [
        Problem(document.name, document.line((*at, *e["loc"])), message(e, model))
        for e in error.errors()
    ]


def message(error: ErrorDetails, model: type[BaseModel]) -> str:
    """Say what is wrong with a value, and what would be right."""
    where = ".".join(str(part) for part in error["loc"])
    if error["type"] in {"extra_forbidden", "unexpected_keyword_argument"}:
        key = str(error["loc"][-1])
        known = _known_keys(model, error["loc"][:-1])
        near = difflib.get_close_matches(key, known, n=1)
        advice = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
        return f"{where}: unknown key; {advice}"
    if error["type"] == "missing":
        return f"{where}: is missing"
    text = error["msg"].removeprefix("Value error, ")
    text = text[:1].lower() + text[1:]
    if isinstance(error["input"], str | int | float | bool):
        text += f", not {error['input']!r}"
    return f"{where}: {text}" if where else text


def _known_keys(model: type[BaseModel], loc: Loc) -> list[str]:
    """List the keys allowed at a place, following lists, mappings and optional models."""
    current: Any = model
    for part in loc:
        if isinstance(current, type) and issubclass(current, BaseModel):
            fields = current.model_fields
            current = next(
                (f.annotation for name, f in fields.items() if part in {name, f.alias}), None
            )
        else:
            arguments = [a for a in typing.get_args(current) if a not in (type(None), ...)]
            current = arguments[-1] if arguments else None
        current = _unwrap(current)
    if isinstance(current, type) and issubclass(current, BaseModel):
        return [field.alias or name for name, field in current.model_fields.items()]
    if isinstance(current, type) and dataclasses.is_dataclass(current):
        return [field.name for field in dataclasses.fields(current)]
    return []


def _unwrap(annotation: Any) -> Any:  # noqa: ANN401 - annotations are of any kind
    if typing.get_origin(annotation) is typing.Annotated:
        annotation = typing.get_args(annotation)[0]
    if typing.get_origin(annotation) in {typing.Union, types.UnionType}:
        left = [a for a in typing.get_args(annotation) if a is not type(None)]
        return left[0] if len(left) == 1 else annotation
    return annotation
