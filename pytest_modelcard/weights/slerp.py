"""Spherical interpolation: the two coefficients it gives each tensor, and whether those found are such.

mergekit's slerp multiplies the unscaled tensors by sin((1 - t) angle) / sin(angle) and sin(t angle) /
sin(angle), where the angle is between the whole tensors, and falls back to 1 - t and t where their cosine is
above 0.9995. A sample of a tensor only estimates the angle; so slerp is recognised by its two coefficients,
which lie on one curve, and predicted with the coefficients found.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from .blends import blend
from .formats import ulp
from .records import TensorSample

#: mergekit's `dot_threshold`.
NEARLY_EQUAL = 0.9995
#: A value so many steps from the unrounded prediction may be its rounding.
_NEAR = 0.503
#: What a coefficient may be off, told from a sample of a tensor.
_OFF = 1e-3
#: Elements by which an arc must be better than a straight line.
_TELLING = 20


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


def share(first: float, last: float, cosine: float) -> float:
    """The t of which these are the coefficients of the parent (first) and of the base, for tensors of this cosine."""
    if abs(cosine) > NEARLY_EQUAL:
        return first / (first + last) if first + last else first
    angle = math.acos(cosine)
    return math.atan2(first * math.sin(angle), last + first * cosine) / angle


def on_arc(first: float, last: float, sample: TensorSample, base: str, parent: str) -> bool:
    """Whether the coefficients of the parent (first) and of the base are slerp's, as far as the sample tells the angle."""
    cosine = cosine_between(sample, base, parent)
    if cosine > NEARLY_EQUAL:
        return abs(first + last - 1) <= _OFF
    whole = len(sample.candidate) == math.prod(sample.shape)
    # Standard error of a sampled correlation, four times.
    doubt = 0.0 if whole else 4 * (1 - cosine**2) / math.sqrt(max(len(sample.candidate), 1))
    return abs(first**2 + last**2 + 2 * first * last * cosine - 1) <= _OFF + abs(2 * first * last) * doubt


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
        (first, last), cosine = weights.weights, cosine_between(sample, base, parent)
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


def bent(samples: Sequence[TensorSample], ids: tuple[str, str], share: Callable[[str], float | None]) -> bool:
    """Whether the candidate lies on the arc between the two models rather than on the straight line.

    share: of the first, by tensor name. Told by elements that one of the two misses, in tensors whose angle is large
    enough for the two to differ.
    """
    straight = arc = 0
    for s in samples:
        weight = share(s.name)
        if weight is None or any(i not in s.others for i in ids):
            continue
        first, second = (s.others[i] for i in ids)
        cosine = cosine_between(s, *ids)
        if abs(cosine) > NEARLY_EQUAL:
            continue
        room = _NEAR * ulp(s.candidate, s.dtype)
        line = int(np.sum(np.abs(weight * first + (1 - weight) * second - s.candidate) > room))
        misses = []
        # A share fitted to a straight line is a little off.
        for t in (weight, round(weight, 2), round(weight, 3)):
            one, two = coefficients(1 - t, cosine)
            misses.append(int(np.sum(np.abs(one * first + two * second - s.candidate) > room)))
        straight, arc = straight + line, arc + min(misses)
    return straight - arc >= _TELLING and arc <= 0.5 * straight


def cosine_between(sample: TensorSample, base: str, parent: str) -> float:
    """The cosine of the two tensors, estimated from the sampled elements."""
    start, end = sample.others[base], sample.others[parent]
    usable = np.isfinite(start) & np.isfinite(end)
    start, end = start[usable], end[usable]
    size = float(np.linalg.norm(start) * np.linalg.norm(end))
    return float(start @ end) / size if size else 1.0
