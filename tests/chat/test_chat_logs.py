"""Nothing of what visitors write is logged."""

import pytest
from sqlalchemy import text as sql
from sqlalchemy.exc import DBAPIError

from frontdesk.database import Database
from tests.front_door import CRISIS, Make, broken, open_to_staff


def test_no_log_holds_a_visitors_words(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    needle = "xylophone-needle"
    door = make(turn_limit=0.1)
    ann = door.visitor()
    door.bot.fails(RuntimeError(needle))
    ann.says(f"{needle} one")
    go_on = door.bot.holds("utter_faq/hours")
    ann.says(f"{needle} two")
    go_on.set()
    door.bot.says("utter_not_known_here")
    ann.says(f"{needle} three")
    with broken(door.database):
        ann.post({"text": f"{needle} four"})
        ann.post({"choice": needle})
    ann.post(content=f'{{"text": "{needle}'.encode())
    ann.post({"text": needle * 1000})
    ann.post({"text": "a", "client_id": needle})
    open_to_staff(door, ann)
    door.bot.understanding = RuntimeError(needle)
    ann.post({"text": f"{needle} {CRISIS}"})

    assert "goes to a person" in caplog.text
    assert "refused a request" in caplog.text
    assert needle not in caplog.text
    assert ann.token not in caplog.text


def test_errors_of_the_database_hold_no_visitors_words(database: Database) -> None:
    with pytest.raises(DBAPIError) as caught, database.transaction() as session:
        session.execute(sql("INSERT INTO no_such_table VALUES (:words)"), {"words": "xylophone-needle"})

    assert "xylophone-needle" not in str(caught.value)
