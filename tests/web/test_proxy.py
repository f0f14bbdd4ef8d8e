"""The desk behind a real proxy that adds HTTPS, set up as packaging/proxy shows.

Of nginx and Caddy those are tried that this machine has.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import trustme
from tests.web.doors import PASSWORD, chosen, door, path_of
from tests.web.provider import CLIENT, SECRET, provider

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.web.doors import Door

SHOWN = Path(__file__).parents[2] / "packaging" / "proxy"
NAME = "desk.example.org"
PUBLIC = f"https://{NAME}"


@dataclass
class Proxied:
    """A desk, and the ports at which a proxy answers for it."""

    desk: Door
    secure: int
    plain: int
    trust: ssl.SSLContext
    visitors: list[Visitor] = field(default_factory=list)

    def visitor(self, address: str = "127.0.0.1", **headers: str) -> Visitor:
        """Bring a browser, from an address of this machine."""
        transport = httpx.HTTPTransport(verify=self.trust, local_address=address)
        sent = {"Host": NAME, "Origin": PUBLIC} | headers
        at = f"https://127.0.0.1:{self.secure}"
        made = Visitor(base_url=at, transport=transport, headers=sent, timeout=30)
        self.visitors.append(made)
        return made


class Visitor(httpx.Client):
    """Somebody who asks for the desk by its name, whatever its port here."""

    def request(self, method: str, url: Any, **sent: Any) -> httpx.Response:
        """Ask, the name also standing where the certificate is asked for."""
        sent["extensions"] = {"sni_hostname": NAME}
        return super().request(method, url, **sent)


@pytest.fixture(scope="module")
def trust() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def proxied(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, trust: trustme.CA
) -> Iterator[Proxied]:
    program = shutil.which(request.param, path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.skip(f"no {request.param}: apt-get install {request.param}")
    folder = tmp_path_factory.mktemp(request.param)
    ports = free_ports(3)
    mine = trust.issue_cert(NAME)
    mine.private_key_and_cert_chain_pem.write_to_path(folder / "desk.pem")
    start = {"nginx": nginx, "caddy": caddy}[request.param]
    knowing = ssl.create_default_context()
    trust.configure_trust(knowing)
    with (
        provider(lambda: datetime.now(UTC)) as idp,
        door(
            folder / "desk",
            {"TECHWATCH_WEB__OIDC__CLIENT_SECRET": SECRET},
            port=ports[0],
            public_url=PUBLIC,
            oidc={"issuer": idp.issuer, "client_id": CLIENT, "role": "reader"},
        ) as desk,
        start(program, folder, ports),
    ):
        made = Proxied(desk, ports[1], ports[2], knowing)
        yield made
        for visitor in made.visitors:
            visitor.close()


def free_ports(count: int) -> list[int]:
    taken = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in taken]
    for one in taken:
        one.close()
    return ports


def nginx(program: str, folder: Path, ports: list[int]) -> Any:
    """Start it with the shown file, but for ports, certificate and where it may write."""
    text = (SHOWN / "nginx.conf").read_text("utf-8")
    text = re.sub(r"^ *listen \[::\].*\n", "", text, flags=re.MULTILINE)
    text = text.replace("listen 443", f"listen 127.0.0.1:{ports[1]}")
    text = text.replace("listen 80", f"listen 127.0.0.1:{ports[2]}").replace("8321", str(ports[0]))
    text = re.sub(r"/etc/ssl/[\w/.]+", str(folder / "desk.pem"), text)
    kept = [f"{what}_temp_path {folder}/{what};" for what in ("client_body", "proxy", "fastcgi")]
    kept += [f"{what}_temp_path {folder}/{what};" for what in ("uwsgi", "scgi")]
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log stderr; events {{}}\n"
        f"http {{ access_log off; {' '.join(kept)}\n{text} }}",
        "utf-8",
    )
    command = [program, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"]
    return running(command, ports[1], folder)


def caddy(program: str, folder: Path, ports: list[int]) -> Any:
    """Start it likewise; it would fetch a certificate of its own."""
    text = (SHOWN / "Caddyfile").read_text("utf-8").replace("8321", str(ports[0]))
    mine = folder / "desk.pem"
    text = text.replace(f"{NAME} {{", f"{NAME} {{\n\ttls {mine} {mine}\n\tbind 127.0.0.1")
    own = f"{{\n\tadmin off\n\thttps_port {ports[1]}\n\thttp_port {ports[2]}\n}}\n"
    (folder / "Caddyfile").write_text(own + text, "utf-8")
    command = [program, "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]
    return running(command, ports[1], folder)


@contextmanager
def running(command: list[str], port: int, folder: Path) -> Iterator[None]:
    environment = {"HOME": str(folder), "PATH": "/usr/bin:/bin"}
    log = folder / "log"
    with log.open("wb") as file:
        process = subprocess.Popen(command, env=environment, stdout=file, stderr=file)
    try:
        _until_it_listens(process, port, log)
        yield
    finally:
        process.terminate()
        process.wait(20)


def _until_it_listens(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < end, log.read_text()
            time.sleep(0.02)
        else:
            return


@pytest.fixture(scope="module")
def admin(proxied: Proxied) -> Visitor:
    """The first admin, by the link that was printed."""
    link = proxied.desk.first_link
    assert link.startswith(f"{PUBLIC}/invitation/")
    visitor = proxied.visitor()
    taken = visitor.post(path_of(link), data=chosen("ada"))
    assert taken.status_code == 303, taken.text
    kept = taken.headers["set-cookie"]
    assert kept.startswith("__Host-techwatch=")
    assert {"Secure", "HttpOnly", "SameSite=lax", "Path=/"} <= set(kept.split("; "))
    return visitor


def form(visitor: Visitor, path: str, page: str, **fields: str) -> httpx.Response:
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', visitor.get(page).text)
    assert found, page
    return visitor.post(path, data={"csrf": found[1], **fields})


def test_pages_are_read_and_forms_are_taken(admin: Visitor) -> None:
    page = admin.get("/")
    assert page.status_code == 200
    assert page.headers["strict-transport-security"] == "max-age=31536000"
    assert form(admin, "/looks", "/account", theme="dark", next="/account").status_code == 303
    alien = admin.post("/login", data=chosen("ada"), headers={"Origin": "https://evil.example"})
    assert alien.status_code == 403


def test_who_comes_by_http_is_sent_to_https(proxied: Proxied) -> None:
    answer = httpx.get(
        f"http://127.0.0.1:{proxied.plain}/login?next=/feeds", headers={"Host": NAME}
    )
    assert answer.status_code in {301, 308}
    assert answer.headers["location"].startswith(f"{PUBLIC}")
    assert answer.headers["location"].endswith("/login?next=/feeds")


def test_addresses_that_are_sent_on_are_of_https(admin: Visitor) -> None:
    answer = admin.get("/feeds/")
    assert answer.status_code == 307
    assert answer.headers["location"] == f"{PUBLIC}/feeds"
    away = admin.get("/login").headers.get("location", "/")
    assert away.startswith(("/", PUBLIC))


def test_another_name_is_refused(proxied: Proxied) -> None:
    """Whether the proxy passes it on or not: nobody is given a page under it."""
    for host in ("evil.example", f"{NAME}.evil.example", f"evil.example/{NAME}"):
        answer = proxied.visitor(Host=host).get("/login")
        assert "<form" not in answer.text, host
    sent = {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    assert "evil" not in str(proxied.visitor(**sent).get("/feeds/").headers)


@pytest.mark.usefixtures("admin")
def test_visitors_are_told_apart_and_none_can_claim_another_address(proxied: Proxied) -> None:
    for number in range(12):  # each time another address, as the visitor says
        liar = proxied.visitor("127.0.0.2", **{"X-Forwarded-For": f"198.51.100.{number}"})
        answer = liar.post("/login", data={"name": f"x{number}", "password": "wrong"})
    assert answer.status_code == 429
    other = proxied.visitor("127.0.0.3")
    assert other.post("/login", data={"name": "ada", "password": PASSWORD}).status_code == 303
    log = other.get("/api/v1/audit").json()["changes"]
    assert {one["address"] for one in log if one["action"] == "login.enter"} == {"127.0.0.3"}


def test_feeds_of_filters_name_addresses_of_https(proxied: Proxied, admin: Visitor) -> None:
    made = form(admin, "/filters", "/filters", name="All", query="")
    assert made.status_code == 303, made.text
    [found] = admin.get("/api/v1/filters").json()["filters"]
    [atom, told] = re.findall(rf"{PUBLIC}/feeds-out/[\w-]+\.(?:atom|json)", str(found))[:2]
    for address in (atom, told):
        feed = proxied.visitor().get(address.removeprefix(PUBLIC))
        assert feed.status_code == 200
        assert address in feed.text
        assert "http://127" not in feed.text


def test_an_identity_provider_sends_people_back_by_https(proxied: Proxied) -> None:
    visitor = proxied.visitor()
    away = visitor.get("/login/provider?next=/feeds")
    assert away.headers["set-cookie"].startswith("__Host-techwatch-provider=")
    at = httpx.URL(away.headers["location"])
    assert at.params["redirect_uri"] == f"{PUBLIC}/login/provider/back"
    back = httpx.get(at, verify=proxied.trust).headers["location"].removeprefix(PUBLIC)
    came = visitor.get(back)
    assert (came.status_code, came.headers["location"]) == (303, "/feeds")
    assert visitor.get("/feeds").status_code == 200


def test_what_is_too_large_is_refused(proxied: Proxied) -> None:
    answer = proxied.visitor().post("/login", content=b"x" * 1_100_000)
    assert answer.status_code == 413
