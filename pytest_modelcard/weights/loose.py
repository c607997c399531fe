"""Blends by arithmetic that rounds on its way and is not known step by step: spherical means, model stock and others
computed in 16 bits, with weights of each tensor, row or column.

Such a candidate is not hit by a prediction rounded once, but lies within two steps of it in every element, however far
apart the models are there. Training moves small values by many of their steps, and what lies among models by chance (a
checkpoint between two others) is off the more, the further apart they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from .elements import cut, every_second, having, swapped_with
from .fit import LEAST, Fit
from .formats import ulp
from .merges import several, single
from .records import Agreement, TensorSample

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

#: Models must be so many steps apart in an element for it to count; a step is that of the largest of their values.
_APART = 32.0
#: So many steps off is rounding, for this share of elements; and the error over the distance to the nearest model.
_STEPS, _WITHIN, _RELATIVE = 2.0, 0.985, 0.03
#: The same for the eighth of elements with the finest steps, which training moves by many.
_FINEST, _WITHIN_FINEST = 8, 0.97
#: Share of tensors, of those that tell, in which all of it holds.
_TENSORS = 0.9
#: No weight is below this: otherwise a model made from the candidate and another could be taken for their parent.
_NEGATIVE = -0.02
#: What weights told through rounding may be off.
_UNSURE = 0.005
#: Elements that a row or column needs for weights of its own.
_LINE = 24

Weights = tuple[float, ...]
#: Whether a tensor is near, elements that tell, and those of them that are near.
Mark = tuple[bool, int, int]


def loosely(samples: Sequence[TensorSample], ids: Sequence[str]) -> Fit | None:
    """The weights of `ids` by tensor, from least squares on even elements; None where odd ones are further off.

    Agreement's hits are elements within two steps here.
    """
    ids = tuple(ids)
    usable = [s for s in having(samples, ids) if s.dtype in ("BF16", "F16")]
    weights: dict[str, Weights] = {}
    good = told = elements = within = 0
    for s in usable:
        found = _weights(every_second(s, 0), ids)
        predicted = _predicted(every_second(s, 1), ids, found)
        mark = _near(every_second(s, 1), ids, predicted)
        if mark is None:
            continue
        if not mark[0] and len(s.shape) == 2:
            marks = [
                _by_line(s, ids, lines) for lines in (s.positions // s.shape[1], s.positions % s.shape[1])
            ]
            mark = next((m for m in marks if m is not None and m[0]), mark)
        told, good = told + 1, good + mark[0]
        elements, within = elements + mark[1], within + mark[2]
        if mark[0]:
            weights[s.name] = found
        if told >= 4 and good < told / 2:
            return None
    if good < 4 or good < _TENSORS * told:
        return None
    if min(min(w) for w in weights.values()) < _NEGATIVE:
        return None
    if _backwards(usable, ids):
        return None
    spans = {n: tuple((w - _UNSURE, w + _UNSURE) for w in found) for n, found in weights.items()}
    agreement = Agreement(within / elements, 0.0, 1.0, elements)
    return Fit(ids, (), (), agreement, 0.0, arithmetic="stored", by_tensor=weights, spans=spans)


def _weights(s: TensorSample, ids: Sequence[str]) -> Weights:
    rows = np.stack([s.others[i] for i in ids], axis=1)
    return tuple(np.linalg.lstsq(rows, s.candidate, rcond=None)[0].tolist())


def _predicted(s: TensorSample, ids: Sequence[str], weights: Weights) -> Array:
    return np.asarray(np.stack([s.others[i] for i in ids], axis=1) @ np.array(weights))


def _by_line(s: TensorSample, ids: Sequence[str], lines: NDArray[np.int64]) -> Mark | None:
    """The same with least squares in each row or column of a matrix, on half of its elements and tested on the others;
    None where there are too few of them.
    """
    number = np.unique(lines, return_inverse=True)[1]
    count, size = int(number.max()) + 1, len(ids)
    if len(s.candidate) < _LINE * count:
        return None
    # Like the fields of a chess board: half of every row and of every column.
    even = (s.positions // s.shape[1] + s.positions % s.shape[1]) % 2 == 0
    given = np.stack([s.others[i] for i in ids], axis=1)
    inner, cross = np.zeros((count, size, size)), np.zeros((count, size))
    np.add.at(inner, number[even], given[even][:, :, None] * given[even][:, None, :])
    np.add.at(cross, number[even], given[even] * s.candidate[even][:, None])
    try:
        weights = np.linalg.solve(inner, cross[:, :, None])[:, :, 0]
    except np.linalg.LinAlgError:  # models that are equal in a line
        return None
    predicted = np.sum(given * weights[number], axis=1)[~even]
    return _near(cut(s, ~even), ids, np.asarray(predicted))


def _near(s: TensorSample, ids: Sequence[str], predicted: Array) -> Mark | None:
    """Whether elements are as near as rounding leaves them, how many tell, and are; None where too few could be off."""
    given = np.array([s.others[i] for i in ids])
    step = ulp(np.max(np.abs(given), axis=0), s.dtype)
    far = np.min(np.abs(given - s.candidate), axis=0) >= _APART / 4 * step
    far &= np.ptp(given, axis=0) >= _APART * step
    count = int(far.sum())
    if count < LEAST:
        return None
    off, step = np.abs(s.candidate - predicted)[far], step[far]
    hit = off <= _STEPS * step
    finest = hit[np.argsort(step, kind="stable")[: max(1, count // _FINEST)]]
    distance = min(float(np.linalg.norm((s.candidate - values)[far])) for values in given)
    near = (
        float(hit.mean()) >= _WITHIN
        and float(finest.mean()) >= _WITHIN_FINEST
        and float(np.linalg.norm(off)) <= _RELATIVE * distance
    )
    return near, count, int(hit.sum())


def _backwards(samples: Sequence[TensorSample], ids: tuple[str, ...]) -> bool:
    """Whether one of the models is an exact blend of the candidate and the others."""
    for model in ids:
        turned = swapped_with(samples, model)
        others = [i for i in ids if i != model]
        fit = single(turned, others[0], model) if len(others) == 1 else several(turned, [model, *others])
        if fit is not None and fit.exact:
            return True
    return False
