"""What a database has that the code does not know, or the other way round."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from techwatch.storage.tables import metadata

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection


def differences(connection: Connection) -> list[Any]:
    """Compare a database with the tables of the code, but for the search index and the queue."""
    options = {"compare_type": False, "include_name": _is_ours}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def _is_ours(name: str | None, kind: str, parents: Mapping[str, str | None]) -> bool:
    table = name if kind == "table" else parents.get("table_name")
    return not (table or "").startswith(("search_", "procrastinate_"))


# What a comparison of tables can't tell: indexes of expressions, triggers, how texts are compared.
_SQLITE = "SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger')"
_POSTGRESQL = (
    "SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() "
    "UNION ALL SELECT 'column', table_name || '.' || column_name, "
    "concat_ws(' ', data_type, is_nullable, column_default, collation_name) "
    "FROM information_schema.columns WHERE table_schema = current_schema()"
)


def beside_tables(connection: Connection) -> dict[tuple[str, str], str | None]:
    """Return what makes indexes, triggers, and columns on PostgreSQL, by kind and name."""
    wanted = _POSTGRESQL if connection.dialect.name == "postgresql" else _SQLITE
    found = connection.execute(text(wanted)).all()
    return {(kind, name): " ".join(made.split()) if made else None for kind, name, made in found}
