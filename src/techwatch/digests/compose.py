"""Compose a digest: which developments an edition tells, in what order, under which subject."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from techwatch.digests.coverage import count_feeds, coverage_sentences
from techwatch.digests.wording import wording
from techwatch.model import Digest, DigestGroup, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from techwatch.digests.wording import Wording
    from techwatch.model import Coverage, Development, Edition

_RANK = (Verdict.ESCALATING, Verdict.NOVEL, Verdict.EASING, Verdict.KNOWN, Verdict.UNRELATED)
_PREHEADER = 140  # characters; mail programs show about 90


def compose(
    edition: Edition,
    slot: datetime,
    since: datetime | None,
    until: datetime,
    developments: Sequence[Development],
    coverage: Coverage,
) -> Digest:
    """Compose the edition's digest for a slot from all developments not yet told.

    Those beyond `edition.most` are counted in `held_over`; `digest.developments` are the ones
    that are told by it.
    """
    ranked = rank([d for d in developments if _wanted(d, edition)])
    told = ranked[: edition.most]
    words = wording(edition.language)
    return Digest(
        edition_id=edition.id,
        title=edition.title,
        slot=slot,
        since=since,
        until=until,
        subject=subject(told, coverage, slot.astimezone(ZoneInfo(edition.zone)), words),
        preheader=_preheader(told, coverage, words),
        groups=group(told, words.say("group.none")),
        coverage=coverage,
        held_over=len(ranked) - len(told),
        zone=edition.zone,
        language=words.language,
    )


def _wanted(development: Development, edition: Edition) -> bool:
    return development.verdict in edition.verdicts and development.score >= edition.minimum_score


def rank(developments: Sequence[Development]) -> list[Development]:
    """Sort by score, then verdict (escalating first), then newest, then id: one order only."""

    def key(development: Development) -> tuple[float, int, float, str]:
        at = development.published or development.first_seen_at
        verdict = _RANK.index(development.verdict)
        return -development.score, verdict, -at.timestamp(), development.id

    return sorted(developments, key=key)


def group(ranked: Sequence[Development], others: str) -> tuple[DigestGroup, ...]:
    """Group ranked developments by actor or law, the group of the best one first.

    What concerns no known entity stands in one group at the end, named `others`.
    """
    members: dict[str | None, list[Development]] = {}
    for development in ranked:
        members.setdefault(development.entity_id, []).append(development)
    unnamed = members.pop(None, [])
    groups = [
        DigestGroup(entity_id, found[0].entity_name, found[0].entity_kind, tuple(found))
        for entity_id, found in members.items()
    ]
    if unnamed:
        groups.append(DigestGroup(None, others, None, tuple(unnamed)))
    return tuple(groups)


def subject(
    told: Sequence[Development], coverage: Coverage, local: datetime, words: Wording
) -> str:
    """Return the subject line, such as "techwatch: 2 escalating, 5 new · 21 Nov".

    A day without developments is called one only where enough feeds were read to say so.
    """
    counted = Counter(d.verdict for d in told)
    parts = [
        words.say(f"subject.{verdict}", n=counted[verdict])
        for verdict in _RANK[:3]
        if counted[verdict]
    ]
    parts = parts or _nothing(coverage, words)
    return words.say("subject", what=", ".join(parts), day=words.day(local))


def _nothing(coverage: Coverage, words: Wording) -> list[str]:
    count = count_feeds(coverage)
    if count.blind:
        return [words.say("subject.blind")]
    if count.doubtful:
        failing = words.say("subject.failing", n=count.failing, of=count.watched)
        return [words.say("subject.nothing"), failing]
    return [words.say("subject.nothing")]


def _preheader(told: Sequence[Development], coverage: Coverage, words: Wording) -> str:
    if not told:
        return coverage_sentences(coverage, words)
    headline = f"{told[0].entity_name}: {told[0].title}" if told[0].entity_id else told[0].title
    return headline if len(headline) <= _PREHEADER else headline[: _PREHEADER - 1].rstrip() + "…"
