from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select
from tests.databases import on_both

from techwatch.errors import NotFoundError
from techwatch.model import Feed, FeedState, Validators
from techwatch.storage import tables as t

from .samples import FEED, NOW, item, outcome

if TYPE_CHECKING:
    from techwatch.storage import Store

pytestmark = on_both


def test_a_poll_is_stored_once_however_often_it_is_repeated(store: Store) -> None:
    store.feeds.watch([FEED], NOW)
    first = store.feeds.record(outcome(item(1), item(2)), NOW)
    again = store.feeds.record(outcome(item(1), item(2)), NOW)
    assert (first.new, first.revised) == (2, 0)
    assert (again.new, again.revised) == (0, 0)
    assert len(store.judging.unjudged(10)) == 2


def test_a_changed_headline_is_a_revision_and_both_are_kept(store: Store) -> None:
    store.feeds.watch([FEED], NOW)
    store.feeds.record(outcome(item(1, "Draft published")), NOW)
    report = store.feeds.record(outcome(item(1, "Draft adopted")), NOW + timedelta(hours=1))
    assert (report.new, report.revised) == (0, 1)
    [stored] = store.judging.unjudged(10)
    assert (stored.item.title, stored.revision) == ("Draft adopted", 2)
    assert stored.first_seen_at == NOW
    assert store.judging.headlines(stored.item.id) == ("Draft published", "Draft adopted")


def test_a_text_is_stored_once_and_as_a_former_one_when_it_is_replaced(store: Store) -> None:
    store.feeds.watch([FEED], NOW)
    texts = ("Draft published", "Draft adopted", "Draft in force")
    for hours, title in enumerate(texts):
        now = NOW + timedelta(hours=hours)
        store.feeds.record(outcome(item(1, title), item(2)), now)
    with store.database.read() as connection:
        rows = connection.execute(select(t.revisions).order_by(t.revisions.c.revision)).all()
    assert [(r.item_id, r.revision, r.title) for r in rows] == [
        (item(1).id, 1, texts[0]),
        (item(1).id, 2, texts[1]),
    ]
    assert [r.seen_at for r in rows] == [NOW, NOW + timedelta(hours=1)]
    assert rows[0].content_hash == item(1, texts[0]).content_hash
    assert store.judging.headlines(item(1).id) == texts
    assert store.judging.headlines(item(2).id) == (item(2).title,)


def test_the_state_of_a_feed_comes_back_byte_for_byte(store: Store) -> None:
    store.feeds.watch([FEED], NOW)
    state = FeedState(
        feed=FEED,
        validators=Validators('W/"a\\"b"', "Sun, 01 Mar 2026 12:00:00 GMT"),
        body_hash="abc",
        next_poll_at=NOW + timedelta(minutes=30),
        polled_at=NOW,
        succeeded_at=NOW,
        failing_since=NOW,
        failures=3,
        error="the server answered 500",
        error_kind="HttpStatusError",
        damage=("cut short",),
    )
    store.feeds.record(replace(outcome(), state=state), NOW)
    assert store.feeds.state(FEED.url) == state


def test_news_time_moves_with_new_items_only(store: Store) -> None:
    store.feeds.watch([FEED], NOW)
    store.feeds.record(outcome(item(1)), NOW)
    state = store.feeds.state(FEED.url)
    store.feeds.record(replace(outcome(item(1)), state=state), NOW + timedelta(days=1))
    assert store.feeds.state(FEED.url).news_at == NOW


def test_a_feed_taken_off_the_list_keeps_its_items(store: Store) -> None:
    store.feeds.watch([FEED], NOW)
    store.feeds.record(outcome(item(1)), NOW)
    other = Feed("https://other.example/feed", "Other", "nb")
    store.feeds.watch([other], NOW)
    assert [state.feed for state in store.feeds.states()] == [other]
    assert len(store.judging.unjudged(10)) == 1
    store.feeds.watch([FEED, other], NOW)
    assert [state.feed for state in store.feeds.states()] == [FEED, other]


def test_more_items_than_a_question_may_name_are_all_stored(store: Store) -> None:
    store.feeds.watch([FEED], NOW)
    items = [item(number) for number in range(2000)]
    assert store.feeds.record(outcome(*items), NOW).new == 2000
    assert store.feeds.record(outcome(*items), NOW).new == 0


def test_an_unknown_feed_is_named(store: Store) -> None:
    with pytest.raises(NotFoundError, match=r"no feed 'https://x\.example/'"):
        store.feeds.state("https://x.example/")


def test_feeds_are_read_page_by_page_by_publisher(store: Store) -> None:
    feeds = [
        replace(FEED, url=f"https://{n}.example/f", publisher=p, paused=p == "B")
        for n, p in enumerate("BAAB")
    ]
    store.feeds.watch(feeds, NOW)
    found: list[str] = []
    while page := store.feeds.some(3, found[-1] if found else None):
        found += [state.feed.url for state in page]
    assert found == [state.feed.url for state in store.feeds.states()]
    assert {s.feed.publisher for s in store.feeds.some(9, condition="paused")} == {"B"}
    assert {s.feed.publisher for s in store.feeds.some(9, condition="waiting")} == {"A"}
    for condition in ("well", "silent", "failing", "gone"):
        assert store.feeds.some(9, condition=condition) == ()
    with pytest.raises(NotFoundError):
        store.feeds.some(3, "https://nowhere.example/")
