"""Every address that changes something notes who did it; and which scope each asks a token for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from sqlalchemy import update
from tests.web.conftest import browsing, with_own_baseline
from tests.web.doors import PASSWORD, chosen, door, path_of
from tests.web.test_addresses import places

from techwatch.model import DeliveryState
from techwatch.storage import tables as t
from techwatch.web.identity.roles import Scope
from techwatch.web.identity.sessions import hashed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.web.conftest import Browser
    from tests.web.doors import Door, Guest

    from techwatch.watch import Watch

# What is sent, looked at and forgotten; or only says how far somebody read, which nobody else sees.
CHANGES_NOTHING = {
    "POST /feeds/look",
    "POST /api/v1/feeds/look",
    "POST /check",
    "POST /api/v1/check",
    "POST /seen",
    "PUT /api/v1/seen",
    "POST /baseline/entities/{entity_id}/fact",  # written by the form that it leads to
    "POST /api/v1/baseline/entities/{entity_id}/fact",
    "POST /api/v1/baseline/entities/{entity_id}/proposal",
    "POST /api/v1/baseline/sources/proposal",
    "POST /filters/{filter_id}/hooks/{hook_id}/test",
    "POST /api/v1/filters/{filter_id}/hooks/{hook_id}/test",
}
# Changes that the tests of the entrance and of the provider look at, with their lines in the log.
LOOKED_AT_THERE = {"POST /login/provider/tie", "POST /account/provider/untie"}
OPML = (
    '<opml version="2.0"><body><outline text="Quay" type="rss" xmlUrl="https://quay.example/{}"/>'
    "</body></opml>"
)
seen: set[str] = set()  # what the tests of this file tried


class Trying:
    """Somebody who changes things, and looks each time whether that was noted."""

    def __init__(self, client: Browser | Guest, watch: Watch, csrf: str) -> None:
        self.client = client
        self.watch = watch
        self.headers = {"X-CSRF-Token": csrf, "Origin": str(client.base_url).rstrip("/")}

    def noted(self, action: str, route: str, *values: object, **sent: Any) -> Any:
        """Send a request; the newest line of the log must be its. Returns what the API says."""
        method, _, path = route.partition(" ")
        for value in values:
            before, _, rest = path.partition("{")
            path = before + quote(str(value), safe="") + rest.partition("}")[2]
        last = self.watch.store.audit.page(1, None, None)
        kept = self.headers | sent.pop("headers", {})
        answer = self.client.request(method, path, headers=kept, follow_redirects=False, **sent)
        assert answer.status_code < 400, (route, answer.text)
        [line] = self.watch.store.audit.page(1, None, None)
        assert line.action == action, route
        assert not last or line.id > last[0].id, route
        seen.add(route)
        return answer.json() if path.startswith("/api/") and answer.content else None


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with door(tmp_path_factory.mktemp("audited") / "desk") as opened:
        yield opened


def _csrf(guest: Guest) -> str:
    return guest.get("/account").text.partition('name="csrf" value="')[2][:32]


def test_what_is_changed_of_accounts_is_noted(desk: Door) -> None:
    admin = desk.guest()
    store = desk.watch.store
    by = Trying(admin, desk.watch, "")
    by.noted("people.accept", "POST /invitation/{key}", _key(desk.first_link), data=chosen("ada"))
    by.noted("login.enter", "POST /login", data={"name": "ada", "password": PASSWORD})
    by = Trying(admin, desk.watch, _csrf(admin))
    by.noted("account.language", "POST /looks", data={"language": "nb"})
    by.noted("account.language", "POST /account/language", data={"language": "en"})
    by.noted("account.language", "PUT /api/v1/account/language", json={"language": "nb"})
    by.noted("people.invite", "POST /people/invite", data={"role": "reader"})
    withdrawn = "POST /people/links/{invitation_id}/withdraw"
    by.noted("people.withdraw", withdrawn, store.credentials.invitations(desk.clock())[0].id)
    by.noted("people.invite", "POST /api/v1/invitations", json={"role": "reader"})
    withdrawn = "DELETE /api/v1/invitations/{invitation_id}"
    by.noted("people.withdraw", withdrawn, store.credentials.invitations(desk.clock())[0].id)
    bo = desk.member(admin, "bo", "reader")
    bo_id = desk.account_id("bo")
    for action in ("reset", "end-logins", "disable", "enable"):
        noted = f"people.{action.replace('-', '_')}"
        by.noted(noted, f"POST /people/{{account_id}}/{action}", bo_id)
    by.noted("people.role", "POST /people/{account_id}/role", bo_id, data={"role": "analyst"})
    patch = "PATCH /api/v1/people/{account_id}"
    by.noted("people.role", patch, bo_id, json={"role": "admin"})
    by.noted("people.reset", "POST /api/v1/people/{account_id}/reset", bo_id)
    by.noted("people.end_logins", "DELETE /api/v1/people/{account_id}/logins", bo_id)
    _their_own(desk, bo)


def _their_own(desk: Door, guest: Guest) -> None:
    def by() -> Trying:
        assert guest.log_in("bo").status_code == 303
        return Trying(guest, desk.watch, _csrf(guest))

    own = by()
    token = {"name": "one", "scopes": ["read"]}
    own.noted("tokens.make", "POST /account/tokens", data=token)
    made = own.noted("tokens.make", "POST /api/v1/tokens", json=token)["token"]
    own.noted("tokens.revoke", "DELETE /api/v1/tokens/{token_id}", made["id"])
    own.noted("tokens.revoke", "POST /account/tokens/{token_id}/revoke", made["id"] - 1)
    new = {"old": PASSWORD, "password": PASSWORD, "again": PASSWORD}
    own.noted("account.password", "POST /account/password", data=new)
    new = {"old": PASSWORD, "new": PASSWORD}
    own = by()
    own.noted("account.password", "POST /api/v1/account/password", json=new)
    own = by()
    own.noted("account.end_login", "POST /account/logins/{handle}/end", _handle(guest))
    own = by()
    own.noted("account.end_login", "DELETE /api/v1/account/logins/{handle}", _handle(guest))
    assert desk.watch.store.people.tie(desk.account("bo"), "issuer 1")
    by().noted("account.untie", "DELETE /api/v1/account/provider")
    by().noted("login.leave", "POST /logout")


def _key(link: str) -> str:
    return path_of(link).rpartition("/")[2]


def _handle(guest: Guest) -> str:
    return str(guest.get("/api/v1/account").json()["logins"][0]["id"])


@pytest.fixture(scope="module")
def working(news: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trying]:
    """Somebody at a desk with news, with files of its own."""
    watch = with_own_baseline(news, tmp_path_factory.mktemp("audited"))
    with browsing(watch) as browser:
        yield Trying(browser, watch, browser.csrf())


def test_what_is_changed_of_feeds_is_noted(working: Trying) -> None:
    by, url = working, "https://quay.example/feed"
    new = {"url": url, "publisher": "Quay"}
    by.noted("feeds.add", "POST /feeds/add", data=new)
    by.noted("feeds.pause", "POST /feeds/change", data={"url": url, "what": "pause"})
    by.noted("feeds.resume", "PATCH /api/v1/feeds", json={"url": url, "paused": False})
    by.noted("feeds.remove", "DELETE /api/v1/feeds", params={"url": url})
    by.noted("feeds.add", "POST /api/v1/feeds", json=new)
    file = {"file": ("a.opml", OPML.format("a").encode(), "text/x-opml")}
    by.noted("feeds.import", "POST /feeds/import", files=file)
    kind = {"Content-Type": "text/x-opml"}
    content = OPML.format("b").encode()
    by.noted("feeds.import", "POST /api/v1/feeds/import", content=content, headers=kind)


def test_what_is_changed_of_filters_is_noted(working: Trying) -> None:
    by, at = working, "/filters/{filter_id}"
    new = {"name": "Laws", "query": "kind=law"}
    by.noted("filters.save", "POST /filters", data=new)
    own = by.noted("filters.save", "POST /api/v1/filters", json=new)["id"]
    by.noted("filters.rename", f"POST {at}/name", own, data={"name": "Other laws"})
    by.noted("filters.rename", f"PATCH /api/v1{at}", own, json={"name": "Laws"})
    by.noted("filters.renew_key", f"POST {at}/key", own)
    by.noted("filters.renew_key", f"POST /api/v1{at}/key", own)
    wish = {"title": "Laws", "schedule": "daily 07:00", "channels": ["folder"], "write": "true"}
    by.noted("editions.add", f"POST {at}/edition", own, data=wish | {"id": "laws-a"})
    by.noted("editions.add", f"POST /api/v1{at}/edition", own, json=wish | {"id": "laws-b"})
    address = {"url": "https://example.org/hook"}
    by.noted("hooks.add", f"POST {at}/hooks", own, data=address)
    address = {"url": "https://example.org/other"}
    hook = by.noted("hooks.add", f"POST /api/v1{at}/hooks", own, json=address)["id"]
    one = f"{at}/hooks/{{hook_id}}"
    by.noted("hooks.pause", f"POST {one}/pause", own, hook, data={"paused": "true"})
    by.noted("hooks.resume", f"PATCH /api/v1{one}", own, hook, json={"paused": False})
    by.noted("hooks.delete", f"DELETE /api/v1{one}", own, hook)
    listed = by.client.get(f"/api/v1/filters/{own}/hooks").json()["hooks"]
    by.noted("hooks.delete", f"POST {one}/delete", own, listed[0]["id"])
    by.noted("filters.delete", f"POST {at}/delete", own)
    own = by.noted("filters.save", "POST /api/v1/filters", json=new)["id"]
    by.noted("filters.delete", f"DELETE /api/v1{at}", own)


def test_what_is_said_and_decided_is_noted(working: Trying) -> None:
    by, client = working, working.client
    found = client.get("/api/v1/developments").json()["developments"][0]
    saying = {"item": found["item_id"], "say": "accept"}
    made = by.noted("judgements.add", "POST /api/v1/judgements", json=saying)
    by.noted("judgements.undo", "POST /judgements/{number}/undo", made["id"])
    by.noted("judgements.add", "POST /judgements", data=saying)
    number = client.get("/api/v1/judgements").json()["judgements"][0]["judgement"]["id"]
    by.noted("judgements.undo", "DELETE /api/v1/judgements/{number}", number)
    digest = client.get("/api/v1/digests").json()["digests"][0]
    there = (digest["edition"], digest["slot"])
    at = "/digests/{edition}/{slot}"
    drop = {"delivery": "1", "decision": "drop"}
    _fail_delivery(by.watch)
    by.noted("deliveries.drop", f"POST {at}", *there, data=drop)
    _fail_delivery(by.watch)
    decided = {"decision": "send"}
    by.noted(
        "deliveries.send", f"POST /api/v1{at}/deliveries/{{delivery}}", *there, 1, json=decided
    )


def _fail_delivery(watch: Watch) -> None:
    with watch.store.database.write() as connection:
        first = update(t.deliveries).where(t.deliveries.c.id == 1)
        connection.execute(first.values(state=DeliveryState.FAILED))


def test_what_is_changed_of_the_baseline_is_noted(working: Trying) -> None:
    by, client = working, working.client
    names = [
        one["key"]
        for one in client.get("/api/v1/emerging").json()["names"]
        if one["language"] == "en"
    ]
    by.noted("emerging.dismiss", "POST /emerging/dismiss", data={"key": names[0]})
    undone = {"key": names[0], "undo": True}
    by.noted("emerging.undo", "POST /api/v1/emerging/dismiss", json=undone)
    met = {"key": names[0], "id": "newly_met"}
    by.noted("baseline.write", "POST /emerging/draft", data=met)
    met = {"key": names[1], "id": "newly_met_too"}
    by.noted("baseline.write", "POST /api/v1/emerging/draft", json=met)
    source = {"title": "A note", "publisher": "Quay", "date": "2026-09", "kind": "article"}
    one, two = source | {"id": "a-note"}, source | {"id": "another-note"}
    by.noted("baseline.write", "POST /baseline/sources", data=one, params={"do": "write"})
    by.noted("baseline.write", "POST /api/v1/baseline/sources", json=two)
    for route in (
        "POST /baseline/entities/{entity_id}",
        "PUT /api/v1/baseline/entities/{entity_id}",
    ):
        entry = client.get("/api/v1/baseline/entities/huawei").json()
        remark = f"  # {route.partition(' ')[0]}\n  sector: networks"
        text = entry["text"].replace("  sector: networks", remark)
        change = {"text": text, "state": entry["state"]}
        sent = {"json": change} if route.startswith("PUT") else {"data": change | {"do": "write"}}
        by.noted("baseline.write", route, "huawei", **sent)


def test_no_change_was_forgotten(working: Trying) -> None:
    """Runs last: what the tests above tried is all there is."""
    changing = {
        f"{place.method} {place.path}"
        for place in places(working.watch)
        if place.method not in {"GET", "HEAD", "OPTIONS"}
    }
    assert changing - CHANGES_NOTHING - LOOKED_AT_THERE == seen


# Which scope the changes below an address of the API ask a token for; "": none will do.
SCOPES = {
    "feeds": "feeds",
    "seen": "read",
    "check": "read",
    "account": "",
    "tokens": "",
    "people": "admin",
    "invitations": "admin",
    "digests": "admin",
    "emerging/dismiss": "teach",
    "emerging/draft": "baseline",
    "baseline": "baseline",
    "filters": "filters",
    "judgements": "teach",
}


def test_a_token_of_one_scope_does_no_other_s_work(desk: Door) -> None:
    admin = desk.watch.store.people.add(
        "root", "admin", desk.clock(), password="none that is right"
    )
    assert admin
    for scope in Scope:
        desk.watch.store.credentials.add_token(
            hashed(scope), admin.id, scope, {scope}, desk.clock(), None, 50
        )
    program = desk.guest()
    for place in places(desk.watch):
        if place.method in {"GET", "HEAD", "OPTIONS"} or not place.path.startswith("/api/"):
            continue
        path = place.filled("1")
        [needed] = {one for at, one in SCOPES.items() if path.startswith(f"/api/v1/{at}")}
        opening = {
            str(scope)
            for scope in Scope
            if program.request(place.method, path, headers=_bearing(scope)).status_code
            not in {401, 403}
        }
        assert opening == ({needed} - {""}), place


def _bearing(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
