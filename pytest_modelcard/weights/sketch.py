"""A few kilobytes that stand for a model: values at places that everyone who knows its tensors' names and shapes can
find again, so that sketches of one architecture can be compared without reading either model.

Only matrices inside layers count: embeddings are resized, and heads replaced, in ordinary fine-tunes. Nor do experts,
which some tools store one by one and others in one piece, so that their names and shapes differ for the same model.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..errors import CannotTell
from . import names
from .formats import KNOWN, round_to
from .sampling import Blocks, draw

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .header import Tensor
    from .opened import Weights

    Array = NDArray[np.float64]

#: Of the places; a sketch made with another one could not be compared.
SEED = 0
#: Tensors of a sketch, and consecutive elements of each: 4 KB as bfloat16, read in as many requests as tensors.
TENSORS, ELEMENTS = 16, 128
#: Changed elements that two models need before the direction of their changes says something.
LEAST_CHANGED = 50


@dataclass(frozen=True, slots=True)
class Sketch:
    """key: digest of the architecture. values: bfloat16 as float64, one row a tensor; NaN where a tensor is smaller."""

    key: str
    values: Array


def key_of(tensors: Mapping[str, Tensor]) -> str:
    """SHA-256 of canonical names and shapes of the matrices that sketches speak of.

    Equal for wrapped and bare models, for every dtype, and for vocabularies of any size. Raises CannotTell.
    """
    lines = sorted(f"{name}\t{'x'.join(map(str, t.shape))}" for name, t in _matrices(tensors).items())
    if not lines:
        raise CannotTell("the weights hold no matrices that could be compared")
    return hashlib.sha256("\n".join(lines).encode("utf-8", "backslashreplace")).hexdigest()


def places(tensors: Mapping[str, Tensor]) -> dict[str, Blocks]:
    """The places by stored tensor name, in the order of a sketch's rows: kinds of matrices in turn, layers by lot."""
    kinds: dict[str, list[str]] = {}
    matrices = _matrices(tensors)
    for name in sorted(matrices, key=lambda n: (draw(SEED, n, 0, 2**62), n)):
        kinds.setdefault(names.family(name), []).append(name)
    turns = max(map(len, kinds.values()), default=0)
    chosen = [
        kinds[k][turn] for turn in range(min(turns, TENSORS)) for k in sorted(kinds) if turn < len(kinds[k])
    ]
    found = {}
    for name in chosen[:TENSORS]:
        elements = math.prod(matrices[name].shape)
        count = min(ELEMENTS, elements)
        found[matrices[name].name] = [(draw(SEED, name, 1, elements - count + 1), count)]
    return found


def sketch(weights: Weights) -> Sketch:
    """Read a model's sketch; raises CannotTell or CardError."""
    from .reader import read_values

    key, wanted = key_of(weights.tensors), places(weights.tensors)
    read = read_values(weights, wanted)
    if missing := [name for name in wanted if name not in read]:
        raise CannotTell(
            f"{missing[0][:100]} could not be read, or is quantised in a way that is not known here"
        )
    values = np.full((TENSORS, ELEMENTS), np.nan)
    for row, name in enumerate(wanted):
        values[row, : len(read[name])] = round_to(read[name], "BF16")
    return Sketch(key, values)


def to_bytes(values: Array) -> bytes:
    """bfloat16, little-endian."""
    with np.errstate(over="ignore"):
        return (values.astype("<f4").view("<u4") >> 16).astype("<u2").tobytes()


def from_bytes(raw: bytes) -> Array:
    """The opposite of `to_bytes`; raises ValueError where the length is another."""
    bits = np.frombuffer(raw, "<u2").astype("<u4") << 16
    return bits.view("<f4").astype(np.float64).reshape(TENSORS, ELEMENTS)


def likeness(first: Array, second: Array) -> float:
    """Median over tensors of the cosine of values: independent models 0.00 +- 0.05, fine-tunes of one base near 1."""
    cosines = []
    for a, b in zip(first, second, strict=True):
        good = np.isfinite(a) & np.isfinite(b)
        size = float(np.linalg.norm(a[good]) * np.linalg.norm(b[good]))
        if size > 0:
            cosines.append(float(a[good] @ b[good]) / size)
    return float(np.median(cosines)) if cosines else 0.0


def equal(first: Array, second: Array) -> float:
    """Share of equal values."""
    good = np.isfinite(first) & np.isfinite(second)
    return float(np.mean(first[good] == second[good])) if good.any() else 0.0


def of_changes(candidate: Array, model: Array, base: Array) -> float | None:
    """Cosine of both models' changes of the base, each tensor scaled by its base; None where too little changed."""
    scale = np.sqrt(np.nanmean(np.where(np.isfinite(base), base, np.nan) ** 2, axis=1, keepdims=True))
    with np.errstate(divide="ignore", invalid="ignore"):
        mine, theirs = (candidate - base) / scale, (model - base) / scale
    good = np.isfinite(mine) & np.isfinite(theirs)
    a, b = mine[good], theirs[good]
    if min(np.count_nonzero(a), np.count_nonzero(b)) < LEAST_CHANGED:
        return None
    return float(a @ b) / float(np.linalg.norm(a) * np.linalg.norm(b))


def _matrices(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """By canonical name: matrices in layers with values that can be decoded, without scales."""
    found: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        plain = names.canonical(name)
        if names.layer(name) is None or len(tensor.shape) < 2 or math.prod(tensor.shape) < 1:
            continue
        if tensor.dtype not in KNOWN or "scale" in plain.rpartition(".")[2] or ".experts." in plain:
            continue
        found.setdefault(plain, tensor)
    return found
