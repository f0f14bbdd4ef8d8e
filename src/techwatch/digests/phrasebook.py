"""The phrases of the frame in English and Norwegian Bokmål, key by key.

A pair is the form for one and the form for many. A test holds the two books to the same keys and
placeholders; a further language is a further book, named in `wording`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Phrasebook:
    """The words of one language."""

    conjunction: str
    thousands: str  # between groups of three digits
    numbers: tuple[str, ...]  # none, one, two, ... as they begin a sentence
    months: tuple[str, ...]
    short_months: tuple[str, ...]
    weekdays: tuple[str, ...]  # Monday first
    short_weekdays: tuple[str, ...]
    seasons: Mapping[str, str]  # by the English word, as dates of facts write it
    tongues: Mapping[str, str]  # names of languages by primary tag
    phrases: Mapping[str, str | tuple[str, str]]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ENGLISH = Phrasebook(
    conjunction="and",
    thousands=",",
    numbers=_words("No One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve"),
    months=_words(
        "January February March April May June July August September October November December"
    ),
    short_months=_words("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"),
    weekdays=_words("Monday Tuesday Wednesday Thursday Friday Saturday Sunday"),
    short_weekdays=_words("Mon Tue Wed Thu Fri Sat Sun"),
    seasons={},
    tongues={
        "en": "English",
        "zh": "Chinese",
        "nb": "Norwegian",
        "nn": "Norwegian",
        "no": "Norwegian",
        "de": "German",
        "fr": "French",
        "ja": "Japanese",
        "ko": "Korean",
        "sv": "Swedish",
        "da": "Danish",
        "es": "Spanish",
        "ru": "Russian",
    },
    phrases={
        # times
        "day": "{day} {month}",
        "long_day": "{weekday} {day} {month} {year}",
        "moment": "{weekday} {day}, {time}",
        "date": "{day} {month} {year}",
        # the subject line
        "subject": "techwatch: {what} · {day}",
        "subject.escalating": "{n} escalating",
        "subject.novel": "{n} new",
        "subject.easing": "{n} easing",
        "subject.nothing": "nothing new",
        "subject.failing": "{n} of {of} feeds failing",
        "subject.blind": "no feed could be read",
        # the head
        "period": "Since {since} · times in {zone}",
        "period.all": "Everything so far, until {until} · times in {zone}",
        # what changed
        "lead.escalating.first": (
            "{N} development escalates{names}.",
            "{N} developments escalate{names}.",
        ),
        "lead.novel.first": ("{N} development is new{names}.", "{N} developments are new{names}."),
        "lead.easing.first": ("{N} development eases{names}.", "{N} developments ease{names}."),
        "lead.escalating": ("{N} escalates{names}.", "{N} escalate{names}."),
        "lead.novel": ("{N} is new{names}.", "{N} are new{names}."),
        "lead.easing": ("{N} eases{names}.", "{N} ease{names}."),
        "lead.nothing": (
            "Nothing novel or escalating was found in {n} item from {well} of {of} feeds.",
            "Nothing novel or escalating was found in {n} items from {well} of {of} feeds.",
        ),
        "lead.nothing.left": (
            "Nothing to tell: what was flagged was told before, or is not this digest's business."
        ),
        "lead.blind": (
            "No feed could be read, so nothing can be said about this period: this is no all-clear."
        ),
        "lead.failing": (
            "{N} of {of} feeds could not be read; see coverage below.",
            "{N} of {of} feeds could not be read; see coverage below.",
        ),
        "others": ("{n} other", "{n} others"),
        "must_reads": "Must reads",
        # a development
        "badge.escalating": "Escalating",
        "badge.novel": "New",
        "badge.easing": "Easing",
        "badge.known": "Known",
        "badge.unrelated": "Unrelated",
        "kind.actor": "Actor",
        "kind.law": "Law",
        "group.none": "Other developments",
        "seen": "seen {moment}",
        "no_title": "(no headline)",
        "in_language": "in {language}",
        "ladder.moved": "from {before} to {after}.",
        "ladder.first": "now {after}.",
        "ladder.same": "{after}, as before.",
        "ladder.again": "a further step, {after}; it stands at {before}.",
        "ladder.left": "was {before}; no step is left standing.",
        "ladder.was": "was here",
        "baseline": "Known until now",
        "earlier": "Headline before it was changed",
        "sources": ("Also told by {n} other", "Also told by {n} others"),
        "sources.more": "{n} more",
        "held_over": (
            "{N} more development ranked lower and is held over for the next digest.",
            "{N} more developments ranked lower and are held over for the next digest.",
        ),
        # coverage
        "coverage": "Coverage",
        "coverage.feeds": "{well} of {of} feeds are well.",
        "coverage.none": "No feeds are watched.",
        "coverage.items": (
            "{n} item came in, {judged} judged{verdicts}.",
            "{n} items came in, {judged} judged{verdicts}.",
        ),
        "coverage.unrelated": "{n} unrelated",
        "coverage.known": "{n} known",
        "coverage.novel": "{n} new",
        "coverage.escalating": "{n} escalating",
        "coverage.easing": "{n} easing",
        "coverage.failing": "Failing",
        "coverage.silent": "Silent",
        "coverage.undelivered": "Not delivered",
        "coverage.waiting": "Not polled yet: {names}.",
        "coverage.paused": "Paused: {names}.",
        "coverage.since": "since {moment}",
        "coverage.last": "last news {moment}",
        "coverage.no_reason": "no reason known",
        "coverage.no_news": "no news so far",
        "coverage.more": (
            "{n} more; the command techwatch status lists all.",
            "{n} more; the command techwatch status lists all.",
        ),
        # the foot
        "legend": (
            "Escalating: a step beyond what was known. New: not in the baseline. "
            "Easing: a step back."
        ),
        "foot": ("Verdicts are computed from public feeds; read the source before you act on one."),
    },
)

NORWEGIAN = Phrasebook(
    conjunction="og",
    thousands="\u00a0",
    numbers=_words("Ingen Én To Tre Fire Fem Seks Sju Åtte Ni Ti Elleve Tolv"),
    months=_words(
        "januar februar mars april mai juni juli august september oktober november desember"
    ),
    short_months=_words("jan. feb. mars apr. mai juni juli aug. sep. okt. nov. des."),
    weekdays=_words("mandag tirsdag onsdag torsdag fredag lørdag søndag"),
    short_weekdays=_words("man. tir. ons. tor. fre. lør. søn."),
    seasons={
        "spring": "våren",
        "summer": "sommeren",
        "autumn": "høsten",
        "fall": "høsten",
        "winter": "vinteren",
    },
    tongues={
        "en": "engelsk",
        "zh": "kinesisk",
        "nb": "norsk",
        "nn": "norsk",
        "no": "norsk",
        "de": "tysk",
        "fr": "fransk",
        "ja": "japansk",
        "ko": "koreansk",
        "sv": "svensk",
        "da": "dansk",
        "es": "spansk",
        "ru": "russisk",
    },
    phrases={
        "day": "{day}. {month}",
        "long_day": "{weekday} {day}. {month} {year}",
        "moment": "{weekday} {day} kl. {time}",
        "date": "{day}. {month} {year}",
        "subject": "techwatch: {what} · {day}",
        "subject.escalating": ("{n} opptrapping", "{n} opptrappinger"),
        "subject.novel": ("{n} ny", "{n} nye"),
        "subject.easing": ("{n} nedtrapping", "{n} nedtrappinger"),
        "subject.nothing": "ikke noe nytt",
        "subject.failing": "{n} av {of} kilder svikter",
        "subject.blind": "ingen kilder kunne leses",
        "period": "Siden {since} · tider i {zone}",
        "period.all": "Alt til nå, fram til {until} · tider i {zone}",
        "lead.escalating.first": (
            "{N} sak trappes opp{names}.",
            "{N} saker trappes opp{names}.",
        ),
        "lead.novel.first": ("{N} sak er ny{names}.", "{N} saker er nye{names}."),
        "lead.easing.first": ("{N} sak trappes ned{names}.", "{N} saker trappes ned{names}."),
        "lead.escalating": ("{N} trappes opp{names}.", "{N} trappes opp{names}."),
        "lead.novel": ("{N} er ny{names}.", "{N} er nye{names}."),
        "lead.easing": ("{N} trappes ned{names}.", "{N} trappes ned{names}."),
        "lead.nothing": (
            "Ikke noe nytt og ingen opptrapping i {n} sak fra {well} av {of} kilder.",
            "Ikke noe nytt og ingen opptrapping i {n} saker fra {well} av {of} kilder.",
        ),
        "lead.nothing.left": (
            "Ingenting å fortelle: det som ble flagget, er fortalt før eller hører ikke hjemme her."
        ),
        "lead.blind": (
            "Ingen kilder kunne leses, så ingenting kan sies om denne perioden: "
            "dette er ikke en friskmelding."
        ),
        "lead.failing": (
            "{N} av {of} kilder kunne ikke leses; se dekningen nedenfor.",
            "{N} av {of} kilder kunne ikke leses; se dekningen nedenfor.",
        ),
        "others": ("{n} til", "{n} til"),
        "must_reads": "Les dette først",
        "badge.escalating": "Opptrapping",
        "badge.novel": "Nytt",
        "badge.easing": "Nedtrapping",
        "badge.known": "Kjent",
        "badge.unrelated": "Uvedkommende",
        "kind.actor": "Aktør",
        "kind.law": "Lov",
        "group.none": "Andre saker",
        "seen": "sett {moment}",
        "no_title": "(uten overskrift)",
        "in_language": "på {language}",
        "ladder.moved": "fra {before} til {after}.",
        "ladder.first": "nå {after}.",
        "ladder.same": "{after}, som før.",
        "ladder.again": "et nytt steg, {after}; står på {before}.",
        "ladder.left": "var {before}; ingen trinn står igjen.",
        "ladder.was": "var her",
        "baseline": "Kjent til nå",
        "earlier": "Overskriften før den ble endret",
        "sources": (
            "Også meldt av {n} annen",
            "Også meldt av {n} andre",
        ),
        "sources.more": "{n} til",
        "held_over": (
            "{N} sak til var lavere rangert og kommer i neste utgave.",
            "{N} saker til var lavere rangert og kommer i neste utgave.",
        ),
        "coverage": "Dekning",
        "coverage.feeds": "{well} av {of} kilder er i orden.",
        "coverage.none": "Ingen kilder følges.",
        "coverage.items": (
            "{n} sak kom inn, {judged} vurdert{verdicts}.",
            "{n} saker kom inn, {judged} vurdert{verdicts}.",
        ),
        "coverage.unrelated": ("{n} uvedkommende", "{n} uvedkommende"),
        "coverage.known": ("{n} kjent", "{n} kjente"),
        "coverage.novel": ("{n} ny", "{n} nye"),
        "coverage.escalating": ("{n} opptrapping", "{n} opptrappinger"),
        "coverage.easing": ("{n} nedtrapping", "{n} nedtrappinger"),
        "coverage.failing": "Svikter",
        "coverage.silent": "Tause",
        "coverage.undelivered": "Ikke levert",
        "coverage.waiting": "Ikke hentet ennå: {names}.",
        "coverage.paused": "Satt på pause: {names}.",
        "coverage.since": "siden {moment}",
        "coverage.last": "siste nytt {moment}",
        "coverage.no_reason": "ukjent grunn",
        "coverage.no_news": "ikke noe nytt så langt",
        "coverage.more": (
            "{n} til; kommandoen techwatch status viser alle.",
            "{n} til; kommandoen techwatch status viser alle.",
        ),
        "legend": (
            "Opptrapping: et trinn videre enn det som var kjent. Nytt: ikke i grunnlaget. "
            "Nedtrapping: et trinn tilbake."
        ),
        "foot": (
            "Vurderingene er beregnet fra åpne kilder; les kilden før du handler på grunnlag av en."
        ),
    },
)
