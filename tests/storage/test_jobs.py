"""Jobs deferred in the transaction that makes them necessary."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from tests.databases import on_both, on_postgresql

from techwatch.errors import SchemaOutdatedError, SchemaTooNewError
from techwatch.storage import Database, jobs

from .samples import FEED, NOW, item, outcome

if TYPE_CHECKING:
    from techwatch.storage import Store


def waiting(store: Store) -> dict[str, int]:
    return {queue.name: queue.waiting for queue in store.jobs.queues()}


@on_both
def test_new_items_defer_judging_once_where_workers_may_be(store: Store, database: str) -> None:
    store.feeds.watch([FEED], NOW)
    for number in (1, 2):
        store.feeds.record(outcome(item(number)), NOW)
    expected = {"judging": 1} if database == "postgresql" else {}
    assert waiting(store) == expected


@on_postgresql
def test_a_poll_that_brings_nothing_new_defers_nothing(store: Store) -> None:
    store.feeds.watch([FEED], NOW)
    store.feeds.record(outcome(), NOW)
    assert waiting(store) == {}


@on_postgresql
def test_a_transaction_that_fails_leaves_no_job(store: Store) -> None:
    with store.database.write() as connection:
        jobs.hint(connection, jobs.DELIVER)
        connection.rollback()
    assert waiting(store) == {}


@on_postgresql
def test_a_job_that_another_transaction_defers_too_breaks_nothing(store: Store) -> None:
    with store.database.write() as connection:
        jobs.hint(connection, jobs.DELIVER)
        jobs.hint(connection, jobs.DELIVER)
    assert waiting(store) == {"delivery": 1}


@on_postgresql
@pytest.mark.parametrize(
    ("comment", "error"),
    [
        ("jobs of version 01.00.00_01", SchemaOutdatedError),
        ("jobs of version 99.00.00_01", SchemaTooNewError),
        ("something else", SchemaTooNewError),
    ],
)
def test_tables_of_another_version_are_refused_with_advice(
    store: Store, comment: str, error: type[Exception]
) -> None:
    store.jobs.check()
    with store.database.write() as connection:
        connection.execute(text(f"COMMENT ON TABLE procrastinate_jobs IS '{comment}'"))
    with pytest.raises(error, match=r"techwatch|database of its own"):
        store.jobs.check()


@on_postgresql
def test_a_database_without_tables_of_jobs_is_told(store: Store) -> None:
    with store.database.write() as connection:
        connection.execute(text("DROP TABLE procrastinate_jobs CASCADE"))
    with pytest.raises(SchemaOutdatedError, match="techwatch db upgrade"):
        store.jobs.check()
    assert store.jobs.workers() == ()


@on_postgresql
def test_upgrading_twice_changes_nothing(store: Store, database_url: str) -> None:
    assert Database.upgrade_at(database_url) == ("0001", "0001")
    store.jobs.check()
