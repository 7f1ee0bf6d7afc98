"""The trained model in Rasa's archive, loaded without Rasa by the class that Rasa's component loads it with."""

import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

COMPONENT = "components/train_understanding.components.Reader0"


class NoReader(Exception):
    """The archive is no model of ours."""


@contextmanager
def unpacked(archive: Path) -> Iterator[Path]:
    """The folder that the reader saved itself in."""
    with TemporaryDirectory() as folder, tarfile.open(archive) as packed:
        wanted = [m for m in packed.getmembers() if m.isfile() and Path(m.name).parent.as_posix() == COMPONENT]
        if not wanted:
            raise NoReader(f"{archive.name} holds no trained reader")
        for member in wanted:
            member.name = Path(member.name).name
            packed.extract(member, folder)
        yield Path(folder)
