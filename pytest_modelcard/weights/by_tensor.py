"""Blends whose weights differ from tensor to tensor: schedules over layers or modules, and spherical interpolation, whose
weights sum to more than one by what the angle between the two tensors adds.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .blends import blend
from .elements import broken_share, cut, every_second, having, swapped_with
from .fit import LEAST, Fit, score, turned_weights, weighted
from .formats import ulp
from .records import TensorSample
from .votes import vote

#: A tensor's own votes, and how wide its weight's interval may be.
_LEAST, _WIDEST = 30, 0.2
#: The first tensors, so many or a multiple, must be hit this often, else the others are not looked at.
_FIRST, _HOPEFUL = 4, 0.9
#: Weights of least squares that hit so often are worth a closer look.
_LIKELY = 0.5
#: So many elements give free weights to a few thousandths of a step.
_ELEMENTS = 6000

Weights = tuple[float, ...]
Span = tuple[float, float]


def tensorwise(samples: Sequence[TensorSample], ids: Sequence[str]) -> Fit | None:
    """Weights of the models `ids`, the base last, for each tensor alone, chosen on its even and tested on its odd elements."""
    ids = tuple(ids)
    weights: dict[str, Weights] = {}
    spans: dict[str, tuple[Span, ...]] = {}
    held: list[TensorSample] = []
    looked = False  # layers taken whole say nothing
    for s in having(samples, ids):
        even, odd = every_second(s, 0), every_second(s, 1)
        found = _own_weights(even, ids)
        if found is None:
            continue
        weights[s.name], spans[s.name] = found
        held.append(odd)
        if len(held) % _FIRST == 0 and not looked:
            first = score(held, lambda s: weighted(s, ids, weights[s.name]), ids)
            looked = first.elements >= LEAST
            if looked and first.hit_rate < _HOPEFUL:
                return None
    if len(weights) < 2:
        return None
    agreement = score(held, lambda s: weighted(s, ids, weights[s.name]), ids)
    broken = broken_share(held, ids, lambda s: weighted(s, ids, weights[s.name]))
    swapped = 0.0
    for number, model in enumerate(ids[:-1]):
        # Where the parent has no part it cannot be had back.
        with_part = [s for s in held if abs(weights[s.name][number]) >= 0.03]
        turned = {s.name: turned_weights(weights[s.name], number) for s in with_part}
        back = score(swapped_with(with_part, model), lambda s, t=turned: weighted(s, ids, t[s.name]), ids)  # type: ignore[misc]
        swapped = max(swapped, back.hit_rate)
    return Fit(ids, (), (), agreement, broken, swapped, by_tensor=weights, spans=spans)


def _own_weights(even: TensorSample, ids: tuple[str, ...]) -> tuple[Weights, tuple[Span, ...]] | None:
    """One tensor's weights and their intervals; None where they cannot be told."""
    if len(ids) > 2:
        several = blend([_some(even)], ids)
        return None if several is None or several.elements < _LEAST else (several.weights, several.intervals)
    found = vote([even], ids[1], ids[0])
    if found.voting < _LEAST or not np.isfinite(found.weight):
        return None
    if found.agreement < 0.99 and _free(even, ids):
        bent = blend([_some(even)], ids)
        if bent is not None and bent.agreement > found.agreement:
            return bent.weights, bent.intervals
    if found.high - found.low > _WIDEST:
        return None
    return (found.weight, 1 - found.weight), ((found.low, found.high), (1 - found.high, 1 - found.low))


def _free(sample: TensorSample, ids: tuple[str, ...]) -> bool:
    """Whether the least squares with any weights hit, so that it is worth looking for these more closely."""
    # In steps of the grid, so that small values, of fine steps, count as much as large ones.
    size = np.maximum(np.abs(sample.candidate), np.median(np.abs(sample.candidate)) / 16)
    step = ulp(size, sample.dtype)
    rows = np.stack([sample.others[i] / step for i in ids], axis=1)
    weights = tuple(np.linalg.lstsq(rows, sample.candidate / step, rcond=None)[0].tolist())
    found = score([sample], lambda s: weighted(s, ids, weights), ids)
    return found.elements >= _LEAST and found.hit_rate >= _LIKELY


def _some(sample: TensorSample) -> TensorSample:
    return cut(sample, slice(None, None, max(1, len(sample.candidate) // _ELEMENTS)))
