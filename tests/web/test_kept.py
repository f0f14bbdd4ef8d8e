"""A value that is kept: nobody waits for it but who comes first, or after a long while."""

from __future__ import annotations

import threading

import pytest

from techwatch.errors import StorageError
from techwatch.web.kept import Kept


class Source:
    """Makes numbers, when it may."""

    def __init__(self) -> None:
        self.now = 0.0
        self.count = 0
        self.broken = False
        self.may = threading.Event()
        self.may.set()
        self.made = threading.Event()

    def make(self) -> int:
        assert self.may.wait(10)
        self.made.set()
        if self.broken:
            raise StorageError("gone")
        self.count += 1
        return self.count


def settled(kept: Kept[int]) -> None:
    """Wait until nobody makes it."""
    with kept._making:
        pass


def test_it_is_made_anew_beside_who_asks() -> None:
    source = Source()
    kept = Kept[int](5, clock=lambda: source.now)
    assert [kept.get(source.make) for _ in range(3)] == [1, 1, 1]
    source.now = 6
    source.may.clear()
    assert kept.get(source.make) == 1, "nobody waits"
    assert kept.get(source.make) == 1
    source.may.set()
    settled(kept)
    assert (kept.get(source.make), source.count) == (2, 2)


def test_what_is_far_too_old_is_never_shown() -> None:
    source = Source()
    kept = Kept[int](5, clock=lambda: source.now)
    kept.get(source.make)
    source.now = 31
    assert kept.get(source.make) == 2


def test_a_failure_is_told_when_the_value_is_too_old() -> None:
    source = Source()
    kept = Kept[int](5, clock=lambda: source.now)
    kept.get(source.make)
    source.now, source.broken = 6, True
    source.made.clear()
    assert kept.get(source.make) == 1
    assert source.made.wait(10)
    settled(kept)
    source.now = 31
    with pytest.raises(StorageError):
        kept.get(source.make)
    source.broken = False
    assert kept.get(source.make) == 2
