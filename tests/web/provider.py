"""A small identity provider for tests: OpenID Connect over HTTP, with keys of its own."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

CLIENT, SECRET = "techwatch", "a secret: of/the client"


class Idp:
    """The provider: whoever is sent to it is somebody whom it knows, without being asked."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.issuer = ""
        self.key = RSAKey.generate_key(2048, {"kid": "1", "use": "sig"})
        self.signing = self.key  # with which it signs: another one where a test says so
        self.alg = "RS256"
        self.who = {"sub": "00u1", "preferred_username": "Ada Lovelace"}
        self.said: dict[str, Any] = {}  # what is to be another in its tokens
        self.asked: dict[str, dict[str, str]] = {}  # what was asked, by code

    def about(self) -> dict[str, Any]:
        """Say where it is asked."""
        at = self.issuer
        return {
            "issuer": at,
            "authorization_endpoint": f"{at}/authorize?tenant=1",
            "token_endpoint": f"{at}/token",
            "jwks_uri": f"{at}/jwks",
        }

    def keys(self) -> dict[str, Any]:
        """Publish its keys."""
        return dict(KeySet([self.key]).as_dict(private=False))

    def authorize(self, query: dict[str, str]) -> str:
        """Send a browser back with a code."""
        assert query["tenant"] == "1"
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe()
        self.asked[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """Give a token for a code, once, to who asked for it; None: to nobody else."""
        asked = self.asked.pop(form.get("code", ""), None)
        expected = base64.b64encode(b"techwatch:a+secret%3A+of%2Fthe+client").decode()
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = _packed(digest)
        if asked is None or authorization != f"Basic {expected}":
            return None
        if challenge != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
            return None
        now = int(self.clock().timestamp())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300}
        claims |= {"nonce": asked["nonce"]} | self.who | self.said
        return {"access_token": "a", "token_type": "Bearer", "id_token": self._signed(claims)}

    def _signed(self, claims: dict[str, Any]) -> str:
        if self.alg == "RS256":
            return jwt.encode({"alg": "RS256", "kid": "1"}, claims, self.signing)
        # As somebody would who only knows what it publishes.
        parts = ({"alg": self.alg, "kid": "1"}, claims)
        text = ".".join(_packed(json.dumps(part).encode()) for part in parts)
        key = self.key.as_pem(private=False)
        signature = hmac.digest(key, text.encode(), "sha256") if self.alg == "HS256" else b""
        return f"{text}.{_packed(signature)}"


def _packed(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


@contextmanager
def provider(clock: Callable[[], datetime]) -> Iterator[Idp]:
    """Serve a provider meanwhile."""
    idp = Idp(clock)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            if parts.path == "/authorize":
                self.send_response(302)
                self.send_header("Location", idp.authorize(query))
                self.end_headers()
            else:
                found = {"/.well-known/openid-configuration": idp.about, "/jwks": idp.keys}
                self.answer(found[parts.path]())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self.answer(idp.token(form, self.headers.get("Authorization", "")))

        def answer(self, said: dict[str, Any] | None) -> None:
            self.send_response(400 if said is None else 200)
            self.end_headers()
            self.wfile.write(json.dumps(said).encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        idp.issuer = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield idp
        finally:
            server.shutdown()
            thread.join()
