"""Settings of the folder channel."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, Field


class FolderSettings(BaseModel, frozen=True, extra="forbid"):
    """Where the folder channel writes."""

    path: Path = Field(
        Path("digests"),
        description="The folder, inside data_dir unless absolute; each edition has its own in it.",
    )
