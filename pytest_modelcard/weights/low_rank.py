"""An adapter merged in: is the change to a model a matrix of low rank, seen through rounding?

The change of an element is only known to lie in its rounding cell. A matrix of low rank is fitted to most elements
(alternately cut to low rank and moved back into the cells) and must then land in the cells of those that were kept
out, which a change of full rank does no more often than chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .formats import KNOWN, cell
from .records import TensorSample

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

#: Rows and columns that are needed, and the most that are used: beyond, nothing is gained.
_LEAST, _MOST = 16, 64
_ROUNDS = 30
_RANKS = (1, 2, 4, 8, 16, 32, 64)
#: Kept-out changed elements that must be met, one cell to either side allowed. Simulated adapters with changes of
#: 3 to 50 steps reach 0.73 to 0.99 at their rank, full-rank changes of the same sizes 0.00 to 0.20.
_MET = 0.6
_LEAST_TESTED = 40
#: Share of the change's energy in a quarter of its directions: full rank 0.55, adapters seen through rounding 0.8 on.
_TOP = 0.7


@dataclass(frozen=True, slots=True)
class LowRank:
    """rank: the smallest that explains the change. met: share of kept-out changed elements it predicts."""

    rank: int
    met: float
    rows: int
    columns: int


def low_rank(sample: TensorSample, model: str, seed: int = 0) -> LowRank | None:
    """The low rank of (candidate - model) in a common block of rows and columns of the sample.

    None: the change is of full rank, or absent, or the sample holds no block that could tell.
    """
    if sample.dtype not in KNOWN or model not in sample.others:
        return None
    block = grid(sample)
    if block is None:
        return None
    cells = cell(sample.candidate[block], sample.dtype)
    other = sample.others[model][block]
    low, high = cells.low - other, cells.high - other
    if not (np.isfinite(low).all() and np.isfinite(high).all()):
        return None
    change = sample.candidate[block] - other
    moved = np.abs(change) > 1.5 * (high - low)  # by more than a step: to meet it is no chance
    rng = np.random.default_rng([seed, 11])
    hidden = rng.random(change.shape) < 0.1
    tested = hidden & moved
    if tested.sum() < _LEAST_TESTED:
        return None
    rows, columns = change.shape
    width = high - low
    energy = np.linalg.svd(change, compute_uv=False) ** 2
    if energy[: max(1, len(energy) // 4)].sum() < _TOP * energy.sum():
        return None
    for rank in _RANKS:
        # A fit with a third as many freedoms as elements would meet anything.
        if rank * (rows + columns) > change.size / 3:
            return None
        fitted = _fit(change, low, high, hidden, rank)
        met = float(np.mean(((fitted >= low - width) & (fitted <= high + width))[tested]))
        if met >= _MET:
            return LowRank(rank, met, rows, columns)
    return None


def grid(sample: TensorSample, most: int = _MOST) -> NDArray[np.int64] | None:
    """Indices into the sample that form rows x columns: the rows that hold the columns most rows share."""
    if len(sample.shape) < 2 or sample.shape[-1] < _LEAST:
        return None
    width = sample.shape[-1]
    row, column = sample.positions // width, sample.positions % width
    numbers, index = np.unique(row, return_inverse=True)
    if len(numbers) < _LEAST:
        return None
    held = np.zeros((len(numbers), width), np.int64) - 1
    held[index, column] = np.arange(len(row))
    shared = np.flatnonzero((held >= 0).sum(0) >= max(_LEAST, 0.5 * (held >= 0).sum(0).max()))[:most]
    if len(shared) < _LEAST:
        return None
    block = held[:, shared]
    block = block[(block >= 0).all(1)][:most]
    return block if len(block) >= _LEAST else None


def _fit(change: Array, low: Array, high: Array, hidden: NDArray[np.bool_], rank: int) -> Array:
    fitted = np.where(hidden, 0.0, change)
    low, high = np.where(hidden, -np.inf, low), np.where(hidden, np.inf, high)
    cut = fitted
    for _ in range(_ROUNDS):
        left, values, right = np.linalg.svd(fitted, full_matrices=False)
        cut = (left[:, :rank] * values[:rank]) @ right[:rank]
        fitted = np.clip(cut, low, high)
    return cut
