"""A story with its verdicts becomes what a reader is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from techwatch.baseline.loading import load
from techwatch.digests.development import development, lead
from techwatch.installation import shipped
from techwatch.model import (
    Assessment,
    Direction,
    Event,
    Feed,
    Field,
    Item,
    Mode,
    Report,
    Standing,
    StoredItem,
    Story,
    UntoldStory,
    Verdict,
)

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
BASELINE = load(shipped("baseline"))
EVENT = Event(
    "fined", "coercion", "fined", Direction.UP, Mode.DECIDED, ("didi",), "cn", Field.TITLE, 0, 5, ""
)
ORDERED = Standing("didi", "coercion", "ordered", "cn", "2021-05", "China ordered Didi", "wsj")


def report(
    number: int = 1,
    *,
    tier: int = 2,
    score: float = 0.5,
    event: Event = EVENT,
    language: str = "en",
) -> Report:
    feed = Feed(f"https://{number}.example/", f"Publisher {number}", "en", tier)
    at = NOW + timedelta(hours=number)
    item = Item(f"{number:016x}", feed.url, f"guid:{number}", f"Headline {number}", published=at)
    item = replace(item, language=language)
    verdict = Verdict.EASING if event.direction is Direction.BACK else Verdict.ESCALATING
    assessment = Assessment(verdict, score, "A reason.", event=event, before=ORDERED)
    return Report(StoredItem(item, feed, 1, at, at), assessment)


def untold(*reports: Report) -> UntoldStory:
    story = Story(
        "s" * 16, ("didi",), "fined", "coercion", "fined", "cn", Verdict.ESCALATING, NOW, NOW
    )
    return UntoldStory(story, NOW, reports)


def test_the_best_tier_leads_then_the_score_then_the_first() -> None:
    assert lead((report(1), report(2, tier=1)), "en") == report(2, tier=1)
    assert lead((report(1), report(2, score=0.9)), "en") == report(2, score=0.9)
    assert lead((report(2), report(1)), "en") == report(1)
    known = replace(report(1, tier=1), assessment=Assessment(Verdict.KNOWN, 1.0, "Known."))
    assert lead((known, report(2, tier=3)), "en") == report(2, tier=3)


def test_a_headline_that_readers_can_read_leads() -> None:
    chinese, english, norwegian = (
        report(n, tier=n, language=language) for n, language in ((1, "zh"), (2, "en"), (3, "nb"))
    )
    reports = (chinese, english, norwegian)
    assert lead(reports, "en") == english
    assert lead(reports, "nb") == norwegian
    assert lead((chinese, english), "nb") == english
    assert lead((chinese,), "nb") == chinese


def test_the_others_become_other_sources() -> None:
    told = development(untold(report(1), report(2), report(3)), BASELINE, "en")
    assert told.title == "Headline 1"
    assert [source.publisher for source in told.others] == ["Publisher 2", "Publisher 3"]
    assert told.first_seen_at == NOW + timedelta(hours=1)


def test_labels_and_reason_are_in_the_readers_language() -> None:
    found = report()
    why = replace(found.assessment, reason="Didi Chuxing: fined. A step further up.")
    told = [development(untold(replace(found, assessment=why)), BASELINE, i) for i in ("en", "nb")]
    english, norwegian = told
    assert (english.event_label, english.reason_language) == ("fined", "en")
    assert english.reason == why.reason
    assert (norwegian.event_label, norwegian.reason_language) == ("bøtelagt", "nb")
    assert norwegian.track_label == "Tvang mot en aktør"
    assert norwegian.ladder[2:4] == ("pålagt", "bøtelagt")
    assert norwegian.reason == (
        "Didi Chuxing: bøtelagt (Kina). Til nå: pålagt (Kina, mai 2021). Et trinn videre opp."
    )


def test_it_is_told_under_its_first_entity_with_names_from_the_baseline() -> None:
    told = development(untold(report()), BASELINE, "en")
    assert (told.entity_name, told.event_label) == ("Didi Chuxing", "fined")
    assert told.track_label == "Coercion of an actor"
    unnamed = development(untold(report(event=replace(EVENT, entity_ids=()))), BASELINE, "en")
    assert (unnamed.entity_id, unnamed.entity_name) == (None, "")


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        ({}, "under orders", "fined"),
        ({"mode": Mode.POSSIBLE}, "under orders", "under orders"),
        ({"direction": Direction.BACK, "rung": "ordered"}, "under orders", "under inquiry"),
        ({"direction": Direction.BACK, "rung": "warned"}, "under orders", None),
        ({"jurisdiction": "us"}, None, "fined"),  # another power stands nowhere yet
        ({"jurisdiction": None}, "under orders", "fined"),
        ({"rung": None}, "under orders", None),
    ],
)
def test_where_it_stood_and_stands(
    change: dict[str, Any], before: str | None, after: str | None
) -> None:
    told = development(untold(report(event=replace(EVENT, **change))), BASELINE, "en")
    labels = told.ladder
    assert (labels[told.rung_before] if told.rung_before is not None else None) == before
    assert (labels[told.rung_after] if told.rung_after is not None else None) == after
