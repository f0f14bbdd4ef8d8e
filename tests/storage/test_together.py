"""Two transactions that judge at one time."""

from __future__ import annotations

import threading
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from tests.databases import on_postgresql

from techwatch.model import Waiting

from .samples import FEED, NOW, item, judged, outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from techwatch.storage import Store
    from techwatch.storage.together import Together

pytestmark = on_postgresql

WAITING = Waiting("1", NOW)
WEEK = timedelta(days=7)


@pytest.fixture(autouse=True)
def _items(store: Store) -> None:
    store.feeds.watch([FEED], NOW)
    store.feeds.record(outcome(*(item(number) for number in range(6))), NOW)


@contextmanager
def dying(store: Store) -> Iterator[Together]:
    """Give a transaction whose process ends before it does."""
    with suppress(RuntimeError), store.together.judging() as judging:
        yield judging
        raise RuntimeError("killed")


def test_no_item_is_taken_twice(store: Store) -> None:
    with store.together.judging() as one, store.together.judging() as other:
        first, second = one.take(3, WAITING), other.take(10, WAITING)
        assert len(first) == 3
        assert len(second) == 3
        assert not {s.item.id for s in first} & {s.item.id for s in second}


def test_what_a_process_had_in_hand_when_it_died_is_free_at_once(store: Store) -> None:
    with dying(store) as one:
        assert len(one.take(10, WAITING)) == 6
    with store.together.judging() as other:
        assert len(other.take(10, WAITING)) == 6


@pytest.mark.parametrize(("anchor", "goes_on"), [("tiktok", "later"), ("huawei", "at once")])
def test_who_is_compared_with_the_same_waits(store: Store, anchor: str, goes_on: str) -> None:
    done = threading.Event()

    def other() -> None:
        with store.together.judging() as judging:
            judging.lock([("another", [anchor], NOW)], [], WEEK)
            done.set()

    with store.together.judging() as judging:
        judging.lock([("one", ["tiktok"], NOW)], [], WEEK)
        thread = threading.Thread(target=other)
        thread.start()
        assert done.wait(1.0) is (goes_on == "at once")
    thread.join(10)
    assert done.is_set()


def test_tellings_of_one_story_wait_though_they_share_no_anchor(store: Store) -> None:
    with store.judging.judging() as judging:
        for stored, anchor in zip(store.judging.unjudged(2), ("tiktok", "word:fine"), strict=True):
            judging.save(judged(stored, "s1"), [anchor], [], NOW)
    done = threading.Event()

    def other() -> None:
        with store.together.judging() as judging:
            judging.lock([("another", ["word:fine"], NOW)], [], WEEK)
            done.set()

    with store.together.judging() as judging:
        judging.lock([("one", ["tiktok"], NOW)], [], WEEK)
        thread = threading.Thread(target=other)
        thread.start()
        assert not done.wait(1.0)
    thread.join(10)
    assert done.is_set()


def test_what_is_unsettled_is_judged_again_once_and_survives_its_process(store: Store) -> None:
    with store.together.judging() as judging:
        first, second = judging.take(2, WAITING)
        for stored in (first, second):
            judging.save(judged(stored, "s1"), ["tiktok"], [], NOW)
        judging.unsettle({second.item.id: NOW})
    assert store.together.unsettled() == 1
    with dying(store) as judging:
        [again] = judging.take_unsettled(10)
        judging.settle(again.item.id)
    with store.together.judging() as judging:
        [again] = judging.take_unsettled(10)
        assert again.item.id == second.item.id
        judging.settle(again.item.id)
    assert store.together.unsettled() == 0


def test_a_task_is_for_one_process_at_a_time(store: Store) -> None:
    with store.alone(["hosts 1", "hosts 2"]) as got:
        assert got == {"hosts 1", "hosts 2"}
        with store.alone(["hosts 2", "hosts 3"]) as others:
            assert others == {"hosts 3"}
    with store.alone(["hosts 2"]) as got:
        assert got == {"hosts 2"}


def test_a_task_is_free_as_soon_as_who_was_at_it_is_done(store: Store) -> None:
    for _ in range(10):
        with ExitStack() as connections:  # that are ready then, so that asking takes no time
            for _ in range(5):
                connections.enter_context(store.database.read())
        for _ in range(5):
            with store.alone(["digests"]) as got:
                assert got


def test_who_wants_to_be_left_alone_is_kept_until_then(store: Store) -> None:
    later = NOW + timedelta(minutes=5)
    store.feeds.pause({"harbour.example": later}, NOW)
    assert store.feeds.pauses(NOW) == {"harbour.example": later}
    assert store.feeds.pauses(later) == {}
    store.feeds.pause({"quay.example": later + WEEK}, later)
    assert store.feeds.pauses(NOW) == {"quay.example": later + WEEK}
