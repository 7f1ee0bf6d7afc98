"""The operator's commands: `./run staff add …`, `./run migrate`."""

import sys
from datetime import UTC, datetime
from typing import Annotated, NoReturn

import typer
from alembic import command
from alembic.config import Config
from email_validator import EmailNotValidError, validate_email
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError

from frontdesk import staff
from frontdesk.config import ROOT, Settings
from frontdesk.database import Database
from frontdesk.errors import FrontdeskError
from frontdesk.model import Role

app = typer.Typer(no_args_is_help=True, add_completion=False, help="The clinic's front desk.")
staff_app = typer.Typer(no_args_is_help=True, help="Logins of staff members.")
app.add_typer(staff_app, name="staff")


@app.command()
def migrate() -> None:
    """Bring the database to the form this version needs."""
    settings = Settings()
    try:
        settings.var.mkdir(parents=True, exist_ok=True)
        upgrade(Database(settings.database))
    except (ArgumentError, NoSuchModuleError):
        _refuse(
            "FRONTDESK_DATABASE_URL is not a database address. Write it like "
            "postgresql://user:password@host/name, or leave it out to use SQLite."
        )
    except OperationalError as error:
        _refuse(f"The database cannot be opened. Check FRONTDESK_DATABASE_URL and that it runs.\n{error.orig}")
    except OSError as error:
        _refuse(f"The folder {settings.var} cannot be written: {error.strerror}.")


def upgrade(database: Database) -> None:
    """Runs every migration that the database lacks, in one transaction."""
    config = Config(ROOT / "alembic.ini")
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
    database.close()


@staff_app.command("add")
def staff_add(
    name: str,
    email: Annotated[str, typer.Option(help="What they log in with.")],
    role: Annotated[Role, typer.Option(help="What they may do.")] = Role.FRONT_DESK,
) -> None:
    """Make a login. The password is asked for, or read from standard input."""
    try:
        address = validate_email(email, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        _refuse(f"That e-mail address is not right: {error}")
    password = _ask_password()
    try:
        with Database(Settings().database).transaction() as session:
            staff.add(session, datetime.now(UTC), name=name, email=address, role=role, password=password)
    except OperationalError:
        _refuse("The database has no tables yet. Start the front desk once with ./run, then try again.")
    except FrontdeskError as error:
        _refuse(str(error))
    typer.echo(f"{name} can log in now under /staff with {address} ({role.value}).")


def _ask_password() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\n")


def _refuse(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(1)


if __name__ == "__main__":
    app()
