"""Alembic's entry: migrates the database that the settings name, or the connection that a test hands over."""

from alembic import context

from frontdesk.config import Settings
from frontdesk.database import Database
from frontdesk.model import Base


def run() -> None:
    given = context.config.attributes.get("connection")
    if given is not None:
        migrate(given)
        return
    database = Database(Settings().database)
    with database.engine.connect() as connection:
        migrate(connection)
    database.close()


def migrate(connection) -> None:  # type: ignore[no-untyped-def]
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()


run()
