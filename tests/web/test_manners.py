"""What holds at the entrance whoever comes: rates, proxies, HTTPS, a desk without login."""

from __future__ import annotations

import asyncio
import re
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import click
import httpx
import pytest
import yaml
from pydantic import ValidationError
from tests.web.doors import chosen, door, path_of, welcome

from techwatch.cli.web import _asked, _invitation, _warnings
from techwatch.endpoints.server import listening
from techwatch.errors import InvalidFilesError, PortError
from techwatch.settings import load
from techwatch.web.application import application
from techwatch.web.security import HEADERS
from techwatch.web.serving import origin
from techwatch.web.settings import WebSettings

if TYPE_CHECKING:
    from pathlib import Path

    from tests.web.doors import Guest


def until_refused(guest: Guest, path: str) -> int:
    """Ask until it is too much; returns how often it was not."""
    for number in range(100):
        if guest.get(path).status_code == 429:
            return number
    return 100


def test_who_asks_too_often_waits(tmp_path: Path) -> None:
    with door(tmp_path / "desk", a_minute=12) as desk:
        guest, other = desk.guest(), desk.guest()
        assert 12 <= until_refused(guest, "/login") < 30  # it fills again meanwhile
        page, problem = guest.get("/login"), guest.get("/api/v1/account")
        assert (page.status_code, problem.status_code) == (429, 429)
        assert guest.get(f"/feeds-out/{'x' * 43}.atom").status_code == 429
        assert 1 <= int(page.headers["retry-after"]) <= 6
        assert problem.json()["title"] == "Too many requests"
        assert other.post(path_of(desk.first_link), data=chosen("ada")).status_code == 303
        assert 12 <= until_refused(other, "/account") < 30
        assert desk.guest().get("/login").status_code == 200  # somebody else


def test_a_desk_without_login_knows_nobody_once_it_asks(tmp_path: Path) -> None:
    with door(tmp_path / "desk", login="none") as desk:
        assert welcome(desk.watch, desk.at)  # its local admin can't log in
        guest = desk.guest()
        assert guest.get("/login").status_code == 303
        made = guest.form("/account/tokens", name="a", scopes=["read"], days="0")
        found = re.search(r'secret">(tw_[^<]+)<', made.text)
        assert found
        assert desk.api(found[1], "GET", "/account").json()["name"] == "local"
        assert guest.form(f"/people/{desk.account_id('local')}/disable").status_code == 409
        kept = guest.cookie
    with door(tmp_path / "desk") as desk:
        guest = desk.guest()
        guest.cookies.set("techwatch", kept, domain="127.0.0.1")
        assert not guest.is_in()
        assert desk.api(found[1], "GET", "/account").status_code == 401


def test_cookies_are_held_to_https_behind_a_proxy(tmp_path: Path) -> None:
    public = "https://desk.example.org"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with door(tmp_path / "desk", public_url=public, port=port, trusted_proxies=[]) as desk:
        assert desk.first_link.startswith(f"{public}/invitation/")
        at, headers = f"http://127.0.0.1:{port}", {"Host": "desk.example.org:443", "Origin": public}
        sent_on = httpx.get(f"{at}/feeds/", headers=headers)
        assert sent_on.headers["location"].startswith(f"{public}")
        way = path_of(desk.first_link)
        answer = httpx.post(f"{at}{way}", data=chosen("ada"), headers=headers)
        kept = answer.headers["set-cookie"]
        assert kept.startswith("__Host-techwatch=")
        assert {"Secure", "HttpOnly", "SameSite=lax", "Path=/"} <= set(kept.split("; "))
        assert "max-age" in answer.headers["strict-transport-security"]


def test_whoever_runs_the_machine_can_make_an_admin(tmp_path: Path) -> None:
    with door(tmp_path / "desk") as desk:
        assert desk.guest().post(path_of(desk.first_link), data=chosen("ada")).status_code == 303
        place = ["--config", str(tmp_path / "desk"), "-s", "web.port=8321"]
        command = [sys.executable, "-m", "techwatch", *place, "web", "--invite", "admin"]
        ended = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)
        assert ended.stdout.startswith("http://127.0.0.1:8321/invitation/")
        grace, way = desk.guest(), path_of(ended.stdout.strip())
        assert grace.post(way, data=chosen("grace")).status_code == 303
        log = grace.get("/api/v1/audit").json()["changes"]
        assert ("command line", "people.invite") in {(one["person"], one["action"]) for one in log}
        with pytest.raises(click.UsageError):  # any port that is free: the link would lead nowhere
            _invitation(desk.watch, "admin")


@pytest.mark.parametrize("wrong", ["*", "proxy.example.org", "10.0.0.1/8"])
def test_proxies_are_addresses(wrong: str) -> None:
    with pytest.raises(ValidationError):
        WebSettings(trusted_proxies=(wrong,))


def test_whoever_may_be_reached_by_others_asks_who_comes() -> None:
    for web in ({"address": "0.0.0.0"}, {"public_url": "https://desk.example.org"}):
        with pytest.raises(ValidationError, match="everybody"):
            WebSettings(login="none", **web)
    assert WebSettings(login="none", public_url="http://localhost:8000").login == "none"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://Desk.example.org:443/", "https://desk.example.org"),
        ("http://desk.example.org:8080", "http://desk.example.org:8080"),
        ("http://[::1]:80", "http://[::1]"),
    ],
)
def test_the_public_address_is_written_as_browsers_do(given: str, kept: str) -> None:
    assert WebSettings(public_url=given).public_url == kept


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("https://example.org/desk", "a name of its own"),
        ("https://example.org?a", "a name of its own"),
        ("desk.example.org", "such as https://"),
        ("ftp://desk.example.org", "such as https://"),
        ("https://ada@desk.example.org", "such as https://"),
        ("https://desk example", "such as https://"),
        ("https://desk.example.org:99999", "ort"),
        ("https://", "such as https://"),
    ],
)
def test_a_public_address_that_is_none_is_refused(wrong: str, told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        WebSettings(public_url=wrong)


def test_what_a_desk_for_others_lacks_is_told_at_its_start() -> None:
    public = "https://desk.example.org"
    assert "trusted_proxies" in next(_warnings(WebSettings(public_url=public)))
    nameless = WebSettings(address="0.0.0.0")
    assert "public_url" in next(_warnings(nameless))
    assert origin(nameless, 8321) == "http://127.0.0.1:8321"
    assert not list(_warnings(WebSettings(public_url=public, trusted_proxies=("10.0.0.1",))))
    assert not list(_warnings(WebSettings()))


def test_machines_ask_whether_it_answers_under_any_name(tmp_path: Path) -> None:
    with door(tmp_path / "desk") as desk:
        for path in ("/healthz", "/readyz"):
            answer = httpx.get(f"{desk.at}{path}", headers={"Host": "10.1.2.3:8321"})
            assert (answer.status_code, answer.json()["status"]) == (200, "well")
            assert httpx.head(f"{desk.at}{path}").status_code == 200
        settings = WebSettings(address="0.0.0.0", port=int(desk.at.rpartition(":")[2]))
        assert _asked(settings) == f"the desk answers at {desk.at}"
    with pytest.raises(click.ClickException, match="no desk answers"):
        _asked(settings)


def test_every_mistake_of_a_desk_for_all_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "techwatch.yaml"
    wrong = {"login": "none", "address": "0.0.0.0", "a_minute": 1, "oidc": {"issuer": "http://a"}}
    path.write_text(yaml.safe_dump({"web": wrong, "polling": {"nothing": 1}}), encoding="utf-8")
    with pytest.raises(InvalidFilesError) as told:
        load(path, {})
    problems = " ".join(str(problem) for problem in told.value.problems)
    assert len(told.value.problems) == 4
    for said in ("none needs a loopback address", "a_minute", "needed with issuer", "nothing"):
        assert said in problems


@pytest.mark.parametrize(
    ("address", "advice"),
    [
        ("127.0.0.1", "`techwatch run --web` serves the desk too"),
        ("192.0.2.1", "choose an address of this machine"),
        ("no-address.invalid", "such as 127.0.0.1"),
    ],
)
def test_a_port_that_cannot_be_had_says_what_to_do(address: str, advice: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortError, match=re.escape(advice)):
            listening(address, port, "web")


def test_a_fault_is_told_with_the_headers_that_all_answers_have(tmp_path: Path) -> None:
    with door(tmp_path / "desk") as desk:
        app = application(desk.watch, desk.at)

        @app.get("/fault")
        @app.get("/api/v1/fault")
        def fault() -> None:
            message = "a secret of ours"
            raise RuntimeError(message)

        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        for path in ("/fault", "/api/v1/fault"):
            answer = asyncio.run(_requested(transport, f"{desk.at}{path}"))
            assert answer.status_code == 500
            assert "secret" not in answer.text
            assert answer.headers["cache-control"] == "no-store"
            for name, value in HEADERS.items():
                assert answer.headers[name] == value


async def _requested(transport: httpx.ASGITransport, address: str) -> httpx.Response:
    async with httpx.AsyncClient(transport=transport) as client:
        return await client.get(address)


def test_whoever_has_a_network_has_one_measure(tmp_path: Path) -> None:
    with door(tmp_path / "desk", a_minute=12) as desk:
        first = desk.guest("2001:db8::1")
        until_refused(first, "/login")
        assert desk.guest("2001:db8::2").get("/login").status_code == 429
        assert desk.guest("2001:db8:0:1::2").get("/login").status_code == 200
