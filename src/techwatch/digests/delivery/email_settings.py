"""Settings of the mail channel; they load no mail library."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, Field, SecretStr, model_validator

from techwatch.digests.addresses import PATTERN


class EmailSettings(BaseModel, frozen=True, extra="forbid"):
    """How mail leaves the house."""

    host: str | None = Field(
        None, min_length=1, description="The mail server; without one no mail is sent."
    )
    port: int | None = Field(
        None, ge=1, le=65535, description="Its port; by default 587, with tls 465, with none 25."
    )
    security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="How the connection is encrypted; none is for this machine only."
    )
    username: str | None = Field(None, description="The login, where the server asks for one.")
    password: SecretStr | None = Field(
        None, description="Its password; give it by the environment, not in a file."
    )
    sender: str = Field(
        "techwatch@localhost",
        pattern=PATTERN,
        description="The address that digests come from.",
    )
    sender_name: str = Field(
        "techwatch", max_length=80, description="The name shown beside the sender's address."
    )
    unsubscribe: str | None = Field(
        None,
        pattern=PATTERN,
        description="An address for requests to be taken off the list, put into List-Unsubscribe.",
    )
    ca_file: Path | None = Field(
        None, description="Certificates to trust besides the system's, as a PEM file."
    )
    timeout: float = Field(
        30.0, gt=0, le=600, description="Seconds to wait for each answer of the server."
    )

    @model_validator(mode="after")
    def _login_is_whole_and_safe(self) -> Self:
        if (self.username is None) != (self.password is None):
            message = "username and password belong together; give both or neither"
            raise ValueError(message)
        if self.password and self.security == "none" and not _is_local(self.host or ""):
            message = "security none would send the password readable; use starttls or tls"
            raise ValueError(message)
        return self


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
