"""The settings of fetching; apart, because HTTP is slow to import and settings are read often."""

from __future__ import annotations

from pydantic import BaseModel, Field


class FetchingSettings(BaseModel, frozen=True, extra="forbid"):
    """How feeds are fetched."""

    timeout: float = Field(
        default=30.0,
        gt=0,
        le=600,
        description="The most seconds a fetch may take, redirects and body included.",
    )
    connect_timeout: float = Field(
        default=10.0, gt=0, le=120, description="The most seconds to wait for a connection."
    )
    max_bytes: int = Field(
        default=20_000_000,
        ge=1_000,
        description="The most bytes a document may have, unpacked.",
    )
    max_redirects: int = Field(
        default=5, ge=0, le=20, description="The most redirects that are followed for one feed."
    )
    concurrency: int = Field(
        default=50, ge=1, le=200, description="The most requests under way at one time."
    )
    per_host: int = Field(
        default=2, ge=1, le=20, description="The most requests to one host at one time."
    )
    gap: float = Field(
        default=0.5,
        ge=0,
        le=60,
        description="The fewest seconds between two requests to one host.",
    )
    operators: dict[str, tuple[str, ...]] = Field(
        default={},
        description="Hosts that one operator runs share per_host and gap: a name of yours, "
        "and its domains, such as {feedburner: [feedburner.com, feeds.google.com]}.",
    )
    contact: str | None = Field(
        default=None,
        pattern=r"^[!-'*-~]+$",
        max_length=200,
        description="An address or mail box by which publishers can reach you; sent with requests.",
    )
    allow_private: bool = Field(
        default=False,
        description="Whether feeds on this machine and in private networks may be fetched.",
    )
