"""Settings of the channel that writes feeds."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, Field


class SyndicationSettings(BaseModel, frozen=True, extra="forbid"):
    """Where the feeds of developments are written."""

    path: Path = Field(
        Path("syndication"),
        description="The folder, inside data_dir unless absolute; each edition has its own in it.",
    )
    url: str | None = Field(
        None,
        pattern=r"^https?://[!-;=?-~]{1,500}$",
        description="The address at which a web server shows that folder, so that feeds can name "
        "their own.",
    )
    most: int = Field(100, ge=1, le=1000, description="Developments in a feed; older ones go.")
