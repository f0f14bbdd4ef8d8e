"""Settings of the mail channel; they load no mail library."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, Field, SecretStr, model_validator

from techwatch.digests.addresses import PATTERN

DOMAIN = r"^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?$"
_LINK = r"https://[!-;=?-~]{1,900}"  # visible ASCII without the brackets that enclose it
_UNSUBSCRIBE = f"{PATTERN}|^{_LINK}$"


class EmailSettings(BaseModel, frozen=True, extra="forbid"):
    """How mail leaves the house."""

    host: str | None = Field(
        None, min_length=1, description="The mail server; without one no mail is sent."
    )
    port: int | None = Field(
        None, ge=1, le=65535, description="Its port; by default 587, with tls 465, with none 25."
    )
    security: Literal["starttls", "tls", "opportunistic", "none"] = Field(
        "starttls",
        description="How the connection is encrypted; opportunistic: if the server can, checking "
        "no certificate; none: for this machine only.",
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
    domain: str | None = Field(
        None,
        pattern=DOMAIN,
        description="The right side of Message-IDs and of List-Id; null: that of the sender.",
    )
    unsubscribe: str | None = Field(
        None,
        pattern=_UNSUBSCRIBE,
        description="A mail address or an https link to be taken off the list: List-Unsubscribe.",
    )
    ca_file: Path | None = Field(
        None, description="Certificates to trust besides the system's, as a PEM file."
    )
    timeout: float = Field(
        30.0, gt=0, le=600, description="Seconds to wait for each answer of the server."
    )
    data_timeout: float = Field(
        600.0,
        gt=0,
        le=1800,
        description="Seconds to wait until it has taken a message: ten minutes by RFC 5321, "
        "4.5.3.2.6; less makes deliveries uncertain.",
    )

    @property
    def id_domain(self) -> str:
        """The right side of Message-IDs."""
        return self.domain or self.sender.rpartition("@")[2]

    @model_validator(mode="after")
    def _login_is_whole_and_safe(self) -> Self:
        if (self.username is None) != (self.password is None):
            message = "username and password belong together; give both or neither"
            raise ValueError(message)
        open_to_all = self.security in {"none", "opportunistic"}
        if self.password and open_to_all and not _is_local(self.host or ""):
            message = f"security {self.security} could send the password readable"
            raise ValueError(f"{message}; use starttls or tls")
        return self


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
