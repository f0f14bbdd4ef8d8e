"""Lists of developments mended a few at a time are what they would be made anew."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from techwatch.model import EntityKind, Facets, Filter, Verdict
from techwatch.web.views.outlines import Asked, Outline
from techwatch.web.views.shelf import MOST_LISTS, Lists, Shelf, Shelves, Tally, choose

_BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
_ASKED = (
    Asked(),
    Asked(order="newest"),
    Asked(judged="all", since=_BEGIN + timedelta(hours=30)),
    Asked(judged="quiet"),
    Asked(Filter(minimum_score=0.5, jurisdictions=("us",)), until=_BEGIN + timedelta(hours=70)),
    Asked(Filter(verdicts=(Verdict.EASING,), feeds=("P1", "P2")), order="newest"),
)


def _outline(name: str, chance: random.Random) -> Outline:
    at = _BEGIN + timedelta(hours=chance.randrange(100))
    verdict = chance.choice((Verdict.NOVEL, Verdict.ESCALATING, Verdict.EASING, Verdict.KNOWN))
    facets = Facets(
        verdict=verdict,
        score=round(chance.random(), 1),
        entity_ids=(),
        sectors=(),
        kinds=(EntityKind.ACTOR,),
        track=None,
        jurisdiction=chance.choice(("us", "cn", None)),
        publishers=tuple(f"P{n}" for n in chance.sample(range(5), 2)),
        tags=("press",),
        languages=(chance.choice(("en", "zh")),),
    )
    return Outline(name, at, facets, (-facets.score, chance.randrange(5), -at.timestamp(), name))


def test_what_changes_is_mended_in_every_list() -> None:
    chance = random.Random(3)
    names = [f"{n:016x}" for n in range(120)]
    shelf = Shelf.of({n: _outline(n, chance) for n in names[:80]})
    now, lists, tally = Shelves({"en": shelf}), Lists(), Tally(shelf.by_id.values())
    for asked in _ASKED:
        lists.chosen(now, "en", asked)
    for turn in range(60):
        ids = chance.sample(names, 6)
        before, quiet = now, frozenset(chance.sample(names, 8))
        if turn % 2:
            fresh = {n: _outline(n, chance) for n in ids if chance.random() < 0.8}
            old = before.by_language["en"]
            now = Shelves({"en": old.replaced(ids, fresh)}, before.quiet)
            tally = tally.replaced([old.by_id[i] for i in ids if i in old.by_id], fresh.values())
            lists = lists.renewed(before, now, ids)
        else:
            now = Shelves(before.by_language, quiet)
            lists = lists.renewed(before, now, quiet ^ before.quiet)
        own = now.by_language["en"]
        anew = Shelf.of(dict(own.by_id))
        assert own.places == anew.places
        assert tally.values() == Tally(own.by_id.values()).values()
        for asked in _ASKED:
            assert lists.chosen(now, "en", asked) == choose(anew, now.quiet, asked)
    assert len(own.by_id) > 50


def test_lists_that_were_asked_for_long_ago_are_forgotten() -> None:
    chance = random.Random(1)
    shelves, lists = Shelves({"en": Shelf.of({"a": _outline("a", chance)})}), Lists()
    first = lists.chosen(shelves, "en", Asked(judged="all"))
    for n in range(MOST_LISTS - 1):
        lists.chosen(shelves, "en", Asked(since=_BEGIN - timedelta(days=n)))
    assert lists.chosen(shelves, "en", Asked(judged="all")) is first
    lists.chosen(shelves, "en", Asked())  # one too many: the oldest goes, not the one just asked
    assert lists.chosen(shelves, "en", Asked(judged="all")) is first
