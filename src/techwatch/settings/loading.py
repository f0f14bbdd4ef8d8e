"""Settings from a file, the environment and options, with every mistake told at once."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from techwatch import yamlfile
from techwatch.errors import InvalidFilesError, Problem
from techwatch.settings.schema import PREFIX, Settings, leaves, variable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_NOT_SETTINGS = frozenset({"TECHWATCH_CONFIG", "TECHWATCH_BASELINE"})  # where to look, not what


@dataclass(frozen=True, slots=True)
class _Override:
    """A value from outside the file."""

    loc: tuple[str, ...]
    value: Any
    origin: str  # as shown in a problem


def load(path: Path, environment: Mapping[str, str], options: Sequence[str] = ()) -> Settings:
    """Read the settings; raises InvalidFilesError with every problem of every origin.

    Args:
        path: techwatch.yaml; need not exist, everything has a default.
        environment: TECHWATCH_SECTION__KEY=value, or for secrets TECHWATCH_SECTION__KEY_FILE.
        options: "section.key=value", which win over both.
    """
    document = yamlfile.read(path) if path.exists() else yamlfile.parse("", str(path))
    problems = list(_secrets_in(document))
    overrides = [*_from_environment(environment, problems), *_from_options(options, problems)]
    data = document.data if document.data is not None else {}
    for override in overrides if isinstance(data, dict) else ():
        _put(data, override)
    try:
        settings = Settings.model_validate(data)
    except ValidationError as error:
        problems.extend(_problems(document, overrides, error))
    if problems:
        raise InvalidFilesError(problems)
    return settings


def _secrets_in(document: yamlfile.YamlDocument) -> Iterator[Problem]:
    """Find secrets in the file: it is read by many, and copied around."""
    for loc, leaf in leaves(Settings):
        if leaf.secret and loc in document.lines:
            name = variable(loc)
            message = f"{'.'.join(loc)}: is a secret; give it as {name} or {name}_FILE instead"
            yield Problem(document.name, document.line(loc), message)


def _from_environment(
    environment: Mapping[str, str], problems: list[Problem]
) -> Iterator[_Override]:
    known = dict(leaves(Settings))
    for name, value in sorted(environment.items()):
        if not name.startswith(PREFIX) or name in _NOT_SETTINGS:
            continue
        loc = tuple(name.removeprefix(PREFIX).lower().split("__"))
        secret_loc = (*loc[:-1], loc[-1].removesuffix("_file"))
        if loc in known:
            yield _Override(loc, value if known[loc].secret else _read(value), name)
        elif secret_loc in known and known[secret_loc].secret:
            try:
                yield _Override(secret_loc, Path(value).read_text("utf-8").strip(), name)
            except OSError as error:
                problems.append(Problem(name, 0, f"{value} can't be read: {error.strerror}"))
        else:
            problems.append(Problem(name, 0, _unknown(name, map(variable, known))))


def _from_options(options: Sequence[str], problems: list[Problem]) -> Iterator[_Override]:
    known = {".".join(loc): loc for loc, _ in leaves(Settings)}
    for option in options:
        key, equals, value = option.partition("=")
        if not equals:
            problems.append(Problem(f"--set {option}", 0, "write it as section.key=value"))
        elif key not in known:
            problems.append(Problem(f"--set {key}", 0, _unknown(key, known)))
        else:
            yield _Override(known[key], _read(value), f"--set {key}")


def _read(value: str) -> Any:  # noqa: ANN401 - a value of any type, as YAML reads it
    return yamlfile.parse(value, "value").data if value[:1] in "[{" else yamlfile.scalar(value)


def _unknown(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1)
    return "unknown setting" + (f"; did you mean {near[0]}?" if near else "")


def _put(data: dict[str, Any], override: _Override) -> None:
    for part in override.loc[:-1]:
        inner = data.get(part)
        if not isinstance(inner, dict):
            inner = data[part] = {}
        data = inner
    data[override.loc[-1]] = override.value


def _problems(
    document: yamlfile.YamlDocument, overrides: Sequence[_Override], error: ValidationError
) -> Iterator[Problem]:
    secrets = {place for place, leaf in leaves(Settings) if leaf.secret}
    origins: dict[yamlfile.Loc, str] = {o.loc: o.origin for o in overrides}
    for detail in error.errors():
        loc = detail["loc"]
        origin = next(
            (origins[loc[:n]] for n in range(len(loc), 0, -1) if loc[:n] in origins), None
        )
        if loc in secrets:  # it would be repeated
            detail["input"] = None
        message = yamlfile.message(detail, Settings)
        if origin is None:
            yield Problem(document.name, document.line(loc), message)
        else:
            yield Problem(origin, 0, message)
