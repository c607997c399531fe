"""Merges that were trained on: weights by least squares over coarse changes, then the most strict hits nearby."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .agreement import halves
from .elements import broken_share, cut, far_apart, having, swapped_with
from .fit import Fit, blend_of, score, turned_weights, weighted
from .merges import HOPEFUL, least_squares
from .records import TensorSample


def trained(samples: Sequence[TensorSample], ids: Sequence[str]) -> Fit | None:
    """One set of weights, from least squares over coarse changes and then the most hits nearby: for merges that were
    trained on. Hits are strict here, so that a weight of many ties has no advantage.
    """
    choose, test = halves([cut(s, far_apart(s, ids)) for s in having(samples, ids)])
    point = least_squares(choose, ids)
    if point is None or score(choose, blend_of(ids, point), ids, near=0.0).hit_rate < HOPEFUL:
        return None
    for number in range(len(point)):
        tries = [[*point[:number], point[number] + k * 0.002, *point[number + 1 :]] for k in range(-8, 9)]
        point = max(tries, key=lambda t: score(choose, blend_of(ids, t), ids, near=0.0).hit_rate)
    chosen = (*point, 1 - sum(point))
    found = score(test, blend_of(ids, point), ids, near=0.0)
    swapped = 0.0
    for number, model in enumerate(ids):
        if abs(chosen[number]) >= 0.03:
            back = swapped_with(test, model)
            swapped = max(
                swapped, score(back, blend_of(ids, turned_weights(chosen, number)), ids, near=0.0).hit_rate
            )
    points = tuple((w - 0.01, w + 0.01) for w in chosen)
    return Fit(
        tuple(ids), chosen, points, found, broken_share(samples, ids), swapped, agreement=found.hit_rate
    )


def spread(samples: Sequence[TensorSample], ids: Sequence[str], weights: Sequence[float]) -> float:
    """Share of tensors whose own least squares over coarse changes confirms the weights, within their error."""
    good = total = 0
    for s in having(samples, ids):
        far = cut(s, far_apart(s, ids))
        if len(far.candidate) < 60:
            continue
        predicted = weighted(far, ids, weights) - far.others[ids[-1]]
        change = far.candidate - far.others[ids[-1]]
        energy = float(np.sum(predicted**2))
        if energy == 0:
            continue
        slope = float(np.sum(predicted * change)) / energy
        error = float(np.sqrt(np.mean((change - slope * predicted) ** 2) / energy))
        total += 1
        good += abs(slope - 1) <= max(0.02, 4 * error)
    return good / total if total else 0.0
