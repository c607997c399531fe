"""Exact probabilities over all random orders of small benchmarks, for tests of validity."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import exp, inf


def best_stop(items: int, right: int, evidence: Callable[[int, int], float]) -> float:
    """The highest expected evidence that any stopping rule can reach, `right` of `items` items being right.

    evidence(t, s): after t items with s right. Backward induction over all states that can occur.
    """
    value = {(items, right): evidence(items, right)}
    for t in range(items - 1, -1, -1):
        for s in range(max(0, right - (items - t)), min(t, right) + 1):
            up = (right - s) / (items - t)
            later = 0.0
            if up > 0:
                later += up * value[t + 1, s + 1]
            if up < 1:
                later += (1 - up) * value[t + 1, s]
            value[t, s] = max(evidence(t, s), later)
    return value[0, 0]


def ever(items: int, right: int, event: Callable[[int, int], bool]) -> float:
    """The probability that event(t, s) occurs at some t >= 1."""
    found = best_stop(items, right, lambda t, s: float(t > 0 and event(t, s)))
    return found


def supermartingale_excess(
    population: Sequence[tuple[float, int]], evidence: Callable[[Sequence[tuple[float, int]]], float]
) -> float:
    """The largest expected growth of the evidence by one item, over all starts of all orders: zero or less where the
    evidence is a supermartingale. population: (score, item index)."""

    def worst(start: tuple[tuple[float, int], ...], rest: tuple[tuple[float, int], ...]) -> float:
        if not rest:
            return -inf
        now = evidence(start)
        nexts = [(*start, item) for item in rest]
        mean = sum(evidence(n) for n in nexts) / len(nexts)
        deeper = (worst(n, tuple(i for i in rest if i is not n[-1])) for n in nexts)
        return max([mean - now, *deeper])

    return worst((), tuple(population))


def exp_or_inf(log: float) -> float:
    return inf if log == inf else exp(log)


def rises(values: Sequence[float], slack: float = 1e-9) -> bool:
    return all(b >= a - slack for a, b in pairwise(values))
