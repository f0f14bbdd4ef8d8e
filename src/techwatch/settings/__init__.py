"""All settings: file < environment < option. Unknown keys are errors."""

from __future__ import annotations

from techwatch.settings.loading import load
from techwatch.settings.schema import Settings

__all__ = ["Settings", "load"]
