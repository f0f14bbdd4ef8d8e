"""What a tick finds to do, as jobs. The database is the truth; jobs only say where to look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from techwatch.model import DeliveryState
from techwatch.pipeline import JUDGING_BATCH
from techwatch.storage.jobs import DELIVER, JUDGE, JobHint
from techwatch.taking_turns import group_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from techwatch.watch import Watch

QUEUES = ("polling", "judging", "digests", "delivery")
TICKS = "ticks"  # the queue that every worker takes from
_SENDING = frozenset({DeliveryState.DUE, DeliveryState.SENDING})


def due(watch: Watch) -> list[JobHint]:
    """Look what is due and return the jobs that do it; most of them are one at a time."""
    return [*_polling(watch), *_judging(watch), *_digests(watch)]


def _polling(watch: Watch) -> Iterator[JobHint]:
    settings = watch.settings.fetching
    for group in sorted({group_of(state, settings) for state in watch.due_feeds()}):
        name = f"poll {group}"
        yield JobHint("poll", "polling", name, name, {"group": group})
    store = watch.store
    if watch.settings.http.public_url is not None or store.subscriptions.all():
        yield JobHint("subscribe", "polling", "subscribe", "subscribe")
    if store.subscriptions.waiting():
        yield JobHint("take_pushes", "polling", "take_pushes", "take_pushes")
    if store.articles.due(watch.clock()):
        yield JobHint("read_articles", "polling", "read_articles", "read_articles")


def _judging(watch: Watch) -> Iterator[JobHint]:
    """Yield a job for each batch that waits, up to a number; the first also settles."""
    store = watch.store
    waiting = store.overview.queue(watch.clock()).items_waiting
    batches = -(-waiting // JUDGING_BATCH) or (1 if store.together.unsettled() else 0)
    for number in range(min(batches, watch.settings.workers.judging)):
        yield JobHint(JUDGE.task, JUDGE.queue, f"judge {number}")


def _digests(watch: Watch) -> Iterator[JobHint]:
    if watch.digests_due():
        yield JobHint("publish", "digests", "publish", "publish")
    open_ones = {delivery.state for delivery in watch.store.ledger.open()}
    if open_ones & _SENDING:
        yield DELIVER
    if any(watch.settings.ping.of(edition) for edition in watch.editions):
        yield JobHint("ping", "delivery", "ping", "ping")
