"""A digest put into words, ready to be laid out: what the HTML and the plain text both say."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from techwatch.digests.coverage import coverage_sentences
from techwatch.digests.ladder import Drawing, draw
from techwatch.digests.lead import lead
from techwatch.model import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from techwatch.digests.wording import Wording
    from techwatch.model import Coverage, Development, Digest, DigestGroup, FeedHealth, OtherSource

MANY = 8  # from here on the must-reads stand above
MUST_READS = 5
SOURCES_NAMED = 8  # publishers of a development that are named
SOURCES_LINKED = 4  # of which the first few are linked
FEEDS_LISTED = 40  # in one list of the coverage section
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
    drawing: Drawing | None
    fact: str | None
    fact_source: str | None
    earlier_title: str | None
    tellers_label: str  # "Also told by 12 others"
    tellers: tuple[Teller, ...]
    tellers_left: str  # "4 more"; empty where all are named


@dataclass(frozen=True, slots=True)
class Section:
    """The developments of one actor or law."""

    name: str
    kind: str  # "Actor"; empty where there is none
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Trouble:
    """A list in the coverage section: publisher and sentence, and how many are not listed."""

    label: str
    rows: tuple[tuple[str, str], ...]
    left: int


@dataclass(frozen=True, slots=True)
class Page:
    """The whole digest in words."""

    language: str
    subject: str
    preheader: str
    title: str
    date: str
    period: str
    lead: str
    must_reads: tuple[Card, ...]
    sections: tuple[Section, ...]
    held_over: str
    coverage: str
    troubles: tuple[Trouble, ...]
    notes: tuple[str, ...]  # further sentences on coverage


def lay_out(digest: Digest, words: Wording) -> Page:
    """Put a cleaned digest into words, with every time in the edition's zone."""
    clock = _Clock(words, ZoneInfo(digest.zone), digest.until)
    cards = {d.id: _card(d, clock) for d in digest.developments}
    return Page(
        language=words.language,
        subject=digest.subject,
        preheader=digest.preheader,
        title=digest.title,
        date=words.long_day(digest.slot.astimezone(clock.zone)),
        period=_period(digest, clock),
        lead=lead(digest, words),
        must_reads=tuple(cards[d.id] for d in _must_reads(digest)),
        sections=tuple(_section(group, cards, words) for group in digest.groups),
        held_over=words.say("held_over", n=digest.held_over) if digest.held_over else "",
        coverage=coverage_sentences(digest.coverage, words),
        troubles=_troubles(digest.coverage, clock),
        notes=_notes(digest.coverage, words),
    )


@dataclass(frozen=True, slots=True)
class _Clock:
    """Writes times as this digest's readers see them."""

    words: Wording
    zone: ZoneInfo
    until: datetime

    def moment(self, at: datetime) -> str:
        return self.words.moment(at.astimezone(self.zone), self.until.astimezone(self.zone).year)


def _period(digest: Digest, clock: _Clock) -> str:
    if digest.since is None:
        until = clock.moment(digest.until)
        return clock.words.say("period.all", until=until, zone=digest.zone)
    return clock.words.say("period", since=clock.moment(digest.since), zone=digest.zone)


def _must_reads(digest: Digest) -> Sequence[Development]:
    if len(digest.developments) < MANY:
        return ()
    return sorted(digest.developments, key=lambda d: -d.score)[:MUST_READS]


def _section(group: DigestGroup, cards: dict[str, Card], words: Wording) -> Section:
    kinds = {"actor": words.say("kind.actor"), "law": words.say("kind.law")}
    return Section(
        name=group.name,
        kind=kinds.get(group.kind or "", ""),
        cards=tuple(cards[d.id] for d in group.developments),
    )


def _card(development: Development, clock: _Clock) -> Card:
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
        drawing=draw(development, words),
        fact=development.fact.text if development.fact else None,
        fact_source=_fact_source(development, words),
        earlier_title=development.earlier_title,
        tellers_label=words.say("sources", n=len(publishers)),
        tellers=tuple(_tellers(publishers, words)),
        tellers_left=words.say("sources.more", n=left) if left > 0 else "",
    )


def _meta(development: Development, clock: _Clock) -> str:
    words = clock.words
    if development.published is not None:
        time = clock.moment(development.published)
    else:
        time = words.say("seen", moment=clock.moment(development.first_seen_at))
    parts = [development.publisher, time]
    if development.language not in {words.language, "und"}:
        parts.append(words.say("in_language", language=words.tongue(development.language)))
    return " · ".join(parts)


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


def _troubles(coverage: Coverage, clock: _Clock) -> tuple[Trouble, ...]:
    words = clock.words
    failing = [_failing(f, clock) for f in coverage.feeds if f.condition == "failing"]
    silent = [_silent(f, clock) for f in coverage.feeds if f.condition == "silent"]
    undelivered = [("", sentence) for sentence in coverage.undelivered]
    return tuple(
        Trouble(words.say(key), tuple(rows[:FEEDS_LISTED]), max(0, len(rows) - FEEDS_LISTED))
        for key, rows in (
            ("coverage.undelivered", undelivered),
            ("coverage.failing", failing),
            ("coverage.silent", silent),
        )
        if rows
    )


def _failing(feed: FeedHealth, clock: _Clock) -> tuple[str, str]:
    why = feed.why or clock.words.say("coverage.no_reason")
    if feed.since is None:
        return feed.publisher, why
    since = clock.words.say("coverage.since", moment=clock.moment(feed.since))
    return feed.publisher, f"{since}: {why}"


def _silent(feed: FeedHealth, clock: _Clock) -> tuple[str, str]:
    if feed.since is None:
        return feed.publisher, feed.why or clock.words.say("coverage.no_news")
    last = clock.words.say("coverage.last", moment=clock.moment(feed.since))
    return feed.publisher, f"{last}: {feed.why}" if feed.why else last


def _notes(coverage: Coverage, words: Wording) -> tuple[str, ...]:
    notes = []
    for condition in ("waiting", "paused"):
        names = [feed.publisher for feed in coverage.feeds if feed.condition == condition]
        if names:
            listed = words.listed(names, FEEDS_LISTED)
            notes.append(words.say(f"coverage.{condition}", names=listed))
    return tuple(notes)
