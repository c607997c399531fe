"""The same weights in another order or with factors moved about: neurons, heads or channels.

Three marks, each impossible by chance: a row holds exactly the values of the other model's row in another order
(columns were permuted); a row equals another row of the other model up to one factor (rows were permuted or rescaled);
a column does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .formats import KNOWN
from .low_rank import grid
from .records import TensorSample

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

#: Cosine of two rows that are the same up to a factor, rounded to bf16 (its rounding leaves 1 - 3e-6); of rows of
#: fine-tunes with changes of 1e-3 on weights of 0.02 it is 0.9987, of unrelated rows below 0.7 from 16 elements on.
_ALIKE = 0.9999
_SHORTEST = 16
#: A tensor counts as matched if so many of its rows or columns are.
_MATCHED = 0.9


@dataclass(frozen=True, slots=True)
class Permuted:
    """matched: share of the changed matrices that are the other model's in another order or rescaled; equal: matrices
    that are so elementwise; examined: matrices where it could be told. likeness: mean share of values or cosine of
    the partners, to choose between relatives.
    """

    id: str
    matched: float
    changed: int
    equal: int
    examined: int
    likeness: float


def permuted(samples: Sequence[TensorSample], model: str) -> Permuted | None:
    """None where no matrix allows to tell, or none was changed."""
    equal = changed = matched = 0
    closeness: list[float] = []
    for s in samples:
        if model not in s.others or len(s.shape) < 2 or s.dtype not in KNOWN:
            continue
        if np.mean(s.candidate == s.others[model]) >= 0.999:
            equal += 1
            continue
        found = _reordered(s, model)
        if found is None:
            continue
        changed += 1
        matched += found[0] >= _MATCHED
        closeness.append(found[1])
    if not changed:
        return None
    return Permuted(model, matched / changed, changed, equal, equal + changed, float(np.mean(closeness)))


def _reordered(sample: TensorSample, model: str) -> tuple[float, float] | None:
    """The largest share of rows or columns that one of the three marks explains, and how alike these are."""
    other = sample.others[model]
    shares = []
    whole = _whole_rows(sample)
    if len(whole):
        mine, theirs = np.sort(sample.candidate[whole], 1), np.sort(other[whole], 1)
        same = (mine == theirs).mean(1)
        shares.append((float(np.mean(same >= 0.99)), float(same.mean())))
    block = grid(sample, 4096)
    if block is not None:
        mine, theirs = sample.candidate[block], other[block]
        # Only where all rows (or columns) are there, each must find its partner.
        if len(block) == int(np.prod(sample.shape[:-1])):
            shares.append(_partners(mine, theirs))
        if block.shape[1] == sample.shape[-1]:
            shares.append(_partners(mine.T, theirs.T))
    return max(shares) if shares else None


def _partners(mine: Array, theirs: Array) -> tuple[float, float]:
    """Share of rows with a row of the other matrix that has the same direction, and the mean cosine."""
    if mine.shape[1] < _SHORTEST:
        return 0.0, 0.0
    lengths = [np.linalg.norm(m, axis=1, keepdims=True) for m in (mine, theirs)]
    used = lengths[0][:, 0] > 0
    if not used.any():
        return 0.0, 0.0
    cosine = (mine[used] / lengths[0][used]) @ (theirs / np.where(lengths[1] > 0, lengths[1], 1.0)).T
    best = np.abs(cosine).max(1)
    return float(np.mean(best >= _ALIKE)), float(best.mean())


def _whole_rows(sample: TensorSample) -> NDArray[np.int64]:
    """Indices of rows that the sample holds completely, as a matrix."""
    width = sample.shape[-1]
    if width < _SHORTEST:
        return np.empty((0, width), np.int64)
    row = sample.positions // width
    _numbers, first, count = np.unique(row, return_index=True, return_counts=True)
    starts = first[count == width][:256]
    return np.asarray(starts[:, None] + np.arange(width), np.int64)
