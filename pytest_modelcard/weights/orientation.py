"""Square experts fused in one tensor: stored [out, in] or [in, out]? Headers do not tell; a few of their values do.

A corner of a matrix lies in the same place whether it is transposed or not, so that it can be compared both ways. Where
two models have nothing in common, neither way shows, and what headers leave unsure stays left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from .align import Alignment, Run, align, kind
from .reader import read_values

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .opened import Weights

    Array = NDArray[np.float64]

#: Rows and columns of the corner.
_CORNER = 48
#: Correlation of values that shows a way round, and by how much it must exceed the other one's.
_ALIKE, _MORE = 0.5, 0.3


def aligned(candidate: Weights, other: Weights) -> Alignment:
    """`align`, with square parts paired where their values show that they are stored the same way round."""
    found = align(candidate.tensors, other.tensors, tied=other.tied)
    upright = _upright(candidate, other, found.unsure)
    if not upright:
        return found
    return align(candidate.tensors, other.tensors, tied=other.tied, upright=upright)


def _upright(candidate: Weights, other: Weights, unsure: Mapping[str, Run]) -> frozenset[str]:
    """Kinds of tensors of which the first and the last are stored the same way round in both models."""
    kinds: dict[str, list[tuple[str, Run]]] = {}
    for pair in unsure.items():
        kinds.setdefault(kind(pair[0]), []).append(pair)
    return frozenset(
        which
        for which, pairs in kinds.items()
        if all(_same_way(candidate, other, *pair) for pair in _ends(pairs))
    )


def _ends(pairs: list[tuple[str, Run]]) -> Iterable[tuple[str, Run]]:
    return pairs if len(pairs) == 1 else (pairs[0], pairs[-1])


def _same_way(candidate: Weights, other: Weights, name: str, run: Run) -> bool:
    width = candidate.tensors[name].shape[-1]
    size = min(_CORNER, width, run.count // width)
    mine = _corner(candidate, name, run.start, width, size)
    theirs = _corner(other, run.tensor.name, run.other_start, width, size)
    if mine is None or theirs is None:
        return False
    upright, turned = _correlation(mine, theirs), _correlation(mine, theirs.T)
    return upright >= _ALIKE and upright >= turned + _MORE


def _corner(model: Weights, name: str, start: int, width: int, size: int) -> Array | None:
    values = read_values(model, {name: [(start, size * width)]}).get(name)
    if values is None or len(values) != size * width:
        return None
    corner = values.reshape(size, width)[:, :size]
    return corner if bool(np.isfinite(corner).all()) else None


def _correlation(one: Array, other: Array) -> float:
    a, b = one - one.mean(), other - other.mean()
    length = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(np.sum(a * b)) / length if length else 0.0
