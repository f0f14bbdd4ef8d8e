"""What `tools/image-test` lets the image's own Python do: prepare a trial, wait for it, verify it.

In /data of a container: `served` holds the feeds of the demonstration, for a web server beside;
`trial` the configuration, by which an edition goes out each minute into a folder; `demo` what
`techwatch demo` left, in one process that nobody disturbed. The trial must come to the same.

    python3 trial.py prepare http://127.0.0.1:8471
    python3 trial.py second
    python3 trial.py wait 88 1
    python3 trial.py verify 89
    python3 trial.py contents requirements/runtime.txt
    python3 trial.py enter http://127.0.0.1:8321/invitation/...
    python3 trial.py again http://127.0.0.1:8321
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from dataclasses import asdict
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import httpx
import yaml
from sqlalchemy import create_engine, text

from techwatch.model import Verdict
from techwatch.settings import load
from techwatch.testing import demo

DATA = Path("/data")
SERVED = DATA / "served"
TRIAL = DATA / "trial"
BOM = Path("/usr/share/techwatch/sbom.cdx.json")
PATIENCE = 180.0  # seconds
EDITION = {
    "id": "minutely",
    "title": "China technology policy",
    "schedule": "* * * * *",
    "channels": ["folder"],
}
SETTINGS = {
    "service": {"tick": 1},
    "fetching": {"allow_private": True, "gap": 0},
    "polling": {"interval": 1, "shortest": 1, "longest": 1},
}


def prepare(address: str) -> None:
    """Write the configuration, and the first edition of the feeds."""
    shutil.copytree(demo.first_edition(), SERVED, dirs_exist_ok=True)
    listed = [
        {name: value for name, value in asdict(feed).items() if value not in (None, (), False)}
        for feed in demo.feeds(address)
    ]
    TRIAL.mkdir(exist_ok=True)
    files = {"techwatch": SETTINGS, "feeds": {"feeds": listed}, "digests": {"editions": [EDITION]}}
    for name, content in files.items():
        written = yaml.safe_dump(content, allow_unicode=True)
        (TRIAL / f"{name}.yaml").write_text(written, encoding="utf-8")


def second() -> None:
    """Publish what has changed by the second edition."""
    shutil.copytree(demo.second_edition(), SERVED, dirs_exist_ok=True, copy_function=shutil.copy)


def wait(items: str, digests: str = "0") -> None:
    """Wait until so many items are stored.

    And, if any digests are asked for, until all items are judged, so many digests have been sent,
    and nothing is left to tell.
    """
    end = time.monotonic() + PATIENCE
    while True:
        found = told()
        sent = sum(set(one["states"]) == {"sent"} for one in found["digests"])
        stored = found["items"] >= int(items) and sent >= int(digests)
        if stored and (not int(digests) or not (found["waiting"] or untold())):
            return
        if time.monotonic() > end:
            sys.exit(f"after {PATIENCE:.0f} seconds there is only {found}")
        time.sleep(0.3)


def told() -> dict[str, Any]:
    """Return what `status` and `digest list` tell; nothing where there is no database yet."""
    status = asked("status", "--json")
    if not status or "items" not in status[0]:
        return {"items": 0, "waiting": 0, "digests": []}
    return status[0] | {"digests": asked("digest", "list", "--json")}


def asked(*command: str) -> list[Any]:
    """Return the records that a command of techwatch prints."""
    done = subprocess.run(  # noqa: S603 - our own command
        [  # noqa: S607 - the image's
            "techwatch",
            "--config",
            str(TRIAL),
            *command,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def untold() -> list[str]:
    """Return the flagged stories, as they are now, that no digest of the trial has told."""
    developments = in_digests()
    return [one for one in stories(trial_url()).values() if one not in developments]


def in_digests() -> Counter[str]:
    """Count how often the digests of the trial tell each development."""
    files = [p for p in (DATA / "digests/minutely").glob("*.json") if p.stem != "latest"]
    return Counter(
        development["id"]
        for digest in (json.loads(path.read_text(encoding="utf-8")) for path in files)
        for part in (*digest["groups"], {"developments": digest["follow_ups"]})
        for development in part["developments"]
    )


def trial_url() -> str:
    """Return the URL of the trial's database."""
    chosen = load(TRIAL / "techwatch.yaml", os.environ).database_url
    return chosen.get_secret_value() if chosen else f"sqlite:///{DATA}/techwatch.db"


def verify(items: str) -> None:
    """Compare the trial with the undisturbed demonstration; exit status 1 if they differ."""
    found = told()
    undisturbed = f"sqlite:///{DATA}/demo/techwatch.db"
    ours, theirs = outcome(trial_url()), outcome(undisturbed)
    present = stories(trial_url())
    developments = in_digests()
    states = Counter(state for digest in found["digests"] for state in digest["states"])
    twice = [one for one, times in developments.items() if times > 1]
    lost, doubled = theirs - ours, ours - theirs
    others = present.keys() ^ stories(undisturbed).keys()
    missing = untold()
    former = len(developments.keys() - set(present.values()))
    print(f"{found['items']} items, {sum(ours.values())} verdicts; {len(lost)} lost or different, ")
    print(f"{len(doubled)} doubled; {len(present)} stories are news, {len(others)} of them others ")
    print(f"than undisturbed, {len(missing)} untold; {len(developments)} developments told in ")
    print(
        f"{states['sent']} digests, {len(twice)} twice, {former} of a text that was changed since"
    )
    for one in (*lost, *doubled, *others, *missing, *twice):
        print(one)
    wrong = lost or doubled or others or missing or twice or set(states) != {"sent"} or not present
    sys.exit(bool(wrong or found["items"] != int(items)))


def outcome(url: str) -> Counter[tuple[str, ...]]:
    """Count the verdicts by item, title and revision."""
    query = (
        "SELECT items.identity, items.title, assessments.revision, assessments.verdict "
        "FROM items JOIN assessments ON assessments.item_id = items.id"
    )
    return Counter(rows(url, query))


def stories(url: str) -> dict[frozenset[str], str]:
    """Return the stories that any item's present text flags: their items, and the story's id."""
    query = (
        "SELECT assessments.story_id, items.identity, assessments.verdict "
        "FROM items JOIN assessments ON assessments.item_id = items.id "
        "AND assessments.revision = items.judged_revision "
        "WHERE assessments.story_id IS NOT NULL"
    )
    found = rows(url, query)
    flagged = {story for story, _, verdict in found if Verdict(verdict).flagged}
    return {
        frozenset(identity for of, identity, _ in found if of == story): story for story in flagged
    }


def rows(url: str, query: str) -> list[tuple[str, ...]]:
    """Return what a query finds, as text."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = [tuple(map(str, row)) for row in connection.execute(text(query))]
    engine.dispose()
    return found


def contents(requirements: str) -> None:
    """Compare the list of contents with what is installed, and with the pins."""
    listed = {
        plain(one["name"]): one["version"]
        for one in json.loads(BOM.read_text(encoding="utf-8"))["components"]
    }
    installed = {plain(one.metadata["Name"]): one.version for one in distributions()}
    pins = re.findall(r"^(\S+)==(\S+)( ;)?", Path(requirements).read_text("utf-8"), re.MULTILINE)
    everywhere = {plain(name): version for name, version, marker in pins if not marker}
    pinned = {plain(name): version for name, version, _ in pins}
    installed.pop("techwatch")
    listed.pop("techwatch", None)
    print(f"{len(listed)} packages listed, {len(installed)} installed, {len(pins)} pinned")
    sys.exit(
        not (
            listed == installed
            and everywhere.items() <= listed.items()
            and listed.items() <= pinned.items()
        )
    )


WHO = {"name": "ada", "password": "seven quiet herons at dusk"}
LOGIN = DATA / "login.json"  # what a browser keeps


def enter(link: str) -> None:
    """Become admin by the link that a desk printed, and look at its pages in both languages."""
    at, _, path = link.partition("/invitation/")
    with visitor(at) as browser:
        must(browser.get("/"), 303)
        must(browser.post(f"/invitation/{path}", data=WHO | {"again": WHO["password"]}), 303)
        shown(browser)
        LOGIN.write_text(json.dumps(dict(browser.cookies)), encoding="utf-8")
        must(browser.get(f"/invitation/{path}"), 404)


def again(at: str) -> None:
    """Come back to a desk that was killed: by the login as it was, and by the password."""
    with visitor(at) as browser:
        browser.cookies.update(json.loads(LOGIN.read_text(encoding="utf-8")))
        shown(browser)
        browser.cookies.clear()
        must(browser.post("/login", data=WHO), 303)
        shown(browser)


def visitor(at: str) -> httpx.Client:
    """Return a browser at a desk."""
    return httpx.Client(base_url=at, headers={"Origin": at}, timeout=60)


def shown(browser: httpx.Client) -> None:
    """Look at pages, in English and Norwegian, and at the API."""
    for path in ("/", "/search?q=Huawei", "/baseline", "/feeds", "/digests", "/people"):
        for language in ("en", "nb"):
            page = browser.get(path, headers={"Accept-Language": language})
            must(page, 200)
            if f'lang="{language}"' not in page.text:
                sys.exit(f"{path} is not in {language}")
    if not browser.get("/api/v1/developments").json()["developments"]:
        sys.exit("the API tells no development")


def must(answer: httpx.Response, status: int) -> None:
    """End, unless the desk answered by this status."""
    if answer.status_code != status:
        sys.exit(f"{answer.url}: {answer.status_code}, not {status}: {answer.text[:1_000]}")


def plain(name: str) -> str:
    """Return a package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    verbs = {
        verb.__name__: verb for verb in (prepare, second, wait, verify, contents, enter, again)
    }
    verbs[sys.argv[1]](*sys.argv[2:])
