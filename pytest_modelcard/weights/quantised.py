"""Is the candidate another model's values, quantised to 8 bits or fewer? Told by the marks that quantisers leave.

Where scales are stored, codes are compared. Where values were multiplied out again, groups of one scale show it: their
values are whole multiples of one step (integers), have few significant bits (fp8), or take few different values (4 bits
and fewer). Such a grid alone says "quantised"; that each value is the nearest one to the model's says of what.
Schemes: OCP 8-bit Floating Point Specification 1.0; LLM.int8 (arXiv 2208.07339); QLoRA's NF4 (arXiv 2305.14314).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from .formats import cell, round_to
from .records import TensorSample

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Indices = NDArray[np.int64]

#: Fewer elements in a group of one scale tell nothing.
_LEAST = 24
#: Groups of one scale that are looked at in a tensor, and how many of them decide whether to go on.
_MOST, _FIRST = 24, 3
#: A share of explained elements below this is no grid with that grouping.
_GRID = 0.9
_INTEGERS = frozenset({"I8", "U8", "I16", "U16", "I32", "U32"})
_PHASES = 512
#: How well values must lie on multiples of one step (1: exactly; the best of all steps for random values: 0.4), over how
#: many steps to the top, and how many values are used.
_ON_STEPS, _FEWEST, _STEPS, _VALUES = 0.8, 3.5, 300.0, 96
#: Different values in a group of one scale: 4 bits.
_LEVELS = 16
#: From this code on, a quotient computed in bf16 may lie on the other side of a middle.
_LARGE_CODE = 32

Share = Callable[["Array", "Array"], float]


def quantised(sample: TensorSample, model: str) -> float | None:
    """Share of the elements that are the model's, quantised to 8 bits or fewer; None where that cannot be told.

    Tries codes as stored and values multiplied out, with one scale a tensor, row, block of 128 x 128, or run of
    128, 64 or 32.
    """
    other, found, dtype = sample.others[model], sample.candidate, sample.dtype
    if "" in sample.scales:  # values are multiplied out, and the scales are known
        return _known(found, other, dtype, sample.scales[""])
    marks: list[Share]
    if dtype in _INTEGERS or dtype.startswith("F8"):
        marks = [lambda a, b: _codes(a, b, dtype)]
    else:
        marks = [_steps, _few_values, lambda a, b: max(_few_bits(a, b, 3), _few_bits(a, b, 2))]
    best: float | None = None
    for groups in _groupings(sample):
        parts = [p for p in groups if len(p) >= _LEAST]
        if sum(len(p) for p in parts) < max(64, len(found) // 2):
            continue
        parts = parts[:: max(1, len(parts) // _MOST)][:_MOST]
        for mark in marks:
            best = max(best or 0.0, _share(found, other, parts, mark))
            if best > 0.999:
                return best
    return best


def _known(found: Array, other: Array, dtype: str, scale: Array) -> float:
    """Share of the codes that are the model's values under known scales."""
    cells = cell(found, dtype, scale)
    slack = np.abs(other) * 2.0**-20  # quantisers divide in float32
    same = (other >= cells.low - slack) & (other <= cells.high + slack)
    if dtype in _INTEGERS:
        with np.errstate(divide="ignore", invalid="ignore"):
            code, exact = np.abs(found / scale), np.abs(other / scale)
            same |= (code >= _LARGE_CODE) & (np.abs(exact - code) <= 0.5 + code * 2.0**-8)
    return float(np.mean(same))


def _share(found: Array, other: Array, parts: Sequence[Indices], mark: Share) -> float:
    """The mean over groups, given up where the first groups do not show the mark."""
    explained = total = 0.0
    for at, part in enumerate(parts):
        explained += mark(found[part], other[part]) * len(part)
        total += len(part)
        if at == min(_FIRST, len(parts)) - 1 and explained < _GRID * total:
            break
    return explained / max(1.0, total)


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


def _steps(found: Array, other: Array) -> float:
    """Share of the model's values within half a step of multiples of one step; 0 where the found are no such multiples."""
    size = np.abs(found)
    top = float(size.max())
    small = found[(size < top / 4) & (size > 0)]  # of larger ones the stored format rounds off too much
    if len(small) < _LEAST // 2:
        small = found[(size < top / 2) & (size > 0)]
    if len(small) < _LEAST // 2 or len(np.unique(small)) < 3:
        return 0.0
    small = small[:: max(1, len(small) // _VALUES)][:_VALUES]
    # So fine that the largest of the small values moves by a tenth of a step at most.
    candidates = top / np.geomspace(_FEWEST, _STEPS, 1600)
    on = np.abs(np.exp(2j * np.pi * (small[None, :] / candidates[:, None])).mean(1))
    good = np.flatnonzero(on >= _ON_STEPS)
    if not len(good):
        return 0.0
    peak = good[0]  # the largest step: of its fractions all are multiples, too
    while peak + 1 < len(on) and on[peak + 1] > on[peak]:
        peak += 1
    step = float(candidates[peak])
    inside = np.abs(found - other) <= 0.5 * step * 1.02 + np.abs(found) * 2.0**-8
    return float(np.mean(inside | ((size == top) & (np.abs(other) > top))))


def _few_values(found: Array, other: Array) -> float:
    """Share of the model's values that are nearest to the value found, where a group takes few different values."""
    levels = np.unique(found)
    if len(levels) > min(_LEVELS, len(found) // 2) or len(levels) < 3:
        return 0.0
    nearest = np.abs(other[:, None] - levels[None, :]).min(1)
    return float(np.mean(np.abs(other - found) <= nearest * (1 + 2.0**-7) + np.abs(found) * 2.0**-8))


def _few_bits(found: Array, other: Array, bits: int) -> float:
    """Values multiplied out of a float format of 1 + `bits` significant bits: the scale's phase is searched for."""
    nonzero = np.flatnonzero(found)
    if len(nonzero) < _LEAST:
        return 0.0
    probe = found[nonzero[:: max(1, len(nonzero) // 128)]]
    phases = 2.0 ** (np.arange(_PHASES) / _PHASES)
    mantissa = np.abs(np.frexp(probe[None, :] / phases[:, None])[0]) * 2 ** (bits + 1)
    # A value within half a step of bf16 of the coarse grid; of random values about 0.1 are.
    near = np.abs(mantissa - np.rint(mantissa)) <= mantissa * 2.0**-7.8
    if near.sum(1).max() < 0.95 * len(probe):
        return 0.0
    scale = float(phases[int(np.argmax(near.sum(1)))])
    grid, half = _coarse(found, scale, bits)
    scale *= float(found @ grid) / float(grid @ grid)  # the phases are only so fine
    grid, half = _coarse(found, scale, bits)
    near_grid = np.abs(other - grid) <= half * 1.05 + np.abs(found) * 2.0**-9
    # Numbers too small for the format's exponents lie on an even grid; only E4M3 is coarse enough for that to be met.
    even = float(np.abs(found).max()) / 448 * 2.0**-10 * 1.05 if bits == 3 else 0.0
    return float(np.mean(near_grid | (np.abs(other - found) <= even)))


def _coarse(found: Array, scale: float, bits: int) -> tuple[Array, Array]:
    """The nearest values with 1 + `bits` significant bits times `scale`, and half the distance between such values."""
    exponent = np.frexp(found / scale * (1 + 2.0**-7))[
        1
    ]  # powers of two that bf16 rounded down are not below
    grid = np.ldexp(np.rint(np.ldexp(found / scale, bits + 1 - exponent)), exponent - bits - 1) * scale
    return np.asarray(grid, np.float64), np.asarray(np.ldexp(scale, exponent - bits - 2), np.float64)


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
