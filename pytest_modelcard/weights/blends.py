"""The weights of several parents: the point inside the rounding intervals of most elements.

Every element says low <= sum of weight * value <= high, a slab in the space of weights. All slabs of an exact
merge have a common point, found and bounded by linear programmes; otherwise the point in most slabs is looked
for from least squares on, along lines, on each of which the best place is exact. First with weights that sum
to one (linear merges, and task arithmetic, where the base has what is left), then without that (slerp, sums).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from .polytope import BOX, Slabs
from .records import Blend, TensorSample
from .votes import bounds, sweep

Array = NDArray[np.float64]

#: With a wider interval for any weight nothing is said: the parents are too alike.
WIDEST = 1.0

#: Below it for all models nothing was blended: the candidate is about zero.
LEAST = 1e-3

_LARGEST = 1e100  # beyond it squares overflow
_SEARCHED = 20_000  # elements that lines are searched on
_ROUNDS = 12
_NEARLY_EXACT = 0.9


@dataclass(frozen=True, slots=True)
class _Elements:
    """Usable elements: values by model in columns, the base's last; the interval of the sum; who differs."""

    values: Array
    low: Array
    high: Array
    margin: Array  #: how far inside its ends a sum surely rounds to the candidate
    differs: NDArray[np.bool_]


def blend(samples: Sequence[TensorSample], ids: Sequence[str]) -> Blend | None:
    """The weights of the models `ids`, the base last, that reproduce most elements of the candidate.

    Intervals bound each weight while all elements that the result reproduces stay reproduced: exact where
    agreement is 1, otherwise narrower than what is known. None where no element tells, or the parents are too
    alike for all weights to be told within an interval of 1 (two equal models, say).
    """
    if len(ids) < 2:
        raise ValueError("a blend has at least one parent and the base")
    elements = _collect(samples, ids)
    if not elements.differs.any():
        return None
    try:
        bound = _solve(elements, summing=True)
        if bound is not None and bound[2] >= 0.999:
            return _blend(ids, elements, bound)
        free = _solve(elements, summing=False)
    except np.linalg.LinAlgError:  # numbers too far apart in size to solve with
        return None
    if bound is not None and (free is None or free[2] < bound[2] + 0.01):
        free = bound
    return _blend(ids, elements, free) if free is not None else None


_Solution = tuple[Array, list[tuple[float, float]], float]


def _blend(ids: Sequence[str], elements: _Elements, solution: _Solution) -> Blend | None:
    weights, ranges, agreement = solution
    if any(high - low > WIDEST for low, high in ranges) or np.abs(weights).max() < LEAST:
        return None
    return Blend(
        tuple(ids), tuple(map(float, weights)), tuple(ranges), agreement, int(elements.differs.sum())
    )


def _collect(samples: Sequence[TensorSample], ids: Sequence[str]) -> _Elements:
    parts = [(np.empty((0, len(ids))), np.empty(0), np.empty(0), np.empty(0))]
    for sample in samples:
        if any(name not in sample.others for name in ids):
            continue
        values = np.stack([sample.others[name] for name in ids], axis=1)
        with np.errstate(invalid="ignore", over="ignore"):
            size = np.abs(values).sum(axis=1) + np.abs(sample.candidate)
            low, high, margin = bounds(sample, size)
        usable = (size < _LARGEST) & ~np.isnan(low)
        parts.append((values[usable], low[usable], high[usable], margin[usable]))
    values, low, high, margin = (np.concatenate(column) for column in zip(*parts, strict=True))
    return _Elements(values, low, high, margin, (values != values[:, -1:]).any(axis=1))


def _solve(elements: _Elements, *, summing: bool) -> _Solution | None:
    """(weights, their ranges, share of differing elements reproduced); summing: the weights sum to one."""
    values, low, high = elements.values, elements.low, elements.high
    if summing:
        base = values[:, -1]
        rows, low, high = values[:, :-1] - values[:, -1:], low - base, high - base
    else:
        rows = values
    told = (rows != 0).any(axis=1)
    rows, low, high, differs = rows[told], low[told], high[told], elements.differs[told]
    count = rows.shape[1]
    directions = np.eye(count)
    if summing:
        directions = np.concatenate([directions, -np.ones((1, count))])
    found = Slabs(rows, low, high).extremes(directions)
    if found is None:
        point = _search(rows, low, high)
        if point is None:
            return None
        inside = _inside(rows, low, high, point)
        if inside.mean() < _NEARLY_EXACT:
            # Where sums lie between two neighbours slabs overlap, and would count twice: inside them, then.
            margin = elements.margin[told]
            point = _search(rows, low + margin, high - margin)
            if point is None:
                return None
            inside = _inside(rows, low, high, point)
        # The middle of what is left keeps what the search has won.
        found = Slabs(rows[inside], low[inside], high[inside]).extremes(directions)
        if found is None:
            return None
    ranges, middle = found
    share = float(_inside(rows, low, high, middle)[differs].mean())
    if summing:
        last_low, last_high = ranges[-1]
        ranges = [*ranges[:-1], (1 + last_low, 1 + last_high)]
        middle = np.append(middle, 1 - middle.sum())
    return middle, ranges, share


def _inside(rows: Array, low: Array, high: Array, point: Array) -> NDArray[np.bool_]:
    reached = rows @ point
    room = 1e-10 * np.abs(rows).sum(axis=1)
    return np.asarray((reached >= low - room) & (reached <= high + room))


def _search(rows: Array, low: Array, high: Array) -> Array | None:
    """A point in as many slabs as can be found, on a sample of the elements if there are very many."""
    generator = np.random.default_rng(0)
    if rows.shape[0] > _SEARCHED:
        chosen = generator.choice(rows.shape[0], _SEARCHED, replace=False)
        rows, low, high = rows[chosen], low[chosen], high[chosen]
    middle, half = (low + high) / 2, (high - low) / 2
    bounded = np.isfinite(half)
    if bounded.sum() < rows.shape[1]:
        return None
    scaled, target = rows[bounded] / half[bounded, None], middle[bounded] / half[bounded]
    best, most = None, -1
    for start in _starts(scaled, target):
        point, count = _walk(rows, low, high, start, _spread(scaled), generator, rounds=1)
        if count > most:
            best, most = point, count
    if best is None:
        return None
    return _walk(rows, low, high, best, _spread(scaled), generator, rounds=_ROUNDS)[0]


def _starts(rows: Array, target: Array) -> list[Array]:
    """Least squares in units of the slabs' half widths: free and robust, not negative, and nothing at all."""
    weight: Array = np.ones(target.size)
    free: Array = np.zeros(rows.shape[1])
    for _ in range(10):
        root = np.sqrt(weight)
        free = np.asarray(np.linalg.lstsq(rows * root[:, None], target * root, rcond=None)[0], np.float64)
        off = np.abs(rows @ free - target)
        weight = 1 / np.maximum(off, 1) ** 2  # beyond the slab an element counts less the further it is off
    starts = [free, _not_negative(rows, target), np.zeros(rows.shape[1])]
    return [np.clip(start, -BOX, BOX) for start in starts if np.isfinite(start).all()]


def _not_negative(rows: Array, target: Array) -> Array:
    """Least squares with no weight below zero: the best of all subsets (there are at most 63)."""
    gram, cross = rows.T @ rows, rows.T @ target
    best, least = np.zeros(rows.shape[1]), 0.0
    for size in range(1, rows.shape[1] + 1):
        for subset in map(list, combinations(range(rows.shape[1]), size)):
            weights = np.linalg.lstsq(gram[np.ix_(subset, subset)], cross[subset], rcond=None)[0]
            energy = -float(cross[subset] @ weights)
            if (weights >= 0).all() and energy < least:
                best, least = np.zeros(rows.shape[1]), energy
                best[subset] = weights
    return best


def _spread(rows: Array) -> Array:
    """A matrix whose columns are directions in which the weights are known about equally well."""
    values, vectors = np.linalg.eigh(rows.T @ rows)
    return np.asarray(vectors / np.sqrt(np.maximum(values, values[-1] * 1e-12 + 1e-300)))


def _walk(
    rows: Array,
    low: Array,
    high: Array,
    point: Array,
    spread: Array,
    generator: np.random.Generator,
    rounds: int,
) -> tuple[Array, int]:
    """Along one line after another to the place in most slabs, until a round of lines wins nothing."""
    size = point.size
    most = int(_inside(rows, low, high, point).sum())
    for _ in range(rounds):
        before = most
        random = (spread @ generator.standard_normal((size, 2 * size))).T
        for line in np.concatenate([np.eye(size), spread.T, random]):
            along = rows @ line
            crosses = np.abs(along) > 1e-12 * np.abs(along).max()
            if not crosses.any():
                continue
            reached = rows[crosses] @ point
            first = (low[crosses] - reached) / along[crosses]
            second = (high[crosses] - reached) / along[crosses]
            step = sweep(np.minimum(first, second), np.maximum(first, second))[0]
            moved = point + step * line
            count = int(_inside(rows, low, high, moved).sum())
            if count > most and np.abs(moved).max() <= BOX:
                point, most = moved, count
        if most == before:
            break
    return point, most
