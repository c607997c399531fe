"""Which blend of which models, with one weight a model for all tensors, reproduces the candidate: chosen on one half of
the tensors and tested on the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from . import direction
from .agreement import gram, halves
from .blends import blend
from .elements import broken_share, cut, far_apart, having, thinned
from .fit import LEAST, Fit, blend_of, score, swapped_hits, weighted
from .records import TensorSample
from .sixteen_bits import in_16_bits
from .votes import vote

#: With the weights of least squares a true blend hits at least this often; otherwise it is not looked at closely.
HOPEFUL = 0.15
#: Where fewer of a thinned sample's elements agree, all would not either.
_NEARLY = 0.95


def closest(samples: Sequence[TensorSample], base: str, ids: Sequence[str]) -> list[tuple[str, float]]:
    """Models by the cosine of their change with the candidate's, the highest first."""
    found = []
    for model in ids:
        (own, cross), (_, mine) = gram(samples, base, [model]).tolist()
        if own > 0 and mine > 0:
            found.append((model, cross / (own * mine) ** 0.5))
    return sorted(found, key=lambda pair: -abs(pair[1]))


def single(samples: Sequence[TensorSample], base: str, parent: str) -> Fit | None:
    """One weight of one parent for all tensors."""
    choose, test = halves(having(samples, (parent, base)))
    ids = (parent, base)
    few = vote(thinned([cut(s, far_apart(s, ids)) for s in choose]), base, parent)
    if few.voting >= LEAST and np.isfinite(few.weight):
        look = score(thinned(test), blend_of(ids, [few.weight]), ids)
        if look.elements >= LEAST / 2 and look.hit_rate < 2 * HOPEFUL:
            return None
    first = vote(choose, base, parent)
    if not first.voting or not np.isfinite(first.weight):
        return None
    whole = vote(samples, base, parent)
    inside = first.low - 1e-6 <= whole.weight <= first.high + 1e-6
    shown = whole if inside else first
    share = broken_share(test, ids)
    fit = _tested(test, ids, (first.weight, 1 - first.weight), share)
    interval = (shown.low, shown.high)
    fit = replace(
        fit,
        weights=(shown.weight, 1 - shown.weight),
        intervals=(interval, (1 - interval[1], 1 - interval[0])),
        agreement=shown.agreement,
    )
    if not fit.exact and fit.held_out.hit_rate > 0.5 and fit.held_out.elements >= LEAST:
        return in_16_bits(choose, test, fit, [first.weight])
    return fit


def several(samples: Sequence[TensorSample], ids: Sequence[str]) -> Fit | None:
    """One set of weights of several models, the base last."""
    choose, test = halves(having(samples, ids))
    point = least_squares(choose, ids)
    if point is None or score(choose, blend_of(ids, point), ids).hit_rate < 2 * HOPEFUL:
        return None
    found = blend(thinned(choose), ids)
    if found is not None and found.agreement >= _NEARLY:
        found = blend(choose, ids)
    if found is None:
        return None
    fit = _tested(test, tuple(ids), found.weights, broken_share(samples, ids))
    fit = replace(fit, intervals=found.intervals, agreement=found.agreement)
    if not fit.exact and fit.held_out.hit_rate > 0.5 and fit.held_out.elements >= LEAST:
        return in_16_bits(choose, test, fit, list(found.weights[:-1]))
    return fit


def least_squares(samples: Sequence[TensorSample], ids: Sequence[str]) -> list[float] | None:
    """Weights of all but the last model over elements where the models lie far apart; None: there are too few."""
    far = [cut(s, far_apart(s, ids)) for s in samples]
    target = np.concatenate([s.candidate - s.others[ids[-1]] for s in far] or [np.empty(0)])
    if len(target) < LEAST:
        return None
    rows = np.stack([np.concatenate([s.others[i] - s.others[ids[-1]] for s in far]) for i in ids[:-1]])
    inner, cross = rows @ rows.T, rows @ target
    return [float(w) for w in np.linalg.lstsq(inner, cross, rcond=None)[0]]


def _tested(
    test: Sequence[TensorSample], ids: tuple[str, ...], weights: Sequence[float], broken: float
) -> Fit:
    chosen = tuple(map(float, weights))
    agreement = score(test, lambda s: weighted(s, ids, chosen), ids)
    swapped, backwards = swapped_hits(test, ids, chosen), False
    if direction.in_float32(test, ids):
        told = direction.forwards(test, ids, lambda _: chosen)
        plain = tuple(round(w, 4) for w in chosen)  # the last digit needs the weights as they were written
        if told is None and np.allclose(plain, chosen, rtol=0, atol=2e-5):
            told = direction.forwards(test, ids, lambda _: plain)
        swapped, backwards = (0.0 if told else 1.0), told is False
    points = tuple((w, w) for w in chosen)
    return Fit(ids, chosen, points, agreement, broken, swapped, backwards=backwards)
