"""How far a share that was counted on some messages may be from the true one."""

from dataclasses import dataclass

Z = 1.959964  # 95 of 100 such intervals hold the true share


@dataclass(frozen=True)
class Share:
    count: int
    of: int

    @property
    def percent(self) -> float:
        return round(100 * self.count / self.of, 2)

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's, in per cent: sound for small counts too, also for none."""
        n, p = self.of, self.count / self.of
        middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
        half = Z / (1 + Z * Z / n) * (p * (1 - p) / n + Z * Z / (4 * n * n)) ** 0.5
        return round(100 * max(0.0, middle - half), 2), round(100 * min(1.0, middle + half), 2)

    def as_dict(self) -> dict[str, float]:
        low, high = self.interval
        return {"count": self.count, "of": self.of, "percent": self.percent, "low": low, "high": high}
