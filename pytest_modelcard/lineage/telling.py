"""Where to look at a suspect: the few tensors in which a candidate's change from its base shows best.

Fine-tuning leaves some parts alone (vision towers, heads for several tokens) and moves norms by a step at most:
nothing can be read from these. What the candidate and the base were sampled at already is looked at again, so that a
look costs bytes of the suspect alone; tensors are taken from few files, as each costs a request for its header.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..weights.formats import ulp

if TYPE_CHECKING:
    from ..weights.records import TensorSample
    from ..weights.sampling import Blocks

#: Layers looked at, evenly spread over those that changed, and tensors of each that lie in one file.
LAYERS, OF_A_LAYER = 8, 3
#: Steps of the grid that count in full: a weight is read as well from a change of four steps as from a larger one.
STEPS = 4.0
#: Elements of one tensor that suffice.
ELEMENTS = 2_048


def telling(samples: Sequence[TensorSample], base: str, files: Mapping[str, str]) -> dict[str, Blocks]:
    """Blocks (start, count) of the tensors to look at, by name. files: where each tensor lies in the base.

    Empty where the candidate nowhere differs from the base.
    """
    worth = {s.name: _worth(s, base) for s in samples if base in s.others}
    layers: dict[int, list[TensorSample]] = {}
    for s in samples:
        if worth.get(s.name, 0.0) > 0:
            layers.setdefault(-1 if s.layer is None else s.layer, []).append(s)
    out: dict[str, Blocks] = {}
    for layer in _spread(sorted(layers)):
        ordered = sorted(layers[layer], key=lambda s: (-worth[s.name], s.name))
        file = files.get(ordered[0].name)
        for s in [s for s in ordered if files.get(s.name) == file][:OF_A_LAYER]:
            out[s.name] = _blocks(s)
    return out


def _worth(s: TensorSample, base: str) -> float:
    """Changed elements, large changes counted more."""
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        steps = np.abs(s.candidate - s.others[base]) / ulp(s.candidate, s.dtype, s.scales.get(""))
    return float(np.minimum(steps[np.isfinite(steps)], STEPS).sum())


def _spread(layers: Sequence[int]) -> list[int]:
    """At most LAYERS of them, evenly spread, the middle of each part."""
    number = min(LAYERS, len(layers))
    return [layers[(2 * k + 1) * len(layers) // (2 * number)] for k in range(number)]


def _blocks(s: TensorSample) -> Blocks:
    """The sampled positions as blocks, the first ELEMENTS of each part of a tensor that is read in parts."""
    ends = np.flatnonzero(np.diff(s.positions) != 1) + 1
    runs = np.split(s.positions, ends)
    share = max(1, ELEMENTS // len(runs))
    return [(int(run[0]), min(share, len(run))) for run in runs if len(run)]
