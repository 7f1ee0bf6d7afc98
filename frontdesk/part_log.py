"""What one part prints, kept in a file that does not grow without end."""

from contextlib import suppress
from pathlib import Path

LARGEST = 2_000_000  # bytes of one file
KEPT = 3  # older files beside it


class PartLog:
    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)

    def write(self, printed: bytes) -> None:
        with suppress(OSError):  # a full disk must not stop the part, which waits until its output is taken
            if self.path.exists() and self.path.stat().st_size + len(printed) > LARGEST:
                self._rotate()
            with self.path.open("ab") as file:
                file.write(printed)

    def last_lines(self, count: int) -> list[str]:
        try:
            lines = self.path.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return []
        return [line for line in lines if line.strip()][-count:]

    def _rotate(self) -> None:
        for number in range(KEPT - 1, 0, -1):
            older = self._older(number)
            if older.exists():
                older.replace(self._older(number + 1))
        self.path.replace(self._older(1))

    def _older(self, number: int) -> Path:
        return self.path.with_name(f"{self.path.name}.{number}")
