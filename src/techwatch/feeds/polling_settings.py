"""The settings of polling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, Field, model_validator

if TYPE_CHECKING:
    from typing import Self


class PollingSettings(BaseModel, frozen=True, extra="forbid"):
    """How often feeds are polled."""

    interval: float = Field(
        default=30.0,
        ge=1,
        le=10_080,
        description="Minutes between two polls of a feed, until it is known how often it has news.",
    )
    shortest: float = Field(
        default=10.0,
        ge=1,
        le=10_080,
        description="The fewest minutes between two polls of a feed that often has news.",
    )
    longest: float = Field(
        default=240.0,
        ge=1,
        le=10_080,
        description="The most minutes between two polls of a feed that is well, "
        "however rarely it has news and however long a wait it asks for.",
    )
    jitter: float = Field(
        default=0.1,
        ge=0,
        le=1,
        description="The share of a wait by which it is lengthened at random, to spread the load.",
    )
    first_backoff: float = Field(
        default=15.0,
        ge=1,
        le=1_440,
        description="Minutes to wait after a first failure; each further one doubles them.",
    )
    longest_backoff: float = Field(
        default=1_440.0,
        ge=1,
        le=10_080,
        description="The most minutes to wait after failures, whatever a server asks for.",
    )
    unconditional: float = Field(
        default=24.0,
        ge=1,
        le=8_760,
        description="Hours after which the whole document is asked for, "
        "in case the server is wrong when it says that nothing changed.",
    )
    silent_after: float = Field(
        default=14.0,
        gt=0,
        description="Days without a new item after which a feed is silent; "
        "from four days on sooner, where that is far longer than usual.",
    )

    @model_validator(mode="after")
    def _limits_in_order(self) -> Self:
        if self.longest_backoff < self.first_backoff:
            message = "longest_backoff must be at least first_backoff"
            raise ValueError(message)
        if self.longest < self.shortest:
            message = "longest must be at least shortest"
            raise ValueError(message)
        return self
