"""Layers taken whole from several models: which layer of which model does each layer of the candidate equal?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from .formats import KNOWN, round_to
from .records import TensorSample

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

#: Share of elements that must be equal in a layer that was taken over.
_EQUAL = 0.9999
_LEAST = 64


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer of the candidate and its source; `layer` is the number in the source."""

    candidate: int
    id: str
    layer: int


@dataclass(frozen=True, slots=True)
class Stack:
    """Sources of the candidate's layers, in order; elements: compared."""

    layers: tuple[Layer, ...]
    ids: tuple[str, ...]
    elements: int

    @property
    def pruned(self) -> bool:
        """Layers of one model in their order, some of them missing: nothing was put together."""
        numbers = [part.layer for part in self.layers]
        return len(self.ids) == 1 and all(a < b for a, b in pairwise(numbers))


def same_depth(samples: Sequence[TensorSample], ids: Sequence[str]) -> Stack | None:
    """Each layer equals the same layer of one of the models, and at least two models are needed for it.

    None where a layer equals none of them. Layers that several models share are given to the source of the layer
    before, so that no model is named without need.
    """
    by_layer: dict[int, list[TensorSample]] = {}
    for s in samples:
        if s.layer is not None and s.dtype in KNOWN:
            by_layer.setdefault(s.layer, []).append(s)
    if len(by_layer) < 2:
        return None
    fits = {layer: [i for i in ids if _equal(part, i)] for layer, part in sorted(by_layer.items())}
    if not all(fits.values()):
        return None
    elements = sum(len(s.candidate) for part in by_layer.values() for s in part)
    return _stack({layer: [(i, layer) for i in those] for layer, those in fits.items()}, ids, elements)


def match(
    candidate: Mapping[int, Array], models: Mapping[str, Mapping[int, Array]]
) -> Mapping[int, tuple[tuple[str, int], ...]]:
    """For each layer of the candidate all layers of `models` that equal it, from values read at the same places of the
    same tensor in every layer: layer number -> values.
    """
    return {
        layer: tuple(
            (model, other)
            for model, layers in models.items()
            for other, theirs in sorted(layers.items())
            if len(theirs) == len(values) >= _LEAST and np.mean(theirs == values) >= _EQUAL
        )
        for layer, values in candidate.items()
    }


def stack(
    found: Mapping[int, Sequence[tuple[str, int]]],
    ids: Sequence[str],
    elements: int,
    depths: Mapping[str, int] | None = None,
) -> Stack | None:
    """The layer stack that `match` found: every layer has a source, and they are not simply one model in order.

    depths: how many layers each model has; the first layers of a deeper model are a stack, too.
    """
    if not found or not all(found.values()):
        return None
    for model in ids:
        if all((model, layer) in sources for layer, sources in found.items()):
            if (depths or {}).get(model, 0) <= len(found):
                return None
            layers = tuple(Layer(layer, model, layer) for layer in sorted(found))
            return Stack(layers, (model,), elements)
    return _stack(found, ids, elements)


def _stack(found: Mapping[int, Sequence[tuple[str, int]]], ids: Sequence[str], elements: int) -> Stack | None:
    """Of several possible sources the one that goes on from the layer before, then the first of `ids`."""
    layers: list[Layer] = []
    for number, sources in sorted(found.items()):
        before = layers[-1] if layers else None
        following = (before.id, before.layer + 1) if before else None
        if following in sources and following is not None:
            model, layer = following
        else:
            model, layer = min(sources, key=lambda source: ids.index(source[0]))
        layers.append(Layer(number, model, layer))
    used = tuple(i for i in ids if any(part.id == i for part in layers))
    shifted = any(part.layer != part.candidate for part in layers)
    return Stack(tuple(layers), used, elements) if len(used) > 1 or shifted else None


def _equal(samples: Sequence[TensorSample], model: str) -> bool:
    equal = total = 0
    for s in samples:
        if model not in s.others:
            return False
        equal += int(np.sum(s.candidate == round_to(s.others[model], s.dtype)))
        total += len(s.candidate)
    return total >= _LEAST and equal >= _EQUAL * total
