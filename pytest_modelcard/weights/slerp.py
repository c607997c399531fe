"""Spherical interpolation: the two coefficients it gives each tensor, and whether those found are such.

mergekit's slerp multiplies the unscaled tensors by sin((1 - t) angle) / sin(angle) and sin(t angle) /
sin(angle), where the angle is between the whole tensors, and falls back to 1 - t and t where their cosine is
above 0.9995. A sample of a tensor only estimates the angle; so slerp is recognised by its two coefficients,
which lie on one curve.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

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
