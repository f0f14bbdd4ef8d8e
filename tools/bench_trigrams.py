"""What trigrams would cost in the place of our own words: the choice that docs/search.md explains.

    .venv/bin/python tools/bench_trigrams.py 20000

The same made-up items as those of bench_search.py, in FTS5's trigram tokenizer and in pg_trgm,
beside our index: bytes, and the time of finding a Chinese word of two, and one of five characters.
"""

from __future__ import annotations

import sqlite3
import statistics
import sys
import tempfile
import time
from contextlib import closing
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from bench_search import _made as made

from techwatch.search.words import words_of
from techwatch.testing.postgres import NoServerError, server

if TYPE_CHECKING:
    from collections.abc import Callable

WORDS = ("芯片", "上海微电子")


def main(count: int) -> None:
    """Measure both databases."""
    items = [f"{i.title}\n{i.summary}\n{i.body}" for i in islice(made(), count)]
    rows = list(enumerate(items))
    with tempfile.TemporaryDirectory() as folder:
        _sqlite(Path(folder), rows)
    try:
        with server() as running:
            _postgresql(running.url.replace("+psycopg", ""), rows)
    except NoServerError as error:
        print(f"no PostgreSQL: {error}")


def _sqlite(folder: Path, rows: list[tuple[int, str]]) -> None:
    for name, tokenizer in (("trigrams", "trigram"), ("our words", "ascii")):
        own = rows if name == "trigrams" else [(n, " ".join(words_of(text))) for n, text in rows]
        with closing(sqlite3.connect(folder / f"{tokenizer}.db")) as connection:
            connection.execute(
                f"CREATE VIRTUAL TABLE f USING fts5(x, content='', tokenize='{tokenizer}')"
            )
            began = time.process_time()
            with connection:
                connection.executemany("INSERT INTO f (rowid, x) VALUES (?, ?)", own)
            spent = time.process_time() - began
            [size] = connection.execute("SELECT sum(pgsize) FROM dbstat").fetchone()
            print(f"SQLite, {name}: {size / len(rows):,.0f} bytes an item, {spent:.1f} s to fill")
            for word in WORDS:
                asked = word if name == "trigrams" else " ".join(words_of(word)[:-1])
                _tell(word, partial(_found, connection, asked))


def _found(connection: sqlite3.Connection, asked: str) -> int:
    wanted = "SELECT rowid FROM f WHERE f MATCH ?"
    return len(connection.execute(wanted, (f'"{asked}"',)).fetchall())


def _postgresql(url: str, rows: list[tuple[int, str]]) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE d (n int, x text, w tsvector)")
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO d VALUES (%s, %s, array_to_tsvector(%s))",
                [(n, text, sorted(set(words_of(text)))) for n, text in rows],
            )
        try:
            connection.execute("CREATE EXTENSION pg_trgm")
            _index(connection, "trigrams", "gin (x gin_trgm_ops)", len(rows), "x LIKE %s", "%{}%")
        except psycopg.Error as error:
            print(f"PostgreSQL, trigrams: not to be had here: {str(error).strip()}")
        _index(connection, "our words", "gin (w)", len(rows), "w @@ %s::tsquery", "{}")


def _index(
    connection: psycopg.Connection,
    name: str,
    kind: str,
    count: int,
    condition: str,
    form: str,
) -> None:
    began = time.perf_counter()
    connection.execute(f"CREATE INDEX d_i ON d USING {kind}".encode())
    taken = time.perf_counter() - began
    connection.execute("ANALYZE d")
    [size] = connection.execute("SELECT pg_relation_size('d_i')").fetchone() or [0]
    print(f"PostgreSQL, {name}: {size / count:,.0f} bytes an item, {taken:.1f} s to build")
    wanted = f"SELECT n FROM d WHERE {condition}".encode()  # noqa: S608 - ours
    for word in WORDS:
        pairs = " & ".join(f"'{pair}'" for pair in words_of(word)[:-1])
        asked = form.format(pairs if "tsquery" in condition else word)
        _tell(word, lambda q=asked: len(connection.execute(wanted, (q,)).fetchall()))
    connection.execute("DROP INDEX d_i")


def _tell(word: str, work: Callable[[], int]) -> None:
    taken, found = [], 0
    for _ in range(9):
        began = time.perf_counter()
        found = work()
        taken.append((time.perf_counter() - began) * 1000)
    print(f"    {word}: {found} found, {statistics.median(taken):.2f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
