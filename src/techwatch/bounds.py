"""Bounds of settings that are plain dataclass fields; pydantic understands them unasked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Between:
    """The least and the greatest value allowed, both included; None: no bound."""

    least: float
    greatest: float | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:  # noqa: ANN401
        """Add the bounds to the schema of a number, as pydantic asks of annotations."""
        bounds = {"ge": self.least} | ({} if self.greatest is None else {"le": self.greatest})
        return handler(source) | bounds
