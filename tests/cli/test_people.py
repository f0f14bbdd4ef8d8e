"""`judge`, `judgements`, `explain` and `baseline accept`, as a person calls them."""

from __future__ import annotations

import getpass
import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from tests.news import rss

from techwatch.baseline.loading import load
from techwatch.installation import shipped

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from techwatch.testing import Publisher

    Run = Callable[..., subprocess.CompletedProcess[str]]

FINE = "EU fines TikTok 530 million euros over data transfers to China"
LEAK = "ByteDance employees accessed data of US journalists, company admits"
LIFTED = "Nepal lifts its ban on TikTok after talks with the company"
NOISE = "Best apple pie recipes"
OUTSIDE = "Chinese hackers stole files of Norway's parliament, officials say"


@pytest.fixture
def items(run: Run, publisher: Publisher) -> dict[str, str]:
    """The links of some items that were polled and judged, by title."""
    titles = (FINE, LEAK, LIFTED, NOISE, OUTSIDE)
    publisher.publish("news.rss", rss(*titles))
    run("poll")
    return {title: f"https://harbour.example/{number}" for number, title in enumerate(titles)}


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    copy = tmp_path / "desk" / "baseline"
    shutil.copytree(shipped("baseline"), copy)
    return copy


# ------------------------------------------------------------------ judge, judgements


def test_a_judgement_needs_a_reason_and_says_what_follows(run: Run, items: dict[str, str]) -> None:
    bare = run("judge", items[FINE], "reject")
    assert bare.returncode == 2
    assert "say why: --note TEXT" in bare.stderr
    said = run("judge", items[FINE], "reject", "--note", "last year's fine")
    assert said.returncode == 0, said.stderr
    assert f"reject by {getpass.getuser()}, " in said.stdout
    assert "stays quiet until it takes a further step" in said.stdout
    assert FINE not in run("digest").stdout
    taken = run("judge", items[FINE], "undo", "--by", "ola")
    assert "Taken back: reject by" in taken.stdout
    assert FINE in run("digest").stdout
    again = run("judge", items[FINE], "undo")
    assert again.returncode == 1
    assert "no judgement in force" in again.stderr
    nothing = run("judge", "https://harbour.example/9", "known", "--note", "x")
    assert nothing.returncode == 1
    record = json.loads(
        run("judge", items[NOISE], "known", "--note", "x", "--by", "kari", "--json").stdout
    )
    assert (record["decision"], record["by"], record["story_id"]) == ("known", "kari", None)


def test_what_was_misread_is_said_with_what_it_is_about(run: Run, items: dict[str, str]) -> None:
    for wrong in (("same-as",), ("accept", "x")):
        assert run("judge", items[FINE], *wrong, "--note", "x").returncode == 2
    said = run("judge", items[FINE], "wrong-entity", "tiktok", "--right", "wechat", "--note", "x")
    assert "wrong-entity tiktok wechat by" in said.stdout, said.stderr
    explained = run("explain", items[FINE]).stdout
    assert "Not TikTok but WeChat is meant, said" in explained
    assert "wrong-entity tiktok wechat by" in explained
    joined = run("judge", items[LIFTED], "same-as", items[LEAK], "--note", "x")
    assert "told as one" in joined.stdout, joined.stderr
    alone = run("judge", items[FINE], "not-same", "--note", "x")
    assert alone.returncode == 1
    assert "only item of its story" in alone.stderr
    assert "Taken back: same-as" in run("judge", items[LEAK], "undo").stdout


def test_judgements_are_listed_and_exported_as_cases(
    run: Run, items: dict[str, str], tmp_path: Path
) -> None:
    for title, decision in ((FINE, "accept"), (LEAK, "reject"), (NOISE, "known")):
        run("judge", items[title], decision, "--note", f"on {decision}", "--by", "kari")
    run("judge", items[LEAK], "undo")
    run("judge", items[LEAK], "known", "--note", "told in 2022", "--by", "ola")
    listed = run("judgements", "list").stdout
    assert "on accept" in listed
    assert "on reject" not in listed
    assert "taken back" in run("judgements", "list", "--undone").stdout
    lines = run("judgements", "list", "--json").stdout.splitlines()
    assert [json.loads(line)["by"] for line in lines] == ["kari", "kari", "ola"]

    exported = yaml.safe_load(run("judgements", "export").stdout)
    assert exported[0] == {
        "category": "judged",
        "lang": "en",
        "verdict": "escalating",
        "event": "fined",
        "mode": "decided",
        "title": FINE,
        "summary": "As told.",
    }
    assert [(c["title"], c["verdict"]) for c in exported[1:]] == [
        (NOISE, "known"),
        (LEAK, "known"),
    ]
    out = tmp_path / "judged.jsonl"
    run("judgements", "export", "--format", "jsonl", "--out", str(out))
    replayed = run("replay", str(out), "--labels", str(out), "--independent", "--json")
    score = json.loads(replayed.stderr)["score"]
    assert score["items"] == 3
    assert score["verdicts"]["escalating"]["f1"] == 1.0
    assert score["verdicts"]["known"]["f1"] == 0.0  # what is to be mended


# ------------------------------------------------------------------ explain


def test_explain_begins_as_a_person_would_tell_it(run: Run, items: dict[str, str]) -> None:
    first, *_ = run("explain", items[FINE]).stdout.splitlines()
    assert first.startswith("Escalating, 0.")
    assert f": {FINE} (fined by the European Union). Until now: " in first
    assert first.endswith(" One publisher so far.")
    back, *_ = run("explain", items[LIFTED]).stdout.splitlines()
    assert back.startswith("Easing, 0.")
    run("judge", items[FINE], "accept", "--note", "confirmed", "--by", "kari")
    told = run("explain", items[FINE]).stdout
    assert "accept by kari, " in told
    assert ": confirmed" in told
    record: dict[str, Any] = json.loads(run("explain", items[FINE], "--json").stdout)
    assert record["opening"] == first
    assert record["publishers"] == 1
    assert record["judgements"][0]["by"] == "kari"
    story = record["story"]["id"]
    assert run("explain", story).stdout == told  # a development's id will do


# ------------------------------------------------------------------ baseline accept


def publish_again(run: Run, publisher: Publisher, directory: Path, title: str) -> dict[str, Any]:
    """Judge another telling, a few days later, by the changed baseline."""
    later = rss(title, guids=("again",)).replace(b"01 Mar 2026", b"12 Mar 2026")
    publisher.publish("news.rss", later)
    run("--baseline", str(directory), "poll", publisher.url("news.rss"))
    link = "https://harbour.example/again"
    explained = run("--baseline", str(directory), "explain", link, "--json")
    record: dict[str, Any] = json.loads(explained.stdout)["assessment"]
    return record


CASES = [
    (FINE, "TikTok must pay 530 million euros: EU imposes fine", "tiktok", "fined"),
    (LIFTED, "TikTok is back in Nepal as government lifts ban", "tiktok", "ban_lifted"),
    (LEAK, "ByteDance admits employees accessed journalists' data", "bytedance", "data_breach"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[-1])
def test_an_accepted_development_is_a_fact_and_known(
    run: Run,
    items: dict[str, str],
    publisher: Publisher,
    directory: Path,
    case: tuple[str, str, str, str],
) -> None:
    title, again, entity, event = case
    accept = ("--baseline", str(directory), "baseline", "accept", items[title])
    before = {path: path.read_bytes() for path in directory.rglob("*.yaml")}
    shown = run(*accept, "--dry-run")
    assert shown.returncode == 0, shown.stderr
    assert {path: path.read_bytes() for path in directory.rglob("*.yaml")} == before
    written = run(*accept)
    assert written.stdout == shown.stdout
    assert f"+      event: {event}" in written.stdout
    removed = [line for line in written.stdout.splitlines() if line.startswith("-")]
    assert all(line.startswith("---") for line in removed)  # nothing else is touched
    known = load(directory)
    fact = known.entities[entity].facts[-1]
    source = known.sources[fact.source]
    assert (source.kind, source.publisher, source.title) == ("article", "Harbour", title)
    assert source.link is not None
    assert (fact.date, fact.event_type) == ("2026-03-01", event)
    assert publish_again(run, publisher, directory, again)["verdict"] == "known"
    assert "records it already" in run(*accept).stdout


def test_the_fact_may_be_put_in_other_words_and_on_others(
    run: Run, items: dict[str, str], directory: Path
) -> None:
    accept = ("--baseline", str(directory), "baseline", "accept", items[FINE])
    said = ("--fact", "The EU fined it: 530 million euros.", "--date", "2026-02")
    ended = run(*accept, *said, "--entity", "bytedance", "--json")
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["written"] is True
    fact = load(directory).entities["bytedance"].facts[-1]
    assert (fact.text, fact.date) == ("The EU fined it: 530 million euros.", "2026-02")
    unknown = run(*accept, "--entity", "nobody")
    assert unknown.returncode == 1
    assert "techwatch baseline search" in unknown.stderr
    wrong = run(*accept, "--date", "yesterday", "--entity", "tiktok")
    assert wrong.returncode == 2
    assert "yesterday" in wrong.stderr


def test_what_names_no_entity_says_which_command_helps(
    run: Run, items: dict[str, str], directory: Path
) -> None:
    accept = ("--baseline", str(directory), "baseline", "accept")
    outside = run(*accept, items[OUTSIDE])
    assert outside.returncode == 1
    assert "--entity ID" in outside.stderr
    assert "techwatch emerging draft" in outside.stderr
    no_event = run(*accept, items[NOISE], "--entity", "tiktok")
    assert no_event.returncode == 2
    assert "--fact TEXT" in no_event.stderr
