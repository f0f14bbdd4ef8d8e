"""Settings of the dead man's switch."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field, SecretStr, field_validator

from techwatch.digests.delivery.targets import read
from techwatch.text import web_link


class PingSettings(BaseModel, frozen=True, extra="forbid"):
    """What is asked when a digest has gone out, so that somebody else misses it when none does."""

    url: SecretStr | None = Field(
        None, description="The address for every edition that has none of its own; a secret."
    )
    urls: SecretStr | None = Field(
        None, description="Addresses of single editions, as EDITION=URL separated by white space."
    )
    method: Literal["get", "post"] = Field("get", description="How it is asked: get or post.")
    timeout: float = Field(10.0, gt=0, le=60, description="Seconds to wait for its answer.")

    @field_validator("url")
    @classmethod
    def _is_web(cls, value: SecretStr | None) -> SecretStr | None:
        if value and web_link(value.get_secret_value().strip()) is None:
            message = "is no address that begins with http:// or https://"
            raise ValueError(message)
        return value

    @field_validator("urls")
    @classmethod
    def _are_web(cls, value: SecretStr | None) -> SecretStr | None:
        for name, url in read(value.get_secret_value()).items() if value else ():
            if web_link(url) is None:
                message = f"{name} is no address that begins with http:// or https://"
                raise ValueError(message)
        return value

    def of(self, edition_id: str) -> str | None:
        """Return the address of an edition; None where nobody is to be told."""
        own = read(self.urls.get_secret_value()) if self.urls else {}
        common = self.url.get_secret_value().strip() if self.url else None
        return own.get(edition_id, common)
