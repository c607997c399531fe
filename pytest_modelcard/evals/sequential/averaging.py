"""The mean of two e-processes on the same items: exact counting, and betting with predictions.

Counting right and wrong items decides sooner than betting where nothing predicts them, and betting sooner where
something does; before the run nobody knows which. The mean of two e-processes is one: under the hypothesis it ever
reaches 1/alpha with probability alpha at most, and it costs the better of the two no more than a factor 2 of evidence.
"""

from __future__ import annotations

from math import exp, inf, log

from .betting import Betting
from .hypergeometric import Shortfall


class Counted:
    """`Shortfall` behind the interface of `Betting`: right or wrong items, added one by one."""

    def __init__(self, process: Shortfall) -> None:
        self.process = process
        self.drawn = self.right = 0
        self.log_e = 0.0

    def add(self, score: float, item: int | None = None) -> None:
        self.drawn += 1
        self.right += round(score)
        self.log_e = self.process.log_e(self.drawn, self.right)

    def bound(self, alpha: float) -> float:
        return self.process.bound(self.drawn, self.right, alpha) / self.process.items


class Averaged:
    """Half of the evidence counted, half bet with predictions; items are right or wrong."""

    def __init__(self, counted: Counted, betting: Betting) -> None:
        self._counted, self._betting = counted, betting

    @property
    def log_e(self) -> float:
        return _mean(self._counted.log_e, self._betting.log_e)

    def add(self, score: float, item: int | None = None) -> None:
        self._betting.add(score, item)  # first, since it refuses what is no item
        self._counted.add(score, item)

    def bound(self, alpha: float) -> float:
        """The most items that can be right in all, as a share: the largest K for which the mean evidence against
        "at least K" stays below 1/alpha. That is the very evidence of a verdict, so that the two agree."""
        seen, process = self._counted, self._counted.process
        low, high = seen.right, process.items - seen.drawn + seen.right
        while low < high:
            middle = (low + high + 1) // 2
            against = _mean(
                process.log_e_at(seen.drawn, seen.right, middle),
                self._betting.log_e_at(middle / process.items),
            )
            if against < -log(alpha):
                low = middle
            else:
                high = middle - 1
        return low / process.items


def _mean(one: float, other: float) -> float:
    """The logarithm of the mean of two numbers given by their logarithms."""
    top = max(one, other)
    return top if abs(top) == inf else top + log((exp(one - top) + exp(other - top)) / 2)
