"""Does a prediction hit? Predicted against found values, what is left over, what was inherited unchanged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from . import formats
from .records import Agreement, Moments, TensorSample

Array = NDArray[np.float64]
Prediction = Callable[[TensorSample], Array]


def halves(samples: Sequence[TensorSample]) -> tuple[list[TensorSample], list[TensorSample]]:
    """Two halves of the tensors, one to choose on and one to test on: every family in both where it can be.

    A single tensor is cut in the middle of its elements.
    """
    if len(samples) == 1:
        middle = samples[0].positions.size // 2
        return [part(samples[0], slice(middle))], [part(samples[0], slice(middle, None))]
    ordered = sorted(samples, key=lambda one: (one.family, -1 if one.layer is None else one.layer, one.name))
    return ordered[::2], ordered[1::2]


def part(sample: TensorSample, chosen: slice | NDArray[np.int64]) -> TensorSample:
    """Some of a sample's elements."""
    return replace(
        sample,
        positions=sample.positions[chosen],
        candidate=sample.candidate[chosen],
        others={name: values[chosen] for name, values in sample.others.items()},
        scales={name: values[chosen] for name, values in sample.scales.items()},
    )


def agree(samples: Sequence[TensorSample], prediction: Prediction, sources: Sequence[str]) -> Agreement:
    """How often the candidate equals the prediction, and how often it lies one step beside it.

    Counted are elements where the rounded prediction differs from every source, so no hit is a mere copy.
    An exact merge scores 1 and 0, what is merely similar about equally often hits and neighbours.
    `prediction` gives unrounded values. The residual's energy is taken over all elements where sources
    differ, against that of rounding the same predictions: 1 says that nothing but rounding happened. Where
    predictions need no rounding, half a step squared over 3 stands in for its energy.
    """
    elements = hits = beside = 0
    residual = rounding = floor = 0.0
    for sample in samples:
        if any(source not in sample.others for source in sources):
            continue
        scale = sample.scales.get("")
        given = [formats.round_to(sample.others[source], sample.dtype, scale) for source in sources]
        with np.errstate(invalid="ignore", over="ignore"):
            exact = prediction(sample)
        rounded = formats.round_to(exact, sample.dtype, scale)
        found = sample.candidate
        usable = np.isfinite(rounded) & np.isfinite(found)
        for values in given:
            usable &= np.isfinite(values)
        moved = usable & np.any([values != given[0] for values in given[1:]], axis=0)
        counted = usable & np.all([values != rounded for values in given], axis=0)
        elements += int(counted.sum())
        hits += int((found == rounded)[counted].sum())
        for direction in (1, -1):
            beside += int((found == formats.step(rounded, sample.dtype, direction, scale))[counted].sum())
        residual += float(np.sum((found[moved] - exact[moved]) ** 2))
        rounding += float(np.sum((rounded[moved] - exact[moved]) ** 2))
        floor += rounding_energy(found[moved], sample.dtype, scale if scale is None else scale[moved])
    expected = rounding or floor
    ratio = residual / expected if expected else (1.0 if not residual else float("inf"))
    if not elements:
        return Agreement(0.0, 0.0, ratio, 0)
    return Agreement(hits / elements, beside / 2 / elements, ratio, elements)


def rounding_energy(values: Array, dtype: str, scale: Array | None = None) -> float:
    """The expected sum of squared rounding errors of these stored values: half a step squared over 3 each."""
    return float(np.sum((formats.ulp(values, dtype, scale) / 2) ** 2) / 3)


def gram(samples: Sequence[TensorSample], base: str, ids: Sequence[str]) -> Array:
    """Inner products of the differences from the base, of the models in order and of the candidate, last.

    Over the elements that are finite in all of them, of the tensors that all of them have.
    """
    total = np.zeros((len(ids) + 1, len(ids) + 1))
    for sample in samples:
        if base in sample.others and all(one in sample.others for one in ids):
            with np.errstate(invalid="ignore", over="ignore"):
                rows = (
                    np.stack([*(sample.others[one] for one in ids), sample.candidate]) - sample.others[base]
                )
            rows = rows[:, np.isfinite(rows).all(axis=0)]
            total += rows @ rows.T
    return total


def moments(samples: TensorSample | Sequence[TensorSample], base: str, parent: str) -> Moments:
    """Slope and cosine of (candidate - base) on (parent - base), the numbers usually published.

    Both are bent by rounding where changes are small: a check on published numbers, not evidence of a weight.
    NaN where the parent does not differ from the base (slope) or the candidate does not (cosine).
    """
    chosen = [samples] if isinstance(samples, TensorSample) else samples
    products = gram(chosen, base, [parent])
    elements = sum(
        int(np.sum(np.isfinite(one.candidate + one.others[parent] + one.others[base])))
        for one in chosen
        if base in one.others and parent in one.others
    )
    (own, cross), (_, found) = products.tolist()
    slope = cross / own if own else float("nan")
    cosine = cross / (own * found) ** 0.5 if own and found else float("nan")
    return Moments(slope, cosine, elements)
