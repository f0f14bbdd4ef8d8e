"""The settings of parsing; apart, because the parser is slow to import."""

from __future__ import annotations

from pydantic import BaseModel, Field


class ParsingSettings(BaseModel, frozen=True, extra="forbid"):
    """How documents are parsed."""

    workers: int = Field(
        default=2, ge=1, le=64, description="The number of processes that parse documents."
    )
    timeout: float = Field(
        default=15.0, gt=0, le=600, description="The most seconds that parsing one may take."
    )
    memory: int = Field(
        default=400,
        ge=200,
        le=16_000,
        description="The most megabytes that each of these processes may hold.",
    )
