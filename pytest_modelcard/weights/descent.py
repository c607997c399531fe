"""Was the candidate trained from the stored weights of another model? Inheritance, with its direction.

Training that starts from stored weights leaves an element as it was unless the change passes half a step of the grid.
Two runs that merely resemble each other, or two checkpoints of one run with finer weights inside, differ wherever a
boundary lies between them, however small the change is beside the step. So of elements whose step is several times the
typical difference a child has nearly all, and others do not. The child's own change has nothing to do with
the parent's; were the "parent" the child, it would be the parent's change undone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .formats import KNOWN, round_to, ulp
from .records import TensorSample

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

#: Coarse: the step is so many times the typical difference. A normal change of a child passes half a step in 13 (3),
#: 5 (4), 1 (5) of 100 elements; a boundary lies between a sibling, or a later checkpoint, in 27, 20, 16 of 100.
_COARSE, _COARSEST = 3.0, 8.0
#: Changes seen over those expected of a child, and a floor for heavy tails.
_MARGIN, _FLOOR = 1.4, 0.02
_LEAST = 60
#: Slope of the model's change on what the candidate has beside it; see `onward`.
_ONWARD = -0.25


@dataclass(frozen=True, slots=True)
class Descent:
    """kept: share of the parent's changes to coarse elements that the candidate has unchanged, of `elements`; expected:
    of a child. stayed: the same for coarse elements that the parent did not change.

    child: all of it says that the candidate comes from the parent.
    """

    id: str
    kept: float
    expected: float
    stayed: float
    elements: int
    child: bool


def descent(samples: Sequence[TensorSample], base: str, parent: str) -> Descent | None:
    """None where too few elements could tell."""
    flips, wanted, count = [0, 0], [0.0, 0.0], [0, 0]
    alone = 0
    for s in samples:
        if s.dtype not in KNOWN or base not in s.others or parent not in s.others:
            continue
        start, theirs = round_to(s.others[base], s.dtype), round_to(s.others[parent], s.dtype)
        step = ulp(theirs, s.dtype)
        typical = _typical(s.candidate - theirs, step)
        if typical == 0:
            continue
        times = step / typical
        differs, moved = theirs != start, s.candidate != theirs
        expected = _passes(times)
        sets = (differs & (times >= _COARSE), ~differs & (times >= _COARSE) & (times <= _COARSEST))
        for at, chosen in enumerate(sets):
            count[at] += int(chosen.sum())
            flips[at] += int(moved[chosen].sum())
            wanted[at] += float(expected[chosen].sum())
        alone += int((~differs & (times >= _COARSE) & moved).sum())
    if min(count) < _LEAST or alone < 20:
        return None
    child = all(f <= _MARGIN * w + _FLOOR * n for f, w, n in zip(flips, wanted, count, strict=True))
    kept, stayed = (1 - f / n for f, n in zip(flips, count, strict=True))
    return Descent(
        parent, kept, 1 - wanted[0] / count[0], stayed, count[0], child and onward(samples, base, parent)
    )


def onward(samples: Sequence[TensorSample], base: str, model: str) -> bool:
    """Whether the candidate's difference from `model` was added to the model's own change, and is no part of it.

    The slope of the model's change on the difference is 0 for a child, -1/2 for a sibling (the candidate lacks what
    the model alone has) and -1 for the model's own origin. Judged by its mean over tensors and the error of that.
    """
    products, sizes = [], []
    for s in samples:
        if base not in s.others or model not in s.others:
            continue
        difference, change = s.candidate - s.others[model], s.others[model] - s.others[base]
        if difference.any() and change.any():
            products.append(float(change @ difference))
            sizes.append(float(difference @ difference))
    if len(sizes) < 4:
        return False
    total = sum(sizes)
    slope = sum(products) / total
    error = math.sqrt(sum((p - slope * n) ** 2 for p, n in zip(products, sizes, strict=True))) / total
    return slope - 2 * error > _ONWARD


def _passes(times: Array) -> Array:
    """The chance that a normal change passes half a step that is `times` its size."""
    grid = np.linspace(0.0, 10.0, 501)
    chance = np.array([math.erfc(t / 2 / math.sqrt(2)) for t in grid])
    return np.asarray(np.interp(times, grid, chance))


def _typical(difference: Array, step: Array) -> float:
    """The rms of a difference beneath rounding, from the elements with fine steps, where rounding hides little."""
    order = np.argsort(step, kind="stable")[: max(32, len(step) // 8)]
    size = float(np.sqrt(np.mean(difference[order] ** 2)))
    return size if size > 0 else float(np.sqrt(np.mean(difference**2)))
