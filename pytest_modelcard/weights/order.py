"""In which order a blend was summed: float32 sums differ by order in their last digit, and some elements near a tie
then round the other way. A few elements in ten thousand tell, so a replay can be exact to the byte.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import permutations

import numpy as np

from .agreement import part
from .arithmetic import Predictor, simple
from .formats import round_to
from .records import TensorSample

#: Beyond so many models the number of orders is not worth trying.
_MOST = 4
_ELEMENTS = 400_000


def summed_in(
    samples: Sequence[TensorSample], intervals: Mapping[str, tuple[float, float]]
) -> dict[str, float]:
    """Weights, the simplest numbers of their intervals, by model in the order that reproduces most elements.

    Of equals the order given stays.
    """
    weights = {id: simple(*interval) for id, interval in intervals.items()}
    if len(weights) > _MOST:
        return weights
    every = max(1, sum(s.positions.size for s in samples) // _ELEMENTS)
    usable = [part(s, slice(None, None, every)) for s in samples if all(i in s.others for i in weights)]
    best, most = weights, -1
    for order in permutations(weights):
        trial = {id: weights[id] for id in order}
        predict = Predictor(trial, order[-1])
        hits = sum(int(np.sum(round_to(predict(s), s.dtype) == s.candidate)) for s in usable)
        if hits > most:
            best, most = trial, hits
    return best
