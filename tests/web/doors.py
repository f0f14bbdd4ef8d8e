"""A desk that asks who comes, for tests of who may do what; it has no news."""

from __future__ import annotations

import io
import re
import ssl
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import yaml
from argon2 import Parameters, Type
from tests.web.conftest import serving

from techwatch.cli.web import _welcome_first
from techwatch.installation import shipped
from techwatch.settings import load
from techwatch.testing import FakeClock
from techwatch.watch import Watch
from techwatch.web.identity import passwords

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from techwatch.model import Account

PASSWORD = "seven quiet herons at dusk"
CHEAP = Parameters(Type.ID, 19, 16, 32, time_cost=1, memory_cost=64, parallelism=1)
_TRUST = ssl.create_default_context()  # made once: it takes longer than a request


class Guest(httpx.Client):
    """Somebody with a browser, at an address of their own behind the proxy."""

    def form(self, path: str, page: str = "/account", **fields: Any) -> httpx.Response:
        """Send a form as a browser does, with what the page gave it."""
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', self.get(page).text)
        csrf = {"csrf": found[1]} if found else {}
        return self.post(path, data=csrf | fields)

    def log_in(self, name: str, password: str = PASSWORD, way: str = "/account") -> httpx.Response:
        """Log in."""
        return self.post("/login", data={"name": name, "password": password, "next": way})

    def is_in(self) -> bool:
        """Whether they are logged in."""
        return self.get("/account").status_code == 200

    @property
    def cookie(self) -> str:
        """What their browser keeps."""
        return self.cookies["techwatch"]


@dataclass
class Door:
    """The desk, and its time."""

    at: str
    watch: Watch
    clock: FakeClock
    first_link: str = ""  # as it was printed; empty: none was
    guests: list[Guest] = field(default_factory=list)

    def guest(self, address: str = "", **headers: str) -> Guest:
        """Bring somebody to it; each comes from an address of their own."""
        sent = {
            "Origin": self.at,
            "User-Agent": "Test/1",
            "X-Forwarded-For": address or f"198.51.100.{len(self.guests)}",
        }
        made = Guest(base_url=self.at, headers=sent | headers, timeout=30, verify=_TRUST)
        self.guests.append(made)
        return self.guests[-1]

    def api(self, token: str, method: str, path: str, **sent: Any) -> httpx.Response:
        """Ask the API as a program does."""
        sent["headers"] = {"Authorization": f"Bearer {token}"}
        return httpx.request(method, f"{self.at}/api/v1{path}", timeout=30, verify=_TRUST, **sent)

    def member(self, admin: Guest, name: str, role: str) -> Guest:
        """Invite somebody, who takes the invitation and is logged in."""
        guest = self.guest()
        answer = guest.post(path_of(invited(admin, role)), data=chosen(name))
        assert answer.status_code == 303
        return guest

    def account(self, name: str) -> Account:
        """Find an account."""
        account = self.watch.store.people.account(name)
        assert account
        return account

    def account_id(self, name: str) -> int:
        """Find an account's id."""
        return self.account(name).id


@contextmanager
def door(
    folder: Path, environment: Mapping[str, str] = MappingProxyType({}), **web: object
) -> Iterator[Door]:
    """Open a desk with these settings."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "techwatch.yaml"
    base: dict[str, object] = {"port": 0, "trusted_proxies": ["127.0.0.1"], "a_minute": 100_000}
    path.write_text(yaml.safe_dump({"data_dir": str(folder), "web": base | web}), encoding="utf-8")
    clock = FakeClock(datetime.now(UTC))
    with pytest.MonkeyPatch.context() as patch:  # real ones take most of the time of a test
        patch.setattr(passwords, "PARAMETERS", CHEAP)
        yield from _opened(path, environment, clock)


def _opened(path: Path, environment: Mapping[str, str], clock: FakeClock) -> Iterator[Door]:
    folder = path.parent
    watch = Watch(lambda: load(path, environment), folder, shipped("baseline"), clock)
    with serving(watch) as at:
        made = Door(at, watch, clock, welcome(watch, at))
        try:
            yield made
        finally:
            for guest in made.guests:
                guest.close()


def welcome(watch: Watch, at: str) -> str:
    """Return the link for the first admin, as it is printed; empty where there is none."""
    printed = io.StringIO()
    with redirect_stderr(printed):
        _welcome_first(watch, at)
    found = re.search(r"http\S+/invitation/\S+", printed.getvalue())
    return found[0] if found else ""


def path_of(link: str) -> str:
    """Return a link's path."""
    return httpx.URL(link).path


def chosen(name: str, password: str = PASSWORD) -> dict[str, str]:
    """Fill in the form of an invitation."""
    return {"name": name, "password": password, "again": password}


def invited(admin: Guest, role: str) -> str:
    """Invite somebody; returns the link that is shown."""
    return shown(admin.form("/people/invite", role=role))


def shown(page: httpx.Response) -> str:
    """Return what a page shows once."""
    found = re.search(r'<code class="secret">([^<]+)</code>', page.text)
    assert found, page.text
    return found[1]
