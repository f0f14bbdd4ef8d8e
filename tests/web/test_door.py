"""Who may do what: accounts, logins, tokens, and the log of changes, at one running desk."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest
from argon2 import PasswordHasher
from tests.web.doors import PASSWORD, chosen, door, invited, path_of, shown, welcome

from techwatch.storage import Store
from techwatch.web.identity.logging_in import PasswordGate
from techwatch.web.identity.refusals import TooManyError
from techwatch.web.renewing import Watching
from techwatch.web.site import Site

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.web.doors import Door, Guest


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with door(tmp_path_factory.mktemp("door") / "desk") as opened:
        yield opened


@pytest.fixture(scope="module")
def admin(desk: Door) -> Guest:
    """The first admin, who took the link that the desk printed."""
    guest, way = desk.guest(), path_of(desk.first_link)
    assert "Its role: admin" in guest.get(way).text
    short = guest.post(way, data=chosen("ada", "short"))
    assert (short.status_code, "at least 12" in short.text) == (422, True)
    unlike = guest.post(way, data=chosen("ada") | {"again": "something else it is"})
    assert unlike.status_code == 422
    assert guest.post(way, data=chosen("local")).status_code == 422
    assert guest.post(way, data=chosen(" Ada ")).status_code == 303
    assert guest.is_in()
    return guest


def days(count: float) -> timedelta:
    return timedelta(days=count)


def make_token(guest: Guest, *scopes: str, lasts: int = 90) -> str:
    return shown(guest.form("/account/tokens", name="a program", scopes=scopes, days=str(lasts)))


# ------------------------------------------------------------------ links


def test_the_first_link_works_once_and_no_other_is_printed(desk: Door, admin: Guest) -> None:
    assert admin.is_in()
    assert desk.guest().get(path_of(desk.first_link)).status_code == 404
    again = desk.guest().post(path_of(desk.first_link), data=chosen("eve"))
    assert (again.status_code, desk.watch.store.people.account("eve")) == (404, None)
    assert welcome(desk.watch, desk.at) == ""


def test_a_link_gives_its_role_and_ends(desk: Door, admin: Guest) -> None:
    reader = desk.member(admin, "rita", "reader")
    assert "<dd>reader</dd>" in reader.get("/account").text
    assert {reader.get(page).status_code for page in ("/people", "/audit")} == {403}
    taken = desk.guest().post(path_of(invited(admin, "admin")), data=chosen("RITA"))
    assert (taken.status_code, "somebody has this name" in taken.text) == (409, True)
    late = invited(admin, "reader")
    withdrawn = invited(admin, "analyst")
    links = desk.watch.store.credentials.invitations(desk.clock())
    assert admin.form(f"/people/links/{links[0].id}/withdraw").status_code == 303
    assert desk.guest().get(path_of(withdrawn)).status_code == 404
    assert desk.guest().get(path_of(late)).status_code == 200
    desk.clock.move(days(3.1))
    assert desk.guest().get(path_of(late)).status_code == 404
    assert admin.log_in("ada").status_code == 303


def test_an_admin_gives_a_lost_password_back(desk: Door, admin: Guest) -> None:
    otto = desk.member(admin, "otto", "analyst")
    link = shown(admin.form(f"/people/{desk.account_id('otto')}/reset"))
    assert otto.is_in()  # until it is used
    new = "eleven herons in the morning"
    assert desk.guest().post(path_of(link), data=chosen("ada", new)).status_code == 303
    assert not otto.is_in()
    assert otto.log_in("otto").status_code == 403
    assert otto.log_in("otto", new).status_code == 303
    assert admin.log_in("ada").status_code == 303  # a link is for its account, whatever is sent


def test_two_who_open_a_link_at_once_make_one_account(desk: Door, admin: Guest) -> None:
    way = path_of(invited(admin, "reader"))
    guests = {name: desk.guest() for name in ("per", "paal")}
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda one: one[1].post(way, data=chosen(one[0])), guests.items()))
    assert sorted(answer.status_code for answer in answers) == [303, 404]
    assert sorted(guest.is_in() for guest in guests.values()) == [False, True]


def test_an_admin_who_is_one_no_more_has_left_no_way_in(desk: Door, admin: Guest) -> None:
    rogue = desk.member(admin, "rolf", "admin")
    link = path_of(invited(rogue, "admin"))
    assert desk.guest().get(link).status_code == 200
    assert admin.form(f"/people/{desk.account_id('rolf')}/disable").status_code == 303
    assert desk.guest().post(link, data=chosen("rolf-2")).status_code == 404


def test_a_password_that_is_guessed_first_is_refused_with_advice(desk: Door, admin: Guest) -> None:
    way = path_of(invited(admin, "reader"))
    refused = desk.guest().post(way, data=chosen("gina", "password1234"))
    assert (refused.status_code, "take four words" in refused.text) == (422, True)
    assert desk.guest().post(way, data=chosen("gina")).status_code == 303


# ------------------------------------------------------------------ logging in


def test_strangers_keep_nobody_out_of_a_browser_that_is_known(desk: Door, admin: Guest) -> None:
    owner = desk.member(admin, "eli", "reader")
    assert owner.form("/logout").status_code == 303
    stranger = desk.guest()
    for _ in range(3):
        assert stranger.log_in("eli", "wrong password").status_code == 403
    fresh, thief = desk.guest(), desk.guest()
    assert fresh.log_in("eli").status_code == 429
    assert owner.log_in("eli").status_code == 303
    known = owner.cookies["techwatch-known"]
    for mark in ("", ".", "x.y", known[:-1], f"x{known}", admin.cookies["techwatch-known"]):
        thief.cookies.set("techwatch-known", mark, domain="127.0.0.1")
        assert thief.log_in("eli", "wrong password").status_code == 429
    assert owner.form("/logout").status_code == 303
    codes = [owner.log_in("eli", "wrong password").status_code for _ in range(4)]
    assert codes == [403, 403, 403, 429]  # who has the browser waits too
    desk.clock.move(days(2))
    assert admin.log_in("ada").status_code == 303


def test_a_name_that_nobody_has_costs_what_others_do(desk: Door, admin: Guest) -> None:
    guest = desk.guest("203.0.113.50")
    for name in ("ada", "a-name-or-a-password"):
        assert guest.log_in(name, "wrong password").status_code == 403
    lines = admin.get("/api/v1/audit").json()["changes"]
    failed = [one for one in lines if one["address"] == "203.0.113.50"]
    assert [(one["person"], one["action"]) for one in failed] == [
        ("unknown name", "login.fail"),
        ("ada", "login.fail"),
    ]
    assert "a-name-or-a-password" not in str(lines)


def test_a_password_stays_itself_when_its_hash_is_made_anew(desk: Door, admin: Guest) -> None:
    typed = "ﬁve quiet ﬁnches at dusk"  # with two letters that are one
    way = path_of(invited(admin, "reader"))
    assert desk.guest().post(way, data=chosen("finn", typed)).status_code == 303
    older = PasswordHasher(time_cost=1, memory_cost=8_192).hash("five quiet finches at dusk")
    assert desk.watch.store.people.rehash(desk.account("finn"), older)
    for _ in range(2):
        assert desk.guest().log_in("finn", typed).status_code == 303


def test_what_is_wrong_is_not_told_and_waits_grow(desk: Door, admin: Guest) -> None:
    desk.member(admin, "tore", "reader")
    guest = desk.guest()
    told = []
    for name in ("tore", "nobody-of-that-name"):
        answers = [guest.log_in(name, "wrong password") for _ in range(4)]
        assert [answer.status_code for answer in answers] == [403, 403, 403, 429]
        told.append([re.sub(r'value="[^"]*"|\d+ s', "", answer.text) for answer in answers])
        assert answers[-1].headers["retry-after"] == "2"
    assert told[0] == told[1]
    assert desk.guest().log_in("tore").status_code == 429  # from elsewhere too, and if right
    desk.clock.move(timedelta(seconds=3))
    assert guest.log_in("tore", "wrong again").status_code == 403
    assert guest.log_in("tore").headers["retry-after"] == "4"
    desk.clock.move(timedelta(seconds=5))
    assert guest.log_in("tore").status_code == 303
    assert guest.log_in("tore", "wrong").status_code == 403  # it begins anew


def test_an_address_waits_whatever_names_it_tries_and_a_restart_forgets_nothing(desk: Door) -> None:
    guest = desk.guest("2001:db8::1")
    codes = [guest.log_in(f"name{number}", "wrong password").status_code for number in range(11)]
    assert codes == [403] * 10 + [429]
    assert desk.guest("2001:db8::2").log_in("ada").status_code == 429  # of the same network
    site = Site(Watching(desk.watch))
    store = Store.open(desk.watch.database_url)
    gate = PasswordGate(
        store.people, store.credentials, site.passwords, site.audit, desk.watch.clock
    )
    with pytest.raises(TooManyError):
        gate.account("ada", PASSWORD, "2001:db8::3")
    store.close()


def test_a_login_has_a_token_of_its_own(desk: Door, admin: Guest) -> None:
    del admin
    planted, guest = "planted-by-somebody-else", desk.guest()
    guest.cookies.set("techwatch", planted, domain="127.0.0.1")
    answer = guest.post(
        "/login",
        data={"name": "ada", "password": PASSWORD},
        headers={"Cookie": "techwatch=" + planted},
    )
    first = answer.cookies["techwatch"]
    assert first != planted
    again = httpx.post(
        f"{desk.at}/login",
        data={"name": "ada", "password": PASSWORD, "next": "https://evil.example/"},
        headers={"Cookie": f"techwatch={first}", "Origin": desk.at},
    )
    assert (again.status_code, again.headers["location"]) == (303, "/")
    assert again.cookies["techwatch"] != first
    for token, known in ((planted, False), (first, False), (again.cookies["techwatch"], True)):
        headers = {"Cookie": f"techwatch={token}"}
        page = httpx.get(f"{desk.at}/account", headers=headers, verify=False)
        assert (page.status_code == 200) == known
    now = desk.clock()
    kept = desk.watch.store.logins.logins(desk.account_id("ada"), now, now - days(1))
    assert all(first not in (login.key, login.browser) for login in kept)


def test_a_hash_of_other_parameters_is_made_anew(desk: Door, admin: Guest) -> None:
    siri = desk.member(admin, "siri", "reader")
    older = PasswordHasher(time_cost=1, memory_cost=8_192).hash(PASSWORD)  # than those here
    assert desk.watch.store.people.rehash(desk.account("siri"), older)
    assert siri.log_in("siri").status_code == 303
    account = desk.watch.store.people.account("siri")
    assert account
    assert account.password
    assert account.password.startswith("$argon2id$v=19$m=64,t=1,p=1$")
    assert "argon2" not in repr(account)
    assert siri.log_in("siri").status_code == 303


def test_the_entrance_takes_no_form_of_another_site(desk: Door, admin: Guest) -> None:
    way = path_of(invited(admin, "admin"))
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        guest = desk.guest(**headers)
        assert guest.log_in("ada").status_code == 403
        assert guest.post(way, data=chosen("eve")).status_code == 403
    assert desk.watch.store.people.account("eve") is None


def test_logins_end(desk: Door, admin: Guest) -> None:
    lena = desk.member(admin, "lena", "analyst")
    lena_id = desk.account_id("lena")

    def ends(*forms: tuple[str, dict[str, str]]) -> None:
        assert lena.log_in("lena").status_code == 303
        assert lena.is_in()
        for path, fields in forms:
            assert admin.form(path, **fields).status_code == 303
        assert not lena.is_in()

    ends((f"/people/{lena_id}/end-logins", {}))
    ends((f"/people/{lena_id}/role", {"role": "reader"}))
    ends((f"/people/{lena_id}/disable", {}))
    assert lena.log_in("lena").status_code == 403
    assert admin.form(f"/people/{lena_id}/enable").status_code == 303
    assert lena.log_in("lena").status_code == 303
    elsewhere = desk.guest()
    elsewhere.log_in("lena")
    new = "nineteen geese on the roof"
    wrong = lena.form("/account/password", old="wrong", password=new, again=new)
    assert wrong.status_code == 403
    changed = lena.form("/account/password", old=PASSWORD, password=new, again=new)
    assert changed.status_code == 303
    assert (lena.is_in(), elsewhere.is_in()) == (True, False)
    kept = lena.cookie
    assert lena.form("/logout").status_code == 303
    assert httpx.get(f"{desk.at}/account", cookies={"techwatch": kept}).status_code == 303
    assert lena.log_in("lena", new).status_code == 303
    desk.clock.move(timedelta(hours=12.1))  # idle
    assert not lena.is_in()
    assert lena.log_in("lena", new).status_code == 303
    for _ in range(16):
        assert lena.is_in()
        desk.clock.move(timedelta(hours=11))
    assert not lena.is_in()  # after seven days, however busy
    assert admin.log_in("ada").status_code == 303


# ------------------------------------------------------------------ tokens


def test_a_token_opens_the_api_and_no_page(desk: Door, admin: Guest) -> None:
    pia = desk.member(admin, "pia", "analyst")
    token = make_token(pia, "read")
    assert token not in pia.get("/account").text
    mine = desk.api(token, "GET", "/account")
    assert mine.json()["scopes"] == ["read"]
    assert mine.json()["tokens"][0]["used_at"] is not None
    page = httpx.get(f"{desk.at}/account", headers={"Authorization": f"Bearer {token}"})
    assert page.headers["location"].startswith("/login")
    for wrong in ("x", "x y", token + "x", token.lower()):
        assert desk.api(wrong, "GET", "/account").status_code == 401
    headers = {"Authorization": "Bearer wrong"}
    assert pia.get("/api/v1/account", headers=headers).status_code == 401  # no way past by cookie
    with desk.watch.store.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM tokens").all()
    assert rows
    assert token not in str(rows)


def test_a_token_does_only_what_it_is_for(desk: Door, admin: Guest) -> None:
    vera = desk.member(admin, "vera", "admin")
    vera_id = desk.account_id("vera")
    reads, rules = make_token(vera, "read"), make_token(vera, "admin")
    assert desk.api(reads, "GET", "/audit").status_code == 403
    assert desk.api(reads, "POST", "/invitations", json={"role": "admin"}).status_code == 403
    assert desk.api(rules, "GET", "/account").status_code == 403
    assert desk.api(rules, "GET", "/audit").status_code == 200
    new = {"name": "more", "scopes": ["read", "admin"], "days": None}
    assert desk.api(reads, "POST", "/tokens", json=new).status_code == 403
    assert desk.api(rules, "POST", "/tokens", json=new).status_code == 403
    changed = admin.form(f"/people/{vera_id}/role", role="analyst")
    assert changed.status_code == 303
    assert desk.api(rules, "GET", "/audit").status_code == 403  # the role has it no more
    assert desk.api(reads, "GET", "/account").status_code == 200
    vera.log_in("vera")
    more = vera.form("/account/tokens", name="more", scopes=["read", "admin"], days="30")
    assert (more.status_code, "scopes of yours" in more.text) == (422, True)


def test_tokens_end(desk: Door, admin: Guest) -> None:
    kari = desk.member(admin, "kari", "analyst")
    brief, long, kept = (make_token(kari, "read", lasts=lasts) for lasts in (1, 90, 0))
    ids = {one["id"] for one in desk.api(kept, "GET", "/tokens").json()["tokens"]}
    other = desk.member(admin, "olav", "analyst")
    assert other.form(f"/account/tokens/{max(ids) - 1}/revoke").status_code == 404  # of another
    assert desk.api(long, "GET", "/account").status_code == 200
    assert kari.form(f"/account/tokens/{max(ids) - 1}/revoke").status_code == 303
    assert desk.api(long, "GET", "/account").status_code == 401
    desk.clock.move(days(1.01))
    assert desk.api(brief, "GET", "/account").status_code == 401
    over = [one["is_over"] for one in desk.api(kept, "GET", "/tokens").json()["tokens"]]
    assert over == [True, False]
    assert desk.api(kept, "GET", "/account").status_code == 200
    admin.log_in("ada")
    assert admin.form(f"/people/{desk.account_id('kari')}/disable").status_code == 303
    assert desk.api(kept, "GET", "/account").status_code == 401


def test_the_api_changes_an_account_as_the_page_does(desk: Door, admin: Guest) -> None:
    mona = desk.member(admin, "mona", "analyst")
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', mona.get("/account").text)
    assert found
    new = {"name": "script", "scopes": ["read", "teach"]}
    assert mona.post("/api/v1/tokens", json=new).status_code == 403  # without what forms bring
    made = mona.post("/api/v1/tokens", json=new, headers={"X-CSRF-Token": found[1]})
    assert made.status_code == 201
    assert desk.api(made.json()["secret"], "GET", "/tokens").json()["tokens"][0]["name"] == "script"
    logins = mona.get("/api/v1/account").json()["logins"]
    assert [one["is_this"] for one in logins] == [True]
    ada = admin.get("/api/v1/account").json()["logins"][0]["id"]
    mine = {"X-CSRF-Token": found[1]}
    assert mona.delete(f"/api/v1/account/logins/{ada}", headers=mine).status_code == 404
    assert admin.is_in()
    assert mona.delete(f"/api/v1/account/logins/{logins[0]['id']}", headers=mine).status_code == 204
    assert not mona.is_in()
    rules = make_token(admin, "admin")
    mona_id = desk.account_id("mona")
    answer = desk.api(
        rules, "PATCH", f"/people/{mona_id}", json={"disabled": True, "role": "reader"}
    )
    assert (answer.json()["role"], answer.json()["disabled_at"] is None) == ("reader", False)
    assert desk.api(rules, "POST", f"/people/{mona_id}/reset").status_code == 409
    link = desk.api(rules, "POST", "/invitations", json={"role": "reader"}).json()["address"]
    assert desk.guest().get(path_of(link)).status_code == 200


# ------------------------------------------------------------------ the rest


def test_the_last_admin_stays(desk: Door, admin: Guest) -> None:
    ada = desk.account_id("ada")
    for form, fields in (("role", {"role": "reader"}), ("disable", {})):
        answer = admin.form(f"/people/{ada}/{form}", **fields)
        assert (answer.status_code, "nobody would be admin" in answer.text) == (409, True)
    assert admin.is_in()


def test_changes_are_noted(desk: Door, admin: Guest) -> None:
    nils = desk.guest("203.0.113.77, 203.0.113.9")  # what a client says, then what the proxy saw
    assert nils.post(path_of(invited(admin, "reader")), data=chosen("nils")).status_code == 303
    make_token(nils, "read")
    nils.log_in("nils", "wrong password")
    mine = admin.get("/api/v1/audit", params={"by": "nils"}).json()["changes"]
    assert [one["action"] for one in mine] == ["login.fail", "tokens.make", "people.accept"]
    assert {one["address"] for one in mine} == {"203.0.113.9"}
    assert mine[1]["details"]["scopes"] == "read"
    page = admin.get("/audit", params={"by": "nils"}).text
    assert page.count("<code>") == 3
    log, seen = admin.get("/api/v1/audit").json(), 0
    while log["after"]:
        assert len(log["changes"]) == 50
        seen += 50
        log = admin.get("/api/v1/audit", params={"after": log["after"]}).json()
    assert seen + len(log["changes"]) > 60
    secrets = (PASSWORD, "tw_", "/invitation/")
    with desk.watch.store.database.read() as connection:
        rows = str(connection.exec_driver_sql("SELECT * FROM audit").all())
    assert not any(secret in rows for secret in secrets)


def test_what_makes_no_sense_is_refused(desk: Door, admin: Guest) -> None:
    big, surrogate = str(2**70), '"\\ud800\\ud800\\ud800 a b c d e f g"'
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', admin.get("/account").text)
    assert found
    json = {"X-CSRF-Token": found[1], "Content-Type": "application/json"}
    new = f'{{"old": {surrogate}, "new": {surrogate}}}'
    token = f'{{"name": {surrogate}, "scopes": ["read"]}}'
    answers = [
        admin.get(f"/audit?after={big}"),
        admin.get("/audit?by=%00"),
        admin.get("/people?after=%00"),
        admin.get("/api/v1/people?after=%ff%00"),
        admin.get("/invitation/" + "x" * 5_000),
        admin.get("/invitation/%00%ff"),
        admin.form(f"/people/{big}/disable"),
        admin.form("/people/0/role", role="reader"),
        admin.form("/people/1/role", role="king"),
        admin.form("/account/logins/%25/end"),
        admin.form("/account/logins/%00/end"),
        admin.form("/account/tokens", name="a\x00b", scopes=["read"]),
        admin.form("/account/tokens", name="a", scopes=["king"]),
        admin.post("/api/v1/account/password", content=new, headers=json),
        admin.post("/api/v1/tokens", content=token, headers=json),
        desk.guest().log_in("\x00", "\x00"),
        desk.guest().post("/login", content=b"name=%ff%00&password=%ff&next=%ff"),
        desk.guest().get("/", headers={"Cookie": 'techwatch="\\377\\000"'}),
        desk.api("\x7f", "GET", "/account"),
        desk.guest(address="not-an-address").log_in("x", "y"),
    ]
    wrong = [(answer.request.url.path, answer.status_code) for answer in answers]
    assert all(300 < code < 500 and code != 302 for _, code in wrong), wrong
    assert admin.is_in()


def test_a_language_is_kept_with_the_account(desk: Door, admin: Guest) -> None:
    liv = desk.member(admin, "liv", "reader")
    assert '<html lang="en"' in liv.get("/account").text
    assert liv.form("/account/language", language="nb").status_code == 303
    fresh = desk.guest()
    fresh.log_in("liv")
    assert '<html lang="nb"' in fresh.get("/account").text
    answer = fresh.form("/account/tokens", name="", days="30")  # at an address of forms only
    assert (answer.status_code, 'name="next" value="/account/tokens"' in answer.text) == (
        422,
        False,
    )
    fresh.form("/looks", language="en", next="/account")
    assert '<html lang="en"' in fresh.get("/account").text
