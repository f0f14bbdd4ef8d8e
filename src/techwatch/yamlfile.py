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
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from techwatch.errors import InvalidFilesError, Problem

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic_core import ErrorDetails

Loc = tuple[int | str, ...]
Model = TypeVar("Model", bound=BaseModel)
_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_NULL = re.compile(r"(?:~|null|Null|NULL)?$")
_TRUE = re.compile(r"(?:true|True|TRUE)$")
_FALSE = re.compile(r"(?:false|False|FALSE)$")
_INTEGER = re.compile(r"[-+]?[0-9]+$")
_PREFIXED = re.compile(r"0o[0-7]+$|0x[0-9a-fA-F]+$")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$")


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """The data of a file and the line on which each value stands."""

    name: str  # the file, as shown in problems
    data: Any
    lines: dict[Loc, int]

    def line(self, loc: Loc) -> int:
        """Return the line of a value, or of the nearest thing around it; from 1."""
        for length in range(len(loc), -1, -1):
            if loc[:length] in self.lines:
                return self.lines[loc[:length]]
        return 1


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
    return YamlDocument(name, data, lines)


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
