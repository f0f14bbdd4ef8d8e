from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from tests.databases import on_both

from techwatch.model import EmergingName, EntityKind, Feed, Field, Sighting
from techwatch.storage import emerging

from .samples import FEED, NOW, item, judged, outcome

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from techwatch.model import Item
    from techwatch.storage import Store

pytestmark = on_both

OTHER = Feed("https://other.example/feed", "Other", "en")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def sighting(
    key: str = "lumotrix",
    surface: str = "Lumotrix",
    kind: EntityKind = EntityKind.ACTOR,
    type_: str = "unknown",
    near: tuple[str, ...] = ("huawei",),
) -> Sighting:
    text = f"Huawei buys {surface}"
    return Sighting(key, kind, type_, surface, Field.TITLE, 12, len(text), text, near)


def judge(
    store: Store,
    told: Item,
    names: Sequence[Sighting],
    feed: Feed = FEED,
    at: datetime = NOW,
    now: datetime = NOW,
) -> None:
    """Store an item, or a new text of it, and a verdict on it."""
    store.feeds.record(outcome(told, feed=feed), now)
    with store.judging.judging() as judging:
        for stored in store.judging.unjudged(10):
            verdict = replace(judged(stored, None), judged_at=now)
            judging.save(verdict, (), (), at, names)


@pytest.fixture(autouse=True)
def _feeds(store: Store) -> None:
    store.feeds.watch([FEED, OTHER], NOW)


def keys(names: Sequence[EmergingName]) -> list[str]:
    return [name.key for name in names]


def test_sightings_of_a_name_are_counted_together(store: Store) -> None:
    judge(store, item(1, "Huawei buys Lumotrix"), [sighting(near=("huawei", "zte"))], at=NOW - DAY)
    judge(store, item(2, "LUMOTRIX!", OTHER), [sighting(surface="LUMOTRIX")], OTHER)
    judge(store, item(3), [sighting(type_="company")])
    [name] = store.emerging.names()
    assert (name.name, name.items, name.publishers) == ("Lumotrix", 3, ("Harbour", "Other"))
    assert (name.first_at, name.last_at) == (NOW - DAY, NOW)
    assert (name.kind, name.type, name.near) == (EntityKind.ACTOR, "company", ("huawei", "zte"))
    assert name.examples[-1].title == "Huawei buys Lumotrix"
    assert {example.publisher for example in name.examples} == {"Harbour", "Other"}


def test_a_short_form_is_counted_with_the_full_name_it_must_mean(store: Store) -> None:
    full = sighting("deng haolu", "Deng Haolu", type_="person")
    judge(store, item(1), [full, sighting("federal spectrum board", "Federal Spectrum Board")])
    judge(store, item(2), [sighting("haolu", "Haolu"), sighting("fsb", "FSB")], at=NOW - DAY)
    judge(store, item(3), [sighting("elsewhere haolu", "Elsewhere", near=("zte",))])
    names = {name.name: name for name in store.emerging.names()}
    assert set(names) == {"Deng Haolu", "Federal Spectrum Board", "Elsewhere"}
    assert (names["Deng Haolu"].items, names["Federal Spectrum Board"].items) == (2, 2)
    assert names["Deng Haolu"].first_at == NOW - DAY
    assert store.emerging.named({"fsb"}, 3) == (names["Federal Spectrum Board"],)


def test_names_of_most_items_come_first(store: Store) -> None:
    judge(store, item(1), [sighting("rare"), sighting("usual")])
    judge(store, item(2), [sighting("usual")])
    assert keys(store.emerging.names()) == ["usual", "rare"]


def test_names_are_chosen_by_kind_and_time(store: Store) -> None:
    judge(store, item(1), [sighting("acme act", kind=EntityKind.LAW)], at=NOW - 2 * DAY)
    judge(store, item(2), [sighting("acme")], at=NOW)
    assert keys(store.emerging.names(kind=EntityKind.LAW)) == ["acme act"]
    assert keys(store.emerging.names(since=NOW - DAY)) == ["acme"]


def test_judging_an_item_again_counts_it_once(store: Store) -> None:
    judge(store, item(1), [sighting()])
    [stored] = store.judging.seen_since(NOW)
    for _ in range(2):
        with store.judging.judging() as judging:
            judging.save(judged(stored, None), (), (), NOW, [sighting()])
    [name] = store.emerging.names()
    assert name.items == 1


def test_a_changed_text_takes_its_names_along(store: Store) -> None:
    judge(store, item(1, "Huawei buys Lumotrix"), [sighting("lumotrix"), sighting("gone")])
    judge(store, item(1, "Huawei buys Brontelix"), [sighting("lumotrix"), sighting("came")])
    assert keys(store.emerging.names()) == ["came", "lumotrix"]
    judge(store, item(1, "A recipe"), [])
    assert store.emerging.names() == ()


def test_a_judgement_taken_back_at_the_same_revision_takes_its_names_along(store: Store) -> None:
    judge(store, item(1), [sighting()])
    [stored] = store.judging.seen_since(NOW)
    with store.judging.judging() as judging:
        judging.save(judged(stored, None), (), (), NOW)
    assert store.emerging.names() == ()


def test_a_dismissed_name_stays_dismissed(store: Store) -> None:
    judge(store, item(1), [sighting()])
    for _ in range(2):
        store.emerging.dismiss(["lumotrix"], NOW)
    judge(store, item(2, feed=OTHER), [sighting()], OTHER)
    assert store.emerging.names() == ()
    assert store.emerging.new(None, NOW) == ()
    [name] = store.emerging.names(dismissed=True)
    assert (name.items, name.dismissed) == (2, True)
    store.emerging.restore(["lumotrix"])
    assert keys(store.emerging.names()) == ["lumotrix"]


def test_a_name_is_new_once_when_two_publishers_have_it(store: Store) -> None:
    judge(store, item(1), [sighting()], now=NOW)
    assert store.emerging.new(None, NOW) == ()
    judge(store, item(2, feed=OTHER), [sighting()], OTHER, now=NOW + HOUR)
    assert keys(store.emerging.new(NOW, NOW + HOUR)) == ["lumotrix"]
    judge(store, item(3), [sighting()], now=NOW + 2 * HOUR)
    assert store.emerging.new(NOW + HOUR, NOW + 2 * HOUR) == ()
    [whole] = store.emerging.new(None, NOW + 2 * HOUR)
    assert whole.items == 3
    [then] = store.emerging.new(NOW, NOW + HOUR)
    assert then.items == 2


def test_three_items_of_one_publisher_are_enough(store: Store) -> None:
    for number in range(2):
        judge(store, item(number), [sighting()], now=NOW)
    assert store.emerging.new(None, NOW) == ()
    judge(store, item(2), [sighting()], now=NOW + HOUR)
    assert keys(store.emerging.new(NOW, NOW + HOUR)) == ["lumotrix"]


def test_a_name_noted_before_stays_noted_then_when_its_item_changes(store: Store) -> None:
    judge(store, item(1, "One"), [sighting()], now=NOW)
    judge(store, item(2, feed=OTHER), [sighting()], OTHER, now=NOW)
    judge(store, item(1, "Two"), [sighting()], now=NOW + HOUR)
    assert store.emerging.new(NOW, NOW + HOUR) == ()


def test_a_transaction_that_fails_leaves_no_names(store: Store) -> None:
    store.feeds.record(outcome(item(1)), NOW)
    [stored] = store.judging.unjudged(10)

    def fail() -> None:
        with store.judging.judging() as judging:
            judging.save(judged(stored, None), (), (), NOW, [sighting()])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert store.emerging.names() == ()
    assert store.emerging.named({"lumotrix"}, 5) == ()


def test_all_items_of_a_name_are_counted_though_few_are_read(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(emerging, "MOST_OF_ONE", 2)
    for n in range(5):
        judge(store, item(n), [sighting()], at=NOW - n * DAY)
    found = store.emerging.one("lumotrix", 2)
    assert found is not None
    assert (found.items, len(found.examples), found.first_at) == (5, 2, NOW - 4 * DAY)
