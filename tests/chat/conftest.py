from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from frontdesk.database import Database
from tests.fake_bot import FakeBot
from tests.front_door import Clock, FrontDoor, Make, Visitor


@pytest.fixture
def make(database: Database, now: datetime, tmp_path: Path) -> Iterator[Make]:
    made: list[FrontDoor] = []

    def build(**settings: object) -> FrontDoor:
        made.append(FrontDoor(database, FakeBot(), Clock(now), tmp_path, **settings))
        return made[-1]

    yield build
    for door in made:
        door.close()


@pytest.fixture
def door(make: Make) -> FrontDoor:
    return make()


@pytest.fixture
def ann(door: FrontDoor) -> Visitor:
    return door.visitor()
