"""Settings of the channel to chat programs; they load no library."""

from __future__ import annotations

from pydantic import BaseModel, Field, SecretStr, field_validator

from techwatch.digests.delivery import targets


class AppriseSettings(BaseModel, frozen=True, extra="forbid"):
    """Chat programs and other services that the library Apprise knows."""

    urls: SecretStr | None = Field(
        None,
        description="Their Apprise addresses, as NAME=URL separated by white space.",
    )
    most: int = Field(
        5, ge=1, le=20, description="Developments in the short form; the rest is counted."
    )

    @field_validator("urls")
    @classmethod
    def _urls_have_names(cls, urls: SecretStr | None) -> SecretStr | None:
        if urls:
            targets.read(urls.get_secret_value())
        return urls
