"""The tables in the database are those of the model, and an older database keeps what it holds."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text

from frontdesk.config import ROOT
from frontdesk.database import Database
from frontdesk.model import Base

FILLED = """
INSERT INTO staff_member VALUES (1, 'Ann', 'ann@x.org', 'admin', 'hash', :at, NULL);
INSERT INTO conversation VALUES (1, 'key', 'hash', 'pending', NULL, :at, :at, NULL);
INSERT INTO contact (id, conversation_id, name, email, consented_at) VALUES (1, 1, 'Vic', 'vic@x.org', :at);
INSERT INTO handoff (id, reference, conversation_id, kind, priority, role, status, created_at, due_at)
    VALUES (1, 'HHHH-HHHH', 1, 'book', 'normal', 'front_desk', 'new', :at, :at);
INSERT INTO message (id, conversation_id, author, text, at, check_in) VALUES (1, 1, 'visitor', 'hello', :at, :no);
INSERT INTO handoff_message VALUES (1, 1);
INSERT INTO consultation (id, reference, conversation_id, contact_id, form_key, status, wish, created_at, updated_at)
    VALUES (1, 'CCCC-CCCC', 1, 1, 'form', 'requested', 'Tuesday', :at, :at);
INSERT INTO notice (id, key, kind, audience, handoff_id, status, attempts, created_at, next_at)
    VALUES ('n', 'handoff:1', 'handoff', 'staff', 1, 'waiting', 0, :at, :at);
INSERT INTO opening VALUES (1, 1, :at, :at, :at, 1);
"""
KEPT = ("staff_member", "conversation", "contact", "handoff", "message", "handoff_message", "consultation", "notice")


@pytest.fixture
def connection(database: Database, tmp_path: Path) -> Iterator[Connection]:
    """Of the newest form, and again so afterwards (PostgreSQL's is shared by all tests)."""
    with database.engine.connect() as connection:
        yield connection
    with database.engine.connect() as connection:
        move(connection, "head")


def move(connection: Connection, revision: str) -> None:
    config = Config(ROOT / "alembic.ini")
    config.attributes["connection"] = connection
    (command.downgrade if revision == "0001" else command.upgrade)(config, revision)
    connection.commit()


def fill(connection: Connection) -> None:
    for statement in FILLED.split(";\n"):
        if statement.strip():
            given = {"at": "2026-03-10 19:00:00+00:00", "no": False}
            connection.execute(text(statement), {name: given[name] for name in given if f":{name}" in statement})
    connection.commit()


def rows(connection: Connection, table: str) -> list[dict[str, object]]:
    found = [dict(row) for row in connection.execute(text(f"SELECT * FROM {table}")).mappings()]
    connection.rollback()
    return found


def test_the_migrations_make_the_tables_of_the_model(connection: Connection) -> None:
    context = MigrationContext.configure(connection, opts={"compare_type": True})

    differences = compare_metadata(context, Base.metadata)

    if connection.dialect.name == "sqlite":  # SQLAlchemy cannot read a reference that was added with its column
        differences = [found for found in differences if found[0] not in ("add_fk", "remove_fk")]
    assert differences == []


def test_sqlite_knows_every_reference_of_the_model(sqlite_database: Database) -> None:
    with sqlite_database.engine.connect() as connection:
        for table in Base.metadata.tables.values():
            listed = connection.exec_driver_sql(f"PRAGMA foreign_key_list({table.name})").mappings()
            assert {(row["from"], row["table"], row["on_delete"]) for row in listed} == {
                (key.parent.name, key.column.table.name, key.ondelete or "NO ACTION") for key in table.foreign_keys
            }


def test_a_filled_database_of_the_first_form_keeps_every_row(connection: Connection) -> None:
    move(connection, "0001")
    fill(connection)
    before = {table: rows(connection, table) for table in KEPT}

    move(connection, "head")

    after = {table: rows(connection, table) for table in KEPT}
    for table in KEPT:
        assert [{**new, **old} for old, new in zip(before[table], after[table])] == after[table]
        assert len(after[table]) == 1
    assert after["consultation"][0]["sequence"] == 0


def test_going_back_keeps_what_the_first_form_knew(connection: Connection) -> None:
    move(connection, "0001")
    fill(connection)
    before = {table: rows(connection, table) for table in KEPT}
    move(connection, "head")

    move(connection, "0001")

    assert {table: rows(connection, table) for table in KEPT} == before


def test_what_hangs_on_a_consultation_goes_with_it_after_the_change_too(connection: Connection) -> None:
    move(connection, "0001")
    fill(connection)
    move(connection, "head")
    connection.execute(text("UPDATE notice SET consultation_id = 1, handoff_id = NULL"))
    connection.execute(text("UPDATE consultation SET staff_id = 1"))
    connection.execute(
        text("INSERT INTO cell (staff_id, starts_at, consultation_id) VALUES (1, '2026-03-10 19:00:00+00:00', 1)")
    )

    connection.execute(text("DELETE FROM consultation"))
    connection.commit()

    assert rows(connection, "notice") == []
    assert rows(connection, "cell") == []
