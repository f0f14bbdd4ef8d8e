"""A digest put into words, ready to be laid out: what the HTML and the plain text both say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from techwatch.digests.beside import Bar, Emerging, Mended, bars, emerging, mended
from techwatch.digests.card import Card, card
from techwatch.digests.clock import Clock
from techwatch.digests.coverage import coverage_sentences
from techwatch.digests.lead import lead
from techwatch.digests.troubles import Trouble, notes, troubles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techwatch.digests.wording import Wording
    from techwatch.model import Development, Digest, DigestGroup

MANY = 8  # from here on the must-reads stand above
MUST_READS = 5


@dataclass(frozen=True, slots=True)
class Section:
    """The developments of one actor or law."""

    name: str
    kind: str  # "Actor"; empty where there is none
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """The whole digest in words. What is empty is not shown."""

    language: str
    subject: str
    preheader: str
    title: str
    date: str
    period: str
    late: str  # that it comes late, and for which slots it stands
    lead: str
    must_reads: tuple[Card, ...]
    sections: tuple[Section, ...]
    follow_ups: tuple[Card, ...]
    alerted: tuple[Card, ...]
    mended: tuple[Mended, ...]
    bars: tuple[Bar, ...]
    emerging: tuple[Emerging, ...]
    held_over: str
    coverage: str  # empty for an alert, which says nothing of calm
    troubles: tuple[Trouble, ...]
    notes: tuple[str, ...]  # further sentences on coverage


def lay_out(digest: Digest, words: Wording) -> Page:
    """Put a cleaned digest into words, with every time in the edition's zone."""
    clock = Clock(words, ZoneInfo(digest.zone), digest.until)
    cards = {d.id: card(d, clock) for d in digest.told}
    told = digest.alert
    return Page(
        language=words.language,
        subject=digest.subject,
        preheader=digest.preheader,
        title=digest.title,
        date=words.long_day(digest.slot.astimezone(clock.zone)),
        period=clock.moment(digest.slot) if told else _period(digest, clock),
        late=_late(digest, clock),
        lead="" if told else lead(digest, words),
        must_reads=tuple(cards[d.id] for d in _must_reads(digest)),
        sections=tuple(_section(group, cards, words) for group in digest.groups),
        follow_ups=tuple(cards[d.id] for d in digest.follow_ups),
        alerted=tuple(cards[d.id] for d in digest.alerted),
        mended=tuple(mended(correction, clock) for correction in digest.corrections),
        bars=tuple(bars(digest.bursts, words)),
        emerging=tuple(emerging(digest.emerging, words)),
        held_over=words.say("held_over", n=digest.held_over) if digest.held_over else "",
        coverage="" if told else coverage_sentences(digest.coverage, words),
        troubles=() if told else troubles(digest.coverage, digest.since, clock),
        notes=() if told else notes(digest.coverage, words),
    )


def _late(digest: Digest, clock: Clock) -> str:
    """Say that slots passed without a digest: this one's own, and others it stands for."""
    words = clock.words
    others = [clock.moment(slot) for slot in digest.missed if slot != digest.slot]
    own = digest.slot in digest.missed
    sentences = [
        words.say("late", due=clock.moment(digest.slot), now=clock.moment(digest.until))
        if own
        else "",
        words.say("late.others", n=len(others), slots=words.listed(others)) if others else "",
    ]
    return " ".join(sentence for sentence in sentences if sentence)


def _period(digest: Digest, clock: Clock) -> str:
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
