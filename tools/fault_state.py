"""What an installation came to, as far as no fault and no delay may change it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, text

from techwatch.storage import tables as t

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from techwatch.storage import Store


@dataclass
class State:
    """What an installation came to, as far as no delay may change it."""

    items: Counter[str] = field(default_factory=Counter)  # guid and revision
    verdicts: dict[str, str] = field(default_factory=dict)  # by guid
    slots: Counter[str] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)  # developments that digests told
    deliveries: Counter[str] = field(default_factory=Counter)  # by slot, channel, recipient, state
    mails: Counter[str] = field(default_factory=Counter)  # how often each was taken
    files: Counter[str] = field(default_factory=Counter)  # of the digests' folder
    damage: str = ""  # of the database

    def differences(self, other: State) -> list[str]:
        """Say in what it differs from an undisturbed run."""
        return [
            f"{name}: {_difference(mine, theirs)}"
            for name in self.__dataclass_fields__
            if (mine := getattr(self, name)) != (theirs := getattr(other, name))
        ]


def _difference(mine: Any, theirs: Any) -> str:  # noqa: ANN401 - of any kind
    if not isinstance(mine, dict):
        return f"{mine!r}, not {theirs!r}"
    keys = [key for key in {*mine, *theirs} if mine.get(key) != theirs.get(key)]
    shown = [f"{key}: {mine.get(key)}, not {theirs.get(key)}" for key in sorted(keys)[:3]]
    return f"{len(keys)} differ, such as {'; '.join(shown)}"


def read(store: Store, digests: Path, until: datetime, mails: Counter[str]) -> State:
    """Read it from database, folder and mails by Message-ID; of slots, those up to a time."""
    found = State()
    i, a, d = t.items.c, t.assessments.c, t.deliveries.c
    judged = select(i.guid, a.revision, a.verdict).join_from(
        t.assessments, t.items, i.id == a.item_id
    )
    wanted = select(d.slot, d.message_id, d.channel, d.recipient, d.state)
    o = t.digest_developments.c
    told = select(t.developments.c.item_id).where(t.developments.c.id == o.development_id)
    told = told.where(o.slot <= until)
    with store.database.read() as connection:
        for guid, revision in connection.execute(select(i.guid, i.revision)):
            found.items[f"{guid} revision {revision}"] += 1
        for guid, revision, verdict in connection.execute(judged):
            found.verdicts[f"{guid} revision {revision}"] = verdict
        for (slot,) in connection.execute(select(t.digests.c.slot)):
            if slot <= until:
                found.slots[f"{slot:%d %H:%M}"] += 1
        guids = dict(connection.execute(select(i.id, i.guid)).all())
        found.told.update(guids[item] for (item,) in connection.execute(told))
        for slot, message_id, *rest in connection.execute(wanted):
            if slot <= until:
                name = " ".join([f"{slot:%d %H:%M}", *map(str, rest)])
                found.deliveries[name] += 1
                found.mails[name] += mails[message_id]
        if connection.dialect.name == "sqlite":
            found.damage = str(connection.scalar(text("PRAGMA integrity_check(1)")))
    for path in digests.rglob("*"):
        if path.is_file() and path.name != "latest.html" and _counts(path.name, until):
            whole = "whole" if path.stat().st_size else "empty"
            found.files[f"{path.name} {whole}"] += 1
    return found


def _counts(name: str, until: datetime) -> bool:
    """Whether a file is of a slot up to a time, or one that was left half written."""
    return name.startswith(".") or name.partition(".")[0] <= until.strftime("%Y-%m-%dT%H%MZ")
