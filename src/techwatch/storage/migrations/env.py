"""How Alembic runs the migrations: on the connection that Database.upgrade hands over."""

from alembic import context

from techwatch.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite can't alter columns in place
)
with context.begin_transaction():
    context.run_migrations()
