"""The phrases of the frame in English."""

from __future__ import annotations

from techwatch.digests.phrasebook import Phrasebook, split

ENGLISH = Phrasebook(
    conjunction="and",
    thousands=",",
    point=".",
    numbers=split("No One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve"),
    months=split(
        "January February March April May June July August September October November December"
    ),
    short_months=split("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"),
    weekdays=split("Monday Tuesday Wednesday Thursday Friday Saturday Sunday"),
    short_weekdays=split("Mon Tue Wed Thu Fri Sat Sun"),
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
        "subject.alert": "techwatch alert: {badge} · {title}",
        "subject.alerts": ("techwatch alert: {n} development", "techwatch alert: {n} developments"),
        # the head
        "period": "Since {since} · times in {zone}",
        "period.all": "Everything so far, until {until} · times in {zone}",
        "late": "Late: this digest was due {due} and was made {now}.",
        "late.others": (
            "It also stands for the one due {slots}, when techwatch was not running.",
            "It also stands for those due {slots}, when techwatch was not running.",
        ),
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
        "spread": "First told {first}; {n} publishers {within}.",
        "spread.hours": ("within the hour", "within {n} hours"),
        "spread.days": ("within a day", "within {n} days"),
        "follows": "Follows “{title}” of {day}.",
        "alerted.at": "alerted {moment}",
        "baseline": "Known until now",
        "earlier": "Headline before it was changed",
        "sources": ("Also told by {n} other", "Also told by {n} others"),
        "sources.more": "{n} more",
        "held_over": (
            "{N} more development ranked lower and is held over for the next digest.",
            "{N} more developments ranked lower and are held over for the next digest.",
        ),
        # beside the developments
        "follow_ups": "Next steps of stories told before",
        "alerted": "Told by an alert already",
        "corrections": "Corrections",
        "correction.headline": "The headline told on {day} was changed.",
        "correction.verdict": "Told on {day} as {before}; now {now}.",
        "correction.withdrawn": "Told on {day} as {before}; no longer counted as news ({now}).",
        "bursts": "Also moving",
        "burst": (
            "{n} publisher told of it of late; {usual} a day is usual.",
            "{n} publishers told of it of late; {usual} a day is usual.",
        ),
        "emerging": "Names that the baseline lacks",
        "emerging.counts": (
            "{n} item, {publishers} publishers",
            "{n} items, {publishers} publishers",
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
        "coverage.gone": "Gone for good",
        "coverage.gone_why": "its server says that it is gone; it is not asked again",
        "coverage.moved": "Moved",
        "coverage.moved_to": "from now on asked at {place}",
        "coverage.silent": "Silent",
        "coverage.gaps": "Posts may have been missed",
        "coverage.gap": "at {moment} nothing in common with the poll before",
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
