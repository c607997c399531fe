"""Exact arithmetic on printed numbers: what a rounded figure can stand for, and what chance alone gives.

Everything here is pure and uses the standard library only. Printed numbers are taken as decimal texts
would be read: 70.8 with one decimal is any number from 70.75 to 70.85. Bounds are exact fractions, so that no
verdict hangs on binary floating point.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from statistics import NormalDist

#: Digits beyond these are what is left of binary floating point in a printed number, not a measurement.
MAX_DIGITS = 12
#: How many runs are thought possible behind one printed mean (leaderboards use 1, 4, 5, 8, 10, 16, 32, 64).
MAX_RUNS = 64


@dataclass(frozen=True, slots=True)
class Interval:
    """All numbers from `low` to `high`, both included."""

    low: Fraction
    high: Fraction

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.low + other.low, self.high + other.high)

    def __sub__(self, other: Interval) -> Interval:
        return Interval(self.low - other.high, self.high - other.low)

    def scaled(self, factor: int | Fraction) -> Interval:
        ends = (self.low * factor, self.high * factor)
        return Interval(min(ends), max(ends))

    def over(self, other: Interval) -> Interval | None:
        """The quotient, None where the divisor may be zero."""
        if other.low <= 0 <= other.high:
            return None
        ends = [a / b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Interval(min(ends), max(ends))

    def meets(self, other: Interval) -> bool:
        """Whether one number may lie in both."""
        return self.low <= other.high and other.low <= self.high


def exact(value: float, decimals: int | None) -> Fraction:
    """The printed number as a fraction: 70.8 is 708/10, not the nearest binary number."""
    return Fraction(f"{value:.{decimals}f}") if decimals is not None else Fraction(str(value))


def printed(value: float, decimals: int | None) -> Interval:
    """What a printed number can stand for when it was rounded to its last digit, either way at a half."""
    digits = _digits(value, decimals)
    half = Fraction(1, 2 * 10**digits)
    centre = exact(value, digits)
    return Interval(centre - half, centre + half)


def truncated(value: float, decimals: int | None) -> Interval:
    """What a printed number can stand for when its further digits were cut off, towards zero."""
    digits = _digits(value, decimals)
    # 68.6 is never cut to 68.5: the upper end itself does not belong
    unit = Fraction(10**MAX_DIGITS - 1, 10 ** (digits + MAX_DIGITS))
    base = exact(value, digits)
    return Interval(base, base + unit) if base >= 0 else Interval(base - unit, base)


def _digits(value: float, decimals: int | None) -> int:
    """Digits after the point that count."""
    if decimals is None:
        text = repr(value)
        decimals = 0 if "e" in text or text.endswith(".0") else len(text.partition(".")[2])
    return min(decimals, MAX_DIGITS)


def mean(parts: Iterable[Interval]) -> Interval:
    """What the mean of rounded numbers can be."""
    known = list(parts)
    total = Interval(sum((p.low for p in known), Fraction(0)), sum((p.high for p in known), Fraction(0)))
    return total.scaled(Fraction(1, len(known)))


def whole_count(share: Interval, trials: int) -> int | None:
    """A whole number k with k / trials in `share` (a part of 1), None where there is none."""
    k = -((-share.low * trials).__floor__())  # the least whole number not below
    k = max(k, 0)
    return k if k <= share.high * trials and k <= trials else None


def runs_needed(share: Interval, items: int, max_runs: int = MAX_RUNS) -> tuple[int, int] | None:
    """The least number of runs r and a count k with k right answers of items x r giving `share`; None if
    no r up to `max_runs` can."""
    for runs in range(1, max_runs + 1):
        k = whole_count(share, items * runs)
        if k is not None:
            return runs, k
    return None


def powerless(share: Interval, trials: int) -> bool:
    """Whether every value of this width is met by some whole count, so that a test of it says nothing."""
    return (share.high - share.low) * trials >= 1


def wilson(share: float, n: float, level: float = 0.95) -> tuple[float, float]:
    """The Wilson score interval of a proportion `share` (0 to 1) over n items."""
    z = NormalDist().inv_cdf(0.5 + level / 2)
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, centre - half), min(1.0, centre + half)


def difference_interval(first: float, second: float, n: float, level: float = 0.95) -> tuple[float, float]:
    """Newcombe's interval for `second` - `first`: proportions (0 to 1) of n items each, taken as independent.

    Built from two Wilson intervals. Answers to the same items are correlated, which narrows the true
    interval; how much cannot be told from the two numbers alone.
    """
    low1, high1 = wilson(first, n, level)
    low2, high2 = wilson(second, n, level)
    d = second - first
    low = d - sqrt((second - low2) ** 2 + (high1 - first) ** 2)
    high = d + sqrt((high2 - second) ** 2 + (first - low1) ** 2)
    return max(-1.0, low), min(1.0, high)


def standard_error(share: float, n: float) -> float:
    """The binomial standard error of a proportion (0 to 1) over n items."""
    return sqrt(max(share * (1 - share), 0.0) / n)


def agree(a: Interval, b: Interval, scales: Sequence[int] = (1, 100)) -> bool:
    """Whether two printed numbers may be one number, also a share of 1 beside a percentage."""
    return any(a.scaled(s).meets(b) or a.meets(b.scaled(s)) for s in scales)
