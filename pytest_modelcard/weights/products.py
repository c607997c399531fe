"""Blends whose products were rounded before they were summed: `0.4 * a + 0.6 * b` on tensors of 16 bits.

torch computes each operator in float32 and stores its result in the tensors' format, so that a blend written by hand
rounds two or more times an element and hits what one rounding would give in three of four elements only. Its weights
are numbers as people write them (the scalar stays float32), or these rounded to the format.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np

from .formats import round_to
from .records import TensorSample

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Order = tuple[int, ...]
Hits = Callable[[Sequence[float], Order | None], float]

#: How far beside the weights of a blend rounded once these may lie.
_BESIDE = 0.02


def summed(s: TensorSample, ids: Sequence[str], weights: Sequence[float], order: Order | None) -> Array:
    """The blend before its last rounding. order: of the partial sums, each rounded; None: one sum in float32."""
    products = [round_to(w * s.others[i], s.dtype) for i, w in zip(ids, weights, strict=True)]
    if order is None:
        return np.asarray(np.sum(products, axis=0))
    first, *between, last = order
    total = products[first]
    for number in between:
        total = round_to(total + products[number], s.dtype)
    return np.asarray(total + products[last])


def best(weights: Sequence[float], dtype: str, hits: Hits) -> tuple[float, tuple[float, ...], Order | None]:
    """The hit rate, weights (all, the base's last) and order that `hits` likes best, near those of a blend rounded once."""
    found = max(
        ((hits(tried, None), tried) for tried in dict.fromkeys(_written(weights, dtype))), default=(0.0, ())
    )
    orders: list[Order | None] = [None]
    if len(weights) > 2:  # which two come first is free, the others follow
        orders += [o for o in permutations(range(len(weights))) if o[0] < o[1]]
    rate, order = max(((hits(found[1], o), o) for o in orders), key=lambda pair: pair[0])
    return rate, found[1], order


def _written(weights: Sequence[float], dtype: str) -> Iterator[tuple[float, ...]]:
    """Round decimals that sum to one, first all but the last near the given ones; and the same rounded to the format."""
    plain = [round(w, 2) for w in weights]
    starts = [tuple(plain), tuple(round(w, 3) for w in weights), tuple(weights)]
    for moved in range(len(weights) - 1):
        for number in range(-int(_BESIDE * 1000), int(_BESIDE * 1000) + 1):
            shifted = [round(w, 3) for w in weights]
            shifted[moved] = round(shifted[moved] + number / 1000, 3)
            starts.append(tuple(shifted))
        for number in range(-int(_BESIDE * 100), int(_BESIDE * 100) + 1):
            shifted = list(plain)
            shifted[moved] = round(shifted[moved] + number / 100, 2)
            starts.append(tuple(shifted))
    for start in starts:
        whole = (*start[:-1], round(1 - sum(start[:-1]), 6))
        yield whole
        yield tuple(round_to(np.array(whole), dtype).tolist())
