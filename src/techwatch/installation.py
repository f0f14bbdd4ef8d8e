"""Where the files lie that travel with techwatch: `baseline/` and `config/`."""

from __future__ import annotations

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
