"""Logins of staff members."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from frontdesk import staff
from frontdesk.database import Database
from frontdesk.model import AuditEvent, Role, StaffMember, StaffSession


def log_in(database: Database, now: datetime, email: str, password: str) -> tuple[StaffSession, str] | None:
    with database.transaction() as session:
        return staff.log_in(session, now, email, password)


def is_logged_in(database: Database, now: datetime, cookie: str) -> bool:
    with database.reading() as session:
        return staff.logged_in(session, now, cookie) is not None


def actions(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


def test_a_staff_member_logs_in_with_the_password_given_at_the_start(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        staff.add(session, now, name="Ann", email="Ann@PMCHeal.example", role=Role.ADMIN, password="long enough it is")

    entered = log_in(database, now, " ann@pmcheal.example", "long enough it is")

    assert entered is not None
    assert is_logged_in(database, now, entered[1])
    assert actions(database) == ["staff.add", "staff.login"]


def test_the_password_is_kept_only_as_an_argon2_hash(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        member = staff.add(session, now, name="Ann", email="a@b.example", role=Role.ADMIN, password="long enough it is")

    assert member.password_hash.startswith("$argon2id$")
    assert "long enough" not in member.password_hash


def test_a_short_password_and_a_taken_email_are_refused(database: Database, fay: StaffMember, now: datetime) -> None:
    with database.transaction() as session, pytest.raises(staff.PasswordTooShort):
        staff.add(session, now, name="Bob", email="bob@b.example", role=Role.ADMIN, password="elevenchars")
    with database.transaction() as session, pytest.raises(staff.EmailTaken):
        staff.add(session, now, name="Fay", email=fay.email.upper(), role=Role.ADMIN, password="long enough it is")


@pytest.mark.parametrize(
    ("email", "typed"),
    [("fay@pmcheal.example", "wrong"), ("nobody@pmcheal.example", "a short sentence to remember"), ("", "")],
)
def test_a_wrong_email_or_password_is_refused_and_leaves_a_trace(
    database: Database, fay: StaffMember, now: datetime, email: str, typed: str
) -> None:
    assert log_in(database, now, email, typed) is None

    assert actions(database) == ["staff.login_refused"]


def test_a_disabled_member_can_neither_enter_nor_stay(
    database: Database, fay: StaffMember, now: datetime, password: str
) -> None:
    entered = log_in(database, now, fay.email, password)
    assert entered is not None
    with database.transaction() as session:
        session.get_one(StaffMember, fay.id).disabled_at = now

    assert not is_logged_in(database, now, entered[1])
    assert log_in(database, now, fay.email, password) is None


def test_a_session_ends_when_idle_and_in_any_case_after_twelve_hours(
    database: Database, fay: StaffMember, now: datetime, password: str
) -> None:
    entered = log_in(database, now, fay.email, password)
    assert entered is not None
    row, cookie = entered

    assert is_logged_in(database, now + timedelta(minutes=59), cookie)
    assert not is_logged_in(database, now + timedelta(minutes=61), cookie)
    for hour in range(1, 13):
        with database.transaction() as session:
            staff.touch(session, now + timedelta(hours=hour, minutes=-1), row.id)
    assert is_logged_in(database, now + timedelta(hours=12), cookie)
    assert not is_logged_in(database, now + timedelta(hours=12, seconds=1), cookie)


def test_logging_out_ends_the_session(database: Database, fay: StaffMember, now: datetime, password: str) -> None:
    entered = log_in(database, now, fay.email, password)
    assert entered is not None

    with database.transaction() as session:
        staff.log_out(session, now, entered[1])

    assert not is_logged_in(database, now, entered[1])
    assert actions(database) == ["staff.login", "staff.logout"]


def test_the_cookie_is_kept_only_as_a_hash(database: Database, fay: StaffMember, now: datetime, password: str) -> None:
    entered = log_in(database, now, fay.email, password)
    assert entered is not None

    with database.reading() as session:
        row = session.scalars(select(StaffSession)).one()

    assert entered[1] not in (row.token_hash, row.csrf_token)


def test_logging_in_sweeps_sessions_that_have_ended(
    database: Database, fay: StaffMember, now: datetime, password: str
) -> None:
    log_in(database, now, fay.email, password)

    log_in(database, now + timedelta(hours=13), fay.email, password)

    with database.reading() as session:
        assert session.scalar(select(func.count(StaffSession.id))) == 1
