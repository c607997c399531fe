"""An adapter merged in: does the spectrum of a change end at a rank, with nothing but rounding behind it?

An adapter's change is a matrix of rank r, and what rounding adds has a spectrum that the step sizes fix. So behind the
r-th singular value the spectrum falls onto that of rounding at once. Full training's spectrum decays, but passes into
rounding smoothly. (LoRA: Hu et al. 2021, arXiv 2106.09685.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .formats import KNOWN, cell, ulp
from .records import TensorSample

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

#: Rows and columns that are needed, and the most that are used: beyond, nothing is gained.
_LEAST, _MOST = 16, 320
#: A rank above this share of the smaller side is no adapter's.
_HIGHEST = 0.25
#: The fall from the last singular value to the next. Trained adapters of rank 4: 15 to 40 times; full training, where its
#: spectrum meets that of rounding: 1.0 to 1.3 times.
_FALL = 2.0
#: The largest value behind the fall, and the energy behind it, over those of rounding alone; adapters 0.9 to 1.06 and
#: 0.92 to 0.97, full training with changes of a few steps 1.2 to 5. Changes below half a step leave less than 0.75.
_BEHIND = 1.15
_LEAST_BEHIND = 0.75


@dataclass(frozen=True, slots=True)
class LowRank:
    """rank: singular values before the fall. fall: the last of them over the next. rows, columns: of the block looked at."""

    rank: int
    fall: float
    rows: int
    columns: int


def low_rank(sample: TensorSample, model: str, seed: int = 0) -> LowRank | None:
    """The rank of (candidate - model) in a common block of rows and columns of the sample.

    None: the change is of full rank, or absent, or too small beside rounding, or the sample holds no block that could tell.
    """
    block = None if sample.dtype not in KNOWN or model not in sample.others else grid(sample)
    if block is None:
        return None
    found, other = sample.candidate[block], sample.others[model][block]
    change = found - other
    cells = cell(found, sample.dtype, _scale(sample, block))
    width: Array = np.asarray(cells.high - cells.low, np.float64)
    if not np.isfinite(width).all() or not change.any():
        return None
    # Where the adapter's product was itself computed in the stored format, it was rounded, too.
    twice: Array = np.sqrt(width**2 + ulp(change, sample.dtype) ** 2)
    rng = np.random.default_rng([seed, 11])
    dice: Array = rng.random(change.shape) - 0.5
    values: Array = np.linalg.svd(change, compute_uv=False).astype(np.float64)
    for noise in (width, twice):
        rank = _ends(values, np.asarray(noise * dice, np.float64))
        if rank is not None:
            return LowRank(rank, float(values[rank - 1] / values[rank]), *change.shape)
    return None


def adapted(
    samples: Sequence[TensorSample], model: str, seed: int = 0, most: int = 12
) -> tuple[LowRank, ...] | None:
    """The low ranks of the changed matrices, at most `most` of them looked at; None unless the changes are an adapter's.

    They are if nearly all changed matrices but embeddings are of low rank, and rank 1 is not all there is: the shift of all
    outputs that a short training makes first is of rank 1, too.
    """
    changed = [
        s
        for s in samples
        if model in s.others
        and len(s.shape) >= 2
        and s.layer is not None
        and not np.array_equal(s.candidate, s.others[model])
    ]
    looked_at = changed[:: max(1, len(changed) // most)][:most]
    if len(looked_at) < 2:
        return None
    found: list[LowRank] = []
    missed = 0
    for s in looked_at:
        one = low_rank(s, model, seed)
        if one is None:
            missed += 1
            if missed > 0.25 * len(looked_at):
                return None
        else:
            found.append(one)
    return tuple(found)


def grid(sample: TensorSample, most: int = _MOST) -> NDArray[np.int64] | None:
    """Indices into the sample that form rows x columns: the rows that hold the columns most rows share.

    Of tensors with more than two dimensions (experts) only the first matrix.
    """
    if len(sample.shape) < 2 or sample.shape[-1] < _LEAST:
        return None
    width = sample.shape[-1]
    row, column = sample.positions // width, sample.positions % width
    inside = row // sample.shape[-2] == row[0] // sample.shape[-2] if len(row) else row == 0
    where = np.flatnonzero(inside)
    numbers, index = np.unique(row[where], return_inverse=True)
    if len(numbers) < _LEAST:
        return None
    held = np.zeros((len(numbers), width), np.int64) - 1
    held[index, column[where]] = where
    shared = np.flatnonzero((held >= 0).sum(0) >= max(_LEAST, 0.5 * (held >= 0).sum(0).max()))[:most]
    if len(shared) < _LEAST:
        return None
    block = held[:, shared]
    block = block[(block >= 0).all(1)][:most]
    return block if len(block) >= _LEAST else None


def _scale(sample: TensorSample, block: NDArray[np.int64]) -> Array | None:
    return sample.scales[""][block] if "" in sample.scales else None


def _ends(values: Array, rounding: Array) -> int | None:
    """The rank at which the spectrum falls onto that of rounding; None where it does not."""
    largest = float(np.linalg.norm(rounding, 2))
    rank = int(np.sum(values > _BEHIND * largest))
    if not 1 <= rank <= _HIGHEST * len(values) or values[rank - 1] < _FALL * values[rank]:
        return None
    rows, columns = rounding.shape
    # The directions of the adapter take their part of rounding with them.
    left = (1 - rank / rows) * (1 - rank / columns) * float(np.sum(rounding**2))
    return rank if _LEAST_BEHIND <= float(np.sum(values[rank:] ** 2)) / left <= _BEHIND else None
