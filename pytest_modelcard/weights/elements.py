"""Elements and tensors picked from samples: those that tell, halves, thinned ones, and models exchanged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from .formats import round_to, ulp
from .records import TensorSample

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Predict = Callable[[TensorSample], "Array"]

#: Parents must be so many steps apart in an element for it to count.
APART = 6.0
#: A value so many steps from the unrounded prediction may be its rounding.
NEAR = 0.503
#: A first look at so many elements in all.
_ELEMENTS = 24_000


def swapped_with(samples: Sequence[TensorSample], model: str) -> list[TensorSample]:
    return [
        replace(s, candidate=round_to(s.others[model], s.dtype), others={**s.others, model: s.candidate})
        for s in samples
    ]


def having(samples: Sequence[TensorSample], ids: Sequence[str]) -> list[TensorSample]:
    return [s for s in samples if all(i in s.others for i in ids)]


def broken_share(
    samples: Sequence[TensorSample], ids: Sequence[str], predict: Predict | None = None
) -> float:
    """Of elements equal in all models the share that differs in the candidate (by default from that value)."""
    same = broken = 0
    for s in having(samples, ids):
        values = [s.others[i] for i in ids]
        alike = np.all([v == values[0] for v in values], axis=0)
        same += int(alike.sum())
        exact = predict(s) if predict else values[0]
        steps = 8 if s.dtype in ("F32", "F64") else NEAR  # sums in float32 are off by some
        off = np.abs(s.candidate - exact) > steps * ulp(s.candidate, s.dtype)
        broken += int((off & (s.candidate != round_to(exact, s.dtype)))[alike].sum())
    return broken / same if same else 0.0


def far_apart(s: TensorSample, ids: Sequence[str]) -> NDArray[np.bool_]:
    """Elements in which the models lie far from each other."""
    given = np.array([s.others[i] for i in ids])
    return np.asarray(np.ptp(given, axis=0) >= APART * ulp(s.candidate, s.dtype))


def every_second(s: TensorSample, which: int) -> TensorSample:
    return cut(s, slice(which, None, 2))


def thinned(samples: Sequence[TensorSample]) -> list[TensorSample]:
    every = max(1, sum(len(s.candidate) for s in samples) // _ELEMENTS)
    return [cut(s, slice(None, None, every)) for s in samples]


def cut(s: TensorSample, at: slice | NDArray[np.bool_]) -> TensorSample:
    return replace(
        s,
        positions=s.positions[at],
        candidate=s.candidate[at],
        others={i: v[at] for i, v in s.others.items()},
        scales={i: v[at] for i, v in s.scales.items()},
    )
