"""Predicted values of a blend, in the arithmetic that merge tools use.

A merge computed step by step in bf16 hits only about 70 % of what float32 arithmetic predicts, so each way of
computing is a predictor of its own. Sources: mergekit 0.1.5 (`linear.py`, `generalized_task_arithmetic.py`,
`slerp.py`) and torch, whose operators on bf16 and fp16 tensors compute in float32 and round their result.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from . import formats
from .agreement import agree, halves, part
from .records import Agreement, TensorSample
from .votes import EIGHT_BITS

Array = NDArray[np.float64]

#: How a blend was computed; see `Predictor`.
Arithmetic = Literal["float32", "float32-delta", "stored-sum", "stored-delta", "stored-delta-rounded"]


@dataclass(frozen=True, slots=True)
class Predictor:
    """Unrounded predictions of a blend: weights by model id, the base's among them, and the arithmetic.

    float32: sum of weight * model in float32 in the order of the weights (mergekit's `linear`, whose division
    by the weights' sum does nothing if they sum to one; slerp with its two coefficients; `torch.lerp`, which
    rounds once too). Products are fused with the sum, as torch does on common processors.
    float32-delta: base + sum of weight * (model - base) in float32 (task arithmetic with `dtype: float32`).
    stored-sum: weight * model rounded to the tensors' format, sums too (`w * a + (1 - w) * b` on bf16).
    stored-delta: differences, products, their sum, and the sum with the base rounded (`b + w * (a - b)`).
    stored-delta-rounded: the same with the weights rounded first (mergekit's `task_arithmetic` on bf16).
    In the last three a change of base weights has no meaning: the base has weight one under the deltas.
    by_tensor: other weights for some tensors, by name (schedules over layers, slerp).
    """

    weights: Mapping[str, float]
    base: str
    arithmetic: Arithmetic = "float32"
    by_tensor: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def __call__(self, sample: TensorSample) -> Array:
        weights = self.by_tensor.get(sample.name, self.weights)
        # Quantised or re-cast afterwards: the merge was stored in the format of what was merged.
        own = sample.dtypes.get(self.base, sample.dtype)
        if own == sample.dtype or own not in _MERGED:
            return _COMPUTE[self.arithmetic](sample, weights, self.base)
        merged = replace(sample, dtypes={**sample.dtypes, "": own}, scales={})
        exact = _COMPUTE[self.arithmetic](merged, weights, self.base)
        straight = self.arithmetic.startswith("float32") and not sample.dtype.startswith(EIGHT_BITS)
        return exact if straight else formats.round_to(exact, own)


_MERGED = frozenset({"F64", "F32", "F16", "BF16"})


def _wide(sample: TensorSample) -> type[np.floating[Any]]:
    """The format that merges are computed in: float32, or float64 for float64 tensors."""
    return np.float64 if sample.dtype == "F64" else np.float32


def _float32(sample: TensorSample, weights: Mapping[str, float], base: str) -> Array:
    kind = _wide(sample)
    total, whole = np.zeros(sample.candidate.shape, kind), kind(0)
    with np.errstate(over="ignore", invalid="ignore"):
        for name, weight in weights.items():
            # Fused: torch's addcmul rounds the sum only. In float64 the product of two float32 is exact.
            total = (total + float(kind(weight)) * sample.others[name]).astype(kind)
            whole = kind(whole + kind(weight))
        if abs(whole - 1) < 1e-6:  # normalised: what is left of the division is one rounding
            total = total / whole
    return total.astype(np.float64)


def _float32_delta(sample: TensorSample, weights: Mapping[str, float], base: str) -> Array:
    kind = _wide(sample)
    with np.errstate(over="ignore", invalid="ignore"):
        start = sample.others[base].astype(kind)
        mixed = np.zeros(sample.candidate.shape, kind)
        for name, weight in weights.items():
            if name != base:
                mixed += kind(weight) * (sample.others[name].astype(kind) - start)
        return (start + mixed).astype(np.float64)


def _stored_sum(sample: TensorSample, weights: Mapping[str, float], base: str) -> Array:
    total: Array | None = None
    exact = np.zeros(sample.candidate.shape)
    for name, weight in weights.items():
        product = _stored(np.float32(weight) * sample.others[name], sample)
        exact = product if total is None else _narrow(total + product, sample)
        total = _stored(exact, sample)
    return exact


def _stored_delta(sample: TensorSample, weights: Mapping[str, float], base: str) -> Array:
    start = sample.others[base]
    mixed = np.zeros(sample.candidate.shape)
    for name, weight in weights.items():
        if name != base:
            change = _stored(sample.others[name] - start, sample)
            mixed += _stored(np.float32(weight) * change, sample)
    return _narrow(start + _stored(mixed, sample), sample)


def _stored_delta_rounded(sample: TensorSample, weights: Mapping[str, float], base: str) -> Array:
    values = formats.round_to(np.array(list(weights.values())), sample.dtype).tolist()
    return _stored_delta(sample, dict(zip(weights, values, strict=True)), base)


def _narrow(values: Array, sample: TensorSample) -> Array:
    """What the operator computes before it stores: float32."""
    with np.errstate(over="ignore", invalid="ignore"):
        return values.astype(_wide(sample)).astype(np.float64)


def _stored(values: Array, sample: TensorSample) -> Array:
    return formats.round_to(_narrow(values, sample), sample.dtype)


_COMPUTE: Mapping[Arithmetic, Callable[[TensorSample, Mapping[str, float], str], Array]] = {
    "float32": _float32,
    "float32-delta": _float32_delta,
    "stored-sum": _stored_sum,
    "stored-delta": _stored_delta,
    "stored-delta-rounded": _stored_delta_rounded,
}


def simple(low: float, high: float) -> float:
    """The simplest number of an interval: a fraction with a denominator up to 10, or the shortest decimal.

    People choose such weights; the middle of the interval is the answer where 8 digits do not reach it.
    """
    middle = low + (high - low) / 2
    if not math.isfinite(middle):
        return middle
    choices = [Fraction(round(middle * size), size) for size in range(1, 11)]
    choices += [Fraction(round(middle * 10**digits), 10**digits) for digits in range(2, 9)]
    return next((float(one) for one in choices if low <= float(one) <= high), middle)


@dataclass(frozen=True, slots=True)
class Choice:
    """The predictor that hit best on one half of the tensors, its scores on that half and on the other."""

    predictor: Predictor
    chosen_on: Agreement
    tested_on: Agreement


def choose(
    samples: Sequence[TensorSample],
    weights: Mapping[str, float],
    base: str,
    intervals: Mapping[str, tuple[float, float]] | None = None,
) -> Choice:
    """The arithmetic, and the weights near the given ones, with the best hit rate; scored where not chosen.

    weights: by model id, with the base. intervals: of these weights; the simplest numbers in them are tried
    as well. Arithmetic that rounds on its way bends the weights that rounding intervals give, so where
    nothing hits all, weights nearby are tried for each. Only `tested_on` counts as evidence.
    """
    first, second = halves(samples)
    sources = list(weights)
    trials = [dict(weights)]
    if intervals:
        plain = {name: simple(*intervals.get(name, (value, value))) for name, value in weights.items()}
        remainder = {**plain, base: 1 - math.fsum(value for name, value in plain.items() if name != base)}
        summing = abs(math.fsum(weights.values()) - 1) < 1e-3
        trials = [remainder if summing else plain, *trials]
    tried = [
        (agree(first, one, sources), one)
        for one in (Predictor(trial, base, kind) for kind in _COMPUTE for trial in trials)
    ]
    most = max(score.hit_rate for score, _ in tried)
    # The simplest of about equals: float32's own roundings differ from one processor to the next.
    score, best = next(pair for pair in tried if pair[0].hit_rate >= most - 0.0005)
    if score.hit_rate < 0.999:
        refined = [_refined(first, one, scored) for scored, one in tried if one.weights == trials[0]]
        other = max(refined, key=lambda pair: pair[0].hit_rate)
        if other[0].hit_rate > score.hit_rate + 0.01:
            score, best = other
    return Choice(best, score, agree(second, best, sources))


def _refined(
    samples: Sequence[TensorSample], start: Predictor, score: Agreement
) -> tuple[Agreement, Predictor]:
    """Weights near those of a predictor that hit more, each in turn, the base taking what is left."""
    best = start
    few = _few(samples)
    most = agree(few, start, list(start.weights)).hit_rate
    for width, reach in ((1e-3, 20), (1e-4, 10), (1e-5, 10)):
        for name in start.weights:
            if name == start.base:
                continue
            centre = best
            for number in range(-reach, reach + 1):
                moved = dict(centre.weights)
                # On a grid of round numbers, so that 0.6 is among what is tried.
                value = (round(moved[name] / width) + number) * width
                moved[start.base] += moved[name] - value
                moved[name] = round(value, 9)
                trial = replace(start, weights=moved)
                hits = agree(few, trial, list(moved)).hit_rate
                if hits > most:
                    best, most = trial, hits
    return (agree(samples, best, list(best.weights)), best) if best is not start else (score, start)


def _few(samples: Sequence[TensorSample], most: int = 8192) -> list[TensorSample]:
    """The samples thinned to about `most` elements in all: enough to tell hit rates apart."""
    every = max(1, sum(one.positions.size for one in samples) // most)
    return [part(one, slice(None, None, every)) for one in samples]
