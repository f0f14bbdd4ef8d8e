from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from tests.databases import on_both

from techwatch.text import item_id

from .samples import FEED, NOW, item, outcome

if TYPE_CHECKING:
    from techwatch.model import Item
    from techwatch.storage import Store

pytestmark = on_both


def renamed(one: Item, guid: str) -> Item:
    return replace(one, id=item_id(FEED.url, guid), identity=guid, guid=guid)


def test_entries_whose_guids_are_written_anew_are_not_new(store: Store) -> None:
    store.feeds.watch([FEED], NOW)
    first = [item(number, f"Headline {number}") for number in range(10)]
    assert store.feeds.record(outcome(*first), NOW).new == 10
    for poll in range(3):
        again = [renamed(one, f"{poll}-{n}") for n, one in enumerate(first)]
        report = store.feeds.record(outcome(*again), NOW + timedelta(hours=poll))
        assert (report.new, report.revised) == (0, 0)
    assert store.feeds.state(FEED.url).gap_at is None


def test_a_new_text_under_a_new_guid_is_new(store: Store) -> None:
    store.feeds.watch([FEED], NOW)
    one = item(1, "Draft published")
    store.feeds.record(outcome(one), NOW)
    later = replace(renamed(item(1, "Draft adopted"), "2"), link=one.link)
    assert store.feeds.record(outcome(later), NOW).new == 1


def test_the_same_text_on_another_page_is_new(store: Store) -> None:
    store.feeds.watch([FEED], NOW)
    one = item(1)
    store.feeds.record(outcome(one), NOW)
    assert store.feeds.record(outcome(item(2)), NOW).new == 1


def test_issues_that_share_page_and_text_are_told_apart_by_their_dates(store: Store) -> None:
    store.feeds.watch([FEED], NOW)
    page = "https://harbour.example/"
    issues = [
        replace(renamed(item(1, "Daily issue"), f"{n}"), link=page, published=NOW + timedelta(n))
        for n in range(3)
    ]
    assert store.feeds.record(outcome(*issues[:2]), NOW).new == 2
    assert store.feeds.record(outcome(*issues), NOW).new == 1
    assert store.feeds.record(outcome(*issues), NOW).new == 0


def test_posts_without_link_are_told_apart_by_text_and_date(store: Store) -> None:
    store.feeds.watch([FEED], NOW)
    one = replace(item(1), link=None)
    store.feeds.record(outcome(one), NOW)
    assert store.feeds.record(outcome(renamed(one, "2")), NOW).new == 0
    later = replace(renamed(one, "3"), published=NOW + timedelta(days=1))
    assert store.feeds.record(outcome(later), NOW).new == 1
