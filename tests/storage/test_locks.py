"""Who waits for whom on PostgreSQL, and who doesn't."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, update
from tests.databases import on_postgresql

from techwatch.errors import StorageConflictError, StorageError
from techwatch.storage import locks
from techwatch.storage import tables as t
from techwatch.storage.conflicts import repeated
from techwatch.storage.locks import Area

from .samples import FEED, NOW, item, outcome

if TYPE_CHECKING:
    from techwatch.storage import Store

    Claim = tuple[Area | None, tuple[str, ...]]

pytestmark = on_postgresql

MOMENT = 0.4  # seconds after which somebody who has not got a lock is waiting for it
PATIENCE = 30.0


def begin(store: Store, claim: Claim) -> tuple[threading.Thread, threading.Event]:
    """Let another thread write for a moment; what is returned is set as soon as it may."""
    may = threading.Event()

    def write() -> None:
        with store.database.write(*claim):
            may.set()

    thread = threading.Thread(target=write)
    thread.start()
    return thread, may


@pytest.mark.parametrize(
    ("first", "second", "waits"),
    [
        ((Area.FEEDS, ()), (Area.FEEDS, ()), True),
        ((Area.FEEDS, ()), (Area.JUDGING, ()), False),
        ((Area.JUDGING, ("tiktok",)), (Area.JUDGING, ("huawei",)), False),
        ((Area.JUDGING, ("tiktok", "zte")), (Area.JUDGING, ("huawei", "zte")), True),
        ((Area.JUDGING, ("tiktok",)), (Area.JUDGING, ()), True),
        ((Area.JUDGING, ()), (Area.JUDGING, ("tiktok",)), True),
        ((Area.JUDGING, ("tiktok",)), (Area.LEDGER, ("tiktok",)), False),
        ((None, ()), (Area.LEDGER, ("1",)), True),
        ((Area.LEDGER, ("1",)), (None, ()), True),
    ],
)
def test_writers_wait_for_those_who_write_the_same(
    store: Store, first: Claim, second: Claim, *, waits: bool
) -> None:
    with store.database.write(*first):
        thread, may = begin(store, second)
        assert may.wait(MOMENT if waits else PATIENCE) is not waits
    thread.join(PATIENCE)
    assert may.is_set()


def test_a_reader_waits_for_nobody_and_sees_one_state(store: Store) -> None:
    store.feeds.watch([FEED], NOW)
    count = select(t.items.c.id)
    with store.database.read() as reading:
        assert reading.execute(count).all() == []
        with store.database.write() as writing:
            writing.execute(update(t.feeds).values(publisher="Quay"))
            assert store.feeds.state(FEED.url).feed.publisher == "Harbour"
        store.feeds.record(outcome(item(1)), NOW)
        assert reading.execute(count).all() == []
    assert store.feeds.state(FEED.url).feed.publisher == "Quay"


def test_a_reader_writes_nothing(store: Store) -> None:
    with pytest.raises(StorageError, match="read-only"), store.database.read() as connection:
        connection.execute(update(t.feeds).values(publisher="Quay"))


def test_of_two_that_block_each_other_one_is_told_and_repeats(store: Store) -> None:
    """Areas are locked apart, but their writers may want the same rows."""
    store.feeds.watch([FEED], NOW)
    store.feeds.record(outcome(item(1), item(2)), NOW)
    both_have_one = threading.Barrier(2)
    attempts: list[Area] = []
    conflicts: list[StorageConflictError] = []

    def write(area: Area, order: tuple[int, int]) -> None:
        attempts.append(area)
        try:
            with store.database.write(area) as connection:
                for number in order:
                    own = t.items.c.id == item(number).id
                    raised = t.items.c.judged_revision + 1
                    connection.execute(update(t.items).where(own).values(judged_revision=raised))
                    if len(attempts) <= 2 and number == order[0]:
                        both_have_one.wait(PATIENCE)
        except StorageConflictError as error:
            conflicts.append(error)
            raise

    work = [(Area.FEEDS, (1, 2)), (Area.JUDGING, (2, 1))]
    threads = [
        threading.Thread(target=repeated, args=(lambda job=job: write(*job),)) for job in work
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert 1 <= len(conflicts) < 5
    assert len(attempts) == 2 + len(conflicts)
    with store.database.read() as connection:
        assert connection.scalars(select(t.items.c.judged_revision)).all() == [2, 2]


def test_a_conflict_without_end_is_told() -> None:
    attempts = []

    def work() -> None:
        attempts.append(1)
        raise StorageConflictError("again")

    with pytest.raises(StorageConflictError):
        repeated(work)
    assert len(attempts) == 5


def test_places_are_locked_from_the_large_to_the_small() -> None:
    assert locks.places(None, ()) == [((), True)]
    assert locks.places(Area.JUDGING, ["b", "a", "b"]) == [
        ((), False), (("judging",), False), (("judging", "a"), True), (("judging", "b"), True),
    ]  # fmt: skip
    keys = {locks.key(place) for place in ((), ("a",), ("a", "b"), ("ab",))}
    assert len(keys) == 4
    assert all(-(2**63) <= key < 2**63 for key in keys)
