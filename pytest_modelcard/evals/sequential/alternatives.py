"""How far from the boundary of a hypothesis the truth may lie: the mixture that evidence is averaged over.

A likelihood ratio needs an alternative. Averaging over several, with weights fixed before the first item, keeps the
error rate whatever the truth is, and costs at most the logarithm of one weight.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log


@dataclass(frozen=True, slots=True)
class Alternatives:
    """Distances from the boundary as shares of 1 (0.05 is five points of a percentage), with weights."""

    distances: tuple[float, ...]
    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.distances or len(self.distances) != len(self.weights):
            raise ValueError("alternatives need one weight for each distance")
        if min(self.distances) <= 0 or min(self.weights) <= 0:
            raise ValueError("distances and weights of alternatives are positive")

    def logs(self) -> list[tuple[float, float]]:
        """(distance, logarithm of its weight); the weights sum to 1."""
        total = sum(self.weights)
        return [(d, log(w / total)) for d, w in zip(self.distances, self.weights, strict=True)]

    def in_items(self, items: int) -> list[tuple[int, float]]:
        """(whole items, logarithm of the weight) for a benchmark of so many items, at least one item each."""
        merged: dict[int, float] = {}
        for distance, weight in zip(self.distances, self.weights, strict=True):
            whole = max(round(distance * items), 1)
            merged[whole] = merged.get(whole, 0.0) + weight
        total = sum(merged.values())
        return [(whole, log(weight / total)) for whole, weight in sorted(merged.items())]

    def scaled(self, factor: float) -> Alternatives:
        return Alternatives(tuple(d * factor for d in self.distances), self.weights)


def _mixture(pairs: Sequence[tuple[float, float]]) -> Alternatives:
    return Alternatives(tuple(d for d, _ in pairs), tuple(w for _, w in pairs))


#: A score below its claim: from 1 to 28 points, most weight where inflated claims were seen (4 to 20). Mean calls
#: change by under 4 % between reasonable mixtures; one with little weight near 5 points costs 12 % more there.
SHORTFALL = _mixture(
    (
        (0.01, 0.05),
        (0.02, 0.2),
        (0.04, 1.2),
        (0.055, 1.0),
        (0.08, 1.0),
        (0.11, 1.0),
        (0.15, 1.2),
        (0.20, 1.3),
        (0.28, 0.6),
    )
)


def honest(margin: float) -> Alternatives:
    """A score above "inflated by `margin`": an honest one lies about `margin` higher.

    The two wide distances cost 2 % more calls and narrow the interval while few items are known.
    """
    return _mixture([*((margin * times, weight) for times, weight in _HONEST), (0.12, 0.25), (0.25, 0.25)])


_HONEST = ((0.5, 0.25), (0.8, 1.0), (1.0, 2.0), (1.25, 1.0), (1.8, 0.5))
