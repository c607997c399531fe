"""Spherical interpolation: the two coefficients it gives each tensor, and whether those found are such.

mergekit's slerp multiplies the unscaled tensors by sin((1 - t) angle) / sin(angle) and sin(t angle) /
sin(angle), where the angle is between the whole tensors, and falls back to 1 - t and t where their cosine is
above 0.9995. A sample of a tensor only estimates the angle; so slerp is recognised by its two coefficients,
which lie on one curve, and predicted with the coefficients found.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .blends import blend
from .records import TensorSample

#: mergekit's `dot_threshold`.
NEARLY_EQUAL = 0.9995


@dataclass(frozen=True, slots=True)
class Slerp:
    """The share t of the parent that explains the tensors, its range over them, and their coefficients.

    coefficients: (base's, parent's) by tensor name. curved: tensors whose angle is large enough to tell
    slerp from linear interpolation.
    """

    t: float
    low: float
    high: float
    curved: int
    coefficients: dict[str, tuple[float, float]]


def coefficients(t: float, cosine: float) -> tuple[float, float]:
    """What slerp multiplies the base and the parent by, for the cosine between the whole tensors."""
    if abs(cosine) > NEARLY_EQUAL:
        return 1 - t, t
    angle = math.acos(cosine)
    return math.sin((1 - t) * angle) / math.sin(angle), math.sin(t * angle) / math.sin(angle)


def recognise(samples: Sequence[TensorSample], base: str, parent: str) -> Slerp | None:
    """Slerp of the parent and the base with one t for all tensors; None where that is not shown.

    Each tensor's two coefficients must lie on the curve of its angle, and at least one tensor must be off the
    straight line of linear merges. Works one tensor at a time, on tensors whose elements agree nearly all.
    """
    found: dict[str, tuple[float, float]] = {}
    shares: list[tuple[float, float]] = []
    curved = 0
    for sample in samples:
        weights = blend([sample], [parent, base])
        if weights is None or weights.agreement < 0.99:
            continue
        (first, last), cosine = weights.weights, _cosine(sample, base, parent)
        error = max(high - low for low, high in weights.intervals)
        # Standard error of a sampled correlation, four times; the sample is all that is known of the angle.
        doubt = 4 * (1 - cosine**2) / math.sqrt(max(weights.elements, 1))
        if cosine > NEARLY_EQUAL - doubt and abs(first + last - 1) <= 2 * error + 1e-6:
            found[sample.name] = (last, first)
            shares.append((first, error))
            continue
        product = 2 * first * last
        if abs(product) < 0.01 or abs(cosine) > NEARLY_EQUAL:
            return None
        implied = (1 - first**2 - last**2) / product
        if abs(implied - cosine) > doubt + 4 * error / abs(product) or not -1 < implied < 1:
            return None
        angle = math.acos(implied)
        share = math.atan2(first * math.sin(angle), last + first * implied) / angle
        found[sample.name] = (last, first)
        shares.append((share, error * (1 + 1 / (1 - implied))))
        curved += abs(first + last - 1) > 4 * error
    if not curved:
        return None
    t = float(np.median([share for share, _ in shares]))
    if any(abs(share - t) > 4 * error + 1e-3 for share, error in shares):
        return None
    return Slerp(t, min(share for share, _ in shares), max(share for share, _ in shares), curved, found)


def _cosine(sample: TensorSample, base: str, parent: str) -> float:
    """The cosine of the two tensors, estimated from the sampled elements."""
    start, end = sample.others[base], sample.others[parent]
    usable = np.isfinite(start) & np.isfinite(end)
    start, end = start[usable], end[usable]
    size = float(np.linalg.norm(start) * np.linalg.norm(end))
    return float(start @ end) / size if size else 1.0
