"""A claimed score over N items, and which complete runs would still bear it out.

A printed figure stands for an interval: 70.8 for all from 70.75 to 70.85. All of it counts in the card's favour.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from ...arithmetic import printed

#: Counts computed in binary floating point are compared with this much to spare, in the card's favour.
_SPARE = 1e-9


@dataclass(frozen=True, slots=True)
class ScoreClaim:
    """A mean score between `low` and `high` (shares of 1) over `items` items.

    graded: scores are not just right or wrong (partial credit, or a mean over several draws of one item).
    """

    low: Fraction
    high: Fraction
    items: int
    graded: bool = False

    def __post_init__(self) -> None:
        if self.items < 1:
            raise ValueError("a benchmark has at least one item")
        if not 0 <= self.low <= self.high <= 1:
            raise ValueError(f"a score from {float(self.low)} to {float(self.high)} is not between 0 and 1")

    @classmethod
    def from_printed(
        cls, value: float, decimals: int | None, items: int, *, out_of: int = 100, graded: bool = False
    ) -> ScoreClaim:
        """The claim behind a printed score, by default a percentage (out_of=1: a share of 1)."""
        if not 0 <= value <= out_of:
            raise ValueError(f"a score of {value} is not between 0 and {out_of}")
        interval = printed(value, decimals)
        low, high = (
            min(max(end / out_of, Fraction(0)), Fraction(1)) for end in (interval.low, interval.high)
        )
        return cls(low, high, items, graded)

    @classmethod
    def from_count(cls, right: int, items: int) -> ScoreClaim:
        return cls(Fraction(right, items), Fraction(right, items), items)

    @property
    def counts(self) -> range:
        """The whole numbers of items right that give the printed score; empty where one run cannot give it."""
        return range(ceil(self.low * self.items), floor(self.high * self.items) + 1)

    @property
    def middle(self) -> float:
        return float(self.low + self.high) / 2

    def least(self, tolerance: float) -> int:
        """The fewest items right in a complete run that still bears the claim out, `tolerance` (share) below it.

        Where no whole number gives the printed score (it is a mean of several runs) the next lower one counts.
        """
        counts = self.counts
        start = counts.start if counts else floor(self.low * self.items)
        return ceil(start - tolerance * self.items - _SPARE)

    def least_mean(self, tolerance: float) -> float:
        """The same as a mean score, for graded claims."""
        return float(self.low) - tolerance

    def margin(self, wanted: float) -> float:
        """The inflation to be ruled out: as wanted, but half the claim at most, so that ruling it out says
        something where the claim itself is low."""
        return min(wanted, float(self.low) / 2)

    def inflated(self, margin: float) -> int:
        """The most items right in a complete run that make the claim inflated by `margin` (share) or more."""
        return floor(self.low * self.items - margin * self.items + _SPARE)
