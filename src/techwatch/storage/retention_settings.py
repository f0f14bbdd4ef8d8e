"""What can be set about what is kept."""

from __future__ import annotations

from pydantic import BaseModel, Field


class RetentionSettings(BaseModel, frozen=True, extra="forbid"):
    """How long things are kept whole. Developments, verdicts and digests are kept for ever."""

    unrelated_days: int | None = Field(
        30,
        ge=1,
        le=36_500,
        description="Days after which an item that matches nothing is dropped to identity and "
        "hash, by which it is known again; null: never.",
    )
    text_days: int | None = Field(
        400,
        ge=1,
        le=36_500,
        description="Days after which any other item loses its text; title, verdict and evidence "
        "stay; null: never.",
    )
    audit_days: int | None = Field(
        1_826,
        ge=90,
        le=36_500,
        description="Days after which a line of the desk's audit log is dropped: names and "
        "addresses of people stand in it; null: never.",
    )
