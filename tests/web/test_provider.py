"""Logging in by an identity provider that is really asked."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from html import escape
from typing import TYPE_CHECKING

import httpx
import pytest
from joserfc.jwk import RSAKey
from tests.web.doors import PASSWORD, chosen, door, invited, path_of, shown
from tests.web.provider import CLIENT, SECRET, provider

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.web.doors import Door, Guest
    from tests.web.provider import Idp

SECRETS = {"TECHWATCH_WEB__OIDC__CLIENT_SECRET": SECRET}


@pytest.fixture(scope="module")
def idp() -> Iterator[Idp]:
    with provider(lambda: datetime.now(UTC)) as running:
        yield running


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, idp: Idp) -> Iterator[Door]:
    oidc = {"issuer": idp.issuer, "client_id": CLIENT, "name": "Acme ID"}
    with door(tmp_path_factory.mktemp("provider") / "desk", SECRETS, oidc=oidc) as opened:
        idp.clock = opened.clock
        yield opened


@pytest.fixture(scope="module")
def admin(desk: Door) -> Guest:
    guest = desk.guest()
    assert guest.post(path_of(desk.first_link), data=chosen("root")).status_code == 303
    return guest


@pytest.fixture(autouse=True)
def _honest(idp: Idp) -> None:
    idp.said, idp.who = {}, {"sub": "00u1", "preferred_username": "Ada Lovelace"}
    idp.signing, idp.alg = idp.key, "RS256"


def away(guest: Guest, **query: str) -> str:
    """Go to the provider; returns the way back that it gives."""
    answer = guest.get("/login/provider", params=query)
    assert answer.status_code == 303, answer.text
    return httpx.get(answer.headers["location"], verify=False).headers["location"]


def around(guest: Guest, **query: str) -> httpx.Response:
    """Go to the provider and come back."""
    return guest.get(away(guest, **query))


def test_a_stranger_is_told_to_ask_an_admin(desk: Door) -> None:
    guest = desk.guest()
    assert "Log in by Acme ID" in guest.get("/login").text
    answer = around(guest)
    assert (answer.status_code, "no account for you yet" in answer.text) == (403, True)
    assert not guest.is_in()


def test_who_was_invited_comes_in_by_the_provider(desk: Door, admin: Guest) -> None:
    link = invited(admin, "analyst")
    key, guest = link.rpartition("/")[2], desk.guest()
    assert f"/login/provider?invitation={key}" in guest.get(path_of(link)).text
    assert around(guest, invitation=key).headers["location"] == "/"
    assert "ada-lovelace" in guest.get("/account").text
    assert desk.guest().get(path_of(link)).status_code == 404
    again = desk.guest()
    answer = around(again, next="/account?a=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/account?a=1")
    assert around(again, next="//evil.example").headers["location"] == "/"
    assert again.is_in()
    account = desk.watch.store.people.account("ada-lovelace")
    assert account
    changed = admin.form(f"/people/{account.id}/disable")
    assert changed.status_code == 303
    assert not again.is_in()
    assert around(again).status_code == 409
    admin.form(f"/people/{account.id}/enable")


def test_a_lost_password_may_give_way_to_the_provider(desk: Door, idp: Idp, admin: Guest) -> None:
    old = desk.member(admin, "grace", "reader")
    idp.who = {"sub": "00u2", "preferred_username": "root"}
    account = desk.account_id("grace")
    key = shown(admin.form(f"/people/{account}/reset")).rpartition("/")[2]
    guest = desk.guest()
    assert around(guest, invitation=key).status_code == 303
    assert "<dd>grace</dd>" in guest.get("/account").text  # not root, whatever it calls them
    assert not old.is_in()


def test_a_login_that_began_elsewhere_is_refused(desk: Door) -> None:
    victim, attacker = desk.guest(), desk.guest()
    way = away(attacker)
    for guest in (victim, attacker):
        away(guest)  # each has a login of its own under way
        assert guest.get(way).status_code == 403
        assert not guest.is_in()
    assert desk.guest().get(way).status_code == 403
    forged = desk.guest()
    forged.cookies.set("techwatch-provider", "e30=", domain="127.0.0.1")
    assert forged.get("/login/provider/back?code=a&state=").status_code == 403
    own = desk.guest()
    state = httpx.URL(away(own)).params["state"]
    for params, status, told in (
        ({"error": "access_denied"}, 403, "did not let you in, or you stopped there"),
        ({"error": "invalid_scope"}, 502, "did not let you in: invalid_scope"),
        ({"error": "<i>"}, 502, "no reason told"),
        ({"code": "x", "iss": "https://evil.example"}, 403, "another provider"),
    ):
        refused = own.get("/login/provider/back", params={"state": state, **params})
        assert (refused.status_code, told in refused.text) == (status, True), refused.text
    assert own.get("/login/provider/back", params={"state": state, "code": "x"}).status_code == 502


def tie(guest: Guest, password: str = PASSWORD) -> httpx.Response:
    """Ask to be tied to the provider."""
    return guest.form("/login/provider/tie", password=password)


def back_from(page: httpx.Response) -> str:
    """Go where a page leads; returns the way back that the provider gives."""
    way = page.headers["refresh"].removeprefix("0; url=")
    assert f'href="{escape(way)}"' in page.text
    return httpx.get(way, verify=False).headers["location"]


def test_somebody_with_a_password_ties_their_account_and_unties_it(
    desk: Door, idp: Idp, admin: Guest
) -> None:
    hanna = desk.member(admin, "hanna", "analyst")
    idp.who = {"sub": "00u7", "preferred_username": "h.hansen"}
    wrong = tie(hanna, "wrong password")
    assert (wrong.status_code, "password is not right" in wrong.text) == (403, True)
    assert "Your password" in wrong.text  # to be typed again
    assert hanna.get(back_from(tie(hanna))).headers["location"] == "/account"
    assert hanna.get("/api/v1/account").json()["has_provider"]
    elsewhere = desk.guest()
    assert around(elsewhere).status_code == 303
    assert elsewhere.get("/api/v1/account").json()["name"] == "hanna"
    assert hanna.get(back_from(tie(hanna))).status_code == 409  # it is tied
    other = desk.member(admin, "hege", "analyst")
    assert other.get(back_from(tie(other))).status_code == 409  # and they are another's
    assert hanna.form("/account/provider/untie").status_code == 303
    assert (hanna.is_in(), elsewhere.is_in()) == (True, False)
    assert around(desk.guest()).status_code == 403
    assert hanna.log_in("hanna").status_code == 303
    assert hanna.form("/account/provider/untie").status_code == 409
    log = admin.get("/api/v1/audit", params={"by": "hanna"}).json()["changes"]
    assert {"account.tie", "account.untie"} <= {one["action"] for one in log}


def test_nobody_is_tied_to_what_they_did_not_ask_for(desk: Door, idp: Idp, admin: Guest) -> None:
    idp.who = {"sub": "00u8", "preferred_username": "mallory"}
    victim, mallory = desk.member(admin, "vibeke", "admin"), desk.member(admin, "mallory", "reader")
    way = back_from(tie(mallory))
    kept = mallory.cookies["techwatch-provider"]
    for planted in (kept, _with_tie(kept, ""), _with_tie(kept, "0" * 64)):
        victim.cookies.set("techwatch-provider", planted, domain="127.0.0.1")
        victim.get(way)
        assert desk.account("vibeke").subject is None
        way = back_from(tie(mallory))
        kept = mallory.cookies["techwatch-provider"]
    key = shown(admin.form(f"/people/{desk.account_id('mallory')}/reset")).rpartition("/")[2]
    visitor = desk.guest(Origin="https://evil.example")
    assert visitor.get("/login/provider", params={"invitation": key}).status_code == 403
    led = desk.guest(**{"Sec-Fetch-Site": "cross-site"})
    assert led.get("/login/provider", params={"invitation": key}).status_code == 403
    assert led.get("/login/provider").status_code == 303


def _with_tie(kept: str, tie: str) -> str:
    read = json.loads(base64.urlsafe_b64decode(kept)) | {"tie": tie}
    return base64.urlsafe_b64encode(json.dumps(read).encode()).decode()


def test_another_provider_s_answer_is_refused(desk: Door) -> None:
    guest = desk.guest()
    assert guest.get(f"{away(guest)}&iss=https://evil.example").status_code == 403
    assert not guest.is_in()


def test_what_the_provider_says_must_hold(desk: Door, idp: Idp, admin: Guest) -> None:
    del admin
    guest, now = desk.guest(), desk.clock().timestamp()
    for said in (
        {"iss": "https://evil.example"},
        {"aud": "another"},
        {"aud": ["another", "third"]},
        {"exp": int(now) - 120},
        {"iat": int(now) + 600},
        {"nonce": "another"},
        {"nonce": None},
        {"azp": "another"},
        {"sub": None},
        {"sub": ""},
        {"sub": ["00u1"]},
    ):
        idp.said = said
        answer = around(guest)
        assert (answer.status_code, guest.is_in()) == (502, False), said
    idp.said = {}
    idp.signing = RSAKey.generate_key(2048, {"kid": "1"})
    assert around(guest).status_code == 502
    for alg in ("HS256", "none"):
        idp.alg = alg
        assert around(guest).status_code == 502
    idp.alg = "RS256"
    idp.key = idp.signing = RSAKey.generate_key(2048, {"kid": "1"})  # it takes another, and says so
    assert around(guest).status_code in {303, 403}


def test_a_provider_may_bring_people_of_a_role(
    tmp_path_factory: pytest.TempPathFactory, idp: Idp
) -> None:
    oidc = {"issuer": idp.issuer, "client_id": CLIENT, "role": "reader"}
    with door(tmp_path_factory.mktemp("provider") / "open", SECRETS, oidc=oidc) as desk:
        idp.clock = desk.clock
        guest, other = desk.guest(), desk.guest()
        assert around(guest).status_code == 303
        idp.who = {"sub": "00u9", "preferred_username": "ada lovelace"}
        assert around(other).status_code == 303
        names = [guest.get("/api/v1/account").json()["name"] for guest in (guest, other)]
        assert names == ["ada-lovelace", "ada-lovelace-2"]
        assert guest.get("/api/v1/account").json()["role"] == "reader"
        desk.clock.move(timedelta(hours=2))
        idp.issuer, known = "http://127.0.0.1:9", idp.issuer
        assert guest.get("/login/provider").status_code == 502  # it calls itself another now
        idp.issuer = known
        assert around(guest).status_code == 303
