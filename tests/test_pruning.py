"""What is dropped for its age and what is not, on a real file, also when the process is killed."""

from __future__ import annotations

import asyncio
import json
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from techwatch import judgements
from techwatch.cli.explain import _tell as tell
from techwatch.cli.explain import explanation
from techwatch.errors import InvalidFilesError, NotFoundError
from techwatch.model import Decision, Feed, FeedState, Item, PollOutcome, Pruned, Verdict
from techwatch.pruning import BATCH
from techwatch.runtime.local import Service
from techwatch.settings import load
from techwatch.text import content_hash, item_id

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from techwatch.model import PollReport
    from techwatch.testing import FakeClock
    from techwatch.watch import Watch

FEED = Feed("https://quay.example/feed", "Quay", "en")
FINE = "EU fines TikTok 530 million euros over data transfers to China"
NOISE = "Best apple pie recipes for the weekend"
FEW = "Ten walks along the coast"
SUMMARY = "As told by the desk."


def entry(title: str, guid: str, published: datetime, link: str | None = None) -> Item:
    return Item(
        id=item_id(FEED.url, f"guid:{guid}"),
        feed_url=FEED.url,
        identity=f"guid:{guid}",
        title=title,
        summary=SUMMARY,
        body="At length.",
        guid=guid,
        link=link or f"https://quay.example/{guid}",
        published=published,
        language="en",
        content_hash=content_hash(title, SUMMARY),
    )


def bring(watch: Watch, items: Sequence[Item]) -> PollReport:
    watch.store.feeds.watch([FEED], watch.clock())
    state = watch.store.feeds.state(FEED.url)
    asked = FeedState(FEED, polled_at=watch.clock(), news_at=state.news_at)
    report = watch.store.feeds.record(PollOutcome(asked, "document", tuple(items)), watch.clock())
    watch.judge_items()
    return report


def later(clock: FakeClock, days: float) -> None:
    clock.move(timedelta(days=days))


@pytest.fixture
def old(watch: Watch, clock: FakeClock) -> list[Item]:
    """Three items, of which one is news, that were judged 31 days ago."""
    items = [entry(title, str(n), clock()) for n, title in enumerate((FINE, NOISE, FEW))]
    bring(watch, items)
    later(clock, 31)
    return items


def test_what_matches_nothing_is_dropped_and_known_again(watch: Watch, old: list[Item]) -> None:
    fine, noise, few = old
    before = watch.store.overview.counts(None, watch.clock())
    gone = watch.prune()
    assert (gone.items, gone.texts) == (2, 0)
    assert gone.bytes > len(NOISE + FEW)
    assert watch.store.judging.item(fine.id).item == fine
    for item in (noise, few):
        with pytest.raises(NotFoundError, match=r"retention\.unrelated_days"):
            watch.store.judging.item(item.id[:9])
    assert watch.store.overview.counts(None, watch.clock()) == before

    report = bring(watch, old)  # the feed still shows them
    assert (report.new, report.revised) == (0, 0)
    assert watch.store.feeds.state(FEED.url).gap_at is None
    assert watch.prune() == Pruned()


def test_an_old_entry_under_a_new_guid_is_not_new_after_it_was_dropped(
    watch: Watch, old: list[Item], clock: FakeClock
) -> None:
    watch.prune()
    again = entry(NOISE, "other", clock(), link=old[1].link)
    assert bring(watch, [again]).new == 0
    assert bring(watch, [entry("Another pie", "more", clock(), link=old[1].link)]).new == 1


def test_a_dropped_item_that_its_feed_changes_comes_back_and_is_judged(
    watch: Watch, old: list[Item], clock: FakeClock
) -> None:
    watch.prune()
    seen = watch.store.overview.counts(None, clock()).items_seen
    changed = entry(FINE, "1", clock())
    report = bring(watch, [old[0], changed, old[2]])
    assert (report.new, report.revised) == (0, 1)
    stored = watch.store.judging.item(changed.id)
    assert stored.item == changed
    assert stored.revision == 2
    assert watch.store.judging.headlines(changed.id) == (FINE,)  # the former one is gone
    assert stored.first_seen_at == clock() - timedelta(days=31)
    found = watch.store.judging.assessment(changed.id)
    assert found is not None
    assert found[0].verdict is not Verdict.UNRELATED
    assert watch.store.overview.counts(None, clock()).items_seen == seen
    later(clock, 40)
    assert watch.prune().items == 0  # it tells a story now


def test_what_a_person_judged_or_what_waits_is_not_dropped(
    watch: Watch, old: list[Item], clock: FakeClock
) -> None:
    of = judgements.subject(watch.store, old[1].id)
    judgements.decide(watch.store, watch.judge, of, Decision.REJECT, "no", who="kari", now=clock())
    changed = entry("Nothing new", "2", clock())
    state = FeedState(FEED, polled_at=clock())
    watch.store.feeds.record(PollOutcome(state, "document", (changed,)), clock())
    later(clock, 31)
    assert watch.prune().items == 0
    watch.judge_items()
    assert watch.prune().items == 1


def test_old_texts_go_and_verdict_evidence_and_headline_stay(
    watch: Watch, old: list[Item], clock: FakeClock
) -> None:
    fine = old[0]
    told = watch.store.judging.assessment(fine.id)
    later(clock, 370)
    gone = watch.prune()
    assert (gone.items, gone.texts) == (2, 1)
    stored = watch.store.judging.item(fine.id)
    assert (stored.item.title, stored.item.summary, stored.item.body) == (FINE, "", "")
    assert stored.text_gone_at == clock()
    assert watch.store.judging.assessment(fine.id) == told
    assert explanation(watch, stored)["story"].tellings[0].title == FINE
    assert watch.prune() == Pruned()

    assert bring(watch, [fine]).revised == 0  # the same text as ever
    changed = entry(f"{FINE}, says EU", "0", clock())
    assert bring(watch, [changed]).revised == 1
    back = watch.store.judging.item(fine.id)
    assert (back.item, back.text_gone_at) == (changed, None)


def test_an_item_without_text_keeps_its_verdict_when_earlier_news_arrives_late(
    watch: Watch, old: list[Item], clock: FakeClock
) -> None:
    fine = old[0]
    told = watch.store.judging.assessment(fine.id)
    later(clock, 370)
    watch.prune()
    with watch.store.judging.judging() as judging:
        assert fine.published is not None
        judging.unsettle({fine.id: fine.published})
        assert list(judging.settling()) == []
    assert watch.store.judging.assessment(fine.id) == told


def test_a_dry_run_says_what_a_run_then_does(
    watch: Watch, old: list[Item], clock: FakeClock
) -> None:
    assert old
    later(clock, 400)
    would = watch.prune(dry_run=True)
    assert would == watch.prune(dry_run=True)
    assert watch.prune() == would
    assert (would.items, would.texts) == (2, 1)


def test_nothing_is_dropped_that_windows_still_need(config: Path) -> None:
    file = config / "techwatch.yaml"
    for section, value, window in (
        ("unrelated_days", 10, "digests.correct_days"),
        ("text_days", 59, "digests.remember_days"),
    ):
        with pytest.raises(InvalidFilesError, match=window) as error:
            load(file, {}, [f"retention.{section}={value}"])
        assert "at least" in str(error.value)
    never = load(file, {}, ["retention.unrelated_days=null", "retention.text_days=null"])
    assert never.retention.unrelated_days is None


MANY = 4 * BATCH


@pytest.fixture
def full(watch: Watch, clock: FakeClock) -> sqlite3.Connection:
    """A file with many old items that match nothing, and some that do."""
    noise = [entry(f"{NOISE}, part {n}", f"n{n}", clock()) for n in range(MANY)]
    fines = [entry(f"{FINE} in {n} days", f"f{n}", clock()) for n in range(20)]
    bring(watch, [*noise, *fines])
    later(clock, 31)
    watch.store.close()
    file = watch.settings.data_path / "techwatch.db"
    return sqlite3.connect(file, isolation_level=None)


def test_a_prune_that_is_killed_leaves_the_database_whole_and_goes_on(
    watch: Watch, full: sqlite3.Connection, config: Path
) -> None:
    kept = _kept(full)
    total = full.execute("SELECT count(*) FROM items").fetchone()[0]
    seen: set[int] = set()
    for wait in (0, 2, 5):
        code = (
            "import sys, techwatch.cli.context as c; from pathlib import Path\n"
            "from datetime import datetime, UTC, timedelta\n"
            "from techwatch.watch import Watch; from techwatch.settings import load\n"
            f"w = Watch(lambda: load(Path({str(config)!r}) / 'techwatch.yaml', {{}}), None, None, "
            f"lambda: datetime.fromisoformat({watch.clock().isoformat()!r}))\n"
            "print('go', flush=True); w.prune(told=lambda b: print(b.items, flush=True))\n"
        )
        ask = [sys.executable, "-c", code]
        with subprocess.Popen(ask, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for _ in range(2):
                process.stdout.readline()
            time.sleep(wait / 100)
            process.send_signal(signal.SIGKILL)
        assert full.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert full.execute("PRAGMA foreign_key_check").fetchall() == []
        left = full.execute("SELECT count(*) FROM items").fetchone()[0]
        dropped = full.execute("SELECT count(*) FROM dropped_items").fetchone()[0]
        counted = full.execute("SELECT sum(seen) FROM dropped_counts").fetchone()[0]
        assert left + dropped == total
        assert counted == dropped
        assert _kept(full) == kept
        seen.add(dropped)
    assert len(seen) > 1  # kills hit the middle
    watch.prune()
    assert full.execute("SELECT count(*) FROM dropped_items").fetchone()[0] == MANY
    assert _kept(full) == kept


def _kept(file: sqlite3.Connection) -> list[list[tuple[object, ...]]]:
    """Everything that must never be dropped."""
    evidence = "SELECT * FROM assessments WHERE verdict != 'unrelated' ORDER BY 1, 2"
    tables = ("stories", "story_items", "story_anchors", "standings", "developments")
    wanted = [evidence, *(f"SELECT * FROM {table} ORDER BY 1, 2, 3" for table in tables)]
    return [file.execute(sql).fetchall() for sql in wanted]


def test_the_command_prunes_and_makes_the_file_smaller(
    full: sqlite3.Connection, config: Path, watch: Watch
) -> None:
    full.close()
    command = [sys.executable, "-m", "techwatch", "--config", str(config), "db"]
    # The clock of the process is the real one: the items are older for it.
    old = datetime.now(UTC) - watch.clock() > timedelta(days=40)

    def run(*arguments: str) -> str:
        done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=True)
        return done.stdout

    assert old
    would = json.loads(run("prune", "--dry-run", "--json"))
    did = json.loads(run("prune", "--json"))
    assert would["dry_run"]
    assert not did["dry_run"]
    assert did["dropped"] == would["dropped"]
    assert did["dropped"]["items"] == MANY
    assert "would drop 0 items" in run("prune", "--dry-run")
    size = json.loads(run("vacuum", "--json"))
    assert size["bytes"] < size["bytes_before"] / 2
    after = watch.store.retention.size()
    assert (after.dropped_items, after.free, after.items) == (MANY, 0, 20)


def test_the_service_prunes_once_a_day(watch: Watch, old: list[Item], clock: FakeClock) -> None:
    async def never(_: FeedState) -> PollOutcome:
        raise AssertionError

    def dropped() -> int:
        return watch.store.retention.size().dropped_items

    async def nothing(_: object) -> None:
        raise AssertionError

    service = Service(watch, never, asyncio.Event(), nothing)
    asyncio.run(service.prune({}))
    assert dropped() == 0  # polls that were due come first
    clock.move(timedelta(minutes=6))
    asyncio.run(service.prune({}))
    assert dropped() == 2
    bring(watch, [*old, entry("More pies", "8", clock() - timedelta(days=40))])
    later(clock, 31)
    asyncio.run(service.prune({}))
    assert dropped() == 3
    bring(watch, [entry("Even more pies", "9", clock())])
    clock.move(timedelta(hours=23))
    asyncio.run(service.prune({}))
    assert dropped() == 3


def test_explain_says_that_a_text_was_dropped(
    watch: Watch, old: list[Item], clock: FakeClock, capsys: pytest.CaptureFixture[str]
) -> None:
    later(clock, 370)
    watch.prune()
    tell(watch, explanation(watch, watch.store.judging.item(old[0].id)))
    told = capsys.readouterr().out
    assert "Its text was dropped on" in told
    assert "(retention.text_days)" in told
    assert FINE in told


def test_the_audit_log_is_kept_for_years(watch: Watch, clock: FakeClock) -> None:
    def note() -> None:
        watch.store.audit.note(clock(), None, "ada", "feeds.add", "x", {}, "192.0.2.1")

    for _ in range(BATCH + 1):
        note()
    later(clock, 365)
    note()
    assert watch.prune() == Pruned()
    later(clock, 4 * 365 + 2)
    assert watch.prune(dry_run=True) == Pruned(changes=BATCH + 1)
    assert watch.prune() == Pruned(changes=BATCH + 1)
    assert len(watch.store.audit.page(9, None, None)) == 1
