"""Settings printed: all of them with their meaning, or those in force with secrets hidden."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import SecretStr

from techwatch.settings.schema import Leaf, Settings, members

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD = """\
# Every setting of techwatch, with its default. What is left out keeps its default.
# Environment variables override this file (TECHWATCH_FETCHING__TIMEOUT=30), and
# `techwatch --set fetching.timeout=30` overrides both. Secrets come from the environment only:
# TECHWATCH_EMAIL__PASSWORD, or TECHWATCH_EMAIL__PASSWORD_FILE for the content of a file.
"""


def reference() -> str:
    """Print every setting with its default and its sentence: the text of config/techwatch.yaml."""
    return _HEAD + "".join(_reference_of(Settings, ""))


def _reference_of(model: type, indent: str) -> Iterator[str]:
    for name, content in members(model):
        if not indent:
            yield "\n"
        if not isinstance(content, Leaf):
            section, described = content
            yield f"{indent}# {described}\n{indent}{name}:\n"
            yield from _reference_of(section, indent + "  ")
        elif content.secret:
            yield f"{indent}# {content.description}\n{indent}# {name}: from the environment only\n"
        else:
            yield f"{indent}# {content.description}\n{indent}{name}: {_yaml(content.default)}\n"


def shown(settings: Settings) -> str:
    """Print the settings in force as YAML, secrets hidden."""
    data = settings.model_dump(mode="python")
    return yaml.safe_dump(_plain(data), sort_keys=False, allow_unicode=True)


def plain(settings: Settings) -> Any:  # noqa: ANN401 - a mapping of mappings
    """Return the settings in force as plain data, secrets hidden."""
    return _plain(settings.model_dump(mode="python"))


def _plain(value: Any) -> Any:  # noqa: ANN401 - settings of any type
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, SecretStr):
        return "(set, hidden)"
    if isinstance(value, Path):
        return str(value)
    return value


def _yaml(value: Any) -> str:  # noqa: ANN401 - settings of any type
    text = yaml.safe_dump(_plain(value), default_flow_style=True, allow_unicode=True)
    return text.replace("\n...", "").strip()
