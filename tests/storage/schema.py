"""What a database has that the code does not know, or the other way round."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

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
