"""Sparse merges (TIES, DARE, breadcrumbs and their kin): each element keeps the base's value, or moves by a fixed multiple
of a parent's change.

The multiples show as spikes among the ratios (candidate - base) / (parent - base). They are found on one half of the
tensors and tested on the other, against multiples a little beside them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from .formats import KNOWN, ulp
from .records import TensorSample

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Mask = NDArray[np.bool_]

#: Only changes of at least so many steps of the grid tell one multiple from another.
_STEPS = 8.0
#: Arithmetic in bf16 may be one step off.
_TOLERANCE = 1.0
_LEAST = 200
#: Share of moved elements on the spikes, and how much of that beside them (multiples 7 to 20 % off). Simulated
#: TIES, DARE and breadcrumbs: 0.93 to 1.00 against 0.05 to 0.45; siblings with cosine 0.94: 0.38 against 0.35.
_EXPLAINED, _BESIDE = 0.9, 0.6
_BINS = np.linspace(-0.5, 12.0, 2501)


@dataclass(frozen=True, slots=True)
class Sparse:
    """multiples: of each parent's change, where it was kept. kept: share of testable elements that moved.

    explained: moved elements on the spikes; beside: on multiples a little off.
    """

    ids: tuple[str, ...]
    multiples: tuple[float, ...]
    kept: float
    explained: float
    beside: float
    elements: int


def sparse(
    choose: Sequence[TensorSample], test: Sequence[TensorSample], base: str, parents: Sequence[str]
) -> Sparse | None:
    """The sparse merge of one or two `parents` into the base that explains the candidate; None: it does not."""
    multiples = []
    for parent in parents:
        found = _spike(choose, base, parent, [p for p in parents if p != parent])
        if found is None:
            return None
        multiples.append(found)
    mean = _share(choose, base, parents, multiples)
    moved = total = explained = 0
    beside = 0.0
    used: list[set[int]] = [set() for _ in parents]
    for change, deltas, step in _usable(test, base, parents):
        large = np.all([np.abs(d) >= _STEPS * step for d in deltas], axis=0)
        total += int(large.sum())
        here = large & (np.abs(change) > step)
        moved += int(here.sum())
        hit = _hits(change, deltas, step, multiples, mean)
        explained += int(hit[here].sum())
        off = [
            _hits(change, deltas, step, [m * f for m in multiples], mean)[here].sum()
            for f in (0.8, 0.93, 1.07, 1.2)
        ]
        beside += float(np.mean(off))
        for number, (d, m) in enumerate(zip(deltas, multiples, strict=True)):
            used[number].add(int((np.abs(change - m * d) <= _TOLERANCE * step)[here].sum()))
    if moved < _LEAST or any(sum(u) < _LEAST / 4 for u in used):
        return None
    kept, explained_share, beside_share = moved / total, explained / moved, beside / moved
    if explained_share < _EXPLAINED or beside_share > _BESIDE * explained_share or kept > 0.97:
        return None
    return Sparse(tuple(parents), tuple(multiples), kept, explained_share, beside_share, moved)


def _share(
    samples: Sequence[TensorSample], base: str, parents: Sequence[str], multiples: Sequence[float]
) -> float | None:
    """Where two kept changes have one sign, TIES takes their weighted mean: the first one's part in it."""
    if len(parents) != 2:
        return None
    parts = []
    for change, deltas, step in _usable(samples, base, parents):
        first, second = (m * d for m, d in zip(multiples, deltas, strict=True))
        here = (np.abs(change) > step) & (first * second > 0) & (np.abs(first - second) >= _STEPS * step)
        here &= ~_hits(change, deltas, step, multiples, None)
        parts.append(((change - second)[here]) / (first - second)[here])
    found = np.concatenate(parts) if parts else np.empty(0)
    return float(np.median(found)) if len(found) >= 50 else None


def _hits(
    change: Array, deltas: Sequence[Array], step: Array, multiples: Sequence[float], mean: float | None
) -> Mask:
    """Elements within a step of any sum of kept and dropped changes, or of their mean where signs agree."""
    hit = np.zeros(change.shape, np.bool_)
    for keep in product((False, True), repeat=len(deltas)):
        if not any(keep):
            continue
        value = np.sum([m * d for m, d, k in zip(multiples, deltas, keep, strict=True) if k], axis=0)
        hit |= np.abs(change - value) <= _TOLERANCE * step
    if mean is not None:
        value = mean * multiples[0] * deltas[0] + (1 - mean) * multiples[1] * deltas[1]
        hit |= np.abs(change - value) <= _TOLERANCE * step
    return hit


def _spike(samples: Sequence[TensorSample], base: str, parent: str, rest: Sequence[str]) -> float | None:
    """The most frequent multiple of the parent's change among moved elements."""
    ratios = []
    for change, deltas, step in _usable(samples, base, [parent]):
        here = (np.abs(deltas[0]) >= 2 * _STEPS * step) & (np.abs(change) > step)
        ratios.append(change[here] / deltas[0][here])
    found = np.concatenate(ratios) if ratios else np.empty(0)
    if len(found) < _LEAST / 2:
        return None
    counts = np.histogram(found, _BINS)[0]
    wide = np.convolve(counts, np.ones(15), "same")
    wide[(_BINS[:-1] < 0.04) & (_BINS[:-1] > -0.04)] = 0
    at = int(np.argmax(wide))
    low, high = _BINS[max(0, at - 8)], _BINS[min(len(_BINS) - 1, at + 9)]
    near = found[(found >= low) & (found <= high)]
    return float(np.median(near)) if len(near) >= 0.1 * len(found) else None


def _usable(
    samples: Sequence[TensorSample], base: str, parents: Sequence[str]
) -> Iterator[tuple[Array, list[Array], Array]]:
    for s in samples:
        if s.dtype not in KNOWN or any(i not in s.others for i in (base, *parents)):
            continue
        start = s.others[base]
        step = np.maximum(ulp(s.candidate, s.dtype), ulp(start, s.dtype))
        yield s.candidate - start, [s.others[p] - start for p in parents], step
