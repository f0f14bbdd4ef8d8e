"""Alerts, late digests, corrections and gaps: from a feed to a folder, with a moved clock."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from tests.databases import on_both
from tests.news import rss
from tests.test_pipeline import poll

from techwatch import edition_keeping
from techwatch.digests.editing import edition_entry
from techwatch.errors import InvalidFilesError
from techwatch.installation import shipped
from techwatch.model import Filter, Verdict
from techwatch.settings import load
from techwatch.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from techwatch.testing import FakeClock, Publisher

pytestmark = on_both

FINE = "EU fines TikTok 530 million euros over data transfers to China"
BAN = "Commerce Department adds YMTC to entity list"
PASSED = "China passes amendment of its Cybersecurity Law"
INQUIRY = "Chinese regulator opens antitrust investigation into Tencent"
DAILY = {"id": "daily", "title": "Daily", "schedule": "daily 07:00", "zone": "Europe/Oslo"}
ALERTS = {"id": "alerts", "title": "Alert", "zone": "Europe/Oslo", "alert": {"most_an_hour": 2}}


@pytest.fixture
def editions() -> list[dict[str, Any]]:
    return [DAILY, ALERTS]


@pytest.fixture
def desk(
    config: Path, clock: FakeClock, editions: list[dict[str, Any]], environment: dict[str, str]
) -> Iterator[Watch]:
    (config / "digests.yaml").write_text(yaml.safe_dump({"editions": editions}), "utf-8")
    settings = load(config / "techwatch.yaml", environment)
    built = Watch(lambda: settings, config, shipped("baseline"), clock)
    yield built
    built.close()


def headlines(watch: Watch) -> list[tuple[str, tuple[str, ...]]]:
    """What publishing makes of what is due: edition and headlines."""
    made = watch.publish_due()
    asyncio.run(watch.deliver())
    return [(digest.edition_id, tuple(d.title for d in digest.developments)) for digest in made]


def test_an_alert_goes_out_at_once_and_the_digest_names_it_in_a_line(
    desk: Watch, publisher: Publisher, clock: FakeClock
) -> None:
    publisher.publish("news.rss", rss(FINE))
    poll(desk)
    assert headlines(desk) == [("alerts", (FINE,))]
    assert headlines(desk) == []
    clock.move(timedelta(hours=1))
    [digest] = desk.publish_due()
    assert (digest.developments, [d.title for d in digest.alerted]) == ((), [FINE])
    assert not digest.empty
    clock.move(timedelta(days=1))
    [following] = desk.publish_due()
    assert following.told == ()


def test_a_digest_tells_in_full_what_its_readers_were_not_alerted_to(
    desk: Watch, publisher: Publisher, clock: FakeClock
) -> None:
    publisher.publish("news.rss", rss(FINE))
    poll(desk)
    desk.publish_due()  # frozen, but not delivered
    clock.move(timedelta(hours=1))
    [digest] = desk.publish_due()
    assert [d.title for d in digest.developments] == [FINE]


def test_an_alert_to_nothing_is_sent_to_nobody(desk: Watch, publisher: Publisher) -> None:
    publisher.publish("news.rss", rss("Best apple pie recipes for the weekend"))
    poll(desk)
    assert desk.publish_due() == []
    assert desk.publish(desk.edition("alerts")).empty  # asked for by hand
    assert asyncio.run(desk.deliver()) == []


def test_beyond_the_hour_s_number_alerts_are_collected(
    desk: Watch, publisher: Publisher, clock: FakeClock
) -> None:
    told = [FINE, BAN, PASSED, INQUIRY]
    made = []
    for count in range(1, 5):
        publisher.publish("news.rss", rss(*told[:count]))
        poll(desk)
        made += headlines(desk)
        clock.move(timedelta(minutes=5))
    assert made == [("alerts", (FINE,)), ("alerts", (BAN,))]
    clock.move(timedelta(minutes=35))
    assert headlines(desk) == []
    clock.move(timedelta(minutes=6))
    [alert] = [digest for digest in desk.publish_due() if digest.alert]
    assert {d.title for d in alert.developments} == {PASSED, INQUIRY}
    assert alert.subject == "techwatch alert: 2 developments"


@pytest.mark.parametrize(
    "editions", [[ALERTS | {"alert": {"most_an_hour": 9, "quiet": "22:00-07:00"}}]]
)
def test_in_quiet_hours_alerts_wait(desk: Watch, publisher: Publisher, clock: FakeClock) -> None:
    publisher.publish("news.rss", rss(FINE))
    poll(desk)  # 06:00 in Oslo
    assert headlines(desk) == []
    clock.move(timedelta(minutes=59))
    assert headlines(desk) == []
    clock.move(timedelta(minutes=1))
    assert headlines(desk) == [("alerts", (FINE,))]


def test_slots_missed_are_told_in_one_digest_that_names_them(
    watch: Watch, publisher: Publisher, clock: FakeClock
) -> None:
    publisher.publish("news.rss", rss(FINE))
    poll(watch)
    clock.move(timedelta(days=2, hours=3))  # Wednesday 09:00
    [digest] = watch.publish_due()
    assert [slot.day for slot in digest.missed] == [2, 3, 4]
    page = watch.store.digests.rendered("daily", digest.slot).text
    assert "Late: this digest was due Wed 4 Mar, 07:00 and was made Wed 4 Mar, 09:00." in page
    assert "It also stands for those due Mon 2 Mar, 07:00 and Tue 3 Mar" in " ".join(page.split())
    assert watch.publish_due() == []


def test_a_digest_on_time_does_not_call_itself_late(
    watch: Watch, publisher: Publisher, clock: FakeClock
) -> None:
    publisher.publish("news.rss", rss(FINE))
    poll(watch)
    clock.move(timedelta(hours=1, minutes=14))
    [digest] = watch.publish_due()
    assert digest.missed == ()


def test_a_headline_that_was_changed_is_corrected_once(
    watch: Watch, publisher: Publisher, clock: FakeClock
) -> None:
    publisher.publish("news.rss", rss(FINE))
    poll(watch)
    watch.publish(watch.edition("daily"))
    clock.move(timedelta(minutes=1))
    changed = FINE.replace("530", "53")
    publisher.publish("news.rss", rss(changed))
    poll(watch)
    digest = watch.publish(watch.edition("daily"))
    [correction] = digest.corrections
    assert (correction.kind, correction.title, correction.title_now) == ("headline", FINE, changed)
    assert digest.developments == ()
    clock.move(timedelta(minutes=1))
    assert watch.publish(watch.edition("daily")).corrections == ()


def test_news_that_is_taken_back_is_withdrawn(
    watch: Watch, publisher: Publisher, clock: FakeClock
) -> None:
    publisher.publish("news.rss", rss(FINE))
    poll(watch)
    watch.publish(watch.edition("daily"))
    clock.move(timedelta(minutes=1))
    publisher.publish("news.rss", rss("Best apple pie recipes for the weekend"))
    poll(watch)
    [correction] = watch.publish(watch.edition("daily")).corrections
    assert correction.kind == "withdrawn"
    assert (correction.verdict, correction.verdict_now) == (
        Verdict.ESCALATING,
        Verdict.UNRELATED,
    )


def test_a_poll_without_anything_known_is_told_as_a_gap(
    watch: Watch, publisher: Publisher, clock: FakeClock
) -> None:
    publisher.publish("news.rss", rss(FINE, guids=("a",)))
    poll(watch)
    clock.move(timedelta(hours=1))
    publisher.publish("news.rss", rss(FINE, BAN, guids=("a", "b")))
    poll(watch)
    [feed] = watch.draft(watch.edition("daily")).coverage.feeds
    assert feed.gap_at is None
    publisher.publish("news.rss", rss(PASSED, guids=("c",)))
    poll(watch)
    [feed] = watch.draft(watch.edition("daily")).coverage.feeds
    assert feed.gap_at == clock()


def test_far_more_than_usual_raises_a_development_and_is_told(
    watch: Watch, publisher: Publisher, config: Path
) -> None:
    names = [f"Desk {n}" for n in range(6)]
    feeds = [
        {"url": publisher.url(f"{n}.rss"), "publisher": name, "language": "en"}
        for n, name in enumerate(names)
    ]
    (config / "feeds.yaml").write_text(yaml.safe_dump({"feeds": feeds}), "utf-8")
    for n in range(6):
        publisher.publish(
            f"{n}.rss", rss(FINE if n == 0 else f"TikTok dance number {n} goes viral")
        )
    watch.store.digests.watch(watch.editions, watch.clock())
    poll(watch)
    [development] = watch.draft(watch.edition("daily")).developments
    assert development.burst is not None
    assert (development.burst.name, development.burst.publishers) == ("TikTok", 6)
    judged = watch.store.judging.assessment(development.item_id)
    assert judged is not None
    assert judged[0].score < development.score < 1
    text = watch.store.digests.rendered("daily", watch.publish(watch.edition("daily")).slot).text
    assert "TikTok: 6 publishers told of it of late" in " ".join(text.split())


def write(watch: Watch, *editions: dict[str, Any]) -> None:
    watch.editions_file.write_text(yaml.safe_dump({"editions": [*editions]}), encoding="utf-8")


def test_editions_edited_while_the_service_runs_tell_each_slot_once(
    desk: Watch, publisher: Publisher, clock: FakeClock
) -> None:
    desk.open_lists()
    publisher.publish("news.rss", rss(FINE))
    poll(desk)
    assert headlines(desk) == [("alerts", (FINE,))]
    assert desk.reread_lists() == {}
    # An edition more, another time of the first one, and the alerts gone.
    later = DAILY | {"schedule": "daily 07:30"}
    write(desk, later, DAILY | {"id": "second"})
    assert desk.reread_lists() == {"editions": 2}
    assert headlines(desk) == []
    clock.move(timedelta(hours=1))  # 07:00 in Oslo
    assert headlines(desk) == [("second", (FINE,))]
    clock.move(timedelta(minutes=30))
    [(edition, _)] = headlines(desk)
    assert edition == "daily"
    # Put back: neither slot nor development comes a second time.
    write(desk, DAILY, ALERTS)
    assert desk.reread_lists() == {"editions": 2}
    clock.move(timedelta(hours=2))
    assert headlines(desk) == []
    publisher.publish("news.rss", rss(FINE, BAN))
    poll(desk)
    assert headlines(desk) == [("alerts", (BAN,))]
    clock.move(timedelta(days=1))
    assert [edition for edition, _ in headlines(desk)] == ["daily"]


def test_a_broken_list_of_editions_is_refused_and_the_last_good_one_kept(
    desk: Watch, publisher: Publisher
) -> None:
    desk.open_lists()
    whole = desk.editions_file.read_text(encoding="utf-8")
    feeds = yaml.safe_load(desk.feeds_file.read_text(encoding="utf-8"))["feeds"]
    more = {"url": publisher.url("more.rss"), "publisher": "More", "language": "en"}
    for wrong, why in (
        ("editions: [", "not YAML"),
        (yaml.safe_dump({"editions": [DAILY | {"schedule": "when it rains"}]}), "schedule"),
        (yaml.safe_dump({"editions": [DAILY | {"channels": ["webhook"]}]}), "webhook.secret"),
    ):
        desk.editions_file.write_text(wrong, encoding="utf-8")
        feeds.append(more | {"url": publisher.url(f"{len(feeds)}.rss")})
        desk.feeds_file.write_text(yaml.safe_dump({"feeds": feeds}), encoding="utf-8")
        for _ in range(2):  # told at each tick, until it is mended
            with pytest.raises(InvalidFilesError, match=why):
                desk.reread_lists()
        assert list(desk.editions) == ["daily", "alerts"]
        assert desk.with_baseline(desk.baseline).editions == desk.editions  # a desk's, when renewed
        assert len(desk.store.feeds.states()) == len(feeds)  # the other list is taken up
    desk.editions_file.write_text(whole, encoding="utf-8")
    assert desk.reread_lists() == {}  # as it was
    publisher.publish("news.rss", rss(FINE))
    poll(desk)
    assert headlines(desk) == [("alerts", (FINE,))]


def test_of_two_who_add_editions_at_once_both_are_heard(desk: Watch) -> None:
    """And what can't go out is not written."""
    due = {"schedule": "daily 08:00"}
    entries = [edition_entry(f"e{n}", "E", due, Filter(), {}) for n in range(6)]
    with ThreadPoolExecutor(6) as pool:
        assert [*pool.map(partial(edition_keeping.add, desk), entries)] == [None] * 6
    assert {*desk.editions} == {"daily", "alerts", *(f"e{n}" for n in range(6))}
    before = desk.editions_file.read_bytes()
    with pytest.raises(InvalidFilesError, match="stands in line"):
        edition_keeping.add(desk, entries[0])
    assert desk.editions_file.read_bytes() == before
