"""What people say of items changes later verdicts and digests; on a real SQLite file."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import yaml
from tests.databases import on_both

from techwatch import cases, judgements
from techwatch.errors import NotFoundError
from techwatch.model import (
    Decision,
    Direction,
    Feed,
    FeedState,
    Item,
    Mode,
    PollOutcome,
    Verdict,
)
from techwatch.text import content_hash, item_id

if TYPE_CHECKING:
    from techwatch.model import Assessment
    from techwatch.watch import Watch

pytestmark = on_both

FEED = Feed("https://quay.example/feed", "Quay", "en")
DAY = datetime(2026, 2, 20, 9, tzinfo=UTC)
BAN = "Montana bans TikTok across the state"
BAN_AGAIN = "TikTok is outlawed in Montana, says governor's office"
INQUIRY = "European Commission opens formal investigation into TikTok over election risks"
INQUIRY_AGAIN = "EU opens formal investigation into TikTok over risks to elections"
FINE = "European Commission fines TikTok 500 million euros over election risks"
LEAK = "ByteDance employees accessed data of US journalists, company admits"
LEAK_AGAIN = "ByteDance admits that employees accessed data of US journalists"


def bring(watch: Watch, title: str, days: float = 0) -> tuple[str, Assessment]:
    """Store an item some days after the first, judge it, and return its id and verdict."""
    identity = f"text:{title}"
    item = Item(
        id=item_id(FEED.url, identity),
        feed_url=FEED.url,
        identity=identity,
        title=title,
        link=f"https://quay.example/{content_hash(title)}",
        published=DAY + timedelta(days=days),
        content_hash=content_hash(title),
    )
    watch.store.feeds.watch([FEED], DAY)
    watch.store.digests.watch(watch.editions, DAY)
    state = FeedState(FEED, polled_at=DAY, succeeded_at=DAY)
    watch.store.feeds.record(PollOutcome(state, "document", (item,)), watch.clock())
    watch.judge_items()
    found = watch.store.judging.assessment(item.id)
    assert found is not None
    return item.id, found[0]


def say(watch: Watch, name: str, decision: Decision, note: str = "checked") -> None:
    of = judgements.subject(watch.store, name)
    judgements.decide(watch.store, watch.judge, of, decision, note, who="kari", now=watch.clock())


def take_back(watch: Watch, name: str) -> None:
    of = judgements.subject(watch.store, name)
    judgements.undo(watch.store, watch.judge, of, who="ola", now=watch.clock())


def told(watch: Watch) -> list[str]:
    return [d.title for d in watch.draft(watch.edition("daily")).developments]


# ------------------------------------------------------------------ accept


def test_without_a_judgement_a_step_told_weeks_later_in_other_words_is_one_more(
    watch: Watch,
) -> None:
    bring(watch, BAN)
    assert bring(watch, BAN_AGAIN, days=20)[1].verdict is Verdict.ESCALATING


def test_accepted_is_part_of_what_is_known(watch: Watch) -> None:
    name, first = bring(watch, BAN)
    assert first.verdict is Verdict.ESCALATING
    say(watch, name, Decision.ACCEPT)
    assert told(watch) == [BAN]  # it is news all the same
    _, later = bring(watch, BAN_AGAIN, days=20)
    assert later.verdict is Verdict.KNOWN
    assert BAN in later.reason
    assert told(watch) == [BAN]


def test_its_own_later_telling_keeps_the_verdict_of_the_first(watch: Watch) -> None:
    name, _ = bring(watch, INQUIRY)
    say(watch, name, Decision.ACCEPT)
    assert bring(watch, INQUIRY_AGAIN, days=1)[1].verdict is Verdict.ESCALATING
    assert bring(watch, FINE, days=2)[1].verdict is Verdict.ESCALATING  # and so does the next step


def test_accepted_news_without_a_ladder_is_known_too(watch: Watch) -> None:
    name, first = bring(watch, LEAK)
    assert first.verdict is Verdict.NOVEL
    say(watch, name, Decision.ACCEPT)
    _, later = bring(watch, LEAK_AGAIN, days=15)
    assert later.verdict is Verdict.KNOWN
    assert later.reason.endswith("Accepted as known by kari on 2026-03-02: checked.")
    take_back(watch, name)
    assert bring(watch, f"{LEAK_AGAIN} again", days=16)[1].verdict is Verdict.NOVEL


# ------------------------------------------------------------------ known


def test_known_before_is_not_told_and_its_standing_counts(watch: Watch) -> None:
    name, _ = bring(watch, BAN)
    say(watch, name, Decision.KNOWN, "signed in January")
    assert told(watch) == []
    _, own = bring(watch, "Montana bans TikTok in the state", days=1)
    assert own.verdict is Verdict.KNOWN
    assert own.reason.endswith("Called known by kari on 2026-03-02: signed in January.")
    assert bring(watch, BAN_AGAIN, days=20)[1].verdict is Verdict.KNOWN
    [standing] = watch.store.judging.standings(["tiktok"])
    assert (standing.rung, standing.story_id) == ("banned", None)
    assert told(watch) == []


# ------------------------------------------------------------------ reject


def test_rejected_stays_quiet_and_moves_no_state(watch: Watch) -> None:
    name, _ = bring(watch, INQUIRY)
    [standing] = watch.store.judging.standings(["tiktok"])
    assert standing.rung == "under_inquiry"
    say(watch, name, Decision.REJECT, "it is last year's")
    assert told(watch) == []
    assert watch.store.judging.standings(["tiktok"]) == ()
    _, later = bring(watch, INQUIRY_AGAIN, days=1)
    assert later.verdict is Verdict.KNOWN
    assert "Rejected by kari" in later.reason
    assert told(watch) == []


def test_a_rejected_story_is_told_again_at_its_next_step(watch: Watch) -> None:
    name, _ = bring(watch, INQUIRY)
    say(watch, name, Decision.REJECT)
    _, step = bring(watch, FINE, days=1)
    assert step.verdict is Verdict.ESCALATING
    assert told(watch) == [FINE]


def test_what_was_published_stays_and_what_is_held_over_goes(watch: Watch) -> None:
    name, _ = bring(watch, INQUIRY)
    bring(watch, LEAK)
    [first] = [d for d in watch.publish(watch.edition("daily")).developments if d.title == INQUIRY]
    say(watch, first.id, Decision.REJECT)  # by the id that the digest shows
    assert [j.item_id for j in watch.store.judgements.all(undone=False)] == [name]
    assert told(watch) == []


# ------------------------------------------------------------------ history


def test_undone_the_word_before_holds_again(watch: Watch) -> None:
    name, _ = bring(watch, BAN)
    say(watch, name, Decision.REJECT, "first")
    say(watch, name, Decision.ACCEPT, "second thoughts")
    assert told(watch) == [BAN]
    take_back(watch, name)
    assert told(watch) == []
    take_back(watch, name)
    assert told(watch) == [BAN]
    with pytest.raises(NotFoundError, match="no judgement in force"):
        take_back(watch, name)
    said = watch.store.judgements.on(name, None)
    assert [(j.decision, j.note, j.undone_by) for j in said] == [
        (Decision.REJECT, "first", "ola"),
        (Decision.ACCEPT, "second thoughts", "ola"),
    ]
    assert watch.store.judgements.all(undone=False) == ()


def test_a_step_that_was_missed_is_on_record_once_accepted(watch: Watch) -> None:
    title = "Opinion: Kyrgyzstan bans TikTok, and that is a mistake"
    name, missed = bring(watch, title)
    assert missed.verdict is Verdict.KNOWN
    assert missed.event is not None
    assert (missed.event.mode, missed.event.direction) == (Mode.DECIDED, Direction.UP)
    say(watch, name, Decision.ACCEPT)
    [standing] = watch.store.judging.standings(["tiktok"])
    assert (standing.rung, standing.jurisdiction, standing.source) == ("banned", "kg", "Quay")
    of = judgements.subject(watch.store, name)  # a colleague says so too, and takes it back
    judgements.decide(watch.store, watch.judge, of, Decision.ACCEPT, who="ola", now=watch.clock())
    take_back(watch, name)
    assert watch.store.judging.standings(["tiktok"]) == (standing,)
    take_back(watch, name)
    assert watch.store.judging.standings(["tiktok"]) == ()


def test_an_item_that_tells_no_event_is_only_recorded(watch: Watch) -> None:
    name, found = bring(watch, "Best apple pie recipes for the weekend")
    say(watch, name, Decision.REJECT)
    [said] = watch.store.judgements.on(name, None)
    assert said.story_id is None
    assert found.verdict is Verdict.UNRELATED


def test_items_are_found_by_id_link_and_development(watch: Watch) -> None:
    name, _ = bring(watch, BAN)
    [development] = watch.draft(watch.edition("daily")).developments
    link = judgements.find(watch.store, name).item.link
    assert link is not None
    for known in (name, name[:8], link, development.id, development.id[:8]):
        assert judgements.find(watch.store, known).item.id == name
    with pytest.raises(NotFoundError, match="no item 'abcdef'"):
        judgements.find(watch.store, "abcdef")


@pytest.mark.parametrize(
    ("title", "decision", "verdict"),
    [
        (BAN, Decision.ACCEPT, Verdict.ESCALATING),
        (BAN, Decision.KNOWN, Verdict.KNOWN),
        (BAN, Decision.REJECT, Verdict.UNRELATED),
        (
            "Opinion: Kyrgyzstan bans TikTok, and that is a mistake",
            Decision.ACCEPT,
            Verdict.ESCALATING,
        ),
        ("Best apple pie recipes for the weekend", Decision.ACCEPT, Verdict.NOVEL),
    ],
)
def test_a_judgement_is_a_verdict(
    watch: Watch, title: str, decision: Decision, verdict: Verdict
) -> None:
    assert cases.verdict_by(decision, bring(watch, title)[1]) is verdict


def test_cases_are_lines_whatever_a_headline_holds(watch: Watch) -> None:
    title = 'Montana bans TikTok\u2028 across\u0085 the state\u2029: "all" of it'
    name, _ = bring(watch, title)
    say(watch, name, Decision.ACCEPT)
    [line] = "".join(cases.exported(watch.store, watch.baseline, "jsonl")).splitlines()
    assert json.loads(line)["title"] == title
    [case] = yaml.safe_load("".join(cases.exported(watch.store, watch.baseline, "yaml")))
    assert case["title"] == title
