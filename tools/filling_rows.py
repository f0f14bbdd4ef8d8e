"""News stored: by the store's own verbs, or, far quicker, as the rows that they would leave.

`python tools/bench_database.py --same 500` compares the two, row by row.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from filling import BEGIN, Entry, Told
from sqlalchemy import bindparam, insert, update

from techwatch.model import (
    Assessment,
    Decision,
    FeedState,
    Item,
    Judged,
    Judgement,
    PollOutcome,
    Signs,
    StoredItem,
    Verdict,
)
from techwatch.storage import tables as t
from techwatch.storage.evidence import dump_assessment
from techwatch.storage.stories import dump_signs
from techwatch.text import content_hash

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from filling import Telling
    from sqlalchemy import Connection, Table

    from techwatch.storage import Store

PLAIN = Assessment(Verdict.UNRELATED, 0.0, "", model_version="filled")
_BATCH = 5_000
_ITEM = tuple(one.name for one in fields(Item))
_ORDER = (
    t.items, t.revisions, t.assessments, t.item_entities, t.stories, t.story_items,
    t.story_anchors, t.standings, t.sightings, t.developments, t.judgements,
)  # fmt: skip
EDITION = "daily"
_PAGE = "<p>A development, as a digest tells it, with its reasons.</p>\n" * 500


def by_verbs(store: Store, entries: Iterable[Entry]) -> None:
    """Store entries as the service does: each polled, judged, and perhaps judged by a person."""
    for one in entries:
        texts = [one.item] if one.former is None else [_first(one), one.item]
        feed = store.feeds.state(one.item.feed_url).feed
        for text in texts:
            state = FeedState(feed)  # what is kept of feeds is no part of the news
            store.feeds.record(PollOutcome(state, "document", (text,)), one.at)
        with store.judging.judging() as judging:
            of = one.telling
            anchors = of.anchors if of and one.story else ()
            moved = _moved(one, feed.publisher) if one.story else ()
            names = of.names if of and one.story else ()
            stored = StoredItem(one.item, feed, len(texts), one.at, one.at)
            judging.save(_judged(one, stored), anchors, moved, one.at, names)
        if one.judged:
            store.judgements.record(_judgement(one), (), one.at)


def _first(one: Entry) -> Item:
    title = one.former or one.item.title
    return replace(one.item, title=title, content_hash=content_hash(title, one.item.summary))


def _judged(one: Entry, stored: StoredItem) -> Judged:
    of, story = one.telling, one.story
    return Judged(
        stored=stored,
        assessment=of.assessment if of else PLAIN,
        story_id=story.id if story else None,
        opens_story=one.opens,
        judged_at=one.at,
        signs=of.signs if of else Signs(),
        follows=story.follows if story else None,
    )


def _moved(one: Entry, publisher: str) -> list[Any]:
    of, story = one.telling, one.story
    if of is None or story is None:
        return []
    return [replace(m, story_id=story.id, source=publisher) for m in of.moved]


def _judgement(one: Entry) -> Judgement:
    story = one.story.id if one.story else None
    return Judgement(0, one.item.id, story, Decision.ACCEPT, "", "kari", one.at)


@dataclass
class Bulk:
    """Writes the rows of many entries at once."""

    store: Store
    judged: set[str] = field(default_factory=set)  # ids of stories that people judged
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    told: dict[str, datetime] = field(default_factory=dict)  # stories, and when last
    developments: list[tuple[str, str, str, str, datetime]] = field(default_factory=list)
    digested: datetime = BEGIN
    publishers: dict[str, str] = field(default_factory=dict)

    def add(self, entries: Iterable[Entry]) -> None:
        """Store entries, which must be newer than all before."""
        self.publishers = {s.feed.url: s.feed.publisher for s in self.store.feeds.states()}
        for number, one in enumerate(entries, 1):
            self._note(one)
            if number % _BATCH == 0:
                self._write()
        self._write()

    def _note(self, one: Entry) -> None:
        of, item = one.telling, one.item
        revision = 1 if one.former is None else 2
        times = {"first_seen_at": one.at, "seen_at": one.at}
        state = {"revision": revision, "judged_revision": revision, "text_gone_at": None}
        self.rows["items"].append({n: getattr(item, n) for n in _ITEM} | times | state)
        if one.former is not None:
            first = _first(one)
            row = {"title": first.title, "summary": first.summary}
            row |= {"content_hash": first.content_hash, "seen_at": one.at}
            self.rows["revisions"].append(row | {"item_id": item.id, "revision": 1})
        self.rows["assessments"].append(_assessment(one, revision))
        if of is None:
            return
        entities = {mention.entity_id for mention in of.assessment.mentions}
        named = {"item_id": item.id, "at": one.at}
        self.rows["item_entities"] += [named | {"entity_id": e} for e in sorted(entities)]
        if one.story:
            self._note_story(one, of, one.story, revision)

    def _note_story(self, one: Entry, of: Telling, story: Told, revision: int) -> None:
        item, rows = one.item, self.rows
        self.told[story.id] = one.at
        if one.opens:
            rows["stories"].append(_story(of, story, one.at))
            key = {"id": story.id, "story_id": story.id, "item_id": item.id}
            rows["developments"].append(key | {"created_at": one.at})
            told = (story.id, item.id, item.title, of.assessment.verdict.value, one.at)
            self.developments.append(told)
        key = {"story_id": story.id, "item_id": item.id, "at": one.at}
        rows["story_items"].append(key | {"revision": revision, "signs": _signs(of)})
        if one.judged:
            self.judged.add(story.id)
            rows["judgements"].append(_without_id(asdict(_judgement(one))))
        judged = story.id in self.judged
        rows["story_anchors"] += [key | {"anchor": a, "judged": judged} for a in of.anchors]
        own = {"item_id": item.id, "at": one.at}
        moved = _moved(one, self.publishers[item.feed_url])
        rows["standings"] += [asdict(m) | own for m in moved]
        for n in of.names:
            seen = {"key": n.key, "kind": n.kind.value, "type": n.type, "surface": n.surface}
            seen |= {"sentence": n.sentence, "near": list(n.near), "noted_at": one.at}
            rows["sightings"].append(seen | own)

    def _write(self) -> None:
        rows, self.rows = self.rows, defaultdict(list)
        told, self.told = self.told, {}
        with self.store.database.write() as connection:
            for table in _ORDER:
                copy_in(connection, table, rows[table.name])
            if told:
                times = [{"of": story, "last": at} for story, at in told.items()]
                connection.execute(_LAST, times)

    def publish(self, now: datetime) -> None:
        """Store a digest for each day since the last one, with what was told in it."""
        digests, tells, sent = [], [], []
        waiting = iter(self.developments)
        story = next(waiting, None)
        while self.digested + timedelta(days=1) <= now:
            since, self.digested = self.digested, self.digested + timedelta(days=1)
            key = {"edition_id": EDITION, "slot": self.digested}
            digests.append(key | _digest(since, self.digested))
            while story is not None and story[-1] <= self.digested:
                names = ("development_id", "item_id", "title", "verdict")
                tells.append(key | dict(zip(names, story, strict=False)))
                story = next(waiting, None)
            sent += [key | _delivery(n, self.digested) for n in range(3)]
        self.developments = ([] if story is None else [story]) + list(waiting)
        with self.store.database.write() as connection:
            copy_in(connection, t.digests, digests)
            copy_in(connection, t.digest_developments, tells)
            copy_in(connection, t.deliveries, sent)


_LAST = (
    update(t.stories)
    .where(t.stories.c.id == bindparam("of"))
    .values(last_at=bindparam("last", type_=t.Utc()))
)


def _without_id(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "id"}


@cache
def _signs(of: Telling) -> str:
    return dump_signs(of.signs)


@cache
def _evidence(of: Telling | None) -> dict[str, Any]:
    return dump_assessment(of.assessment if of else PLAIN)


def _assessment(one: Entry, revision: int) -> dict[str, Any]:
    of = one.telling.assessment if one.telling else PLAIN
    return {
        "item_id": one.item.id,
        "revision": revision,
        "verdict": of.verdict.value,
        "score": of.score,
        "story_id": one.story.id if one.story else None,
        "evidence": _evidence(one.telling),
        "model_version": of.model_version,
        "judged_at": one.at,
    }


def _story(of: Telling, story: Told, at: datetime) -> dict[str, Any]:
    event = of.assessment.event
    return {
        "id": story.id,
        "entity_ids": list(event.entity_ids) if event else [],
        "event_type": event.event_type if event else None,
        "track": event.track if event else None,
        "rung": event.rung if event else None,
        "jurisdiction": event.jurisdiction if event else None,
        "verdict": of.assessment.verdict.value,
        "first_at": at,
        "last_at": at,
    }


def _digest(since: datetime, until: datetime) -> dict[str, Any]:
    texts = {"subject": "News", "html": _PAGE, "text": _PAGE[:10_000], "json": "{}"}
    return texts | {"since": since, "until": until, "composed_at": until, "scheduled": True}


def _delivery(number: int, at: datetime) -> dict[str, Any]:
    return {
        "channel": "email", "recipient": f"reader{number}@example.org",
        "message_id": f"<{at:%Y%m%d}.{number}@example.org>", "state": "sent", "attempts": 1,
        "next_attempt_at": None, "claims": 1, "sent_at": at,
    }  # fmt: skip


def waiting(store: Store, entries: Sequence[Entry], at: datetime) -> None:
    """Store entries as they are before they are judged, seen at one time."""
    state = {"revision": 1, "judged_revision": 0, "text_gone_at": None}
    times = {"first_seen_at": at, "seen_at": at}
    rows = [{n: getattr(one.item, n) for n in _ITEM} | times | state for one in entries]
    with store.database.write() as connection:
        copy_in(connection, t.items, rows)


def copy_in(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that all have the same columns; by COPY where the database has it."""
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        connection.execute(insert(table), rows)
        return
    names = list(rows[0])
    kinds = [table.c[n].type.dialect_impl(connection.dialect) for n in names]
    readers = [kind.bind_processor(connection.dialect) for kind in kinds]
    columns = ", ".join(f'"{name}"' for name in names)
    cursor = connection.connection.cursor()
    with cursor.copy(f'COPY "{table.name}" ({columns}) FROM STDIN') as copy:
        for row in rows:
            values = (row[name] for name in names)
            copy.write_row([r(v) if r else v for r, v in zip(readers, values, strict=True)])
