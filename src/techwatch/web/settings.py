"""Settings of the desk: the pages and the API."""

from __future__ import annotations

import re
from ipaddress import ip_address, ip_network
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, SecretStr, ValidationInfo, field_validator

_PORTS = {"http": 80, "https": 443}  # that addresses need not name
_EVERY = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what stands for every address, and one
_HOST = re.compile(r"[a-z0-9_.:-]+")


class OidcSettings(BaseModel, frozen=True, extra="forbid"):
    """Logging in by an identity provider."""

    issuer: str | None = Field(
        None,
        pattern=r"^https?://[^\s?#]+$",
        description="Address of the OpenID Connect provider, below which its "
        "/.well-known/openid-configuration lies; null: none.",
    )
    client_id: str = Field(
        "",
        validate_default=True,
        description="The id that the provider gave to techwatch; needed with issuer.",
    )
    client_secret: SecretStr | None = Field(
        None,
        description="The secret that belongs to it; best by TECHWATCH_WEB__OIDC__CLIENT_SECRET.",
    )
    name: str = Field("OpenID Connect", description="What the button to log in by it says.")
    role: Literal["none", "reader", "analyst"] = Field(
        "none",
        description="The role of somebody whom it knows and the desk does not yet; "
        "none: an admin makes the account first.",
    )

    @field_validator("client_id")
    @classmethod
    def _is_given(cls, given: str, info: ValidationInfo) -> str:
        if info.data.get("issuer") and not given:
            message = "is needed with issuer: the id that the provider gave to techwatch"
            raise ValueError(message)
        return given


class WebSettings(BaseModel, frozen=True, extra="forbid"):
    """How the desk is served."""

    address: str = Field(
        "127.0.0.1", description="The address to listen on; 0.0.0.0 for every one of this machine."
    )
    port: int = Field(8321, ge=0, le=65535, description="The port; 0: one that is free.")
    public_url: str | None = Field(
        None,
        max_length=500,
        description="The address at which people reach it, such as a proxy's, without a path; "
        "null: the address and port above.",
    )
    login: Literal["required", "none"] = Field(
        "required",
        description="none: whoever reaches it is admin; only where the address is loopback.",
    )
    trusted_proxies: tuple[str, ...] = Field(
        (),
        description="Addresses and networks of proxies whose X-Forwarded-For and -Proto are "
        "believed.",
    )
    language: Literal["en", "nb"] = Field("en", description="The language until somebody chooses.")
    idle_hours: float = Field(
        12, gt=0, le=24 * 90, description="Hours without a request after which a login ends."
    )
    login_days: float = Field(7, gt=0, le=90, description="Days after which any login ends.")
    a_minute: int = Field(
        600, ge=10, description="Requests that one account, token or address may make a minute."
    )
    largest_request: int = Field(
        1_000_000, ge=10_000, description="Bytes of a request's body, at most."
    )
    oidc: OidcSettings = Field(
        OidcSettings(), description="Logging in by an identity provider (OpenID Connect)."
    )

    @field_validator("public_url")
    @classmethod
    def _is_an_origin(cls, given: str | None) -> str | None:
        """Write it as browsers do: they compare it with where a form comes from."""
        return None if given is None else _origin(given)

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        for one in given:
            ip_network(one)  # raises ValueError, which says what is wrong
        return given

    @field_validator("login")  # of the field: a model's is asked only where all else is right
    @classmethod
    def _is_safe(cls, given: str, info: ValidationInfo) -> str:
        address = info.data.get("address")
        if given == "none" and address is not None and not is_loopback(address):
            message = (
                f"none needs a loopback address such as 127.0.0.1, and {address} is "
                "none: everybody who reaches it would be admin"
            )
            raise ValueError(message)
        public = info.data.get("public_url")
        reached = urlsplit(public).hostname if public else None
        if given == "none" and reached and not is_loopback(reached):
            message = (
                f"none goes with no public_url such as {public}: everybody whom the proxy lets "
                "through would be admin"
            )
            raise ValueError(message)
        return given


def _origin(given: str) -> str:
    """Return scheme, host and port as browsers name them; raises ValueError."""
    parts = urlsplit(given.strip())
    host, port = parts.hostname or "", parts.port  # raises ValueError for a port that is none
    if parts.scheme not in _PORTS or not _HOST.fullmatch(host) or "@" in parts.netloc:
        message = f"{given} is no address such as https://desk.example.org"
        raise ValueError(message)
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        message = (
            f"{given} has a path: the desk needs a name of its own, such as "
            f"{parts.scheme}://desk.example.org"
        )
        raise ValueError(message)
    return f"{parts.scheme}://{in_address(host)}" + (
        "" if port in {None, _PORTS[parts.scheme]} else f":{port}"
    )


def is_loopback(address: str) -> bool:
    """Whether only this machine reaches an address."""
    if address == "localhost":
        return True
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def in_address(host: str) -> str:
    """Write a host as addresses have it: that of IPv6 in brackets."""
    return f"[{host}]" if ":" in host else host


def own_address(settings: WebSettings, port: int) -> str:
    """Return the address at which this machine reaches a desk on a port, whatever its name."""
    return f"http://{in_address(_EVERY.get(settings.address, settings.address))}:{port}"


def is_nameless(settings: WebSettings) -> bool:
    """Whether others reach the desk, under names that it does not know."""
    return settings.public_url is None and settings.address in _EVERY
