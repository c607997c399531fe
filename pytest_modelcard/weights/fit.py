"""A blend of models that was fitted to a candidate, and how often the candidate is hit by it.

Only elements are tested in which the parents lie many steps of the grid apart: there a hit is no chance, and a run
that passes near the blend, as an earlier checkpoint does, misses by more than a step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from .elements import APART, NEAR, swapped_with
from .formats import round_to, ulp
from .records import Agreement, TensorSample

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Predict = Callable[[TensorSample], "Array"]
Arithmetic = Literal["float32", "stored", "stored-sum"]

#: Held-out elements that are needed.
LEAST = 150
#: An exact merge hits 1.000 and misses by a step in 0.000. Of what is none, simulated checkpoints of one run came
#: nearest: 0.62 and less.
HIT, BESIDE = 0.98, 0.02
#: Share of elements equal in all parents that may differ in the candidate.
BROKEN = 0.004


@dataclass(frozen=True, slots=True)
class Fit:
    """ids: parents, the base last; weights and intervals likewise (where one set holds for all tensors).

    by_tensor: else the weights of each tensor, and spans their intervals. held_out: agreement on elements not used to choose. swapped: hit rate
    with candidate and a parent exchanged, the largest. broken: share of elements equal in all models but the candidate.
    """

    ids: tuple[str, ...]
    weights: tuple[float, ...]
    intervals: tuple[tuple[float, float], ...]
    held_out: Agreement
    broken: float
    swapped: float = 0.0
    arithmetic: Arithmetic = "float32"
    by_tensor: Mapping[str, tuple[float, ...]] | None = None
    spans: Mapping[str, tuple[tuple[float, float], ...]] | None = None
    agreement: float = 0.0
    backwards: bool = False  #: the candidate is a parent of one of the models

    @property
    def exact(self) -> bool:
        a = self.held_out
        return (
            not self.backwards
            and a.elements >= LEAST
            and a.hit_rate >= HIT
            and a.neighbour_rate <= BESIDE
            and self.broken <= BROKEN
        )


def score(
    samples: Sequence[TensorSample],
    predict: Predict,
    sources: Sequence[str],
    apart: float = APART,
    near: float = NEAR,
) -> Agreement:
    """Hits and neighbours among elements whose sources lie at least `apart` steps from each other.

    For F32 and F64 a step is eight of the grid's, as sums are computed in float32 and in any order.
    """
    hits = beside = elements = 0
    residual = floor = 0.0
    for s in samples:
        given = [s.others[i] for i in sources]
        step = ulp(s.candidate, s.dtype) * (8 if s.dtype in ("F32", "F64") else 1)
        step = np.maximum(step, np.abs(s.candidate) * 2.0**-21) if s.dtype == "F64" else step
        exact = predict(s)
        rounded = round_to(exact, s.dtype)
        used = np.ptp(np.array(given), axis=0) >= apart * step
        for values in given:
            used &= np.abs(values - rounded) >= 0.75 * step
        off = np.abs(s.candidate - rounded)[used] / step[used]
        elements += len(off)
        # Near ties a weight that is off by its last digit rounds the other way: both are hits.
        close = np.abs(s.candidate - exact)[used] <= near * step[used]
        hit = close | (off <= (0.5 if s.dtype in ("F32", "F64") else 0.0))
        hits += int(hit.sum())
        beside += int((~hit & (off <= 1.5)).sum())
        residual += float(np.sum((s.candidate - exact)[used] ** 2))
        floor += float(np.sum((step[used] / 2) ** 2) / 3)
    if not elements:
        return Agreement(0.0, 0.0, 1.0, 0)
    return Agreement(hits / elements, beside / 2 / elements, residual / floor if floor else 1.0, elements)


def swapped_hits(test: Sequence[TensorSample], ids: tuple[str, ...], weights: Sequence[float]) -> float:
    """The largest hit rate with the candidate and a model exchanged: what was made from the candidate hits as well."""
    largest = 0.0
    for number, model in enumerate(ids):
        # What has more digits than the model it would have given is no rounding of anything.
        finer = [s for s in test if s.dtype in ("F32", "F64") and s.dtypes.get(model) in ("BF16", "F16")]
        if abs(weights[number]) >= 0.03 and len(finer) < len(test):
            turned = turned_weights(weights, number)
            back = score(swapped_with(test, model), lambda s, t=turned: weighted(s, ids, t), ids)  # type: ignore[misc]
            largest = max(largest, back.hit_rate)
    return largest


def blend_of(ids: Sequence[str], weights: Sequence[float]) -> Predict:
    full = tuple(weights) if len(weights) == len(ids) else (*weights, 1 - sum(weights))
    return lambda s: weighted(s, ids, full)


def weighted(s: TensorSample, ids: Sequence[str], weights: Sequence[float]) -> Array:
    total = np.zeros_like(s.candidate)
    for model, weight in zip(ids, weights, strict=True):
        total = total + weight * s.others[model]
    return np.asarray(total)


def turned_weights(weights: Sequence[float], number: int) -> tuple[float, ...]:
    """Weights that give parent `number` from the candidate, which then stands in its place."""
    return tuple((1.0 if k == number else -w) / weights[number] for k, w in enumerate(weights))
