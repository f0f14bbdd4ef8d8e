"""What is particular to PostgreSQL: servers old and gone, texts, orders, lengths."""

from __future__ import annotations

import random
import threading
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from tests.databases import on_both, on_postgresql

from techwatch.errors import StorageError
from techwatch.storage import Database, Store, exists
from techwatch.storage.database import SCHEMA

from .samples import FEED, NOW, item, judged, outcome

if TYPE_CHECKING:
    from tests.databases import Servers

SECRET = "hunter2"


@pytest.mark.parametrize("again", range(3))
def test_processes_that_start_at_once_make_the_tables_once(servers: Servers, again: int) -> None:
    del again
    url = servers.running().new_database()
    assert exists(url)
    opened: list[str | None] = []

    def start() -> None:
        with closing(Database.open(url)) as database:
            opened.append(database.schema())

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert opened == [SCHEMA] * 4


def test_upgrading_an_empty_database_makes_the_schema(servers: Servers) -> None:
    url = servers.running().new_database()
    assert Database.upgrade_at(url) == (None, SCHEMA)
    assert Database.upgrade_at(url) == (SCHEMA, SCHEMA)


@on_postgresql
def test_every_text_is_ordered_by_bytes(store: Store) -> None:
    wanted = text(
        "SELECT table_name, column_name FROM information_schema.columns "
        "WHERE table_schema = current_schema() AND table_name <> 'alembic_version' "
        "AND table_name NOT LIKE 'procrastinate%' "
        "AND data_type IN ('text', 'character varying') AND collation_name IS DISTINCT FROM 'C'"
    )
    with store.database.read() as connection:
        assert connection.execute(wanted).all() == []


@on_both
def test_the_order_is_the_same_whatever_the_locale(store: Store) -> None:
    names = ["apple", "Zebra", "Ähre", "a b", "ab", "華為", "_", "Apple"]
    feeds = [replace(FEED, url=f"https://{n}.example/", publisher=p) for n, p in enumerate(names)]
    store.feeds.watch(feeds, NOW)
    found = [state.feed.publisher for state in store.feeds.states()]
    assert found == sorted(names, key=str.encode)


@on_both
def test_the_longest_links_names_and_guids_are_stored(store: Store) -> None:
    """An index of PostgreSQL refuses entries of more than 2,704 bytes that don't compress."""
    shuffled = random.Random(2)
    noise = "".join(chr(shuffled.randrange(0x4E00, 0x9FFF)) for _ in range(2000))
    store.feeds.watch([FEED], NOW)
    long = replace(item(1, noise), link=f"https://x.example/{noise}", guid=noise, identity=noise)
    store.feeds.record(outcome(long), NOW)
    [stored] = store.judging.unjudged(5)
    assert store.judging.item(str(long.link)).item == long
    with store.judging.judging() as judging:
        judging.save(judged(stored, "s1"), ["tiktok"], [], NOW)


@on_both
def test_an_item_is_found_by_the_beginning_of_its_id_in_any_case(store: Store) -> None:
    store.feeds.watch([FEED], NOW)
    store.feeds.record(outcome(item(1)), NOW)
    assert store.judging.item(item(1).id[:8].upper()).item == item(1)


def test_a_database_that_can_t_hold_every_language_is_refused(servers: Servers) -> None:
    options = "ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'"
    url = servers.running().new_database(options=options)
    for using in (Database.open, Database.upgrade_at):
        with pytest.raises(StorageError, match="encoding LATIN1"):
            using(url)


@on_postgresql
def test_the_password_is_never_shown(database_url: str) -> None:
    whole = database_url.replace("techwatch@", f"techwatch:{SECRET}@")
    with closing(Database.open(f"{whole}?sslpassword={SECRET}")) as database:
        assert database.name.endswith(database_url.rpartition("/")[2])
        assert SECRET not in database.name
    for broken in (
        make_url(whole).set(port=1).render_as_string(hide_password=False),
        f"{whole}_that_is_not_there?sslpassword={SECRET}",
        f"postgresql+psycopg://techwatch:{SECRET}@[/x",
        f"mysql://techwatch:{SECRET}@127.0.0.1/x",
    ):
        with pytest.raises(StorageError) as raised:
            Database.open(broken)
        assert SECRET not in str(raised.value)


@on_postgresql
def test_a_url_without_a_driver_is_understood(database_url: str) -> None:
    for scheme in ("postgresql", "postgres"):
        url = database_url.replace("postgresql+psycopg", scheme)
        with closing(Database.open(url)) as database:
            assert database.schema() == SCHEMA


@on_postgresql
def test_a_server_that_is_gone_is_told_and_used_again_when_it_is_back(
    store: Store, servers: Servers, database_url: str
) -> None:
    store.feeds.watch([FEED], NOW)
    server = servers.running()
    for end in (server.stop, server.kill):
        end()
        with pytest.raises(StorageError, match="can't be read"):
            store.feeds.states()
        with pytest.raises(StorageError, match="can't be written"):
            store.feeds.watch([FEED], NOW)
        with pytest.raises(StorageError, match="can't be read"):
            Database.upgrade_at(database_url)
        server.start()
        assert [state.feed for state in store.feeds.states()] == [FEED]


@on_postgresql
def test_a_server_killed_in_a_transaction_leaves_nothing_of_it(
    store: Store, servers: Servers
) -> None:
    store.feeds.watch([FEED], NOW)
    store.feeds.record(outcome(item(1)), NOW)
    [stored] = store.judging.unjudged(5)
    server = servers.running()

    def die_at_the_end() -> None:
        with store.judging.judging() as judging:
            judging.save(judged(stored, "s1"), ["tiktok"], [], NOW)
            server.kill()

    with pytest.raises(StorageError, match="can't be written"):
        die_at_the_end()
    server.start()
    assert store.judging.assessment(stored.item.id) is None
    with store.judging.judging() as judging:
        judging.save(judged(stored, "s1"), ["tiktok"], [], NOW)
    assert store.judging.assessment(stored.item.id) is not None
