"""Layers that lie elsewhere: which layer of another model each layer of the candidate is, or comes from.

Models put together of slices, upscaled or cut in depth have their layers under other numbers than their parents, so a
comparison by name would compare strangers. A few kilobytes of each layer, read at the same places, tell where it lies;
the tensors of the other model are then given the candidate's numbers, and everything else goes on as usual.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ..errors import CannotTell
from ..weights import names, sampling
from ..weights.formats import round_to
from ..weights.reader import read_values
from ..weights.scales import scale_of
from ..weights.stacks import Stack, match, stack

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..weights.fetch import Progress
    from ..weights.header import Tensor
    from ..weights.opened import Weights
    from ..weights.records import TensorSample

    Array = NDArray[np.float64]

#: Matrices of a layer that are looked at, and bytes of each.
MATRICES, MATRIX_BYTES = 3, 1_024
#: Correlation of values from which on a layer comes from another: strangers have 0.00 +- 0.03 there, heavily trained
#: copies 0.5 and more.
SAME = 0.3
#: Formats stored as they are; others have scales.
PLAIN = ("BF16", "F16", "F32", "F64")
#: Layers beyond which a model is not searched, and models: cost grows with both.
MAX_LAYERS, MAX_MODELS = 400, 12


@dataclass(frozen=True, slots=True)
class Places:
    """Where the candidate's layers lie. maps: model -> candidate's layer -> that model's; layers with no counterpart
    are missing. stack: the exact one where every layer equals one of the models', at the places looked at.
    """

    maps: Mapping[str, Mapping[int, int]]
    stack: Stack | None

    @property
    def moved(self) -> tuple[str, ...]:
        """Models in which some layer lies elsewhere."""
        return tuple(id for id, places in self.maps.items() if any(k != v for k, v in places.items()))


def other_depth(candidate: Weights, models: Iterable[Weights]) -> bool:
    """Whether some model has more or fewer layers than the candidate."""
    here = _depth(candidate)
    return len(here) >= 2 and any(_depth(model) not in (here, frozenset()) for model in models)


def strangers(samples: Sequence[TensorSample]) -> bool:
    """Whether some layer resembles the layer of its number in none of the models."""
    best: dict[int, float] = {}
    for s in samples:
        if s.layer is not None and len(s.shape) >= 2 and len(s.candidate) >= 64:
            alike = max((_correlation(s.candidate, v) for v in s.others.values()), default=0.0)
            best[s.layer] = max(best.get(s.layer, 0.0), alike)
    return any(alike < SAME for alike in best.values())


def locate(
    candidate: Weights, models: Mapping[str, Weights], *, seed: int, progress: Progress | None = None
) -> Places | None:
    """Where each layer of the candidate lies in each model; None where the models have too little in common to look."""
    own = _table(candidate)
    layers = sorted({layer for _, layer in own})
    if not 2 <= len(layers) <= MAX_LAYERS:
        return None
    families = _families(own, layers, seed)
    shapes = {family: tensor.shape for (family, _), tensor in own.items()}
    tables = {id: _table(model) for id, model in models.items()}
    fitting = [id for id, table in tables.items() if _fits(table, shapes)][:MAX_MODELS]
    if not fitting:
        return None
    mine = _values(candidate, own, families, own, seed, progress)
    theirs = {id: _values(models[id], tables[id], families, own, seed, progress) for id in fitting}
    maps = {id: _closest(mine, values) for id, values in theirs.items()}
    return Places(maps, _exact(mine, theirs, own))


def renumbered(model: Weights, places: Mapping[int, int]) -> Weights:
    """The model with the layers under the candidate's numbers; a layer that lies at several places is there each time."""
    at: dict[int, list[int]] = {}
    for here, there in places.items():
        at.setdefault(there, []).append(here)
    tensors: dict[str, Tensor] = {}
    for tensor in model.tensors.values():
        layer = names.layer(tensor.name)
        for number in (None,) if layer is None else at.get(layer, ()):
            name = tensor.name if number is None else names.with_layer(tensor.name, number)
            tensors[name] = replace(tensor, name=name)
    return replace(model, tensors=tensors)


def told(places: Places) -> list[str]:
    """For a person: "layers 0 to 7, 8 to 15 were compared with layers 0 to 7, 4 to 11 of lab/base"."""
    groups: dict[tuple[tuple[int, int], ...], list[str]] = {}
    for id in places.moved:
        groups.setdefault(tuple(sorted(places.maps[id].items())), []).append(id)
    out = []
    for pairs, ids in groups.items():
        here, there = _runs(pairs)
        whose = ids[0] if len(ids) == 1 else f"{ids[0]} and {len(ids) - 1} more"
        out.append(f"layers {here} were compared with layers {there} of {whose}, which they resemble most")
    return out


def _runs(pairs: Sequence[tuple[int, int]]) -> tuple[str, str]:
    """Both sides of a map as spans that go on together."""
    runs: list[list[int]] = []
    for here, there in pairs:
        if runs and runs[-1][1] == here - 1 and runs[-1][3] == there - 1:
            runs[-1][1], runs[-1][3] = here, there
        else:
            runs.append([here, here, there, there])
    more = ", ..." if len(runs) > 8 else ""

    def spans(first: int) -> str:
        return ", ".join(f"{r[first]} to {r[first + 1]}" for r in runs[:8]) + more

    return spans(0), spans(2)


def confirmed(found: Stack, samples: Sequence[TensorSample]) -> Stack | None:
    """The stack with what the samples of whole layers say: every element equal; None where one layer does not hold.

    `samples` of renumbered models.
    """
    sources = {part.candidate: part.id for part in found.layers}
    elements = 0
    for s in samples:
        if s.layer in sources:
            if not _equal(s, sources[s.layer]):
                return None
            elements += len(s.candidate)
    return replace(found, elements=elements)


def changed_outside(samples: Sequence[TensorSample]) -> tuple[str, ...]:
    """Tensors outside of the layers that equal none of the models'."""
    return tuple(s.name for s in samples if s.layer is None and not any(_equal(s, id) for id in s.others))


def _equal(s: TensorSample, id: str) -> bool:
    if id not in s.others:
        return False
    there = round_to(s.others[id], s.dtype) if s.dtype in PLAIN else s.others[id]
    return float(np.mean(s.candidate == there)) >= 0.9999


def _depth(model: Weights) -> frozenset[int]:
    return frozenset(layer for name in model.tensors if (layer := names.layer(name)) is not None)


def _table(model: Weights) -> dict[tuple[str, int], Tensor]:
    """Matrices of layers that can be read, those of single experts aside, by family and layer."""
    out: dict[tuple[str, int], Tensor] = {}
    for tensor in model.tensors.values():
        layer = names.layer(tensor.name)
        if layer is None or len(tensor.shape) < 2 or names.expert(tensor.name) or tensor.elements < 256:
            continue
        try:
            scale_of(tensor, model.tensors)
        except CannotTell:
            continue
        out[names.family(tensor.name), layer] = tensor
    return out


def _fits(table: Mapping[tuple[str, int], Tensor], shapes: Mapping[str, tuple[int, ...]]) -> bool:
    alike = {layer for (family, layer), tensor in table.items() if shapes.get(family) == tensor.shape}
    return 0 < len(alike) <= MAX_LAYERS


def _families(table: Mapping[tuple[str, int], Tensor], layers: Sequence[int], seed: int) -> list[str]:
    """Some families, the same for all layers: as many as it takes for each layer to have a few matrices."""
    has: dict[str, set[int]] = {}
    for family, layer in table:
        has.setdefault(family, set()).add(layer)
    ordered = sorted(has, key=lambda f: (-len(has[f]), sampling.draw(seed, f, -2, 2**62), f))
    need = dict.fromkeys(layers, MATRICES)
    chosen = []
    for family in ordered:
        if any(need[layer] > 0 for layer in has[family]):
            chosen.append(family)
            for layer in has[family]:
                need[layer] -= 1
    return chosen


def _values(
    model: Weights,
    table: Mapping[tuple[str, int], Tensor],
    families: Sequence[str],
    own: Mapping[tuple[str, int], Tensor],
    seed: int,
    progress: Progress | None,
) -> dict[int, dict[str, Array]]:
    """Values of each layer at the same places, by layer and family: of matrices with the candidate's shape."""
    shapes = {family: own[family, layer] for family, layer in own}
    wanted: dict[str, tuple[int, str]] = {}
    plan: dict[str, sampling.Blocks] = {}
    for (family, layer), tensor in table.items():
        if family in families and tensor.shape == shapes[family].shape:
            like = shapes[family]
            plan[tensor.name] = sampling.blocks(family, like.shape, like.dtype, seed=seed, share=MATRIX_BYTES)
            wanted[tensor.name] = layer, family
    out: dict[int, dict[str, Array]] = {}
    for name, values in read_values(model, plan, progress).items():
        layer, family = wanted[name]
        out.setdefault(layer, {})[family] = values
    return out


def _closest(
    mine: Mapping[int, Mapping[str, Array]], theirs: Mapping[int, Mapping[str, Array]]
) -> dict[int, int]:
    """The most similar layer there of each layer here, where it is similar at all; at the same number if that is as good."""
    out = {}
    for layer, values in mine.items():
        found = [(_alike(values, other), there == layer, -there) for there, other in theirs.items()]
        best = max(found, default=(0.0, False, 0))
        if best[0] >= SAME:
            out[layer] = -best[2]
    return out


def _exact(
    mine: Mapping[int, Mapping[str, Array]],
    theirs: Mapping[str, Mapping[int, Mapping[str, Array]]],
    own: Mapping[tuple[str, int], Tensor],
) -> Stack | None:
    dtypes = {family: tensor.dtype for (family, _), tensor in own.items()}

    def joined(layers: Mapping[int, Mapping[str, Array]]) -> dict[int, Array]:
        return {
            layer: np.concatenate(
                [round_to(v, dtypes[f]) if dtypes[f] in PLAIN else v for f, v in sorted(values.items())]
            )
            for layer, values in layers.items()
        }

    found = match(joined(mine), {id: joined(layers) for id, layers in theirs.items()})
    return stack(found, list(theirs), 0, {id: len(layers) for id, layers in theirs.items()})


def _alike(mine: Mapping[str, Array], theirs: Mapping[str, Array]) -> float:
    """Mean correlation over the matrices that both layers have."""
    both = mine.keys() & theirs.keys()
    return float(np.mean([_correlation(mine[f], theirs[f]) for f in both])) if both else 0.0


def _correlation(a: Array, b: Array) -> float:
    good = np.isfinite(a) & np.isfinite(b)
    if good.sum() < 16:
        return 0.0
    x, y = a[good] - a[good].mean(), b[good] - b[good].mean()
    size = float(np.linalg.norm(x) * np.linalg.norm(y))
    return float(x @ y) / size if size > 0 else 0.0
