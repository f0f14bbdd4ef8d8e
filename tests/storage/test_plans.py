"""What is asked often is found by indexes: no table that grows is read whole, nothing is sorted."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, text
from tests.databases import on_both

from techwatch.model import Waiting

from .samples import FEED, NOW, item, outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

    from techwatch.storage import Store

pytestmark = on_both

Ask = Callable[["Store"], object]
WAITING = Waiting("1", NOW)
NAME = item(1).id


def _standings(store: Store) -> object:
    with store.judging.judging() as judging:
        before = (NOW, "x")
        recent = NOW - timedelta(days=30)
        return judging.standings(["zte"], without_story="s", before=before, recent=recent)


ASKED: dict[str, tuple[Ask, str]] = {
    "due feeds": (lambda s: s.feeds.due(NOW), "ix_feeds_next_poll_at"),
    "to be judged": (lambda s: s.judging.unjudged(10, WAITING), "ix_items_unjudged"),
    "what waits": (lambda s: s.overview.queue(NOW), "ix_items_unjudged"),
    "by id": (lambda s: s.judging.item(NAME), "items"),
    "by beginning": (lambda s: s.judging.item(NAME[:8]), "items"),
    "by link": (lambda s: s.judging.item(item(1).link or ""), "ix_items_link"),
    "standings": (_standings, "ix_standings_first"),
    "verdicts": (lambda s: s.overview.counts(NOW, NOW), "ix_assessments_related"),
    "articles": (lambda s: s.articles.counts(), "items"),
    "articles in all": (lambda s: s.articles.totals(), "ix_articles_state"),
    "too old": (lambda s: s.retention.unmatched(NOW, None, 10), "ix_items_with_text"),
    "told of an entity": (lambda s: s.judging.mentioning("zte", 5), "ix_item_entities"),
    "weeks of an entity": (lambda s: s.entities.weekly("zte", NOW, 52), "ix_item_entities"),
    "beside an entity": (lambda s: s.entities.beside("zte", NOW, 9), "ix_item_entities"),
    "its timeline": (lambda s: s.entities.developments("zte", 9), "ix_story_anchors_anchor_at"),
    "further back": (
        lambda s: s.entities.developments("zte", 9, (NOW, "0" * 16)),
        "ix_story_anchors_anchor_at",
    ),
    "its standings": (lambda s: s.entities.reached("zte"), "ix_standings_first"),
    "emerging names": (lambda s: s.emerging.most_told(NOW, 50), "ix_sightings_noted_at"),
    "seen last": (lambda s: s.judging.seen_last(9), "ix_items_seen_at"),
}
GROWING = ("items", "assessments", "standings", "item_entities", "stories", "story_items")
# A few rows are put in order, or groups are.
SORTED = {
    "by id", "by beginning", "by link", "standings", "due feeds", "verdicts", "articles",
    "told of an entity", "beside an entity", "its timeline", "further back", "its standings",
    "emerging names", "seen last",
}  # fmt: skip


@pytest.mark.parametrize("asked", ASKED)
def test_an_index_answers(store: Store, asked: str) -> None:
    store.feeds.watch([FEED], NOW)
    store.feeds.record(outcome(item(1), item(2)), NOW)
    ask, index = ASKED[asked]
    with noted(store.database.engine) as statements:
        ask(store)
    plans = [plan(store, *statement) for statement in statements]
    assert index in "\n".join(plans)
    for step in "\n".join(plans).splitlines():
        for table in GROWING:
            assert not step.strip().startswith(f"SCAN {table}") or "USING" in step, step
            assert f"Seq Scan on {table}" not in step, step
        if asked not in SORTED:
            assert "TEMP B-TREE" not in step, step
            assert "Sort Key" not in step, step


@contextmanager
def noted(engine: Engine) -> Iterator[list[tuple[str, Any]]]:
    """Note the selects that are sent meanwhile."""
    statements: list[tuple[str, Any]] = []

    def note(_: object, __: object, statement: str, parameters: Any, *___: object) -> None:
        if statement.startswith("SELECT") and " FROM " in statement.replace("\n", " "):
            statements.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def plan(store: Store, statement: str, parameters: Any) -> str:
    """Say how a statement would be answered in large tables; these here are small."""
    engine = store.database.engine
    explain = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN"
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            for way in ("seqscan", "sort", "hashagg", "hashjoin", "mergejoin"):
                connection.execute(text(f"SET enable_{way} = off"))
        rows = connection.exec_driver_sql(f"{explain} {statement}", parameters)
        return "\n".join(str(row[-1]) for row in rows)
