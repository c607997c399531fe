"""The multiple of a model's change that stands out among a candidate's changes: a spike where most elements agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .formats import KNOWN, ulp
from .records import TensorSample
from .votes import sweep

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Mask = NDArray[np.bool_]

#: Only changes of at least so many steps of the grid tell one multiple from another.
STEPS = 8.0
#: Arithmetic in 16 bits: products, their sum and a quotient, each off by 2^-9 of its size.
NOISE = 2.0**-8
#: Votes that a tensor needs for multiples of its own; with fewer it joins the others of its kind.
OWN = 150
#: Elements of one tensor that are looked at.
_ELEMENTS = 8192
#: Multiples that are looked at, 0.4 % apart, and how far beside each its neighbours are taken: 8 and 16 %.
_GRID = np.concatenate([-(0.03 * 1.004 ** np.arange(1700))[::-1], 0.03 * 1.004 ** np.arange(1700)])
_APART = 20


@dataclass(frozen=True, slots=True)
class Part:
    """Elements of one tensor, or of several that are too small alone: the candidate's change and the models'."""

    change: Array
    step: Array
    deltas: dict[str, Array]

    def cut(self, at: Mask | slice) -> Part:
        return Part(self.change[at], self.step[at], {i: d[at] for i, d in self.deltas.items()})

    def far(self, ids: Sequence[str], steps: float = STEPS) -> Mask:
        """Elements in which all these models moved by many steps."""
        found = np.ones(self.change.shape, np.bool_)
        for i in ids:
            found &= np.abs(self.deltas[i]) >= steps * self.step
        return found


def parts_of(samples: Sequence[TensorSample], base: str, ids: Sequence[str]) -> list[Part]:
    """Tensors with many votes alone, the others together."""
    large: list[Part] = []
    small: list[Part] = []
    for s in samples:
        if s.dtype not in KNOWN or base not in s.others:
            continue
        every = max(1, len(s.candidate) // _ELEMENTS)
        start = s.others[base][::every]
        found = s.candidate[::every]
        step = np.maximum(ulp(found, s.dtype), ulp(start, s.dtype))
        zero = np.zeros(start.shape)
        deltas = {i: s.others[i][::every] - start if i in s.others else zero for i in ids}
        part = Part(found - start, step, deltas)
        told = (np.abs(part.change) > step) & np.any([part.far([i]) for i in ids], axis=0) if ids else zero
        (large if int(told.sum()) >= 4 * OWN else small).append(part)
    if small:
        large.append(
            Part(
                np.concatenate([p.change for p in small]),
                np.concatenate([p.step for p in small]),
                {i: np.concatenate([p.deltas[i] for p in small]) for i in ids},
            )
        )
    return large


def spike(part: Part, id: str, change: Array) -> tuple[float, float, float] | None:
    """The multiple of the model's change that most elements allow, the share that does, and times that beside it."""
    here = part.far([id]) & (np.abs(change) > part.step)
    if int(here.sum()) < OWN / 2:
        return None
    delta, change, step = part.deltas[id][here], change[here], part.step[here]
    room = 0.6 * step + NOISE * np.abs(change) / 2
    low, high = np.sort([(change - room) / delta, (change + room) / delta], axis=0)
    lows, highs = np.sort(low), np.sort(high)
    counts = np.searchsorted(lows, _GRID, "right") - np.searchsorted(highs, _GRID, "left")
    # A spike stands out against what lies beside it; changes that only resemble the model's make a broad hill.
    beside = np.mean([np.roll(counts, k) for k in (-2 * _APART, -_APART, _APART, 2 * _APART)], axis=0)
    at = int(np.argmax(counts - beside))
    near = (low <= _GRID[at] + abs(_GRID[at]) * 0.02) & (high >= _GRID[at] - abs(_GRID[at]) * 0.02)
    if int(counts[at]) < OWN / 10:
        return None
    weight = sweep(low[near], high[near])[0]
    own = int(np.sum((low <= weight) & (weight <= high)))
    return weight, own / len(low), own / max(float(beside[at]), 1.0)
