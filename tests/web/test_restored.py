"""A desk put back from a back-up: the same people, logins, tokens and filters."""

from __future__ import annotations

import stat
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import httpx
from tests.web.doors import PASSWORD, chosen, door, path_of, shown

from techwatch.storage import backups, sqlite_url

if TYPE_CHECKING:
    from pathlib import Path


def test_people_come_back_to_a_restored_desk(tmp_path: Path) -> None:
    copy = tmp_path / "backup.db"
    with door(tmp_path / "desk") as desk:
        admin = desk.guest()
        assert admin.post(path_of(desk.first_link), data=chosen("ada")).status_code == 303
        desk.member(admin, "rita", "analyst")
        token = shown(admin.form("/account/tokens", name="a", scopes=["read"], days="30"))
        assert admin.form("/filters", "/filters", name="All", query="").status_code == 303
        [saved] = admin.get("/api/v1/filters").json()["filters"]
        kept = admin.cookie
        backups.back_up(desk.watch.database_url, copy)  # while people work
    for file in (copy, tmp_path / "desk" / "techwatch.db"):
        assert stat.S_IMODE(file.stat().st_mode) & 0o027 == 0, f"{file} is open to strangers"
    for secret in (PASSWORD, token, kept):
        assert secret.encode() not in copy.read_bytes()

    (tmp_path / "new").mkdir()
    backups.restore(copy, sqlite_url(tmp_path / "new" / "techwatch.db"), datetime.now(UTC))
    with door(tmp_path / "new") as desk:
        assert desk.first_link == ""  # there is an admin
        guest = desk.guest()
        guest.cookies.set("techwatch", kept, domain="127.0.0.1")
        assert guest.is_in()
        for name in ("ada", "rita"):
            assert desk.guest().log_in(name).status_code == 303
        assert desk.api(token, "GET", "/account").json()["name"] == "ada"
        feed = httpx.get(f"{desk.at}{httpx.URL(saved['atom']).path}")
        assert (feed.status_code, "All" in feed.text) == (200, True)
        log = guest.get("/api/v1/audit").json()["changes"]
        assert {"people.join", "filters.save"} & {one["action"] for one in log}, log
