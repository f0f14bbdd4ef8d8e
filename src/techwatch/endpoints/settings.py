"""Settings of the HTTP port."""

from __future__ import annotations

from pydantic import BaseModel, Field


class HttpSettings(BaseModel, frozen=True, extra="forbid"):
    """Where techwatch listens, if it does."""

    address: str = Field(
        "127.0.0.1", description="The address to listen on; 0.0.0.0 for every one of this machine."
    )
    port: int | None = Field(
        None, ge=0, le=65535, description="The port to listen on; null: none, 0: one that is free."
    )
    public_url: str | None = Field(
        None,
        pattern=r"^https?://[^\s?#]+$",
        max_length=500,
        description="The address at which others reach that port, such as a proxy's; "
        "with it and a port, hubs that feeds name are asked to push their news (WebSub).",
    )
