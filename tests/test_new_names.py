"""Names that the baseline lacks, from a feed to what a digest may tell."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from tests.databases import on_both
from tests.news import rss

from techwatch.composing import new_names
from techwatch.model import EntityKind

if TYPE_CHECKING:
    from techwatch.model import EmergingName
    from techwatch.testing import FakeClock, Publisher
    from techwatch.watch import Watch

pytestmark = on_both


def poll(watch: Watch) -> None:
    async def round_of_polls() -> None:
        watch.open_lists()
        async with watch.asking() as ask:
            await watch.poll(watch.store.feeds.states(), ask, lambda _: None)

    asyncio.run(round_of_polls())
    watch.judge_items()


def told(watch: Watch, since: timedelta) -> tuple[EmergingName, ...]:
    now = watch.clock()
    return new_names(watch.store, watch.judge.names, now - since, now)


def test_a_name_is_new_in_the_period_in_which_a_third_item_tells_it(
    watch: Watch, publisher: Publisher, clock: FakeClock
) -> None:
    first = "US sanctions Huawei supplier Lumotrix"
    publisher.publish("news.rss", rss(first, "Apple pie with Brontelix", guids=("1", "2")))
    poll(watch)
    assert told(watch, timedelta(hours=1)) == ()
    clock.move(timedelta(days=1))
    more = ("EU bans chips of Huawei and Lumotrix", "Japan bans Huawei and Lumotrix from networks")
    publisher.publish("news.rss", rss(*more, guids=("3", "4")))
    poll(watch)
    [name] = told(watch, timedelta(hours=1))
    assert (name.name, name.kind, name.items) == ("Lumotrix", EntityKind.ACTOR, 3)
    assert name.near[0] == "huawei"


def test_a_headline_that_moves_off_the_topic_takes_its_names_along(
    watch: Watch, publisher: Publisher, clock: FakeClock
) -> None:
    publisher.publish("news.rss", rss("US sanctions Huawei supplier Lumotrix"))
    poll(watch)
    assert [name.name for name in watch.store.emerging.names()] == ["Lumotrix"]
    clock.move(timedelta(hours=1))
    publisher.publish("news.rss", rss("Ten recipes for the weekend"))
    poll(watch)
    assert watch.store.emerging.names() == ()
