"""Which of several models was blended from the others, where all of them are stored in float32.

A value in float32 has so many digits that a blend and what gives it back agree to some steps in nearly all elements. The
last digit tells: the true child is the rounded sum itself, and what is computed back from it bears its rounding,
divided by the parent's weight.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np

from .formats import ulp
from .records import TensorSample

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Weights = Callable[[TensorSample], Sequence[float]]

#: Last digits right: of blends of trained models 0.93 and more; of models computed back from a blend in which they have
#: 0.6 of the weight 0.63, 0.8 of it 0.80, more than 1 of it nearly all, so that nothing is told.
_CHILD, _PARENT = 0.88, 0.75
_PART = 0.03
_ELEMENTS = 2048


def in_float32(samples: Sequence[TensorSample], ids: Sequence[str]) -> bool:
    """Whether the candidate and all these models are stored in float32."""
    return bool(samples) and all(s.dtypes.get(i, s.dtype) == s.dtype == "F32" for s in samples for i in ids)


def forwards(samples: Sequence[TensorSample], ids: Sequence[str], weights: Weights) -> bool | None:
    """True: the candidate is the blend. False: another is, and the candidate one of its parents. None: not told."""
    child, others = last_digits(samples, ids, weights)
    if child >= _CHILD and others <= _PARENT:
        return True
    return False if others >= _CHILD and child <= _PARENT else None


def last_digits(samples: Sequence[TensorSample], ids: Sequence[str], weights: Weights) -> tuple[float, float]:
    """How often the blend gives the candidate's last digit, and how often, turned about, it gives a parent's: the largest."""
    child = _exact(samples, ids, weights)
    others = 0.0
    for number, model in enumerate(ids):
        part = [s for s in samples if abs(weights(s)[number]) >= _PART]
        if part:

            def turned(s: TensorSample, number: int = number) -> list[float]:
                given = weights(s)
                return [(1.0 if k == number else -w) / given[number] for k, w in enumerate(given)]

            swapped = [
                replace(s, candidate=s.others[model], others={**s.others, model: s.candidate}) for s in part
            ]
            others = max(others, _exact(swapped, ids, turned))
    return child, others


def _exact(samples: Sequence[TensorSample], ids: Sequence[str], weights: Weights) -> float:
    """Share of changed elements that are the sum to the last digit, in the order of summing that hits most."""
    hits: dict[tuple[str, int], int] = {}
    count = 0
    for s in samples:
        every = max(1, len(s.candidate) // _ELEMENTS)
        given = [s.others[i][::every] for i in ids]
        found = s.candidate[::every]
        told = np.ptp(np.array(given), axis=0) > 64 * ulp(found, "F32")
        count += int(told.sum())
        for way, value in _sums(weights(s), given).items():
            hits[way] = hits.get(way, 0) + int(np.sum((value == found)[told]))
    return max(hits.values()) / count if count else 0.0


def _sums(weights: Sequence[float], given: Sequence[Array]) -> dict[tuple[str, int], NDArray[np.float32]]:
    """The blend as tools compute it in float32, in every order: rounded once, with products fused with
    the sum (torch on common processors) or rounded before it, and as the first model with differences added.
    """
    exact = np.sum([w * v for w, v in zip(weights, given, strict=True)], axis=0)
    found = {("once", 0): exact.astype(np.float32)}
    for number, order in enumerate(permutations(range(len(given)))):
        fused = rounded = np.zeros(given[0].shape, np.float32)
        moved = np.zeros(given[0].shape, np.float32)
        start = given[order[0]].astype(np.float32)
        for k in order:
            weight, value = np.float32(weights[k]), given[k].astype(np.float32)
            fused = (fused + float(weight) * given[k]).astype(np.float32)
            rounded = rounded + weight * value
            if k != order[0]:
                moved = moved + weight * (value - start)
        found |= {("fused", number): fused, ("rounded", number): rounded, ("moved", number): start + moved}
    return found
