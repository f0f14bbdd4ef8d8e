"""What is too old to be kept: items that match nothing go, others lose their text.

Lines of the audit log go too.

In small transactions with a pause after each, so that the service goes on. A kill between or in
them loses nothing that should stay; the next run goes on where the old items are.
"""

from __future__ import annotations

import time
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from techwatch.model import Pruned

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from techwatch.storage import Store
    from techwatch.storage.retention import Place
    from techwatch.storage.retention_settings import RetentionSettings

    Find = Callable[[datetime, Place | None, int], Sequence[Place]]
    Do = Callable[[Sequence[Place]], Pruned]

BATCH = 500  # items in one transaction: some tens of milliseconds, which others wait
_PAUSE = 0.02  # seconds at the least after each of them


def prune(
    store: Store,
    settings: RetentionSettings,
    now: datetime,
    *,
    dry_run: bool = False,
    told: Callable[[Pruned], None] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
    rest: Callable[[float], None] = time.sleep,
) -> Pruned:
    """Drop what is older than the settings keep it; returns what that was.

    Args:
        store: what is pruned.
        settings: how long items and the audit log are kept.
        now: the time that ages are counted to.
        dry_run: only say what would be dropped.
        told: hears of each batch.
        stop: whether to end after this batch; the rest stays due.
        rest: waits so many seconds, while others write.
    """
    kept = store.retention
    total = Pruned()
    unmatched, old = _before(now, settings.unrelated_days), _before(now, settings.text_days)
    if unmatched is not None:
        drop: Do = kept.weigh_items if dry_run else partial(kept.drop_items, before=unmatched)
        total += _walk(kept.unmatched, unmatched, drop, told, stop, rest)
    if old is not None:
        weigh: Do = partial(kept.weigh_texts, dropped_before=unmatched)
        strip: Do = weigh if dry_run else partial(kept.drop_texts, before=old, now=now)
        total += _walk(kept.with_text, old, strip, told, stop, rest)
    if (audited := _before(now, settings.audit_days)) is not None:
        total += _audit(store, audited, stop, rest, dry_run=dry_run)
    return total


def _audit(
    store: Store,
    before: datetime,
    stop: Callable[[], bool],
    rest: Callable[[float], None],
    *,
    dry_run: bool,
) -> Pruned:
    if dry_run:
        return Pruned(changes=store.audit.count(before))
    total = Pruned()
    while not stop() and (gone := store.audit.drop(before, BATCH)):
        total += Pruned(changes=gone)
        rest(_PAUSE)
    return total


def _before(now: datetime, days: int | None) -> datetime | None:
    return None if days is None else now - timedelta(days=days)


def _walk(
    find: Find,
    before: datetime,
    do: Do,
    told: Callable[[Pruned], None],
    stop: Callable[[], bool],
    rest: Callable[[float], None],
) -> Pruned:
    """Go through what is due, oldest first, a batch at a time."""
    total, place = Pruned(), None
    while not stop() and (page := find(before, place, BATCH)):
        began = time.monotonic()
        batch = do(page)
        told(batch)
        total += batch
        place = page[-1]
        if len(page) < BATCH:
            break
        rest(max(_PAUSE, time.monotonic() - began))  # half of the time is for others
    return total
