"""Logging in by an identity provider: OpenID Connect, authorization code with PKCE."""

from __future__ import annotations

import json
import secrets
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import BoundedSemaphore, Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus, urlencode, urlsplit

import httpx
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import get_well_known_url
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from techwatch.web.identity.refusals import ProviderError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from techwatch.web.settings import OidcSettings

_SIGNED_BY = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
)
_KEPT = 3_600.0  # seconds that what the provider says of itself holds
_SECONDS = 10.0  # for an answer of it
_LARGEST = 1_000_000  # bytes of one
_LEEWAY = 60  # seconds by which its clock may differ
_AT_ONCE = 8  # threads that ask it
_NEEDED = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True, slots=True)
class Begun:
    """A login that is on its way: what the browser keeps until it comes back."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def now(cls) -> Begun:
        """Begin one."""
        return cls(*(secrets.token_urlsafe(32) for _ in range(3)))


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody, as the provider says."""

    subject: str  # issuer and subject: what never changes
    called: str  # what people call them


@dataclass(slots=True)
class Provider:
    """A provider, asked over HTTP; what it says of itself is kept for an hour."""

    settings: OidcSettings
    _about: dict[str, Any] = field(default_factory=dict)
    _asked_at: float = float("-inf")
    _lock: Lock = field(default_factory=Lock)
    _turns: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(_AT_ONCE))

    def way(self, begun: Begun, back: str, now: float) -> str:
        """Return the address to which a browser is sent; raises ProviderError.

        Args:
            begun: the login.
            back: the address at which the provider sends the browser back.
            now: seconds of a clock.
        """
        query = {
            "response_type": "code",
            "client_id": self.settings.client_id,
            "redirect_uri": back,
            "scope": "openid profile email",
            "state": begun.state,
            "nonce": begun.nonce,
            "code_challenge": create_s256_code_challenge(begun.verifier),
            "code_challenge_method": "S256",
        }
        with self._turn():
            at = self._metadata(now)["authorization_endpoint"]
        return f"{at}{'&' if urlsplit(at).query else '?'}{urlencode(query)}"

    def identity(self, begun: Begun, code: str, back: str, now: float) -> Identity:
        """Say who came back with a code; raises ProviderError where anything does not hold.

        Args:
            begun: the login, of which the state was compared.
            code: what the provider gave to the browser.
            back: the same address as before.
            now: seconds since 1970.
        """
        with self._turn():
            return self._identity(begun, code, back, now)

    def _identity(self, begun: Begun, code: str, back: str, now: float) -> Identity:
        about = self._metadata(now)
        sent = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "code_verifier": begun.verifier,
            "client_id": self.settings.client_id,
        }
        given = self._ask("POST", about["token_endpoint"], data=sent | self._secret(about))
        claims = self._claims(given, begun.nonce, now)
        called = next(
            (
                str(claims[name])
                for name in ("preferred_username", "email", "name")
                if claims.get(name)
            ),
            claims["sub"],
        )
        return Identity(f"{self.settings.issuer} {claims['sub']}", called)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Ask it in one of a few threads: one that hangs must not take all there are."""
        if not self._turns.acquire(blocking=False):
            raise ProviderError(f"{self.settings.name} is slow just now; try again in a minute")
        try:
            yield
        finally:
            self._turns.release()

    def _secret(self, about: Mapping[str, Any]) -> dict[str, str]:
        """Return the secret where it is sent in the form: elsewhere the header has it."""
        secret = self.settings.client_secret
        return {"client_secret": secret.get_secret_value()} if secret and _by_form(about) else {}

    def _claims(self, given: Mapping[str, Any], nonce: str, now: float) -> Mapping[str, Any]:
        """Validate an id token: its signature by the provider's keys, for whom it is, till when."""
        options: dict[str, Any] = {
            "iss": {"essential": True, "value": self.settings.issuer},
            "aud": {"essential": True, "value": self.settings.client_id},
            "sub": {"essential": True},
        }
        params = {
            "nonce": nonce,
            "client_id": self.settings.client_id,
            "access_token": given.get("access_token"),
        }
        try:
            keys = KeySet.import_key_set(self._ask("GET", self._metadata(now)["jwks_uri"]))  # type: ignore[arg-type]
            token = jwt.decode(str(given.get("id_token", "")), keys, algorithms=list(_SIGNED_BY))
            claims = CodeIDToken(token.claims, token.header, options, params)
            claims.validate(now=int(now), leeway=_LEEWAY)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            message = f"what {self.settings.name} says of you does not hold: {type(error).__name__}"
            raise ProviderError(message) from error
        if not isinstance(claims["sub"], str) or not 1 <= len(claims["sub"]) <= 255:
            raise ProviderError(f"{self.settings.name} names nobody")
        return dict(claims)

    def _metadata(self, now: float) -> Mapping[str, Any]:
        with self._lock:
            if not 0 <= now - self._asked_at < _KEPT:
                issuer = str(self.settings.issuer)
                about = self._ask("GET", get_well_known_url(issuer, external=True))
                if about.get("issuer") != issuer:
                    raise ProviderError(f"{self.settings.name} calls itself another issuer")
                if not all(_is_safe(about.get(name), issuer) for name in _NEEDED):
                    raise ProviderError(f"{self.settings.name} does not say where it is asked")
                self._about, self._asked_at = about, now
            return self._about

    def _ask(self, method: str, at: str, data: dict[str, str] | None = None) -> dict[str, Any]:
        secret, auth = self.settings.client_secret, None
        if data is not None and secret and "client_secret" not in data:
            auth = (quote_plus(self.settings.client_id), quote_plus(secret.get_secret_value()))
        headers, taken = {"Accept": "application/json"}, b""
        try:
            with (
                httpx.Client(timeout=_SECONDS) as client,
                client.stream(method, at, data=data, headers=headers, auth=auth) as answer,
            ):
                answer.raise_for_status()
                for part in answer.iter_bytes():
                    taken += part
                    if len(taken) > _LARGEST:
                        raise ProviderError(f"{self.settings.name} says too much")
            said = json.loads(taken)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            message = f"{self.settings.name} does not answer as it should; try again in a minute"
            raise ProviderError(message) from error
        if not isinstance(said, dict):
            raise ProviderError(f"{self.settings.name} does not answer as it should")
        return said


def _by_form(about: Mapping[str, Any]) -> bool:
    """Whether a secret is sent in the form; by the standard a provider wants it in the header."""
    ways = about.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    return "client_secret_basic" not in ways and "client_secret_post" in ways


def _is_safe(address: object, issuer: str) -> bool:
    """Whether an address is of the web, and encrypted where the issuer's is."""
    scheme = urlsplit(address).scheme if isinstance(address, str) else ""
    return scheme == "https" or (scheme == "http" and not issuer.startswith("https:"))
