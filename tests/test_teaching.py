"""What people say was misread changes verdicts and stories, and undoing brings it all back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update
from tests.databases import on_both
from tests.test_judgements import BAN, BAN_AGAIN, DAY, INQUIRY, INQUIRY_AGAIN, LEAK, bring, told

from techwatch import judgements
from techwatch.errors import JudgementError, NotFoundError
from techwatch.model import Decision, Verdict
from techwatch.storage import tables as t

if TYPE_CHECKING:
    from techwatch.watch import Watch

pytestmark = on_both

WRONG = "Honor says its phones will be banned in Estonia over security"


def say(watch: Watch, name: str, decision: Decision, **more: str) -> None:
    of = judgements.subject(watch.store, name)
    said = judgements.Said(decision, "checked", **more)
    judgements.decide(watch.store, watch.judge, of, said, who="kari", now=watch.clock())


def take_back(watch: Watch, name: str) -> None:
    of = judgements.subject(watch.store, name)
    judgements.undo(watch.store, watch.judge, of, who="ola", now=watch.clock())


def story(watch: Watch, name: str) -> str | None:
    return judgements.subject(watch.store, name).story_id


def state(watch: Watch) -> dict[str, list[tuple[Any, ...]]]:
    """All that judging made, but for when, and ids of rows."""
    tables = (
        t.assessments,
        t.story_items,
        t.story_anchors,
        t.standings,
        t.stories,
        t.item_entities,
    )
    found = {}
    with watch.store.database.read() as connection:
        for table in tables:
            columns = [c for c in table.c if c.name not in {"judged_at", "judged"}]
            if table is t.standings:
                columns = [c for c in columns if c.name != "id"]
            rows = connection.execute(select(*columns)).all()
            found[table.name] = sorted((tuple(row) for row in rows), key=repr)
    return found


def test_a_wrong_entity_is_left_out_of_its_story_and_of_what_tells_the_same(watch: Watch) -> None:
    first, _ = bring(watch, BAN)
    before = state(watch)
    say(watch, first, Decision.WRONG_ENTITY, entity="tiktok")
    found = judgements.subject(watch.store, first).assessment
    assert all(m.entity_id != "tiktok" for m in found.mentions)
    assert "Not TikTok is meant, said kari on 2026-03-02: checked." in found.reason
    assert watch.store.judging.standings(["tiktok"]) == ()
    _, later = bring(watch, BAN_AGAIN, days=1)
    assert all(m.entity_id != "tiktok" for m in later.mentions)
    _, other = bring(watch, INQUIRY, days=1)  # tells something else
    assert any(m.entity_id == "tiktok" for m in other.mentions)
    take_back(watch, first)
    assert [one for one in state(watch)["assessments"] if one[0] == first] == before["assessments"]


def test_a_wrong_entity_that_is_not_named_is_that_of_the_event(watch: Watch) -> None:
    name, found = bring(watch, "FTC fines TikTok 500 million dollars over data of children")
    assert found.event is not None
    assert found.event.entity_ids == ("tiktok",)
    assert {m.entity_id for m in found.mentions} > {"tiktok"}
    say(watch, name, Decision.WRONG_ENTITY)
    assert watch.store.judgements.all(undone=False)[0].entity_id == "tiktok"


def test_a_wrong_entity_is_read_as_the_right_one(watch: Watch) -> None:
    name, _ = bring(watch, BAN)
    say(watch, name, Decision.WRONG_ENTITY, entity="tiktok", right="wechat")
    found = judgements.subject(watch.store, name).assessment
    assert {m.entity_id for m in found.mentions} >= {"wechat"}
    assert [s.rung for s in watch.store.judging.standings(["wechat"])] == ["banned"]


def test_two_stories_become_one_and_later_items_of_either_join_it(watch: Watch) -> None:
    first, _ = bring(watch, BAN)
    other, found = bring(watch, BAN_AGAIN, days=20)
    assert story(watch, other) != story(watch, first)
    assert found.verdict is Verdict.ESCALATING
    bring(watch, INQUIRY, days=1)
    before = state(watch)
    assert len(told(watch)) == 3
    say(watch, other, Decision.SAME_AS, other=first)
    assert story(watch, other) == story(watch, first)
    assert len(told(watch)) == 2
    assert len(watch.store.judging.story(story(watch, first) or "").tellings) == 2
    with pytest.raises(JudgementError, match="one story already"):
        say(watch, first, Decision.SAME_AS, other=other)
    take_back(watch, first)
    assert state(watch) == before
    say(watch, first, Decision.SAME_AS, other=other)
    later, verdict = bring(watch, f"{BAN_AGAIN} today", days=21)
    assert story(watch, later) == story(watch, first)
    assert verdict.verdict is Verdict.ESCALATING
    take_back(watch, other)
    assert story(watch, later) == story(watch, other) != story(watch, first)


def test_stories_joined_one_after_the_other_part_in_any_order(watch: Watch) -> None:
    names = [bring(watch, title)[0] for title in (BAN, INQUIRY, LEAK)]
    before = state(watch)
    say(watch, names[1], Decision.SAME_AS, other=names[0])
    say(watch, names[2], Decision.SAME_AS, other=names[1])
    assert len({story(watch, name) for name in names}) == 1
    first, second = watch.store.judgements.all(undone=False)
    judgements.take_back(watch.store, watch.judge, first.id, who="ola", now=watch.clock())
    assert story(watch, names[0]) != story(watch, names[1]) == story(watch, names[2])
    judgements.take_back(watch.store, watch.judge, second.id, who="ola", now=watch.clock())
    assert state(watch) == before
    with pytest.raises(NotFoundError, match="no judgement in force"):
        judgements.take_back(watch.store, watch.judge, first.id, who="ola", now=watch.clock())


def test_an_item_is_told_apart_from_its_story_and_later_ones_go_by_their_own(
    watch: Watch,
) -> None:
    first, _ = bring(watch, INQUIRY)
    second, _ = bring(watch, INQUIRY_AGAIN, days=1)
    third, _ = bring(watch, f"{INQUIRY} of September", days=2)
    assert story(watch, first) == story(watch, second) == story(watch, third)
    before = state(watch)
    say(watch, second, Decision.NOT_SAME)
    assert story(watch, first) == story(watch, third) != story(watch, second)
    assert story(watch, second) is not None
    assert judgements.subject(watch.store, second).assessment.verdict is Verdict.KNOWN
    take_back(watch, second)
    after = state(watch)
    assert before["stories"][0] in after["stories"]
    assert after["assessments"] == before["assessments"]
    assert after["story_items"] == before["story_items"]


def test_the_first_of_a_story_is_told_apart_and_the_others_keep_it(watch: Watch) -> None:
    first, _ = bring(watch, INQUIRY)
    second, _ = bring(watch, INQUIRY_AGAIN, days=1)
    old = story(watch, first)
    say(watch, first, Decision.NOT_SAME)
    assert story(watch, second) != story(watch, first)
    take_back(watch, first)
    assert story(watch, first) == story(watch, second) == old


def test_what_is_not_there_or_can_t_be_is_refused(watch: Watch) -> None:
    name, _ = bring(watch, BAN)
    with pytest.raises(NotFoundError, match=r"no entity in this item 'huawei': it names .*tiktok"):
        say(watch, name, Decision.WRONG_ENTITY, entity="huawei")
    with pytest.raises(NotFoundError, match="no entity 'nobody'"):
        say(watch, name, Decision.WRONG_ENTITY, entity="tiktok", right="nobody")
    with pytest.raises(NotFoundError, match="no item"):
        say(watch, name, Decision.SAME_AS, other="0123456789abcdef")
    with pytest.raises(JudgementError, match="only item of its story"):
        say(watch, name, Decision.NOT_SAME)
    with watch.store.database.write() as connection:
        connection.execute(update(t.items).values(text_gone_at=DAY))
    for decision in (Decision.WRONG_ENTITY, Decision.NOT_SAME):
        with pytest.raises(
            JudgementError, match=r"its text was dropped .* reject it, call it known"
        ):
            say(watch, name, decision, entity="tiktok")
    assert watch.store.judgements.all(undone=True) == ()
    say(watch, name, Decision.REJECT)  # as the refusal says
    assert told(watch) == []


def test_a_misreading_is_no_word_on_the_story(watch: Watch) -> None:
    name, _ = bring(watch, INQUIRY)
    say(watch, name, Decision.REJECT)
    second, _ = bring(watch, INQUIRY_AGAIN, days=1)
    say(watch, second, Decision.NOT_SAME)
    assert INQUIRY not in told(watch)


def test_what_is_said_concerns_the_story_that_the_item_tells_by_then(watch: Watch) -> None:
    first, _ = bring(watch, BAN)
    other, _ = bring(watch, INQUIRY, days=1)
    read_before = judgements.subject(watch.store, other)
    say(watch, other, Decision.SAME_AS, other=first)  # somebody else, meanwhile
    said = judgements.decide(
        watch.store, watch.judge, read_before, Decision.REJECT, who="ola", now=watch.clock()
    )
    assert said.story_id == story(watch, first)
    assert told(watch) == []


def test_the_same_said_twice_within_seconds_is_one_word(watch: Watch) -> None:
    first, _ = bring(watch, BAN)
    other, _ = bring(watch, INQUIRY, days=1)
    for name, decision, more in (
        (first, Decision.ACCEPT, {}),
        (other, Decision.SAME_AS, {"other": first}),
        (first, Decision.WRONG_ENTITY, {"entity": "tiktok"}),
    ):
        before = len(watch.store.judgements.all(undone=False))
        say(watch, name, decision, **more)
        say(watch, name, decision, **more)  # whose entity is there no more, whose story is one
        assert len(watch.store.judgements.all(undone=False)) == before + 1
    say(watch, first, Decision.REJECT)
    say(watch, first, Decision.ACCEPT)  # somebody who changes their mind is heard
    assert len(watch.store.judgements.all(undone=False)) == 5
