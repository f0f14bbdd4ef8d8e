"""The queue of jobs that workers share: Procrastinate's tables, on PostgreSQL, beside ours.

What is to be done stands in our own tables; jobs only say that it is time to look. One that is lost
loses nothing, since every tick looks itself, and one that comes twice finds nothing to do.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from techwatch.errors import SchemaOutdatedError, SchemaTooNewError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from techwatch.storage.database import Database

_FIRST = "jobs of version"  # how the comment begins that tells which version made the tables
_THERE = text("SELECT to_regclass('procrastinate_jobs') IS NOT NULL")
_COMMENT = text("SELECT obj_description(to_regclass('procrastinate_jobs'))")
# As Procrastinate defers a job itself. A second one with its queueing lock would break off the
# whole transaction, and the first does.
_DEFER = text(
    "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(:queue, :task, 0, :lock, :queueing_lock,"
    " CAST(:arguments AS jsonb), NULL)::procrastinate_job_to_defer_v1]) WHERE NOT EXISTS"
    " (SELECT 1 FROM procrastinate_jobs WHERE status = 'todo' AND queueing_lock = :queueing_lock)"
)
_WORKERS = text(
    "SELECT w.id, w.last_heartbeat, count(j.id) AS jobs FROM procrastinate_workers w"
    " LEFT JOIN procrastinate_jobs j ON j.worker_id = w.id AND j.status = 'doing'"
    " GROUP BY w.id ORDER BY w.id"
)
_QUEUES = text(
    "SELECT j.queue_name, count(*) FILTER (WHERE j.status = 'todo') AS waiting,"
    " count(*) FILTER (WHERE j.status = 'doing') AS under_way,"
    " min(e.at) FILTER (WHERE j.status = 'todo') AS since"
    " FROM procrastinate_jobs j LEFT JOIN procrastinate_events e"
    " ON e.job_id = j.id AND e.type = 'deferred'"
    " WHERE j.status IN ('todo', 'doing') GROUP BY j.queue_name ORDER BY j.queue_name"
)


@dataclass(frozen=True, slots=True)
class JobHint:
    """That it is time to look for something to do."""

    task: str
    queue: str
    one_waits: str  # of those with this name one waits at a time
    one_runs: str | None = None  # of those with this name one is under way at a time
    arguments: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class WorkerSeen:
    """A worker, by its last sign of life."""

    id: int
    seen_at: datetime  # by the clock of the database
    silent_for: float  # seconds, by the same clock
    jobs: int  # in hand


@dataclass(frozen=True, slots=True)
class QueueSeen:
    """The jobs of a queue."""

    name: str
    waiting: int
    under_way: int
    oldest_for: float | None  # seconds that the oldest has waited


JUDGE = JobHint("judge", "judging", "judge 0")
DELIVER = JobHint("deliver", "delivery", "deliver")


def hint(connection: Connection, job: JobHint) -> None:
    """Defer a job in a transaction of ours, if workers may ever take it and none waits already."""
    if connection.dialect.name != "postgresql" or not connection.scalar(_THERE):
        return
    values = {
        "queue": job.queue,
        "task": job.task,
        "lock": job.one_runs,
        "queueing_lock": job.one_waits,
        "arguments": json.dumps(dict(job.arguments or {})),
    }
    try:
        with connection.begin_nested():
            connection.execute(_DEFER, values)
    except IntegrityError:
        return  # another one was deferred just now


def newest() -> str:
    """Return the version of the tables that the installed Procrastinate works with."""
    folder = files("procrastinate.sql") / "migrations"
    return max(p.name[:11] for p in folder.iterdir() if p.name.endswith(".sql"))


def version(connection: Connection) -> str | None:
    """Return the version of the tables; None where there are none. '' is unknown."""
    if not connection.scalar(_THERE):
        return None
    comment = str(connection.scalar(_COMMENT) or "")
    return comment.removeprefix(_FIRST).strip() if comment.startswith(_FIRST) else ""


def upgrade(connection: Connection) -> None:
    """Make the tables, or bring them to the version of the installed Procrastinate."""
    from procrastinate.schema import SchemaManager  # noqa: PLC0415 - needed once an installation

    found, wanted = version(connection), newest()
    if found is None:
        _run(connection, SchemaManager.get_schema())
    else:
        _refuse_newer(found, wanted)
        folder = files("procrastinate.sql") / "migrations"
        steps = sorted(
            (p for p in folder.iterdir() if p.name.endswith(".sql")), key=lambda p: p.name
        )
        for step in steps:
            if found < step.name[:11]:
                _run(connection, step.read_text(encoding="utf-8"))
    comment = f"COMMENT ON TABLE procrastinate_jobs IS '{_FIRST} {wanted}'"
    connection.exec_driver_sql(comment)


def _run(connection: Connection, statements: str) -> None:
    """Run several statements at once, as the driver alone can, in the transaction under way."""
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101 - the connection is open
    driver.execute(statements)


def _refuse_newer(found: str, wanted: str) -> None:
    if not found:
        message = "the tables of jobs in the database were made by another program"
        raise SchemaTooNewError(f"{message}: give techwatch a database of its own")
    if found > wanted:
        message = f"the tables of jobs have version {found}, this program knows {wanted}"
        raise SchemaTooNewError(f"{message}: use the newer techwatch that made them")


class JobStore:
    """What becomes of jobs, for those who look on."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def check(self) -> None:
        """Refuse tables of another version than ours; raises StorageError with what to do."""
        with self._database.read() as connection:
            found = version(connection)
        if found is None:
            raise SchemaOutdatedError("the database has no tables of jobs: `techwatch db upgrade`")
        _refuse_newer(found, newest())
        if found < newest():
            message = f"the tables of jobs have version {found}, this program needs {newest()}"
            raise SchemaOutdatedError(f"{message}: run `techwatch db upgrade`")

    def workers(self) -> tuple[WorkerSeen, ...]:
        """Return the workers that are there, and those that died lately."""
        if not self._there():
            return ()
        with self._database.read() as connection:
            now = _now(connection)
            return tuple(
                WorkerSeen(r.id, r.last_heartbeat, _seconds(now, r.last_heartbeat), r.jobs)
                for r in connection.execute(_WORKERS)
            )

    def queues(self) -> tuple[QueueSeen, ...]:
        """Return the queues that hold jobs."""
        if not self._there():
            return ()
        with self._database.read() as connection:
            now = _now(connection)
            return tuple(
                QueueSeen(
                    r.queue_name,
                    r.waiting,
                    r.under_way,
                    _seconds(now, r.since) if r.since else None,
                )
                for r in connection.execute(_QUEUES)
            )

    def _there(self) -> bool:
        if not self._database.serves:
            return False
        with self._database.read() as connection:
            return bool(connection.scalar(_THERE))


def _now(connection: Connection) -> datetime:
    """Return the time of the database, by which workers leave signs of life."""
    now: datetime | None = connection.scalar(select(func.now()))
    assert now is not None  # noqa: S101 - every database knows the time
    return now


def _seconds(now: datetime, then: datetime) -> float:
    return max(0.0, round((now - then).total_seconds(), 1))
