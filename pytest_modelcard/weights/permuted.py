"""The same weights in another order or with factors moved about: neurons, heads or channels.

Marks, each impossible by chance: a tensor holds exactly the values of one of the other model's tensors of its kind
and layer (neurons, channels or experts were permuted); a row holds exactly the values of the other model's row; a row or
a column
equals one of the other model's up to one factor (permuted and rescaled); all elements are the other model's up to one
factor a row and one a column.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .formats import KNOWN, ulp
from .low_rank import grid
from .records import TensorSample

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

#: Cosine of two rows that are the same up to a factor, rounded to bf16 (its rounding leaves 1 - 3e-6); of rows of
#: fine-tunes with changes of 1e-3 on weights of 0.02 it is 0.9987, of unrelated rows below 0.7 from 16 elements on.
_ALIKE = 0.9999
_SHORTEST = 16
#: Elements for each factor of a row or column; how much the factors must vary (natural logarithm); and what rounding to
#: bf16 after each of two factors leaves at most.
_PER_FACTOR, _FACTORS, _ROUNDED = 6, 0.02, 0.009
#: Rows of at least so many elements that go together so well are the same neuron, trained on. Rows whose own partner is
#: closer than that are in their places.
_LONG, _STILL, _IN_PLACE = 64, 0.9, 0.95
#: Share of the changed rows whose partner must lie elsewhere, if there are no factors.
_MOVED = 0.1
#: Changed matrices of which at least one must match.
_FIRST = 5
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
    matrices = [s for s in samples if model in s.others and len(s.shape) >= 2 and s.dtype in KNOWN]
    # What moved most first: there it shows soonest whether there is anything to find.
    matrices.sort(key=lambda s: _alike(s.candidate, s.others[model]))
    kinds: dict[tuple[str, tuple[int, ...], int | None], set[bytes | None]] = {}
    equal = changed = matched = looked_at = 0
    closeness: list[float] = []
    for s in matrices:
        if np.mean(s.candidate == s.others[model]) >= 0.999:
            equal += 1
            continue
        found: tuple[float, float] | None = None
        if _alike(s.candidate, s.others[model]) < _IN_PLACE and (mine := _values(s, s.candidate)) is not None:
            kind = (s.family, s.shape, s.layer)  # a tensor of another layer makes a layer stack
            if kind not in kinds:
                alike = (o for o in matrices if (o.family, o.shape, o.layer) == kind)
                kinds[kind] = {_values(o, o.others[model]) for o in alike}
            found = (1.0, 1.0) if mine in kinds[kind] else None
        found = found or _reordered(s, model)
        looked_at += 1
        if found is not None:
            changed += 1
            matched += found[0] >= _MATCHED
            closeness.append(found[1])
        if looked_at == _FIRST and not matched:
            return None
    if not changed or (not equal and _one_for_all(matrices, model)):
        return None
    return Permuted(model, matched / changed, changed, equal, equal + changed, float(np.mean(closeness)))


def _one_for_all(matrices: Sequence[TensorSample], model: str) -> bool:
    """One factor for the whole model, as a blend whose weights do not sum to one has, moves nothing about."""
    factors = [_factor(s, model) for s in matrices]
    return abs(float(np.median(factors))) >= _FACTORS and float(np.ptp(factors)) < _FACTORS / 2


def _factor(sample: TensorSample, model: str) -> float:
    """The natural logarithm of the median factor between the elements."""
    used = (sample.candidate != 0) & (sample.others[model] != 0)
    ratio = np.abs(sample.candidate[used] / sample.others[model][used])
    return float(np.log(np.median(ratio))) if len(ratio) else 0.0


def _alike(mine: Array, theirs: Array) -> float:
    size = float(np.linalg.norm(mine) * np.linalg.norm(theirs))
    return float(mine @ theirs) / size if size > 0 else 0.0


def _values(sample: TensorSample, values: Array) -> bytes | None:
    """All values of a tensor that was read whole, whatever their order, as one key; None where that says nothing."""
    if len(values) != int(np.prod(sample.shape)):
        return None
    ordered = np.sort(values)
    return ordered.tobytes() if np.sum(np.diff(ordered) > 0) >= 64 else None


def _reordered(sample: TensorSample, model: str) -> tuple[float, float] | None:
    """The largest share of rows, columns or elements that one mark explains, and how alike these are."""
    other = sample.others[model]
    shares: list[tuple[float, float] | None] = [_factors(sample, model)]
    whole = _whole_rows(sample)
    if len(whole):
        whole = whole[(sample.candidate[whole] != other[whole]).any(1)]
    if len(whole) >= 2:
        mine, theirs = np.sort(sample.candidate[whole], 1), np.sort(other[whole], 1)
        same = (mine == theirs).mean(1)
        share = float(np.mean(same >= 0.99))
        shares.append((share, float(same.mean())) if share >= _MATCHED else None)
    block = grid(sample, 4096)
    if block is not None:
        mine, theirs = sample.candidate[block], other[block]
        # Only where all rows (or columns) are there, each must find its partner.
        if len(block) == int(np.prod(sample.shape[:-1])):
            shares.append(_partners(mine, theirs))
        if block.shape[1] == sample.shape[-1]:
            shares.append(_partners(mine.T, theirs.T))
    told = [found for found in shares if found is not None]
    return max(told) if told else None


def _factors(sample: TensorSample, model: str) -> tuple[float, float] | None:
    """Share of the elements that are the other model's times one factor for the row and one for the column.

    None where these do not explain it, or hardly differ from one: what moves by less than rounding is any fine-tune.
    """
    other, found = sample.others[model], sample.candidate
    used = np.flatnonzero((found != 0) & (other != 0))
    if len(used) < 64:
        return None
    row, column = np.divmod(sample.positions[used], sample.shape[-1])
    row, column = np.unique(row, return_inverse=True)[1], np.unique(column, return_inverse=True)[1]
    if len(used) < _PER_FACTOR * (row.max() + column.max() + 2):
        return None
    ratio = np.log(np.abs(found[used] / other[used]))
    left: Array = ratio.copy()
    for _ in range(4):
        for index in (row, column):
            left -= (np.bincount(index, left) / np.bincount(index))[index]
    if np.std(ratio - left) < _FACTORS:
        return _one_factor(sample, model, float(np.exp(np.median(ratio))))
    share = float(np.mean((np.abs(left) <= _ROUNDED) & (np.sign(found[used]) == np.sign(other[used]))))
    return (share, share) if share >= _MATCHED else None


def _one_factor(sample: TensorSample, model: str, factor: float) -> tuple[float, float] | None:
    """The same where the whole tensor has one factor: to the last digit, since weight decay shrinks all of it, too."""
    if abs(np.log(factor)) < _FACTORS:
        return None
    off = np.abs(sample.candidate - factor * sample.others[model])
    share = float(np.mean(off <= ulp(sample.candidate, sample.dtype)))
    return (share, share) if share >= 0.999 else None


def _partners(mine: Array, theirs: Array) -> tuple[float, float] | None:
    """Share of the changed rows with a row of the other matrix that has the same direction, and the mean cosine.

    None where the rows are in their places, as after a fine-tune: that tells no order.
    """
    if mine.shape[1] < _SHORTEST:
        return None
    lengths = [np.linalg.norm(m, axis=1) for m in (mine, theirs)]
    used = np.flatnonzero((lengths[0] > 0) & (mine != theirs).any(1))
    if len(used) < 2:
        return None
    theirs = theirs / np.where(lengths[1] > 0, lengths[1], 1.0)[:, None]
    cosine = np.abs((mine[used] / lengths[0][used, None]) @ theirs.T)
    partner = cosine.argmax(1)
    best = cosine.max(1)
    own = cosine[np.arange(len(used)), used]
    factor = np.log(lengths[0][used] / np.maximum(lengths[1][partner], 1e-300))
    elsewhere = own < np.minimum(_ALIKE, best)
    if (np.mean(elsewhere) < _MOVED or np.median(own) > _IN_PLACE) and np.std(factor) < _FACTORS:
        return None if np.median(own) > _IN_PLACE else (0.0, 0.0)
    alike = best >= _ALIKE
    moved = own <= best - 0.3
    if mine.shape[1] >= _LONG and np.mean(moved) >= _MOVED:  # moved, and trained afterwards
        alike |= (best >= _STILL) & (moved | (own > _IN_PLACE))
    return float(np.mean(alike)), float(best.mean())


def _whole_rows(sample: TensorSample) -> NDArray[np.int64]:
    """Indices of rows that the sample holds completely, as a matrix."""
    width = sample.shape[-1]
    if width < _SHORTEST:
        return np.empty((0, width), np.int64)
    row = sample.positions // width
    _numbers, first, count = np.unique(row, return_index=True, return_counts=True)
    starts = first[count == width][:256]
    return np.asarray(starts[:, None] + np.arange(width), np.int64)
