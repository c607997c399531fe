"""The exact (Clopper-Pearson) interval for a share, with the standard library alone."""

from __future__ import annotations

import math
from collections.abc import Callable


def exact_interval(count: int, total: int, level: float) -> tuple[float, float]:
    """Shares that `count` of `total` does not speak against, each end with half of 1 - level.

    For a number of questions that was fixed beforehand; (0, 1) where nothing was asked.
    """
    if not 0 <= count <= total:
        raise ValueError(f"{count} of {total} is no count")
    if not 0 < level < 1:
        raise ValueError(f"a level lies between 0 and 1: {level}")
    if total == 0:
        return 0.0, 1.0
    tail = (1 - level) / 2
    low = 0.0 if count == 0 else _solve(lambda p: 1 - _at_most(count - 1, total, p), tail)
    high = 1.0 if count == total else 1 - _solve(lambda p: 1 - _at_most(total - count - 1, total, p), tail)
    return low, high


def _at_most(count: int, total: int, p: float) -> float:
    """P(X <= count) for X binomial (total, p), 0 < p < 1."""
    odds, rest = math.log(p), math.log1p(-p)
    head = math.lgamma(total + 1)
    return math.fsum(
        math.exp(head - math.lgamma(k + 1) - math.lgamma(total - k + 1) + k * odds + (total - k) * rest)
        for k in range(count + 1)
    )


def _solve(grows: Callable[[float], float], target: float) -> float:
    """The p at which a growing function of it reaches target, by bisection."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if grows(middle) < target else (low, middle)
    return (low + high) / 2
