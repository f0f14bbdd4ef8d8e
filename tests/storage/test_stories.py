"""Stories in the store: sagas, order of arrival, and what looking one up costs."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select
from sqlalchemy.event import listen, remove
from tests.databases import on_both

from techwatch.assessment import AssessmentSettings
from techwatch.baseline.loading import load
from techwatch.judging import Judge
from techwatch.matching import MatchingSettings
from techwatch.model import Feed, FeedState, Item, PollOutcome, Signs
from techwatch.pipeline import judge
from techwatch.storage import stories
from techwatch.storage import tables as t
from techwatch.text import content_hash, item_id

from .samples import NOW

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from techwatch.storage import Store

pytestmark = on_both

HOUR = timedelta(hours=1)
WEEK = timedelta(days=7)
# (hours after the first, language, title): our own sentences
NEWS = (
    (0, "en", "Canada bars TikTok from the phones of its civil servants"),
    (1, "en", "TikTok barred from phones of Canadian civil servants over security"),
    (2, "zh", "加拿大禁止在政府手机上使用TikTok"),
    (3, "en", "Belgium bans TikTok from the phones of its civil servants"),
    (5, "en", "Canadian government bans TikTok from its phones"),
    (7, "en", "EU fines TikTok 530 million euros over transfers of data to China"),
    (8, "zh", "因数据传输至中国，TikTok被欧盟罚款5.3亿欧元"),
    (9, "en", "TikTok fined 530 million euros by EU over data of users"),
    (20, "en", "China's cyberspace regulator opens investigation into Didi"),
    (24, "en", "Didi under investigation by China's cyberspace regulator"),
    (70, "en", "China's cyberspace regulator fines Didi 8 billion yuan"),
    (71, "zh", "国家网信办对滴滴罚款80亿元"),
    (72, "en", "Didi fined 8 billion yuan by China's cyberspace regulator"),
    (90, "en", "TikTok sues Canada over ban on government phones"),
)


@pytest.fixture(scope="module")
def by() -> Judge:
    baseline = load(Path(__file__).parents[2] / "baseline")
    return Judge.of(baseline, MatchingSettings(), AssessmentSettings())


def _feed(language: str) -> Feed:
    return Feed(f"https://{language}.example/feed", f"Publisher {language}", language)


def _item(hours: float, language: str, title: str) -> Item:
    feed = _feed(language)
    return Item(
        id=item_id(feed.url, title),
        feed_url=feed.url,
        identity=f"guid:{title}",
        title=title,
        language=language,
        published=NOW + hours * HOUR,
        content_hash=content_hash(title),
    )


def _arrive(store: Store, by: Judge, items: Iterable[Item]) -> None:
    for one in items:
        feed = _feed(one.language)
        store.feeds.record(PollOutcome(FeedState(feed), "document", (one,)), NOW)
        judge(store, by, lambda: NOW + WEEK)


def _outcome(store: Store) -> tuple[dict[str, str], set[frozenset[str]]]:
    """Return the verdict of each title, and which titles are told as one story."""
    items = [_item(*news) for news in NEWS]
    verdicts, told = {}, defaultdict(set)
    for one in items:
        found = store.judging.assessment(one.id)
        assert found is not None
        verdicts[one.title] = found[0].verdict.value
        told[found[1]].add(one.title)
    return verdicts, {frozenset(titles) for titles in told.values()}


@pytest.fixture
def watched(store: Store) -> Store:
    store.feeds.watch([_feed("en"), _feed("zh")], NOW)
    return store


def test_tellings_of_one_event_are_one_story_across_languages(watched: Store, by: Judge) -> None:
    _arrive(watched, by, [_item(*news) for news in NEWS])
    _, told = _outcome(watched)
    titles = [title for _, _, title in NEWS]
    assert frozenset(titles[n] for n in (0, 1, 2, 4)) in told
    assert frozenset(titles[n] for n in (5, 6, 7)) in told
    assert frozenset(titles[n] for n in (10, 11, 12)) in told
    assert frozenset({titles[3]}) in told


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_arrival_changes_neither_story_nor_verdict(
    watched: Store, by: Judge, tmp_path: Path, seed: int
) -> None:
    from techwatch.storage import Store as Another  # noqa: PLC0415 - a second one, for comparison

    items = [_item(*news) for news in NEWS]
    other = Another.open(f"sqlite:///{tmp_path / 'other.db'}")
    other.feeds.watch([_feed("en"), _feed("zh")], NOW)
    _arrive(watched, by, items)
    shuffled = items.copy()
    random.Random(seed).shuffle(shuffled)
    _arrive(other, by, shuffled)
    assert _outcome(other) == _outcome(watched)
    other.close()


def test_a_story_keeps_its_identity_when_an_earlier_telling_comes_late(
    watched: Store, by: Judge
) -> None:
    late, first = _item(*NEWS[0]), _item(*NEWS[1])
    _arrive(watched, by, [first])
    before = watched.judging.assessment(first.id)
    _arrive(watched, by, [late])
    after, joined = watched.judging.assessment(first.id), watched.judging.assessment(late.id)
    assert before is not None
    assert after is not None
    assert joined is not None
    assert before[1] == after[1] == joined[1]
    story = watched.judging.story(str(joined[1]))
    assert [telling.item_id for telling in story.tellings] == [late.id, first.id]
    assert story.first_at == late.published
    assert len(watched.digests.untold("daily", NOW)) == 1


def test_the_next_step_points_back_to_the_one_before(watched: Store, by: Judge) -> None:
    _arrive(watched, by, [_item(*news) for news in NEWS])
    fine = watched.judging.assessment(_item(*NEWS[10]).id)
    inquiry = watched.judging.assessment(_item(*NEWS[8]).id)
    assert fine is not None
    assert inquiry is not None
    assert watched.judging.story(str(fine[1])).follows == inquiry[1]
    assert [story.id for story in watched.judging.saga(str(fine[1]))] == [inquiry[1]]
    assert watched.judging.saga(str(inquiry[1])) == ()


def test_an_item_judged_again_leaves_no_second_trace(watched: Store, by: Judge) -> None:
    items = [_item(*news) for news in NEWS[:6]]
    _arrive(watched, by, items)
    before = _rows(watched)
    with watched.judging.judging() as judging:
        judging.unsettle({one.id: one.published for one in items if one.published})
    assert _rows(watched) == before
    judge(watched, by, lambda: NOW + WEEK)
    assert _rows(watched) == before


def _rows(store: Store) -> list[list[tuple[object, ...]]]:
    tables = (t.stories, t.story_items, t.story_anchors, t.standings, t.developments)
    with store.database.read() as connection:
        return [
            sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in tables
        ]


def test_signs_come_back_as_they_were_stored() -> None:
    signs = Signs("en", "ban tiktok", words=frozenset({"ban", "tiktok"}), kind="banned", essay=True)
    assert stories.load_signs(stories.dump_signs(signs)) == signs
    assert stories.load_signs(stories.dump_signs(Signs())) == Signs()


@pytest.mark.databases("sqlite")
def test_looking_a_story_up_costs_no_more_among_many(store: Store) -> None:
    """Operations of SQLite's machine for one look-up: far from ten times as many among 10,000."""
    few, many = (_operations(store, start, stop) for start, stop in ((0, 500), (500, 10_000)))
    assert many < 2 * few


@pytest.mark.databases("postgresql")
def test_looking_a_story_up_reads_no_more_of_a_server_among_many(store: Store) -> None:
    """Rows that the server's plans look at for one look-up."""
    few, many = (_rows_read(store, start, stop) for start, stop in ((0, 1000), (1000, 10_000)))
    assert many < 3 * few


def _rows_read(store: Store, start: int, stop: int) -> float:
    _open_stories(store, start, stop)
    with store.database.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("ANALYZE")
    read = 0.0
    with store.database.read() as connection:
        # A table of this size is soon read as a whole; in one of millions nothing else will do.
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        for statement, values in _statements(connection):
            explained = f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}"
            [plan] = connection.exec_driver_sql(explained, values).scalar_one()
            read += _scanned(plan["Plan"])
    return read


def _scanned(node: dict[str, Any]) -> float:
    """Count the rows that the scans of a plan looked at, those not wanted included."""
    own = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    own *= node["Actual Loops"] if "Scan" in node["Node Type"] else 0
    return float(own + sum(_scanned(inner) for inner in node.get("Plans", ())))


def _statements(connection: Connection) -> list[tuple[str, Any]]:
    """Return what one look-up asks of a database."""
    asked: list[tuple[str, Any]] = []

    def note(*event: Any) -> None:
        asked.append((event[2], event[3]))

    listen(connection, "before_cursor_execute", note)
    found = stories.candidates(connection, ["tiktok", "word:w7"], NOW, WEEK)
    remove(connection, "before_cursor_execute", note)
    assert 0 < len(found) <= 120
    return asked


def _open_stories(store: Store, start: int, stop: int) -> None:
    """Open stories of one entity up to a number."""
    store.feeds.watch([_feed("en")], NOW)
    with store.database.write() as connection:
        for table, rows in _many(start, stop).items():
            connection.execute(t.metadata.tables[table].insert(), rows)


def _operations(store: Store, start: int, stop: int) -> int:
    """Open stories of one entity up to a number, and count what one look-up takes."""
    _open_stories(store, start, stop)
    counted = 0

    def count() -> int:
        nonlocal counted
        counted += 1
        return 0

    with store.database.read() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        stories.candidates(connection, ["tiktok", "word:w7"], NOW, WEEK)  # caches filled
        raw.set_progress_handler(count, 100)
        found = stories.candidates(connection, ["tiktok", "word:w7"], NOW, WEEK)
        raw.set_progress_handler(None, 0)
    assert 0 < len(found) <= 120
    return counted


def _many(start: int, stop: int) -> dict[str, list[dict[str, object]]]:
    feed = _feed("en").url
    found: dict[str, list[dict[str, object]]] = defaultdict(list)
    for n in range(start, stop):
        one, at = f"{n:016x}", NOW - WEEK * (n / 10_000)
        found["items"].append(
            {"id": one, "feed_url": feed, "identity": one, "title": f"Story {n}", "summary": ""}
            | {"body": "", "published": at, "language": "en", "content_hash": one, "revision": 1}
            | {"first_seen_at": at, "seen_at": at, "judged_revision": 1}
        )
        found["stories"].append(
            {"id": one, "entity_ids": ["tiktok"], "verdict": "novel", "first_at": at, "last_at": at}
        )
        own = {"story_id": one, "item_id": one, "at": at, "judged": False}
        found["story_items"].append(own | {"revision": 1, "signs": "{}"})
        found["story_anchors"] += [own | {"anchor": a} for a in ("tiktok", f"word:w{n % 50}")]
    return found
