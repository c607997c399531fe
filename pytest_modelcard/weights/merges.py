"""Which blend of which models reproduces the candidate, chosen on one half of the tensors and tested on the other.

A fit is one weight a parent for all tensors, or a weight for each tensor (schedules over layers or modules, slerp).
Only elements are tested in which the parents lie many steps of the grid apart: there a hit is no chance, and a run
that passes near the blend, as an earlier checkpoint does, misses by more than a step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from . import direction, products
from .agreement import gram, halves
from .blends import blend
from .formats import round_to, ulp
from .records import Agreement, TensorSample
from .votes import vote

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Predict = Callable[[TensorSample], "Array"]
Arithmetic = Literal["float32", "stored", "stored-sum"]

#: Parents must be so many steps apart in an element for it to count.
APART = 6.0
#: Held-out elements that are needed.
LEAST = 150
#: An exact merge hits 1.000 and misses by a step in 0.000. Of what is none, simulated checkpoints of one run came
#: nearest: 0.62 and less.
HIT, BESIDE = 0.98, 0.02
#: With the weights of least squares a true blend hits at least this often; otherwise it is not looked at closely.
_HOPEFUL = 0.15
#: A first look at so many elements in all; where fewer of them agree, all would not either.
_ELEMENTS, _NEARLY = 24_000, 0.95
#: A value so many steps from the unrounded prediction may be its rounding.
NEAR = 0.503
#: Tensors on which weights are tried one after the other, at least.
_FEW = 64
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
    choose, test = halves(_with(samples, (parent, base)))
    ids = (parent, base)
    few = vote(_thin([_cut(s, _apart(s, ids)) for s in choose]), base, parent)
    if few.voting >= LEAST and np.isfinite(few.weight):
        look = score(_thin(test), _blend_of(ids, [few.weight]), ids)
        if look.elements >= LEAST / 2 and look.hit_rate < 2 * _HOPEFUL:
            return None
    first = vote(choose, base, parent)
    if not first.voting or not np.isfinite(first.weight):
        return None
    whole = vote(samples, base, parent)
    inside = first.low - 1e-6 <= whole.weight <= first.high + 1e-6
    shown = whole if inside else first
    share = _broken(test, ids)
    fit = _tested(test, ids, (first.weight, 1 - first.weight), share)
    interval = (shown.low, shown.high)
    fit = replace(
        fit,
        weights=(shown.weight, 1 - shown.weight),
        intervals=(interval, (1 - interval[1], 1 - interval[0])),
        agreement=shown.agreement,
    )
    if not fit.exact and fit.held_out.hit_rate > 0.5 and fit.held_out.elements >= LEAST:
        return _in_16_bits(choose, test, fit, [first.weight])
    return fit


def trained(samples: Sequence[TensorSample], ids: Sequence[str]) -> Fit | None:
    """One set of weights, from least squares over coarse changes and then the most hits nearby: for merges that were
    trained on. Hits are strict here, so that a weight of many ties has no advantage.
    """
    choose, test = halves([_cut(s, _apart(s, ids)) for s in _with(samples, ids)])
    point = _least_squares(choose, ids)
    if point is None or score(choose, _blend_of(ids, point), ids, near=0.0).hit_rate < _HOPEFUL:
        return None
    for number in range(len(point)):
        tries = [[*point[:number], point[number] + k * 0.002, *point[number + 1 :]] for k in range(-8, 9)]
        point = max(tries, key=lambda t: score(choose, _blend_of(ids, t), ids, near=0.0).hit_rate)
    chosen = (*point, 1 - sum(point))
    found = score(test, _blend_of(ids, point), ids, near=0.0)
    swapped = 0.0
    for number, model in enumerate(ids):
        if abs(chosen[number]) >= 0.03:
            back = _swap(test, model)
            swapped = max(
                swapped, score(back, _blend_of(ids, _turned(chosen, number)), ids, near=0.0).hit_rate
            )
    points = tuple((w - 0.01, w + 0.01) for w in chosen)
    return Fit(tuple(ids), chosen, points, found, _broken(samples, ids), swapped, agreement=found.hit_rate)


def _least_squares(samples: Sequence[TensorSample], ids: Sequence[str]) -> list[float] | None:
    """Weights of all but the last model over elements where the models lie far apart; None: there are too few."""
    far = [_cut(s, _apart(s, ids)) for s in samples]
    target = np.concatenate([s.candidate - s.others[ids[-1]] for s in far] or [np.empty(0)])
    if len(target) < LEAST:
        return None
    rows = np.stack([np.concatenate([s.others[i] - s.others[ids[-1]] for s in far]) for i in ids[:-1]])
    inner, cross = rows @ rows.T, rows @ target
    return [float(w) for w in np.linalg.lstsq(inner, cross, rcond=None)[0]]


def spread(samples: Sequence[TensorSample], ids: Sequence[str], weights: Sequence[float]) -> float:
    """Share of tensors whose own least squares over coarse changes confirms the weights, within their error."""
    good = total = 0
    for s in _with(samples, ids):
        far = _cut(s, _apart(s, ids))
        if len(far.candidate) < 60:
            continue
        predicted = _sum(far, ids, weights) - far.others[ids[-1]]
        change = far.candidate - far.others[ids[-1]]
        energy = float(np.sum(predicted**2))
        if energy == 0:
            continue
        slope = float(np.sum(predicted * change)) / energy
        error = float(np.sqrt(np.mean((change - slope * predicted) ** 2) / energy))
        total += 1
        good += abs(slope - 1) <= max(0.02, 4 * error)
    return good / total if total else 0.0


def _blend_of(ids: Sequence[str], weights: Sequence[float]) -> Predict:
    full = tuple(weights) if len(weights) == len(ids) else (*weights, 1 - sum(weights))
    return lambda s: _sum(s, ids, full)


def several(samples: Sequence[TensorSample], ids: Sequence[str]) -> Fit | None:
    """One set of weights of several models, the base last."""
    choose, test = halves(_with(samples, ids))
    point = _least_squares(choose, ids)
    if point is None or score(choose, _blend_of(ids, point), ids).hit_rate < 2 * _HOPEFUL:
        return None
    found = blend(_thin(choose), ids)
    if found is not None and found.agreement >= _NEARLY:
        found = blend(choose, ids)
    if found is None:
        return None
    fit = _tested(test, tuple(ids), found.weights, _broken(samples, ids))
    fit = replace(fit, intervals=found.intervals, agreement=found.agreement)
    if not fit.exact and fit.held_out.hit_rate > 0.5 and fit.held_out.elements >= LEAST:
        return _in_16_bits(choose, test, fit, list(found.weights[:-1]))
    return fit


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


def _tested(
    test: Sequence[TensorSample], ids: tuple[str, ...], weights: Sequence[float], broken: float
) -> Fit:
    chosen = tuple(map(float, weights))
    agreement = score(test, lambda s: _sum(s, ids, chosen), ids)
    swapped, backwards = _back(test, ids, chosen), False
    if direction.in_float32(test, ids):
        told = direction.forwards(test, ids, lambda _: chosen)
        plain = tuple(round(w, 4) for w in chosen)  # the last digit needs the weights as they were written
        if told is None and np.allclose(plain, chosen, rtol=0, atol=2e-5):
            told = direction.forwards(test, ids, lambda _: plain)
        swapped, backwards = (0.0 if told else 1.0), told is False
    points = tuple((w, w) for w in chosen)
    return Fit(ids, chosen, points, agreement, broken, swapped, backwards=backwards)


def _back(test: Sequence[TensorSample], ids: tuple[str, ...], weights: Sequence[float]) -> float:
    """The largest hit rate with the candidate and a model exchanged: what was made from the candidate hits as well."""
    largest = 0.0
    for number, model in enumerate(ids):
        # What has more digits than the model it would have given is no rounding of anything.
        finer = [s for s in test if s.dtype in ("F32", "F64") and s.dtypes.get(model) in ("BF16", "F16")]
        if abs(weights[number]) >= 0.03 and len(finer) < len(test):
            turned = _turned(weights, number)
            back = score(_swap(test, model), lambda s, t=turned: _sum(s, ids, t), ids)  # type: ignore[misc]
            largest = max(largest, back.hit_rate)
    return largest


def _in_16_bits(
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
    few = [_part(_cut(s, _apart(s, ids))) for s in choose[:: max(1, len(choose) // _FEW)]]

    def hits(weights: Sequence[float], order: products.Order | None) -> float:
        return score(few, lambda s: products.summed(s, ids, weights, order), ids).hit_rate

    rate, weights, order = products.best(fit.weights, dtype, hits)
    if rate <= fit.held_out.hit_rate:
        return None

    def blended(s: TensorSample) -> Array:
        return products.summed(s, ids, weights, order)

    # Elements that all models share move, too: the rounded products of one value need not sum to it.
    agreement, broken = score(test, blended, ids), _broken(test, ids, blended)
    points = tuple((w, w) for w in weights)
    swapped = _back(test, ids, weights)
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
    few = [_part(_cut(s, _apart(s, ids))) for s in moved[:: max(1, len(moved) // _FEW)]]
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
        ids, found, points, agreement, broken, _back(test, ids, found), "stored", agreement=agreement.hit_rate
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


def _sum(s: TensorSample, ids: Sequence[str], weights: Sequence[float]) -> Array:
    total = np.zeros_like(s.candidate)
    for model, weight in zip(ids, weights, strict=True):
        total = total + weight * s.others[model]
    return np.asarray(total)


def _turned(weights: Sequence[float], number: int) -> tuple[float, ...]:
    """Weights that give parent `number` from the candidate, which then stands in its place."""
    return tuple((1.0 if k == number else -w) / weights[number] for k, w in enumerate(weights))


def _swap(samples: Sequence[TensorSample], model: str) -> list[TensorSample]:
    return [
        replace(s, candidate=round_to(s.others[model], s.dtype), others={**s.others, model: s.candidate})
        for s in samples
    ]


def _with(samples: Sequence[TensorSample], ids: Sequence[str]) -> list[TensorSample]:
    return [s for s in samples if all(i in s.others for i in ids)]


def _broken(samples: Sequence[TensorSample], ids: Sequence[str], predict: Predict | None = None) -> float:
    """Of elements equal in all models the share that differs in the candidate (by default from that value)."""
    same = broken = 0
    for s in _with(samples, ids):
        values = [s.others[i] for i in ids]
        alike = np.all([v == values[0] for v in values], axis=0)
        same += int(alike.sum())
        exact = predict(s) if predict else values[0]
        steps = 8 if s.dtype in ("F32", "F64") else NEAR  # sums in float32 are off by some
        off = np.abs(s.candidate - exact) > steps * ulp(s.candidate, s.dtype)
        broken += int((off & (s.candidate != round_to(exact, s.dtype)))[alike].sum())
    return broken / same if same else 0.0


def _apart(s: TensorSample, ids: Sequence[str]) -> NDArray[np.bool_]:
    """Elements in which the models lie far from each other."""
    given = np.array([s.others[i] for i in ids])
    return np.asarray(np.ptp(given, axis=0) >= APART * ulp(s.candidate, s.dtype))


def _half(s: TensorSample, which: int) -> TensorSample:
    return _cut(s, slice(which, None, 2))


def _part(s: TensorSample) -> TensorSample:
    return _cut(s, slice(0, 384))


def _thin(samples: Sequence[TensorSample]) -> list[TensorSample]:
    every = max(1, sum(len(s.candidate) for s in samples) // _ELEMENTS)
    return [_cut(s, slice(None, None, every)) for s in samples]


def _cut(s: TensorSample, at: slice | NDArray[np.bool_]) -> TensorSample:
    return replace(
        s,
        positions=s.positions[at],
        candidate=s.candidate[at],
        others={i: v[at] for i, v in s.others.items()},
        scales={i: v[at] for i, v in s.scales.items()},
    )
