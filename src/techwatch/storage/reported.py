"""What readers were told before: to correct it, and not to repeat what an alert told."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import exists, func, select

from techwatch.model import DeliveryState, Told, Verdict
from techwatch.storage import tables as t

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from sqlalchemy import Exists

    from techwatch.storage.database import Database

_FLAGGED = [verdict for verdict in Verdict if verdict.flagged]


class ReportedStore:
    """What readers were told before."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def told(self, edition_id: str, since: datetime) -> tuple[Told, ...]:
        """Return what an edition told since a time, each development as it was told last."""
        d, i, a = t.digest_developments.c, t.items.c, t.assessments.c
        wanted = (
            select(
                d.development_id, d.slot, d.item_id, d.title, d.verdict,
                i.title.label("title_now"), a.verdict.label("verdict_now"), i.link,
                t.feeds.c.publisher, _stands().label("stands"),
            )
            .join(t.items, i.id == d.item_id)
            .join(t.feeds, t.feeds.c.url == i.feed_url)
            .join(t.assessments, (a.item_id == i.id) & (a.revision == i.judged_revision))
            .where(d.edition_id == edition_id, d.slot >= since)
            .order_by(d.slot, d.development_id)
        )  # fmt: skip
        with self._database.read() as connection:
            last = {row.development_id: row for row in connection.execute(wanted)}
        return tuple(
            Told(
                development_id=row.development_id,
                slot=row.slot,
                item_id=row.item_id,
                title=row.title,
                verdict=Verdict(row.verdict),
                title_now=row.title_now,
                verdict_now=Verdict(row.verdict_now),
                link=row.link,
                publisher=row.publisher,
                stands=bool(row.stands),
            )
            for row in last.values()
        )

    def alerted(
        self,
        development_ids: Collection[str],
        editions: Collection[str],
        readers: Collection[tuple[str, str]],
    ) -> Mapping[str, datetime]:
        """Return which developments alerts told every one of the readers, and when first.

        Args:
            development_ids: those to look for.
            editions: ids of the editions of alerts.
            readers: (channel, recipient) of those who are to be told.
        """
        d, l = t.digest_developments.c, t.deliveries.c  # noqa: E741 - the ledger
        wanted = (
            select(d.development_id, d.slot, l.channel, l.recipient)
            .join(t.deliveries, (l.edition_id == d.edition_id) & (l.slot == d.slot))
            .where(d.development_id.in_(development_ids), d.edition_id.in_(sorted(editions)))
            .where(l.state == DeliveryState.SENT)
            .order_by(d.slot)
        )
        reached: dict[str, set[tuple[str, str]]] = defaultdict(set)
        first: dict[str, datetime] = {}
        with self._database.read() as connection:
            for row in connection.execute(wanted) if editions and development_ids else ():
                reached[row.development_id].add((row.channel, row.recipient))
                first.setdefault(row.development_id, row.slot)
        return {i: first[i] for i, readers_of in reached.items() if readers_of >= set(readers)}

    def digests_in_last_hour(self, edition_id: str, now: datetime) -> int:
        """Count the digests that an edition made in the hour before a time."""
        d = t.digests.c
        wanted = select(func.count()).where(
            d.edition_id == edition_id, d.slot > now - timedelta(hours=1)
        )
        with self._database.read() as connection:
            return connection.scalar(wanted) or 0


def _stands() -> Exists:
    """Whether any item of the development's story is flagged, as it reads now."""
    a, i = t.assessments.alias(), t.items.alias()
    return exists(
        select(a.c.item_id)
        .join(i, (i.c.id == a.c.item_id) & (i.c.judged_revision == a.c.revision))
        .where(a.c.story_id == t.digest_developments.c.development_id, a.c.verdict.in_(_FLAGGED))
    )
