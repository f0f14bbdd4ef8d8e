"""Log in to a real desk by a certified identity provider, oidc-provider of npm, and be refused.

    make oidc-test

Needs Node.js 20 or newer with npm. Each line says what was tried and what came of it; the exit
status is 1 if anything came out otherwise.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

PROVIDER = Path(__file__).parent / "identity-provider"
PATIENCE = 120.0  # seconds that a program takes to answer
PASSWORD = "seven quiet herons at dusk"  # noqa: S105 - of an account that lives for seconds
ALGORITHMS = ("RS256", "ES256", "EdDSA")


class Trial:
    """A folder, two ports, and how many things came out otherwise than they should."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.wrong = 0
        with (
            socket.create_server(("127.0.0.1", 0)) as one,
            socket.create_server(("127.0.0.1", 0)) as other,
        ):
            ports = one.getsockname()[1], other.getsockname()[1]
        self.port = ports[0]
        self.at, self.issuer = (f"http://127.0.0.1:{port}" for port in ports)

    def expect(self, what: str, found: object, expected: object) -> None:
        """Tell what was tried, and whether it came out as it should."""
        self.wrong += found != expected
        print(f"{'ok   ' if found == expected else 'WRONG'} {what}: {found}")

    @contextmanager
    def desk(self, **oidc: str) -> Iterator[None]:
        """Run a desk that knows the provider."""
        known = {"issuer": self.issuer, "client_id": "techwatch", "role": "reader"} | oidc
        web = {"port": self.port, "oidc": known}
        files = {
            "techwatch": {"data_dir": str(self.folder), "web": web},
            "feeds": {"feeds": []},
            "digests": {"editions": []},
        }
        for name, content in files.items():
            (self.folder / f"{name}.yaml").write_text(yaml.safe_dump(content), "utf-8")
        secret = {"TECHWATCH_WEB__OIDC__CLIENT_SECRET": "a secret: of/the client"}
        with running(self.techwatch("web"), f"{self.at}/healthz", secret):
            yield

    def techwatch(self, *command: str) -> list[str]:
        """Return a call of techwatch on the trial's folder."""
        return [sys.executable, "-m", "techwatch", "--config", str(self.folder), *command]

    @contextmanager
    def provider(self, *options: str) -> Iterator[None]:
        """Run the provider."""
        node = shutil.which("node")
        assert node  # noqa: S101 - looked for at the start
        back = f"{self.at}/login/provider/back"
        command = [node, "provider.mjs", self.issuer.rpartition(":")[2], back, *options]
        with running(command, f"{self.issuer}/jwks", {}):
            yield

    def log_in(self, who: str) -> httpx.Response:
        """Go to the provider, say who one is there, agree, and come back; in a new browser."""
        with httpx.Client(timeout=PATIENCE) as browser:
            answer = browser.get(f"{self.at}/login/provider?next=/account")
            while "/login/provider/back" not in str(answer.url):
                answer = self._next(browser, answer, who)
                if answer.status_code >= 400:
                    return answer
            if answer.is_redirect:
                return browser.get(answer.url.join(answer.headers["location"]))
            return answer

    def _next(self, browser: httpx.Client, answer: httpx.Response, who: str) -> httpx.Response:
        if answer.is_redirect:
            return browser.get(answer.url.join(answer.headers["location"]))
        form = re.search(r'action="([^"]+)".*?name="prompt" value="(\w+)"', answer.text, re.DOTALL)
        if form is None:
            sys.exit(f"the provider shows no form: {answer.text[:500]}")
        fields = {"prompt": form[2], "login": who, "password": "x"}
        return browser.post(answer.url.join(form[1]), data=fields)

    def disable(self, name: str) -> int:
        """Have an admin disable somebody; returns the status of the answer."""
        ended = subprocess.run(  # noqa: S603 - our own command
            self.techwatch("web", "--invite", "admin"), capture_output=True, text=True, check=True
        )
        headers = {"Origin": self.at}
        with httpx.Client(base_url=self.at, timeout=PATIENCE, headers=headers) as admin:
            fields = {"name": "root", "password": PASSWORD, "again": PASSWORD}
            admin.post(ended.stdout.strip(), data=fields)
            found = admin.get("/api/v1/people").json()["accounts"]
            number = next(one["id"] for one in found if one["name"] == name)
            csrf = re.search(r'name="csrf" value="(\w+)"', admin.get("/account").text)
            assert csrf  # noqa: S101 - every page has one
            return admin.post(f"/people/{number}/disable", data={"csrf": csrf[1]}).status_code


@contextmanager
def running(command: list[str], at: str, secret: dict[str, str]) -> Iterator[None]:
    """Run a program until it is left; it has begun when its address answers."""
    with subprocess.Popen(  # noqa: S603 - our own commands
        command,
        cwd=PROVIDER,
        env=os.environ | secret,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            end = time.monotonic() + PATIENCE
            while not answers(at):
                if process.poll() is not None or time.monotonic() > end:
                    sys.exit(f"does not run: {' '.join(command)}")
                time.sleep(0.1)
            yield
        finally:
            process.terminate()


def answers(at: str) -> bool:
    """Whether an address answers."""
    try:
        return httpx.get(at, timeout=5).is_success
    except httpx.HTTPError:
        return False


def main() -> int:
    """Try it all."""
    if shutil.which("node") is None or not (PROVIDER / "node_modules").is_dir():
        sys.exit("needs Node.js and its packages: `make oidc-test` installs the latter by npm")
    with tempfile.TemporaryDirectory(prefix="techwatch-oidc-") as folder:
        trial = Trial(Path(folder))
        attempt(trial)
    return trial.wrong > 0


def attempt(trial: Trial) -> None:
    """Log in by each kind of signature, then as those who may not."""
    for algorithm in ALGORITHMS:
        with trial.provider(algorithm), trial.desk():
            page = trial.log_in(f"ada.{algorithm}".lower())
            known = page.status_code, page.url.path
            trial.expect(f"a token signed by {algorithm}", known, (200, "/account"))
    with trial.provider("RS256", "client_secret_post"):
        with trial.desk():
            again = trial.log_in("ada.rs256")
            trial.expect("the secret in the form", again.url.path, "/account")
            trial.expect("an admin disables her", trial.disable("ada.rs256"), 303)
            trial.expect("she logs in", trial.log_in("ada.rs256").status_code, 409)
        with trial.desk(role="none"):
            page = trial.log_in("stranger")
            told = page.status_code, "no account for you yet" in page.text
            trial.expect("somebody whom the desk does not know", told, (403, True))
        with trial.desk(client_id="another"):
            trial.expect("a client that it does not know", trial.log_in("ada").status_code, 400)
    with trial.desk():
        gone = httpx.get(f"{trial.at}/login/provider", timeout=PATIENCE).status_code
        trial.expect("the provider is gone", gone, 502)
        page = httpx.get(f"{trial.at}/login", timeout=PATIENCE).status_code
        trial.expect("a password is asked for meanwhile", page, 200)


if __name__ == "__main__":
    sys.exit(main())
