"""The rules of the entrance, which read no clock: waits, rates, names and passwords."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from argon2 import PasswordHasher

from techwatch.web.identity.guessing import is_easily_guessed
from techwatch.web.identity.names import account_name, free_names, proper
from techwatch.web.identity.passwords import Passwords
from techwatch.web.identity.rates import Limiter, take
from techwatch.web.identity.refusals import UnfitError
from techwatch.web.identity.throttle import ACCOUNT, ADDRESS, keys, wait

NOW = timedelta()


def test_waits_double_up_to_the_longest() -> None:
    waits = [wait(ACCOUNT, failures, NOW).total_seconds() for failures in range(13)]
    assert waits == [0, 0, 0, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    assert wait(ADDRESS, 10**6, NOW) == timedelta(minutes=15)
    assert wait(ACCOUNT, 4, timedelta(seconds=3)) == timedelta(seconds=1)
    assert wait(ACCOUNT, 4, timedelta(seconds=5)) == NOW
    assert wait(ACCOUNT, 4, timedelta(seconds=-60)) == timedelta(seconds=4)  # the clock went back


def test_who_has_a_network_has_one_count() -> None:
    assert keys("a", "2001:db8::1").address == keys("b", "2001:db8::ffff").address
    assert keys("a", "2001:db8::1").address != keys("a", "2001:db8:0:1::1").address
    assert keys("a", "192.0.2.1").address != keys("a", "192.0.2.2").address
    assert keys("a", "192.0.2.1").who != keys("b", "192.0.2.1").who
    assert "secret" not in keys("secret", "").who


def test_a_bucket_lets_a_minute_s_worth_through_and_fills_again() -> None:
    bucket, waits = None, []
    for _ in range(12):
        bucket, seconds = take(bucket, 100.0, 10)
        waits.append(seconds)
    assert waits == [0] * 10 + [6, 6]
    bucket, seconds = take(bucket, 105.9, 10)
    assert 0 < seconds < 0.2
    bucket, seconds = take(bucket, 106.0, 10)
    assert seconds == 0
    bucket, seconds = take(bucket, 50.0, 10)  # the clock went back
    assert seconds == pytest.approx(6)
    bucket, seconds = take(bucket, 10_000.0, 10)
    assert (seconds, round(bucket.level)) == (0, 9)  # it holds no more than a minute's worth


def test_each_has_a_bucket_and_they_are_not_kept_without_bound() -> None:
    limiter = Limiter()
    assert [limiter.take("a", 0.0, 2) > 0 for _ in range(3)] == [False, False, True]
    assert limiter.take("b", 0.0, 2) == 0
    for number in range(20_001):
        limiter.take(str(number), 0.0, 2)
    assert len(limiter._buckets) == 20_000


@pytest.mark.parametrize(
    "name", ["", " ", "local", "LOCAL", "a b", "a\x00", "a/b", "<b>", ".a", "a" * 65, "ａ\n"[:0]]
)
def test_names_that_are_refused(name: str) -> None:
    with pytest.raises(UnfitError):
        account_name(name)


def test_a_name_is_one_however_it_is_typed() -> None:
    assert account_name(" Åse.Ｂｅrg@Example.org ") == "åse.berg@example.org"
    assert free_names("Kari Nordmann <x>")[:2] == ["kari-nordmann-x-", "kari-nordmann-x--2"]
    assert free_names("local")[0] == "local-2"
    assert free_names("\x00/../")[0] == account_name(free_names("\x00/../")[0])


@pytest.mark.parametrize("password", ["", "elevenchars", "x" * 1_001])
def test_passwords_of_a_wrong_length_are_refused(password: str) -> None:
    with pytest.raises(UnfitError, match="at least 12"):
        proper(password, "bergljot.hansen")


@pytest.mark.parametrize(
    "password",
    [
        "a" * 12,
        "password1234",
        "PassworD!2026",
        "qwertyuiop12",
        "111122223333",
        "abcabcabcabcabcabc" * 9,
        "iloveyou1234",
        "techwatch2026",
        "bergljot.hansen",
        "Bergljot.Hansen1",
    ],
)
def test_passwords_that_are_tried_first_are_refused(password: str) -> None:
    with pytest.raises(UnfitError, match="take four words"):
        proper(password, "bergljot.hansen")


@pytest.mark.parametrize(
    "password",
    [
        "seven quiet herons at dusk",
        "xK9#fQ2!mZ7w",
        "北京的秋天很安静我们走得很远",
        "blåbær på ski i regn",
    ],
)
def test_passwords_that_nobody_expects_are_taken(password: str) -> None:
    assert proper(password, "bergljot.hansen") == password


def test_no_password_takes_long_to_be_looked_at() -> None:
    proper("seven quiet herons at dusk", "ada")  # loads the lists
    began = time.process_time()
    assert not is_easily_guessed("4@8({[<369!|1$50+7%2" * 50)  # the estimator takes minutes
    assert time.process_time() - began < 5


def test_a_hash_is_argon2id_and_made_anew_with_other_parameters() -> None:
    passwords = Passwords()
    older = PasswordHasher(time_cost=1, memory_cost=8_192).hash("seven quiet herons")
    assert passwords.verify(older, "seven quiet herons")
    assert passwords.is_outdated(older)
    newer = passwords.hash("seven quiet herons")
    assert newer.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert not passwords.is_outdated(newer)
    for kept in (newer, "no hash", None):
        assert not passwords.verify(kept, "seven quiet heron")
    assert not passwords.verify(None, "")
