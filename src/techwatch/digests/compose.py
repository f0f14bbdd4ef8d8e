"""Compose a digest: which developments an edition tells, in what order, under which subject."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from techwatch.digests.coverage import count_feeds, coverage_sentences
from techwatch.digests.filtering import passes
from techwatch.digests.wording import wording
from techwatch.model import Digest, DigestGroup, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from techwatch.digests.wording import Wording
    from techwatch.model import (
        Burst,
        Correction,
        Coverage,
        Development,
        Edition,
        EmergingName,
    )

_RANK = (Verdict.ESCALATING, Verdict.NOVEL, Verdict.EASING, Verdict.KNOWN, Verdict.UNRELATED)
_PREHEADER = 140  # characters; mail programs show about 90


@dataclass(frozen=True, slots=True)
class Beside:
    """What a digest tells beside developments."""

    corrections: tuple[Correction, ...] = ()
    bursts: tuple[Burst, ...] = ()
    emerging: tuple[EmergingName, ...] = ()
    missed: tuple[datetime, ...] = ()  # slots that passed without a digest; the last is its own


def compose(
    edition: Edition,
    slot: datetime,
    since: datetime | None,
    until: datetime,
    developments: Sequence[Development],
    coverage: Coverage,
    beside: Beside | None = None,
) -> Digest:
    """Compose the edition's digest for a slot from all developments not yet told.

    Those beyond `edition.most` are counted in `held_over`; `digest.developments` are the ones
    that are told by it. Next steps of earlier stories stand apart from what is new, and what an
    alert told its readers already is only named.
    """
    beside = beside or Beside()
    ranked = rank([d for d in developments if passes(d, edition.filter)])
    alerted = tuple(d for d in ranked if d.alerted_at)
    fresh = [d for d in ranked if not d.alerted_at]
    told = fresh[: edition.most]
    words = wording(edition.language)
    local = slot.astimezone(ZoneInfo(edition.zone))
    return Digest(
        edition_id=edition.id,
        title=edition.title,
        slot=slot,
        since=since,
        until=until,
        subject=alert_subject(told, words)
        if edition.alert
        else subject(told, coverage, local, words),
        preheader=_preheader(told, coverage, words),
        groups=group([d for d in told if d.follows is None], words.say("group.none")),
        coverage=coverage,
        held_over=len(fresh) - len(told),
        zone=edition.zone,
        language=words.language,
        follow_ups=tuple(d for d in told if d.follows),
        alerted=alerted,
        corrections=beside.corrections,
        bursts=beside.bursts,
        emerging=beside.emerging,
        missed=beside.missed,
        alert=edition.alert is not None,
    )


def rank(developments: Sequence[Development]) -> list[Development]:
    """Sort by score, then verdict (escalating first), then newest, then id: one order only."""

    def key(development: Development) -> tuple[float, int, float, str]:
        at = development.published or development.first_seen_at
        return standing(development.score, development.verdict, at, development.id)

    return sorted(developments, key=key)


def standing(
    score: float, verdict: Verdict, at: datetime, development_id: str
) -> tuple[float, int, float, str]:
    """Return by what developments are ranked."""
    return -score, _RANK.index(verdict), -at.timestamp(), development_id


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


def alert_subject(told: Sequence[Development], words: Wording) -> str:
    """Return the subject line of an alert: its headline, or how many it tells."""
    if len(told) != 1:
        return words.say("subject.alerts", n=len(told))
    badge = words.say(f"badge.{told[0].verdict}")
    return words.say("subject.alert", badge=badge, title=_headline(told[0]))


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
    headline = _headline(told[0])
    return headline if len(headline) <= _PREHEADER else headline[: _PREHEADER - 1].rstrip() + "…"


def _headline(development: Development) -> str:
    if development.entity_id is None:
        return development.title
    return f"{development.entity_name}: {development.title}"
