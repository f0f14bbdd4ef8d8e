"""Settings of the webhook channel; they load no HTTP library."""

from __future__ import annotations

from pydantic import BaseModel, Field, SecretStr, field_validator

from techwatch.digests.delivery import targets
from techwatch.text import web_link


class WebhookSettings(BaseModel, frozen=True, extra="forbid"):
    """Where digests are posted as signed JSON."""

    urls: SecretStr | None = Field(
        None, description="The addresses, as NAME=URL separated by white space."
    )
    secret: SecretStr | None = Field(
        None,
        min_length=16,
        description="What signs every body, 16 characters or more; receivers have it too.",
    )
    timeout: float = Field(
        30.0, gt=0, le=600, description="Seconds to wait for a connection, and for the answer."
    )
    max_redirects: int = Field(
        3, ge=0, le=10, description="The most redirects (307, 308) that are followed."
    )
    allow_private: bool = Field(
        False,  # noqa: FBT003 - pydantic's place for a default
        description="Whether webhooks on this machine and in private networks may be posted to.",
    )

    @field_validator("urls")
    @classmethod
    def _urls_are_on_the_web(cls, urls: SecretStr | None) -> SecretStr | None:
        for name, url in targets.read(urls.get_secret_value()).items() if urls else ():
            if web_link(url) is None:
                message = f"{name} is no address that begins with http:// or https://"
                raise ValueError(message)
        return urls
