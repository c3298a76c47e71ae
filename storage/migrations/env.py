"""Where Alembic begins. Knows no URL: it works on the connection it is given."""

from alembic import context

from storage.models import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite cannot alter a column, so Alembic rebuilds the table.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
