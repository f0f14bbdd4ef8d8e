"""What concerns every edition; the editions themselves stand in digests.yaml."""

from __future__ import annotations

from pydantic import BaseModel, Field


class DigestSettings(BaseModel, frozen=True, extra="forbid"):
    """How far digests look back, and when one is late."""

    first_days: int = Field(
        7, ge=1, description="Days that the first digest of an edition looks back."
    )
    remember_days: int = Field(
        60, ge=2, description="Days that a development not told yet waits for a digest."
    )
    alert_days: int = Field(2, ge=1, description="Days that a development waits for an alert.")
    correct_days: int = Field(
        14, ge=1, description="Days in which a digest is corrected when its news changes."
    )
    late_after: int = Field(
        15, ge=1, description="Minutes after its time from which a digest is marked as late."
    )
