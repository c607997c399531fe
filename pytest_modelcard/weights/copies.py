"""Is the candidate another model, unchanged, cast, quantised or with weights set to zero?

Elementwise equality decides the first two. Quantisation is told by its own marks, so that no scales need be read:
codes that one scale a group explains, a grid of few significant bits, or an error that is even and bounded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .formats import KNOWN, cell, round_to
from .records import TensorSample

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Indices = NDArray[np.int64]

#: Fewer elements in a group of one scale tell nothing.
_LEAST = 24
#: Of an even, bounded error the mean square is 1/3 of the largest square (0.34 with 64 elements); of a normal
#: error it is 0.17 with 64 elements and 0.12 with 256, measured on simulated groups.
_EVEN = (0.29, 0.40)
_INTEGERS = frozenset({"I8", "U8", "I16", "U16", "I32", "U32"})
_PHASES = 512


@dataclass(frozen=True, slots=True)
class Likeness:
    """Candidate beside one model, over all common elements; shares in [0, 1].

    equal: the same value. rounded: the model's value rounded to the candidate's grid. zeroed: zero in the candidate
    alone. kept: of what is not zeroed, the share equal after rounding. whole: tensors equal after rounding
    (at least 0.9999 of their elements).
    """

    id: str
    elements: int
    tensors: int
    equal: float
    rounded: float
    zeroed: float
    kept: float
    whole: int


def likeness(samples: Sequence[TensorSample], model: str) -> Likeness | None:
    """None where no sample holds the model in formats that can be compared."""
    elements = equal = rounded = zeroed = kept = whole = tensors = 0
    for s in samples:
        if model not in s.others or s.dtype not in KNOWN:
            continue
        other = s.others[model]
        same = s.candidate == other
        cast = same | (s.candidate == round_to(other, s.dtype))
        zero = (s.candidate == 0) & (other != 0) & ~cast
        elements += len(other)
        tensors += 1
        equal += int(same.sum())
        rounded += int(cast.sum())
        zeroed += int(zero.sum())
        kept += int((cast & ~zero).sum())
        whole += bool(cast.mean() >= 0.9999)
    if not elements:
        return None
    share = kept / max(1, elements - zeroed)
    return Likeness(
        model, elements, tensors, equal / elements, rounded / elements, zeroed / elements, share, whole
    )


def quantised(sample: TensorSample, model: str) -> float | None:
    """Share of the elements that are the model's, quantised to 8 bits or fewer; None where that cannot be told.

    Tries codes as stored and values multiplied out, with one scale a tensor, row, block of 128 x 128, or run of
    128, 64 or 32.
    """
    other, found = sample.others[model], sample.candidate
    if "" in sample.scales:  # values are multiplied out, and the scales are known
        return float(np.mean(found == round_to(other, sample.dtype, sample.scales[""])))
    best: float | None = None
    for groups in _groupings(sample):
        parts = [p for p in groups if len(p) >= _LEAST]
        covered = sum(len(p) for p in parts)
        if covered < max(64, len(found) // 2):
            continue
        share = 0.0
        if sample.dtype in _INTEGERS or sample.dtype.startswith("F8"):
            share = _mean([(_codes(found[p], other[p], sample.dtype), len(p)) for p in parts])
        if share < 0.99 and sample.dtype not in _INTEGERS:
            share = max(share, _mean([(_few_bits(found[p], other[p], 3), len(p)) for p in parts]))
        if share < 0.99 and sample.dtype not in _INTEGERS:
            share = max(share, _even([(found[p], other[p]) for p in parts]))
        best = max(best or 0.0, share)
        if best > 0.999:
            break
    return best


def _mean(shares: Sequence[tuple[float, int]]) -> float:
    return sum(share * n for share, n in shares) / max(1, sum(n for _, n in shares))


def _codes(codes: Array, other: Array, dtype: str) -> float:
    """Stored codes against values: the scale that puts most values into their code's cell."""
    if np.ptp(codes) == 0:
        return 0.0
    cells = cell(codes, dtype)
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = np.array([other / cells.low, other / cells.high])
    used = (codes != 0) & (np.sign(codes) == np.sign(other)) & np.isfinite(ends).all(0)
    used &= (np.abs(codes) < np.abs(codes).max()) | (np.abs(codes) < 100)  # the outermost cell is open
    if used.sum() < _LEAST // 2:
        return 0.0
    low, high = ends[:, used].min(0) * (1 - 2**-20), ends[:, used].max(0) * (1 + 2**-20)
    scale = _busiest(low, high)
    with np.errstate(over="ignore"):
        predicted = round_to(other / scale, dtype)
    inside = (other / scale >= cells.low - 1e-6) & (other / scale <= cells.high + 1e-6)
    return float(np.mean(inside | (predicted == codes)))


def _few_bits(found: Array, other: Array, bits: int) -> float:
    """Values multiplied out of a float format of 1 + `bits` significant bits: the scale's phase is searched for."""
    nonzero = np.flatnonzero(found)
    if len(nonzero) < _LEAST:
        return 0.0
    probe = found[nonzero[:: max(1, len(nonzero) // 256)]]
    phases = 2.0 ** (np.arange(_PHASES) / _PHASES)
    mantissa = np.abs(np.frexp(probe[None, :] / phases[:, None])[0]) * 2 ** (bits + 1)
    # A value within half a step of bf16 of the coarse grid; of random values about 0.08 are.
    near = np.abs(mantissa - np.rint(mantissa)) <= mantissa * 2.0**-8.2
    scale = phases[int(np.argmax(near.sum(1)))]
    if near.sum(1).max() < 0.97 * len(probe):
        return 0.0
    exponent = np.frexp(found / scale)[1]
    grid = np.ldexp(np.rint(np.ldexp(found / scale, bits + 1 - exponent)), exponent - bits - 1) * scale
    half = np.ldexp(scale, exponent - bits - 2)
    return float(np.mean((np.abs(other - grid) <= half * 1.02) | (found == 0)))


def _even(groups: Sequence[tuple[Array, Array]]) -> float:
    """1 where values come from an integer grid multiplied out: in each group the error is even between bounds, and
    the same for small values as for large ones. Otherwise 0.
    """
    ratios: list[float] = []
    odd = 0
    for found, other in groups:
        top = float(np.abs(found).max())
        small = np.abs(found) < top / 3  # of larger values the stored format rounds as coarsely
        error = np.abs(found - other)[small]
        if len(error) < _LEAST:
            continue
        largest = float(error.max())
        # At least 4 and at most 300 steps from zero to the top: 4 to 9 bits with a sign.
        if largest == 0 or np.mean(error > 0) < 0.5 or not 3.5 <= top / (2 * largest) <= 300:
            odd += 1
            continue
        ratios.append(float(np.mean(error**2)) / largest**2)
    if odd > 0.05 * len(groups):
        return 0.0
    return 1.0 if ratios and _EVEN[0] <= float(np.mean(ratios)) <= _EVEN[1] else 0.0


def _busiest(low: Array, high: Array) -> float:
    """The middle of the stretch that most intervals contain."""
    ends = np.concatenate([low, high])
    order = np.argsort(ends, kind="stable")
    count = np.cumsum(np.where(order < len(low), 1, -1))
    at = int(np.argmax(count))
    following = ends[order[min(at + 1, len(order) - 1)]]
    return float((ends[order[at]] + following) / 2)


def _groupings(sample: TensorSample) -> Iterator[list[Indices]]:
    at = sample.positions
    width = sample.shape[-1] if sample.shape else 1
    row, column = at // width, at % width
    yield [np.arange(len(at))]
    keys = [row, (row // 128) * (width // 128 + 1) + column // 128]
    keys += [row * (width // size + 1) + column // size for size in (128, 64, 32)]
    for key in keys:
        yield list(_by(key))


def _by(key: Indices) -> Iterator[Indices]:
    order = np.argsort(key, kind="stable")
    cuts = np.flatnonzero(np.diff(key[order])) + 1
    yield from np.split(order, cuts)
