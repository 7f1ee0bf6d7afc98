"""One running copy for the tests that do not break it."""

from collections.abc import Iterator

import pytest

from tests.mail_server import MailServer
from tests.product.running import Product, started


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with MailServer() as mail, started(tmp_path_factory.mktemp("var"), mail) as running:
        running.add_staff("Ann Admin", "ann@clinic.example", "admin")
        yield running
