"""A first look at all blends at once: which models, with any weights, could explain what is left over rounding.

Inner products of all models in every tensor, in units of the grid's step, give the least squares of any set of models at
no further cost. What an exact merge leaves is the energy of rounding, a step squared over 12 an element; arithmetic in
16 bits leaves some times that; anything else leaves as many times more as changes are larger than a step. Passing says
little where changes are below a step, failing says that no blend of these models is worth looking for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .formats import KNOWN, ulp
from .records import TensorSample

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

#: What a blend may leave, over rounding. Exact merges of trained models 0.5 to 1.0, computed in bf16 1.5 to 4, slerp as
#: a linear blend up to 3; fine-tunes of the same models 20 and more.
LEFT = 8.0
#: Elements of a tensor that are looked at, and tensors.
_ELEMENTS, _TENSORS = 4096, 48
#: A set of models that explains this share of the tensors in which changes can be told is worth looking at.
_SHARE = 0.6
_TOLD = 60.0  #: rounding energies that the candidate's change must have for a tensor to tell anything
_MOST, _MODELS = 4, 40


@dataclass(frozen=True, slots=True)
class Screen:
    """products: for each tensor the inner products of (model - reference) for all models, zero and the candidate, over
    the step squared; elements: how many there were. `ids` are the models, the reference first.

    Zero counts as a model in blends whose weights need not sum to one, as those of spherical ones do not.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    products: Array  #: tensors x (ids + 2) x (ids + 2)
    elements: Array

    @classmethod
    def of(cls, samples: Sequence[TensorSample], ids: Sequence[str]) -> Screen:
        # A model with few tensors in common would leave nothing to compare the others by.
        ids = [i for i in ids if sum(i in s.others for s in samples) >= len(samples) / 2][:_MODELS]
        usable = [s for s in samples if ids and s.dtype in KNOWN and all(i in s.others for i in ids)]
        # A few tensors in a finer format (norms in F32, say) would count more than all others together.
        stored = Counter[str]()
        for s in usable:
            stored[s.dtype] += len(s.candidate)
        usable = [s for s in usable if s.dtype == stored.most_common(1)[0][0]]
        every = max(1, len(usable) // _TENSORS)
        usable = sorted(usable, key=lambda s: -len(s.candidate))[: 4 * _TENSORS : every]
        names, products, elements = [], [], []
        for s in usable:
            cut = slice(None, None, max(1, len(s.candidate) // _ELEMENTS))
            found = s.candidate[cut]
            rows = np.stack([*(s.others[i][cut] for i in ids), np.zeros_like(found), found])
            # Values near zero have steps so fine that they would count more than all others together.
            size = np.maximum(np.abs(found), np.median(np.abs(found)) / 4)
            step = ulp(size, s.dtype) * (8 if s.dtype in ("F32", "F64") else 1)
            rows = (rows - rows[0]) / step
            names.append(s.name)
            products.append(rows @ rows.T)
            elements.append(len(found))
        size = len(ids) + 2
        return cls(
            tuple(ids),
            tuple(names),
            np.array(products).reshape(-1, size, size),
            np.array(elements, np.float64),
        )

    def left(self, ids: Sequence[str], tensor: int | None = None) -> float:
        """What the best blend of these models with weights that sum to one leaves, over rounding's energy.

        Zero, that is no objection, where nothing could be looked at.
        """
        if not len(self.products) or any(i not in self.ids for i in ids):
            return 0.0
        products = self.products.sum(axis=0) if tensor is None else self.products[tensor]
        count = float(self.elements.sum() if tensor is None else self.elements[tensor])
        return _left(products, [self.ids.index(i) for i in ids])[0] / max(count / 12, 1e-9)

    def explaining(self) -> tuple[str, ...]:
        """The fewest models, up to four, whose blend leaves about as little as that of four; () where all leave more."""
        if not len(self.products):
            return ()
        products, rounding = self.products.sum(axis=0), float(self.elements.sum()) / 12
        least = _left(products, _greedy(products, _MOST, 0.0))[0]
        if least > LEFT * rounding:
            return ()
        return tuple(self.ids[k] for k in _greedy(products, _MOST, 1.1 * least + 0.02 * rounding))

    def explained(self, ids: Sequence[str]) -> float:
        """The share of tensors that these models explain, each with weights of its own."""
        if not len(self.products) or any(i not in self.ids for i in ids):
            return 0.0
        chosen = [self.ids.index(i) for i in ids]
        return float(np.mean([self._fits(chosen, k) for k in range(len(self.products))]))

    def nearly(self, most: int = _MOST) -> tuple[tuple[str, ...], float]:
        """The models, each with any weights in every tensor, that leave least, and what they leave over what the nearest
        of them does: two, or more where one more halves that.
        """
        if not len(self.products) or len(self.ids) < 2:
            return (), 1.0

        def left(chosen: Sequence[int]) -> float:
            return sum(_left(p, [len(self.ids), *chosen])[0] for p in self.products)

        chosen: list[int] = []
        for _ in range(min(most, len(self.ids))):
            others = [k for k in range(len(self.ids)) if k not in chosen]
            chosen.append(min(others, key=lambda k: left([*chosen, k])))
        # The nearest is taken first, and may lie among the others itself.
        while len(chosen) > 2:
            fewer = min(([j for j in chosen if j != k] for k in chosen), key=left)
            if left(fewer) > 2 * left(chosen):
                break
            chosen = fewer
        nearest = min(sum(float(_left(p, [k])[0]) for p in self.products) for k in chosen)
        return tuple(self.ids[k] for k in chosen), left(chosen) / nearest if nearest else 1.0

    def _fits(self, chosen: Sequence[int], tensor: int) -> bool:
        """Whether these models explain the tensor, with weights that sum to one or with any."""
        products, room = self.products[tensor], LEFT * self.elements[tensor] / 12
        return any(_left(products, use)[0] <= room for use in (chosen, [len(self.ids), *chosen]))

    def by_tensor(self) -> list[tuple[str, ...]]:
        """Sets of at most four models that explain most tensors, each with weights of its own."""
        sets: Counter[tuple[int, ...]] = Counter()
        told = []
        for k, (products, count) in enumerate(zip(self.products, self.elements, strict=True)):
            room = LEFT * count / 12
            nearest = min(_left(products, [i])[0] for i in range(len(self.ids)))
            if nearest < _TOLD * count / 12:
                continue
            told.append(k)
            chosen = _greedy(products, _MOST, room)
            if _left(products, chosen)[0] > room:
                chosen = _greedy(products, _MOST, room, free=True)
            if self._fits(chosen, k):
                sets[tuple(sorted(chosen))] += 1
        if len(told) < 2:
            return []
        union = {i for one, times in sets.items() if times >= 0.1 * len(told) for i in one}
        wanted = {one for one, _ in sets.most_common(2)} | (
            {tuple(sorted(union))} if 2 <= len(union) <= _MOST else set()
        )
        good = [
            one for one in wanted if len(one) >= 2 and np.mean([self._fits(one, k) for k in told]) >= _SHARE
        ]
        return [tuple(self.ids[i] for i in one) for one in sorted(good, key=lambda one: (len(one), one))]


def _left(products: Array, chosen: Sequence[int]) -> tuple[float, Array]:
    """Energy left by the best weights (of all but the last chosen model, which has what is left of one)."""
    *free, last = chosen
    to = np.array([*free, len(products) - 1])
    inner = (
        products[np.ix_(to, to)]
        - products[to, last][:, None]
        - products[last, to][None, :]
        + products[last, last]
    )
    if not free:
        return float(inner[0, 0]), np.empty(0)
    weights = np.linalg.lstsq(inner[:-1, :-1], inner[:-1, -1], rcond=1e-9)[0]
    return max(0.0, float(inner[-1, -1] - weights @ inner[:-1, -1])), weights


def _greedy(products: Array, number: int, enough: float, *, free: bool = False) -> list[int]:
    """Models added one after the other, each the one that leaves least; ends where what is left is `enough`.

    free: with weights that need not sum to one.
    """
    models = len(products) - 2
    fixed = [models] if free else []
    chosen: list[int] = []
    for _ in range(min(number, models)):
        others = [k for k in range(models) if k not in chosen]
        best = min(others, key=lambda k: _left(products, [*fixed, *chosen, k])[0])
        chosen.append(best)
        if _left(products, [*fixed, *chosen])[0] <= enough:
            break
    # One taken early may have become needless.
    for k in list(chosen):
        rest = [j for j in chosen if j != k]
        if enough and len(rest) >= 1 and _left(products, [*fixed, *rest])[0] <= enough:
            chosen = rest
    return chosen
