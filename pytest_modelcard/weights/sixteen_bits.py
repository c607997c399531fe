"""Blends computed in 16 bits: each step from the base rounded, as mergekit's task arithmetic is, or each product."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from . import products
from .elements import broken_share, cut, far_apart
from .fit import Fit, score, swapped_hits
from .formats import round_to, ulp
from .records import TensorSample

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

#: Tensors on which weights are tried one after the other, at least.
_FEW = 64


def in_16_bits(
    choose: Sequence[TensorSample], test: Sequence[TensorSample], fit: Fit, weights: Sequence[float]
) -> Fit:
    """The fit with the arithmetic that hits most: as it is, in steps from the base, or with rounded products."""
    steps = _stored(choose, test, fit.ids, weights, fit.broken)
    fits = [fit] if steps is None else [fit, steps]
    if not any(f.exact for f in fits) and (sums := _products(choose, test, fit)) is not None:
        fits.append(sums)
    return max(fits, key=lambda f: f.held_out.hit_rate)


def _products(choose: Sequence[TensorSample], test: Sequence[TensorSample], fit: Fit) -> Fit | None:
    """Every product rounded to the stored format, as `w * a + (1 - w) * b` on 16 bits computes."""
    ids, dtypes = fit.ids, [s.dtype for s in choose]
    dtype = max(set(dtypes), key=dtypes.count)
    if dtype not in ("BF16", "F16") or sum(abs(w) > 0.97 for w in fit.weights):
        return None
    few = [_part(cut(s, far_apart(s, ids))) for s in choose[:: max(1, len(choose) // _FEW)]]

    def hits(weights: Sequence[float], order: products.Order | None) -> float:
        return score(few, lambda s: products.summed(s, ids, weights, order), ids).hit_rate

    rate, weights, order = products.best(fit.weights, dtype, hits)
    if rate <= fit.held_out.hit_rate:
        return None

    def blended(s: TensorSample) -> Array:
        return products.summed(s, ids, weights, order)

    # Elements that all models share move, too: the rounded products of one value need not sum to it.
    agreement, broken = score(test, blended, ids), broken_share(test, ids, blended)
    points = tuple((w, w) for w in weights)
    swapped = swapped_hits(test, ids, weights)
    return Fit(ids, weights, points, agreement, broken, swapped, "stored-sum", agreement=rate)


def _stored(
    choose: Sequence[TensorSample],
    test: Sequence[TensorSample],
    ids: tuple[str, ...],
    weights: Sequence[float],
    broken: float,
) -> Fit | None:
    """Every step rounded to the stored format, as mergekit's task arithmetic computes."""
    best: tuple[float, tuple[float, ...]] = (0.0, ())
    moved = [s for s in choose if any(not np.array_equal(s.others[i], s.others[ids[-1]]) for i in ids[:-1])]
    # some tensors of all families tell the weights; all of them are tested on
    few = [_part(cut(s, far_apart(s, ids))) for s in moved[:: max(1, len(moved) // _FEW)]]
    point = list(weights)
    for _ in range(2 if len(point) > 1 else 1):
        for number in range(len(point)):
            for value in _near(point[number]):
                tried = (*point[:number], value, *point[number + 1 :])
                hit = score(few, lambda s, t=tried: _in_steps(s, ids, t), ids).hit_rate  # type: ignore[misc]
                if hit > best[0]:
                    best = (hit, tried)
            point = list(best[1] or point)
    if not best[1]:
        return None
    agreement = score(test, lambda s: _in_steps(s, ids, best[1]), ids)
    found = (*best[1], 1 - sum(best[1]))
    points = tuple((w, w) for w in found)
    return Fit(
        ids,
        found,
        points,
        agreement,
        broken,
        swapped_hits(test, ids, found),
        "stored",
        agreement=agreement.hit_rate,
    )


def _near(weight: float) -> list[float]:
    """The weight's neighbours among values of bf16, and round decimals: what people write, as it is stored."""
    centre = round_to(np.array([weight]), "BF16")
    step = float(ulp(centre, "BF16")[0])
    values = {float(centre[0]) + k * step for k in range(-8, 9)}
    values |= {round(weight + k * 0.01, 2) for k in range(-2, 3)}
    return sorted(values, key=lambda v: abs(v - weight))


def _in_steps(s: TensorSample, ids: Sequence[str], weights: Sequence[float]) -> Array:
    base = s.others[ids[-1]]
    total = np.zeros_like(base)
    for model, weight in zip(ids[:-1], weights, strict=True):
        kept = float(round_to(np.array([weight]), s.dtype)[0])
        delta = round_to(s.others[model] - base, s.dtype)
        total = round_to(total + round_to(delta * kept, s.dtype), s.dtype)
    return np.asarray(base + total)


def _part(s: TensorSample) -> TensorSample:
    return cut(s, slice(0, 384))
