"""The blend weight of one parent, from which weights each stored element allows: rounding intervals.

If the candidate is round(base + a (parent - base)), an element where parent and base differ allows exactly
the a for which the sum falls into the cell of reals that round to the candidate's value. Each is a
vote; the weight is where most votes agree. Unlike least squares this is not bent by rounding, however small
the changes are. Merges are computed in float32 and then rounded once, so every interval is widened by the
error of such a computation: an exact merge always has its weight inside every vote.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import formats
from .records import TensorSample, Votes

Array = NDArray[np.float64]

#: Widest interval that counts as sharp: the parent is then at least about four steps away from the base.
SHARP = 0.25

#: Share of votes from which on a weight is taken to be one that an exact merge has.
EXACT = 0.99

#: Two products, their sum, the division by the sum of the weights: half a unit of 2^-23 each, rounded up.
_ROUNDINGS = 5 * 2.0**-24
_TINY = 2.0**-147

#: How the names of formats of 8 bits start: a quantiser's input was stored in 16 bits, as a rule.
EIGHT_BITS = ("F8", "I8", "U8")


@dataclass(frozen=True, slots=True)
class Intervals:
    """One closed interval [low, high] of the weight per vote, and the elements that have none."""

    low: Array
    high: Array
    inner_low: Array  #: the same without float32's error at either end
    inner_high: Array
    fixed: int
    broken: int
    unusable: int


def bounds(sample: TensorSample, size: Array) -> tuple[Array, Array, Array]:
    """The sums that may have been rounded to the candidate's values, widened by float32's error: low, high,
    and by how much the ends must move inwards for sums that surely were.

    size: of what was summed, per element. NaN where nothing rounds to the value. What is stored in 8 bits
    was rounded to 16 before, as a rule: that error is allowed for, too.
    """
    cells = formats.cell(sample.candidate, sample.dtype, sample.scales.get(""))
    error = size * _ROUNDINGS + _TINY
    if sample.dtype.startswith(EIGHT_BITS):
        error = error + np.abs(sample.candidate) * 2.0**-8
    low, high = cells.low - error, cells.high + error
    return low, high, np.minimum(2 * error, 0.4 * (high - low))


def intervals(sample: TensorSample, base: str, parent: str) -> Intervals:
    """The votes of one tensor."""
    start, end = sample.others[base], sample.others[parent]
    with np.errstate(invalid="ignore", over="ignore"):
        change = end - start
        low, high, margin = bounds(sample, np.abs(start) + np.abs(sample.candidate) + np.abs(change))
        usable = np.isfinite(sample.candidate) & np.isfinite(change) & ~np.isnan(low)
    differs = usable & (change != 0)
    same = usable & ~differs
    broken = same & ((start < low) | (start > high))
    change, start = change[differs], start[differs]
    low, high, margin = low[differs] - start, high[differs] - start, margin[differs]
    outer, inner = (
        np.sort([low, high] / change, axis=0),
        np.sort([low + margin, high - margin] / change, axis=0),
    )
    return Intervals(
        outer[0],
        outer[1],
        inner[0],
        inner[1],
        int(same.sum()),
        int(broken.sum()),
        int((~usable).sum()),
    )


def sweep(low: Array, high: Array) -> tuple[float, float, float, int]:
    """Where most of the closed intervals [low, high] overlap: (best, low, high, how many).

    All points of the largest count lie in [low, high]; best is the middle of the widest stretch that has it.
    O(n log n): sorted end points and counts.
    """
    low, high = np.sort(low), np.sort(high)
    # Counts only rise at a lower end: those reached minus those that ended before.
    counts = np.arange(1, low.size + 1) - np.searchsorted(high, low, side="left")
    most = int(counts.max())
    starts = low[counts == most]
    ends = high[np.minimum(np.searchsorted(high, starts, side="left"), high.size - 1)]
    widest = int(np.argmax(ends - starts))
    begin, end = float(starts[widest]), float(ends[widest])
    best = begin + (end - begin) / 2 if np.isfinite(begin) and np.isfinite(end) else max(begin, min(end, 0.0))
    return best, float(starts[0]), float(ends.max()), most


def vote(samples: Sequence[TensorSample], base: str, parent: str) -> Votes:
    """The weight of `parent` against `base` in the candidate, by all elements of the samples that have both.

    With no vote at all (the models are equal where sampled) the weight is NaN and its interval all reals.
    """
    chosen = [sample for sample in samples if base in sample.others and parent in sample.others]
    found = [intervals(sample, base, parent) for sample in chosen]
    fixed, broken, unusable = (
        sum(getattr(one, name) for one in found) for name in ("fixed", "broken", "unusable")
    )
    low = np.concatenate([one.low for one in found] or [np.empty(0)])
    high = np.concatenate([one.high for one in found] or [np.empty(0)])
    if not low.size:
        return Votes(float("nan"), -np.inf, np.inf, 0.0, 0, fixed, broken, unusable)
    best, first, last, most = sweep(low, high)
    sharp = high - low <= SHARP
    ends, copies = (low, high), 1
    if most < EXACT * low.size:
        # A weight at which sums fall between two neighbours is in the intervals of both: half of it each.
        ends = (
            np.concatenate([low, *(one.inner_low for one in found)]),
            np.concatenate([high, *(one.inner_high for one in found)]),
        )
        copies = 2
        best, first, last, most = sweep(*ends)
    hits = ((ends[0] <= best) & (best <= ends[1])).reshape(copies, -1).mean(axis=0)
    return Votes(
        weight=best,
        low=first,
        high=last,
        agreement=most / ends[0].size,
        voting=int(low.size),
        fixed=fixed,
        broken=broken,
        unusable=unusable,
        sharp=int(sharp.sum()),
        sharp_agreement=float(hits[sharp].mean()) if sharp.any() else 0.0,
        chance=_chance(chosen, base, parent, best),
        plausible=(first, last) if most == low.size else _plausible(*ends, best, first, last, copies),
    )


def _plausible(
    low: Array, high: Array, best: float, first: float, last: float, copies: int
) -> tuple[float, float]:
    """The hull of weights that lose against the best by at most three standard errors.

    Two weights are compared by the votes that contain only one of them; were both equally good, the
    difference of those two counts would have the root of their sum as its standard error.
    """
    ends = []
    for sign, limit in ((-1.0, first), (1.0, last)):
        near, far = (low, high) if sign > 0 else (-high, -low)
        points = np.unique(near[near > best * sign])
        held = np.sort(far[(near <= best * sign) & (far >= best * sign)])
        count = np.searchsorted(np.sort(near), points, "right") - np.searchsorted(
            np.sort(far), points, "left"
        )
        both = held.size - np.searchsorted(held, points, "left")
        lost, won = held.size - both, count - both
        good = points[lost - won <= 3 * np.sqrt(copies * (lost + won))]
        ends.append(sign * max(limit * sign, float(good.max()) if good.size else -np.inf))
    return ends[0], ends[1]


def _chance(samples: Sequence[TensorSample], base: str, parent: str, weight: float) -> float:
    """The share of sharp votes that would contain the weight, were changes unrelated to the parent's.

    Within each tensor the candidate's change, counted in steps of its grid, is dealt to other elements in an
    order fixed by a seed, so sizes stay as they are and only the bond between the two changes is cut.
    """
    hits = sharp = 0
    for number, sample in enumerate(samples):
        start = sample.others[base]
        step = formats.ulp(sample.candidate, sample.dtype, sample.scales.get(""))
        with np.errstate(invalid="ignore", over="ignore"):
            change, wanted = (sample.candidate - start) / step, (sample.others[parent] - start) / step
        usable = np.isfinite(change) & np.isfinite(wanted) & (wanted != 0)
        change, wanted = change[usable], wanted[usable]
        dealt = np.random.default_rng(number).permutation(change)
        counted = np.abs(wanted) * SHARP >= 1
        sharp += int(counted.sum())
        hits += int((np.abs(dealt[counted] - weight * wanted[counted]) <= 0.5).sum())
    return hits / sharp if sharp else 0.0


def spectrum(
    samples: Sequence[TensorSample],
    base: str,
    parent: str,
    bins: int = 200,
    span: tuple[float, float] = (-0.5, 1.5),
) -> tuple[tuple[float, float], ...]:
    """For each of `bins` equal parts of the span the weight that most votes contain there, and their share.

    Weights that put sums between two neighbours, such as 0.5, count for both of these and stand out a little.
    One weight for all shows as one peak, sparse merges as several (0 and a multiple), a schedule over layers
    as a broad one.
    """
    found = [
        intervals(sample, base, parent)
        for sample in samples
        if base in sample.others and parent in sample.others
    ]
    low = np.sort(np.concatenate([one.low for one in found] or [np.empty(0)]))
    high = np.sort(np.concatenate([one.high for one in found] or [np.empty(0)]))
    if not low.size:
        return ()
    edges = np.linspace(span[0], span[1], bins + 1)
    points = np.concatenate([edges[:-1], low[(low >= span[0]) & (low < span[1])]])
    points.sort()
    counts = np.searchsorted(low, points, side="right") - np.searchsorted(high, points, side="left")
    firsts = np.searchsorted(points, edges[:-1])
    peaks = []
    for first, last, edge in zip(firsts, np.append(firsts[1:], points.size), edges[1:], strict=True):
        best = first + int(np.argmax(counts[first:last]))
        ends = high[np.searchsorted(high, points[best]) :]
        end = min(float(ends[0]) if ends.size else np.inf, float(edge))
        after = low[np.searchsorted(low, points[best], side="right") :]
        # Up to where the next vote begins or one ends, the same votes hold: the peak is the middle.
        end = min(end, float(after[0])) if after.size else end
        peaks.append((float(points[best] + end) / 2, int(counts[best]) / int(low.size)))
    return tuple(peaks)
