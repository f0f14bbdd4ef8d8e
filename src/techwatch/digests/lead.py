"""Say what changed, in one short paragraph made of the developments themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from techwatch.digests.coverage import count_feeds
from techwatch.model import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techwatch.digests.wording import Wording
    from techwatch.model import Coverage, Development, Digest

_ORDER = (Verdict.ESCALATING, Verdict.NOVEL, Verdict.EASING)


def lead(digest: Digest, words: Wording) -> str:
    """Return the paragraph; it warns where too few feeds were read to be sure of it."""
    count = count_feeds(digest.coverage)
    failing = words.say("lead.failing", n=count.failing, of=count.watched) if count.failing else ""
    if digest.developments:
        sentences = [*_told(digest.developments, words), failing if count.doubtful else ""]
    elif count.blind:
        sentences = [words.say("lead.blind")]
    else:
        sentences = [_nothing(digest.coverage, words), failing]
    return " ".join(sentence for sentence in sentences if sentence)


def _nothing(coverage: Coverage, words: Wording) -> str:
    if any(coverage.by_verdict.get(verdict, 0) for verdict in _ORDER):
        return words.say("lead.nothing.left")
    count = count_feeds(coverage)
    return words.say("lead.nothing", n=coverage.items_seen, well=count.well, of=count.watched)


def _told(developments: Sequence[Development], words: Wording) -> list[str]:
    sentences: list[str] = []
    for verdict in _ORDER:
        found = [d for d in developments if d.verdict == verdict]
        if found:
            key = f"lead.{verdict}" if sentences else f"lead.{verdict}.first"
            sentences.append(words.say(key, n=len(found), names=_names(found, words)))
    return sentences


def _names(found: Sequence[Development], words: Wording) -> str:
    """List whom they concern, and for single steps which: ": DiDi (fined) and TikTok"."""
    events: dict[str, list[str | None]] = {}
    for development in found:
        if development.entity_id is not None:
            events.setdefault(development.entity_name, []).append(development.event_label)
    if not events:
        return ""
    names = [
        f"{name} ({labels[0]})" if len(labels) == 1 and labels[0] else name
        for name, labels in events.items()
    ]
    unnamed = sum(development.entity_id is None for development in found)
    return ": " + words.listed(names, unnamed=unnamed)
