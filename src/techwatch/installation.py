"""Where the files lie that travel with techwatch: `baseline/` and `config/`."""

from __future__ import annotations

import os
from pathlib import Path

_PACKAGE = Path(__file__).parent
_CHECKOUT = _PACKAGE.parents[1]


def came_along(path: Path) -> bool:
    """Whether a file or folder is part of the installed package, which nobody should edit."""
    return _PACKAGE in path.resolve().parents


def shipped(name: str) -> Path:
    """Return the folder `name` as shipped: in the checkout, else inside the installed package."""
    in_checkout = (_CHECKOUT / "pyproject.toml").is_file() and _PACKAGE.parent.name == "src"
    return _CHECKOUT / name if in_checkout else _PACKAGE / "_data" / name


def why_not_written(path: Path) -> str | None:
    """Say why a file that people edit can't be changed here; None where it can."""
    if came_along(path):
        return f"{path} came with techwatch; make your own copy with `techwatch config init`"
    if not os.access(path.parent, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        return f"{path} may not be written by this process"
    return None
