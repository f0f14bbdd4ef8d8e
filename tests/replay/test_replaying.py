"""A replay gives what the service would have given."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from techwatch import pipeline
from techwatch.model import FeedState, PollOutcome, Verdict
from techwatch.replay import archive, replaying
from techwatch.replay.outcomes import FOUND, record
from techwatch.storage import Store, sqlite_url

if TYPE_CHECKING:
    from techwatch.judging import Judge
    from techwatch.replay.archive import Line

ITEMS = Path(__file__).with_name("items.jsonl")
STORIES = Path(__file__).parents[3] / "shared" / "data" / "dev_stories.jsonl"
STREAM = STORIES.with_name("stream_2023-01.jsonl.gz")
there = pytest.mark.skipif(not STORIES.exists(), reason=f"{STORIES} is not here: not compared")
Found = dict[str, tuple[Verdict, float, str | None, str]]


def replayed(lines: tuple[Line, ...], judge: Judge) -> Found:
    """What a replay says of each item; of its last text where it was edited."""
    return {
        o.line.item.id: (
            o.assessment.verdict,
            o.assessment.score,
            o.story_id,
            o.assessment.reason,
        )
        for o in replaying.together(lines, judge)
    }


def stored(lines: tuple[Line, ...], judge: Judge, path: Path) -> Found:
    """What the pipeline says that judges a real database's items."""
    store = Store.open(sqlite_url(path))
    feeds = {line.feed.url: line.feed for line in lines}
    store.feeds.watch(feeds.values(), lines[0].at)
    rounds: dict[int, dict[str, list[Line]]] = defaultdict(lambda: defaultdict(list))
    seen: dict[str, int] = defaultdict(int)
    for line in lines:  # an edited item comes with a later poll
        rounds[seen[line.item.id]][line.feed.url].append(line)
        seen[line.item.id] += 1
    for number in sorted(rounds):
        for url, found in rounds[number].items():
            items = tuple(line.item for line in found)
            outcome = PollOutcome(FeedState(feeds[url]), "document", items)
            store.feeds.record(outcome, max(line.at for line in found))
        pipeline.judge(store, judge, lambda: lines[-1].at)
    result = {}
    for line in lines:
        assessment, story_id = store.judging.assessment(line.item.id) or pytest.fail("not judged")
        result[line.item.id] = (
            assessment.verdict,
            assessment.score,
            story_id,
            assessment.reason,
        )
    store.close()
    return result


def test_a_replay_says_what_the_pipeline_says_of_stored_items(judge: Judge, tmp_path: Path) -> None:
    dated = tuple(line for line in archive.read([ITEMS]).in_order().lines if line.item.published)
    found = replayed(dated, judge)
    # The service gets an edit after all else here, a replay at its own time: compared below.
    first = tuple(line for line in dated if line.item.id != "e1")
    assert replayed(first, judge) == stored(first, judge, tmp_path / "one.db")
    assert {verdict for verdict, *_ in found.values()} == set(Verdict)


def test_an_edit_is_judged_again_and_a_repetition_is_not(judge: Judge, tmp_path: Path) -> None:
    lines = tuple(x for x in archive.read([ITEMS]).in_order().lines if x.item.id == "e1")
    first, second, third = replaying.together(lines, judge)
    assert second.assessment.reason != first.assessment.reason
    assert (third.assessment, third.story_id) == (second.assessment, second.story_id)
    said = stored(lines, judge, tmp_path / "one.db")["e1"]
    assert said[0] is second.assessment.verdict
    assert said[2:] == (second.story_id, second.assessment.reason)


@there
def test_the_same_of_real_items_that_tell_many_stories(judge: Judge, tmp_path: Path) -> None:
    lines = archive.read([STORIES]).in_order().lines[:120]
    found = replayed(lines, judge)
    assert found == stored(lines, judge, tmp_path / "one.db")
    assert len({story for _, _, story, _ in found.values()}) > 20


def test_alone_no_item_hears_of_another(judge: Judge) -> None:
    lines = archive.read([ITEMS]).in_order().lines
    forward = {id(o.line): o.assessment for o in replaying.alone(lines, judge)}
    backward = {id(o.line): o.assessment for o in replaying.alone(lines[::-1], judge)}
    assert forward == backward
    assert all(o.story_id is None for o in replaying.alone(lines, judge))


@there
def test_a_stream_in_any_order_gives_the_same_lines(judge: Judge) -> None:
    lines = list(archive.read([STREAM]).lines[:1500])
    shuffled = list(lines)
    random.Random(5).shuffle(shuffled)
    whole = archive.Archive(tuple(lines), (), 0)

    def judged(found: archive.Archive) -> list[dict[str, object]]:
        in_order = found.in_order().lines
        return [record(o, judge.baseline) for o in replaying.together(in_order, judge)]

    assert judged(replace(whole, lines=tuple(shuffled))) == judged(whole)


def test_a_line_keeps_its_keys_and_its_labels(judge: Judge) -> None:
    lines = archive.read([ITEMS]).in_order().lines
    outcomes = {o.line.item.id: o for o in replaying.together(lines, judge)}
    out = record(outcomes["c1"], judge.baseline)
    assert out["desk"] == "asia"
    assert set(FOUND) <= set(out)
    assert out["verdict"] == "escalating"
    assert out["event"] == "draft_published"
    back = record(outcomes["c2"], judge.baseline)
    assert back["verdict"] == "easing"
    assert back["reasons"][0].startswith("TikTok: ")
    assert record(outcomes["d1"], judge.baseline)["story"] == "d1"  # a story of its own

    again = replace(outcomes["d1"], line=replace(outcomes["d1"].line, raw=out | {"id": "d1"}))
    assert "given" not in record(again, judge.baseline)
    line = outcomes["c1"].line
    labelled = replace(outcomes["c1"], line=replace(line, raw=line.raw | {"verdict": "known"}))
    said = record(labelled, judge.baseline)
    assert (said["verdict"], said["given"]) == ("escalating", {"verdict": "known"})
    again = replace(labelled, line=replace(line, raw=said))
    assert record(again, judge.baseline) == said


def test_the_rungs_are_those_before_and_after(judge: Judge) -> None:
    lines = archive.read([ITEMS]).in_order().lines
    rungs = {
        o.line.item.title[:24]: (r["rung_before"], r["rung_after"])
        for o in replaying.together(lines, judge)
        for r in [record(o, judge.baseline)]
    }
    assert rungs["Montana bans TikTok acro"][1] == "banned"
    assert rungs["Federal judge blocks Mon"][0] == "banned"
    assert rungs["Federal judge blocks Mon"][1] != "banned"
    assert rungs["Best apple pie recipes f"] == (None, None)
