"""Accounts, logins, tokens, links and tries, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tests.databases import on_both

if TYPE_CHECKING:
    from techwatch.storage import Store

pytestmark = on_both

NOW = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


def test_names_and_subjects_are_one_account_s(store: Store) -> None:
    people = store.people
    ada = people.add("ada", "admin", NOW, password="hash", subject="issuer 1")
    assert ada
    assert people.account_of(ada.id) == people.account_at("issuer 1") == ada
    assert people.add("ada", "reader", NOW) is None
    assert people.add("eve", "reader", NOW, subject="issuer 1") is None
    for name in ("bo", "Åse", "cy"):
        assert people.add(name, "reader", NOW)
    assert [one.name for one in people.accounts(2, None)] == ["ada", "bo"]
    assert [one.name for one in people.accounts(2, "bo")] == ["cy", "Åse"]


def test_the_last_admin_who_can_log_in_stays(store: Store) -> None:
    people = store.people
    assert people.add("local", "admin", NOW)  # no way to log in
    assert not people.has_admin()
    ada = people.add("ada", "admin", NOW, password="hash")
    assert ada
    assert people.has_admin()
    assert not people.disable(ada.id, NOW)
    assert not people.set_role(ada.id, "reader")
    bo = people.add("bo", "admin", NOW, subject="issuer 2")
    assert bo
    assert people.disable(ada.id, NOW)
    assert not people.disable(bo.id, NOW)


def test_what_is_an_account_s_ends_with_it(store: Store) -> None:
    people, credentials = store.people, store.credentials
    ada = people.add("ada", "analyst", NOW, password="hash")
    bo = people.add("bo", "analyst", NOW, password="hash")
    assert ada
    assert bo
    for key, account in (("a" * 64, ada), ("b" * 64, bo)):
        store.logins.enter(key, account, NOW, LATER, "192.0.2.1", "browser")
        credentials.add_token(key, account.id, "one", {"read"}, NOW, None, most=1)
        credentials.invite(key, "analyst", account.id, "admin", NOW, LATER)
    assert credentials.add_token("c" * 64, ada.id, "two", {"read"}, NOW, None, most=1) is None
    token = credentials.token("a" * 64)
    assert token
    assert token[0].scopes == ("read",)
    assert credentials.revoke(token[0].id, bo.id) is None
    assert not store.logins.end(bo.id, "a" * 16)
    assert not store.logins.end(ada.id, "%" * 16)
    assert people.disable(ada.id, NOW)
    assert store.logins.login("a" * 64) is None
    assert credentials.token("a" * 64) is None
    assert credentials.invitation("a" * 64, NOW) is None
    assert store.logins.login("b" * 64)
    assert credentials.token("b" * 64)
    assert credentials.invitation("b" * 64, NOW)


def test_a_link_works_once_and_only_whole(store: Store) -> None:
    people, credentials = store.people, store.credentials
    assert people.add("ada", "analyst", NOW, password="old")
    credentials.invite("k" * 64, "reader", None, "admin", NOW, LATER)
    assert people.accept("k" * 64, NOW, name="ada", password="hash") is None  # somebody's name
    assert people.accept("k" * 64, LATER, name="eve", password="hash") is None  # too late
    made = people.accept("k" * 64, NOW, name="eve", password="hash")
    assert made
    assert (made.name, made.role) == ("eve", "reader")
    assert people.accept("k" * 64, NOW, name="eva", password="hash") is None
    credentials.invite("l" * 64, "reader", made.id, "admin", NOW, LATER, instead=True)
    credentials.invite("m" * 64, "reader", made.id, "admin", NOW, LATER, instead=True)
    assert credentials.invitation("l" * 64, NOW) is None
    back = people.accept("m" * 64, NOW, name="whoever", subject="issuer 3")
    assert back
    # The password was lost, perhaps to somebody: it goes.
    assert (back.id, back.name, back.password, back.subject) == (made.id, "eve", None, "issuer 3")


def test_tries_are_counted_before_they_end(store: Store) -> None:
    def after_two(failures: int, since: timedelta) -> timedelta:
        return max(timedelta(), timedelta(seconds=10) - since) if failures > 1 else timedelta()

    def never(failures: int, since: timedelta) -> timedelta:
        del failures, since
        return timedelta()

    waits, kept, credentials = {"a": after_two, "b": never}, timedelta(hours=1), store.credentials
    assert [credentials.begin(waits, NOW, kept) for _ in range(3)] == [0, 0, 10]
    assert credentials.begin({"b": after_two}, NOW, kept) == 10
    credentials.succeeded({"a"}, {"b"})
    assert credentials.begin({"b": after_two}, NOW, kept) == 0  # one is not counted any more
    assert credentials.begin(waits, NOW + timedelta(seconds=1), kept) == 0
    assert credentials.begin(waits, NOW + timedelta(seconds=1), kept) == 0
    assert credentials.begin(waits, NOW + timedelta(seconds=4), kept) == 7
    assert credentials.begin(waits, NOW + timedelta(hours=2), kept) == 0


def test_tries_at_once_are_counted_all(store: Store) -> None:
    def after_three(failures: int, since: timedelta) -> timedelta:
        del since
        return timedelta(seconds=10 if failures > 2 else 0)

    def attempt(number: int) -> float:
        del number
        return store.credentials.begin({"a": after_three}, NOW, timedelta(hours=1))

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(attempt, range(8))) == [0] * 3 + [10] * 5


def test_the_log_is_read_backwards(store: Store) -> None:
    ada = store.people.add("ada", "admin", NOW)
    assert ada
    for number in range(5):
        who, name = (None, "command line") if number % 2 else (ada.id, ada.name)
        feed, details = f"feed {number}", {"n": number}
        store.audit.note(NOW, who, name, "feeds.add", feed, details, "192.0.2.1")
    page = store.audit.page(2, None, None)
    assert [one.target for one in page] == ["feed 4", "feed 3"]
    page = store.audit.page(9, page[-1].id, "ada")
    assert [(one.target, one.details) for one in page] == [
        ("feed 2", {"n": 2}),
        ("feed 0", {"n": 0}),
    ]


def test_what_was_decided_on_an_account_as_it_was_is_not_done_to_what_it_became(
    store: Store,
) -> None:
    people, credentials = store.people, store.credentials
    stale = people.add("ada", "analyst", NOW, password="old")
    assert stale
    people.set_password(stale.id, "new")

    def enters(key: str) -> bool:
        account = people.account("ada") if key else stale
        assert account
        return store.logins.enter(key or "0" * 64, account, NOW, LATER, "", "")

    assert not enters("")  # by the old password, just before it was changed
    assert not people.rehash(stale, "the old one, hashed otherwise")
    assert not people.tie(stale, "issuer 1")
    assert enters("1" * 64)
    fresh = people.account("ada")
    assert fresh
    assert people.disable(stale.id, NOW)
    assert credentials.add_token("t" * 64, stale.id, "one", {"read"}, NOW, None, most=1) is None
    assert not store.logins.enter("2" * 64, fresh, NOW, LATER, "", "")
    people.enable(stale.id)
    assert people.rehash(fresh, "the new one, hashed otherwise")


def test_an_identity_is_one_account_s_and_can_be_untied(store: Store) -> None:
    people = store.people
    ada = people.add("ada", "analyst", NOW, password="hash")
    bo = people.add("bo", "analyst", NOW, password="hash")
    assert ada
    assert bo
    assert people.tie(ada, "issuer 1")
    assert not people.tie(bo, "issuer 1")
    assert not people.tie(ada, "issuer 2")  # it is tied already
    tied = people.account_at("issuer 1")
    assert tied
    assert store.logins.enter("1" * 64, tied, NOW, LATER, "", "")
    assert people.untie(ada.id)
    assert not people.untie(ada.id)
    assert store.logins.login("1" * 64) is None
    cy = people.add("cy", "analyst", NOW, subject="issuer 3")
    assert cy
    assert not people.untie(cy.id)  # nothing would be left to log in by


def test_links_end_with_who_made_them(store: Store) -> None:
    people, credentials = store.people, store.credentials
    for name in ("ada", "bo", "cy"):
        assert people.add(name, "admin", NOW, password="hash")
    for key, maker in (("a" * 64, "ada"), ("b" * 64, "bo"), ("c" * 64, "cy")):
        credentials.invite(key, "admin", None, maker, NOW, LATER)
    accounts = {one.name: one for one in people.accounts(9, None)}
    assert people.disable(accounts["ada"].id, NOW)
    assert people.set_role(accounts["bo"].id, "reader")
    assert [one.made_by for one in credentials.invitations(NOW)] == ["cy"]


def test_tokens_that_ended_make_room(store: Store) -> None:
    ada = store.people.add("ada", "analyst", NOW)
    assert ada

    def add(key: str, now: datetime) -> bool:
        add = store.credentials.add_token
        return add(key * 64, ada.id, key, {"read"}, now, now + timedelta(hours=1), 1) is not None

    assert [add("a", NOW), add("b", NOW), add("c", LATER)] == [True, False, True]
    assert [one.name for one in store.credentials.tokens(ada.id)] == ["c"]


def test_old_lines_of_the_audit_log_are_dropped_a_batch_at_a_time(store: Store) -> None:
    for hours in range(5):
        store.audit.note(NOW + timedelta(hours=hours), None, "ada", "a.b", str(hours), {}, "")
    before = NOW + timedelta(hours=3)
    assert store.audit.count(before) == 3
    assert [store.audit.drop(before, 2) for _ in range(3)] == [2, 1, 0]
    assert [one.target for one in store.audit.page(9, None, None)] == ["4", "3"]
