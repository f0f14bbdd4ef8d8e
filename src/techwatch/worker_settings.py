"""Settings of workers."""

from __future__ import annotations

from pydantic import BaseModel, Field


class WorkerSettings(BaseModel, frozen=True, extra="forbid"):
    """How workers share the work, on PostgreSQL."""

    beat: float = Field(
        10.0, gt=0, le=300, description="Seconds between two signs of life of a worker."
    )
    lost_after: float = Field(
        30.0,
        gt=0,
        le=3600,
        description="Seconds without a sign of life after which others take up a worker's jobs.",
    )
    judging: int = Field(
        8,
        ge=1,
        le=64,
        description="Jobs that judge side by side at the most, all workers together.",
    )
