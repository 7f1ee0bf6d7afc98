"""booking: types of consultation, hours, holds, and the cells that forbid double booking"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.drop_table("opening")
    _make_hours()
    _extend()
    _make_cells()


def _make_hours() -> None:
    op.create_table(
        "consultation_type",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("minutes", "buffer_minutes", "step_minutes", "notice_minutes", "horizon_days")
        ),
        sa.Column("needs_staff", sa.Boolean(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation_type")),
    )
    op.create_table(
        "weekly_hours",
        sa.Column("id", KEY, nullable=False),
        _reference("weekly_hours", "staff_id", "staff_member", "CASCADE"),
        _reference("weekly_hours", "type_id", "consultation_type", "CASCADE"),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("start_minute", sa.Integer(), nullable=False),
        sa.Column("end_minute", sa.Integer(), nullable=False),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_weekly_hours_weekday")),
        sa.CheckConstraint(
            "0 <= start_minute AND start_minute < end_minute AND end_minute <= 1440",
            name=op.f("ck_weekly_hours_span"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weekly_hours")),
    )
    op.create_index(op.f("ix_weekly_hours_staff_id"), "weekly_hours", ["staff_id"])
    op.create_index(op.f("ix_weekly_hours_type_id"), "weekly_hours", ["type_id"])
    op.create_table(
        "day_hours",
        sa.Column("id", KEY, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        _reference("day_hours", "staff_id", "staff_member", "CASCADE", nullable=True),
        sa.Column("start_minute", sa.Integer(), nullable=True),
        sa.Column("end_minute", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(start_minute IS NULL AND end_minute IS NULL) OR "
            "(start_minute IS NOT NULL AND end_minute IS NOT NULL AND "
            "0 <= start_minute AND start_minute < end_minute AND end_minute <= 1440)",
            name=op.f("ck_day_hours_span"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_hours")),
    )
    op.create_index(op.f("ix_day_hours_day"), "day_hours", ["day"])


def _extend() -> None:
    _add_reference("consultation", "type_id", "consultation_type")
    _add_reference("consultation", "staff_id", "staff_member", "SET NULL")
    op.add_column("consultation", sa.Column("patient_name", sa.Text(), nullable=True))
    op.add_column("consultation", sa.Column("relation", sa.Text(), nullable=True))
    op.add_column("consultation", sa.Column("sequence", sa.Integer(), server_default="0", nullable=False))
    op.add_column("consultation", sa.Column("confirmed_at", TIME, nullable=True))
    op.create_index(op.f("ix_consultation_starts_at"), "consultation", ["starts_at"])
    op.add_column("contact", sa.Column("preferred", sa.String(length=10), nullable=True))
    op.add_column("contact", sa.Column("may_leave_voicemail", sa.Boolean(), nullable=True))
    op.add_column("contact", sa.Column("safe_hours", sa.Text(), nullable=True))
    op.add_column("contact", sa.Column("texts_agreed_at", TIME, nullable=True))
    op.add_column("contact", sa.Column("texts_stopped_at", TIME, nullable=True))
    _add_reference("notice", "consultation_id", "consultation", "CASCADE")
    op.add_column("notice", sa.Column("way", sa.String(length=10), nullable=True))
    op.create_index(op.f("ix_notice_consultation_id"), "notice", ["consultation_id"])


def _make_cells() -> None:
    op.create_table(
        "hold",
        sa.Column("id", KEY, nullable=False),
        _reference("hold", "conversation_id", "conversation", "CASCADE"),
        _reference("hold", "staff_id", "staff_member", "CASCADE"),
        _reference("hold", "type_id", "consultation_type", "CASCADE"),
        *(sa.Column(name, TIME, nullable=False) for name in ("starts_at", "ends_at", "expires_at", "created_at")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
        sa.UniqueConstraint("conversation_id", name=op.f("uq_hold_conversation_id")),
    )
    op.create_table(
        "cell",
        _reference("cell", "staff_id", "staff_member", autoincrement=False),
        sa.Column("starts_at", TIME, nullable=False),
        _reference("cell", "hold_id", "hold", "CASCADE", nullable=True),
        _reference("cell", "consultation_id", "consultation", "CASCADE", nullable=True),
        sa.CheckConstraint("(hold_id IS NULL) <> (consultation_id IS NULL)", name=op.f("ck_cell_owner")),
        sa.PrimaryKeyConstraint("staff_id", "starts_at", name=op.f("pk_cell")),
    )
    op.create_index(op.f("ix_cell_hold_id"), "cell", ["hold_id"])
    op.create_index(op.f("ix_cell_consultation_id"), "cell", ["consultation_id"])


def _reference(
    table: str, name: str, to: str, ondelete: str | None = None, *, nullable: bool = False, autoincrement: bool = True
) -> sa.Column[int]:
    key = sa.ForeignKey(f"{to}.id", name=op.f(f"fk_{table}_{name}_{to}"), ondelete=ondelete)
    return sa.Column(name, KEY, key, nullable=nullable, autoincrement=autoincrement)


def _add_reference(table: str, name: str, to: str, ondelete: str | None = None) -> None:
    # Alembic would copy the whole table on SQLite, and dropping the old one would delete what hangs on its rows.
    kind = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    rule = f" ON DELETE {ondelete}" if ondelete else ""
    op.execute(
        f"ALTER TABLE {table} ADD COLUMN {name} {kind} CONSTRAINT fk_{table}_{name}_{to} REFERENCES {to} (id){rule}"
    )


def downgrade() -> None:
    op.drop_table("cell")
    op.drop_table("hold")
    for index, table, columns in (
        ("ix_notice_consultation_id", "notice", ("consultation_id", "way")),
        (None, "contact", ("preferred", "may_leave_voicemail", "safe_hours", "texts_agreed_at", "texts_stopped_at")),
        (
            "ix_consultation_starts_at",
            "consultation",
            ("type_id", "staff_id", "patient_name", "relation", "sequence", "confirmed_at"),
        ),
    ):
        if index:
            op.drop_index(op.f(index), table)
        for column in columns:
            op.drop_column(table, column)
    for table in ("day_hours", "weekly_hours", "consultation_type"):
        op.drop_table(table)
    _make_openings()


def _make_openings() -> None:
    op.create_table(
        "opening",
        sa.Column("id", KEY, nullable=False),
        _reference("opening", "staff_id", "staff_member", "CASCADE"),
        sa.Column("starts_at", TIME, nullable=False),
        sa.Column("ends_at", TIME, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        _reference("opening", "consultation_id", "consultation", "SET NULL", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening")),
        sa.UniqueConstraint("consultation_id", name=op.f("uq_opening_consultation_id")),
    )
    op.create_index(op.f("ix_opening_starts_at"), "opening", ["starts_at"])
