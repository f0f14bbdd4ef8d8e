"""One development put into words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from techwatch.digests.ladder import Drawing, draw
from techwatch.model import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from techwatch.digests.clock import Clock
    from techwatch.digests.wording import Wording
    from techwatch.model import Development, OtherSource

SOURCES_NAMED = 8  # publishers of a development that are named
SOURCES_LINKED = 4  # of which the first few are linked
_HOURS = 36  # up to here a spread is told in hours
SYMBOLS = {Verdict.ESCALATING: "▲", Verdict.NOVEL: "◆", Verdict.EASING: "▼"}


@dataclass(frozen=True, slots=True)
class Teller:
    """Another publisher of a development."""

    label: str  # with the number of its items, and the language where it is another one
    link: str | None


@dataclass(frozen=True, slots=True)
class Card:
    """One development."""

    verdict: str  # escalating, novel, easing
    badge: str
    symbol: str
    title: str
    title_language: str | None  # None: that of the page
    link: str | None
    publisher: str
    meta: str  # publisher, time, language
    reason: str
    reason_language: str | None  # None: that of the page
    drawing: Drawing | None
    fact: str | None
    fact_source: str | None
    earlier_title: str | None
    spread: str  # "11 publishers within 2 days"; empty for one
    burst: str  # that far more is told of them than usual; empty without
    follows: str  # the headline and day of the story before; empty without one
    alerted: str  # when its readers were alerted to it; empty if they weren't
    tellers_label: str  # "Also told by 12 others"
    tellers: tuple[Teller, ...]
    tellers_left: str  # "4 more"; empty where all are named


def card(development: Development, clock: Clock) -> Card:
    """Put a development into words."""
    words = clock.words
    foreign = development.language != words.language
    publishers = _publishers(development.others)
    left = len(publishers) - SOURCES_NAMED
    return Card(
        verdict=development.verdict,
        badge=words.say(f"badge.{development.verdict}"),
        symbol=SYMBOLS.get(development.verdict, "■"),
        title=development.title or words.say("no_title"),
        title_language=development.language if foreign else None,
        link=development.link,
        publisher=development.publisher,
        meta=_meta(development, clock),
        reason=development.reason,
        reason_language=_other(development.reason_language, words),
        drawing=draw(development, words),
        fact=development.fact.text if development.fact else None,
        fact_source=_fact_source(development, words),
        earlier_title=development.earlier_title,
        spread=_spread(development, len(publishers), clock),
        burst=_burst(development, words),
        follows=_follows(development, clock),
        alerted=_alerted(development, clock),
        tellers_label=words.say("sources", n=len(publishers)),
        tellers=tuple(_tellers(publishers, words)),
        tellers_left=words.say("sources.more", n=left) if left > 0 else "",
    )


def _other(language: str, words: Wording) -> str | None:
    return None if language == words.language else language


def _meta(development: Development, clock: Clock) -> str:
    words = clock.words
    if development.published is not None:
        time = clock.moment(development.published)
    else:
        time = words.say("seen", moment=clock.moment(development.first_seen_at))
    parts = [development.publisher, time]
    if development.language not in {words.language, "und"}:
        parts.append(words.say("in_language", language=words.tongue(development.language)))
    return " · ".join(parts)


def _spread(development: Development, others: int, clock: Clock) -> str:
    """Say how far and how fast it was told; nothing of what one publisher tells."""
    first = min(_times(development), default=None)
    if not others or first is None or development.last_told_at is None:
        return ""
    words, hours = clock.words, (development.last_told_at - first).total_seconds() / 3600
    within = (
        words.say("spread.hours", n=max(1, ceil(hours)))
        if hours <= _HOURS
        else words.say("spread.days", n=ceil(hours / 24))
    )
    return words.say("spread", n=others + 1, first=clock.moment(first), within=within)


def _times(development: Development) -> list[datetime]:
    times = [development.published, *(other.published for other in development.others)]
    return [time for time in times if time is not None]


def _burst(development: Development, words: Wording) -> str:
    burst = development.burst
    if burst is None:
        return ""
    told = words.say("burst", n=burst.publishers, usual=words.decimal(burst.usual))
    return f"{burst.name}: {told}"


def _follows(development: Development, clock: Clock) -> str:
    before = development.follows
    if before is None:
        return ""
    return clock.words.say("follows", title=before.title, day=clock.day(before.at))


def _alerted(development: Development, clock: Clock) -> str:
    if development.alerted_at is None:
        return ""
    return clock.words.say("alerted.at", moment=clock.moment(development.alerted_at))


def _fact_source(development: Development, words: Wording) -> str | None:
    fact, source = development.fact, development.fact_source
    if fact is None:
        return None
    date = words.vague_date(fact.date)
    return f"{source.title}, {source.publisher}, {date}" if source else date


def _publishers(others: Sequence[OtherSource]) -> list[tuple[OtherSource, int]]:
    """Return the first item of each publisher that has one to link, with its number of items."""
    counts = Counter(other.publisher for other in others)
    first: dict[str, OtherSource] = {}
    for other in others:
        held = first.setdefault(other.publisher, other)
        if held.link is None and other.link is not None:
            first[other.publisher] = other
    return [(other, counts[publisher]) for publisher, other in first.items()]


def _tellers(publishers: Sequence[tuple[OtherSource, int]], words: Wording) -> list[Teller]:
    tellers = []
    for index, (other, count) in enumerate(publishers[:SOURCES_NAMED]):
        notes = [] if other.language in {words.language, "und"} else [words.tongue(other.language)]
        notes += [f"{count}×"] if count > 1 else []
        label = other.publisher + (f" ({', '.join(notes)})" if notes else "")
        tellers.append(Teller(label, other.link if index < SOURCES_LINKED else None))
    return tellers
