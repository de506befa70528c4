"""Rates: five different ones, kept apart, each with the numbers it is made of and how far chance may have moved it."""

from dataclasses import dataclass
from math import sqrt

FEWEST = 5  # cases below which a rate says nothing about a unit, and is not shown
Z = 1.96  # standard deviations: 95 of 100 such intervals hold the true rate


@dataclass(frozen=True, slots=True)
class Rate:
    """`part` of `whole`; without a value where there is too little to divide."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        return self.part / self.whole if self.whole >= FEWEST else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's score interval, which stays honest for few cases and for rates near 0 or 1."""
        if self.whole < FEWEST:
            return None
        n, p = self.whole, self.part / self.whole
        middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
        half = Z / (1 + Z * Z / n) * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
        return max(0.0, middle - half), min(1.0, middle + half)

    def data(self) -> dict[str, object]:
        interval = self.interval
        return {
            "part": self.part,
            "whole": self.whole,
            "rate": None if self.value is None else round(self.value, 4),
            "interval": None if interval is None else [round(bound, 4) for bound in interval],
            "too_few": self.whole < FEWEST,
        }
