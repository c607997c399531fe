"""Number formats of stored weights: bytes to values, and which real numbers round to a stored value.

Everything is float64, in which every value of F32 and narrower formats, and every middle between two
neighbours, is exact. "Grid" means the finite values of a format. Rounding is to nearest, ties to even, as
torch, numpy and every accelerator cast. Formats: IEEE 754-2019; bfloat16; F8_E4M3 (no infinity, 448 is the
largest) and F8_E5M2 of "OCP 8-bit Floating Point Specification", revision 1.0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Scale = float | Array | None


@dataclass(frozen=True, slots=True)
class _Float:
    """A binary floating-point format: bits after the point, least exponent of a normal number, largest value.

    saturates: what lies above the largest value becomes the largest value, not infinity.
    """

    bits: int
    least_exponent: int
    largest: float
    saturates: bool = False


@dataclass(frozen=True, slots=True)
class _Integer:
    """Whole numbers from low to high; casts saturate."""

    low: float
    high: float


_FLOATS = {
    "F64": _Float(52, -1022, float(np.finfo(np.float64).max)),
    "F32": _Float(23, -126, float(np.finfo(np.float32).max)),
    "F16": _Float(10, -14, 65504.0),
    "BF16": _Float(7, -126, (2 - 2.0**-7) * 2.0**127),
    "F8_E5M2": _Float(2, -14, 57344.0),
    # Quantisers clamp to 448 before the cast, so anything above is stored as 448.
    "F8_E4M3": _Float(3, -6, 448.0, saturates=True),
}
_INTEGERS = {
    f"{sign}{bits}": _Integer(-(2.0 ** (bits - 1)), 2.0 ** (bits - 1) - 1)
    if sign == "I"
    else _Integer(0.0, 2.0**bits - 1)
    for sign in "IU"
    for bits in (8, 16, 32)
}
_STORED = {"F64": "<f8", "F32": "<f4", "F16": "<f2"} | {
    name: f"<{name[0].lower()}{int(name[1:]) // 8}" for name in _INTEGERS
}
_WIDTHS = {"BF16": 2, "F8_E5M2": 1, "F8_E4M3": 1} | {
    name: np.dtype(code).itemsize for name, code in _STORED.items()
}

#: Formats that can be decoded and have a grid here.
KNOWN = frozenset(_WIDTHS)


@dataclass(frozen=True, slots=True)
class Cells:
    """Per value the interval of real numbers that round to it; closed says whether an end belongs to it.

    NaN ends where nothing rounds to the value: NaN itself, and numbers that are not of the format.
    """

    low: Array
    high: Array
    low_closed: NDArray[np.bool_]
    high_closed: NDArray[np.bool_]


def decode(raw: bytes, dtype: str) -> Array:
    """The values of little-endian stored bytes, exact. ValueError: unknown format, or not whole elements."""
    if dtype not in _WIDTHS:
        raise ValueError(f"no decoder for the format {dtype!r}")
    if len(raw) % _WIDTHS[dtype]:
        raise ValueError(f"{len(raw)} bytes are not whole elements of {dtype}")
    if dtype == "BF16":
        with np.errstate(invalid="ignore"):  # signalling NaN
            wide = np.frombuffer(raw, "<u2").astype(np.uint32) << 16
            return wide.view(np.float32).astype(np.float64)
    if dtype in ("F8_E4M3", "F8_E5M2"):
        return np.asarray(_byte_values(dtype)[np.frombuffer(raw, np.uint8)], np.float64)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.frombuffer(raw, _STORED[dtype]), np.float64)


def _byte_values(dtype: str) -> Array:
    """The values of all 256 bytes of an 8-bit floating-point format."""
    form = _FLOATS[dtype]
    code = np.arange(256)
    fraction = code & (2**form.bits - 1)
    exponent = (code & 127) >> form.bits
    scale = np.where(exponent == 0, form.least_exponent, exponent - 1 + form.least_exponent) - form.bits
    size = np.ldexp((fraction + np.where(exponent == 0, 0, 2**form.bits)).astype(np.float64), scale)
    if form.saturates:
        size[(code & 127) == 127] = np.nan
    else:
        size[size > form.largest] = np.nan
        size[(code & 127) == (31 << form.bits)] = np.inf
    return np.asarray(np.where(code >= 128, -size, size), np.float64)


def ulp(values: Array, dtype: str, scale: Scale = None) -> Array:
    """The distance from each value to the next on the grid, away from zero. scale: see `cell`."""
    form = _form(dtype)
    if scale is not None:
        return ulp(_unscaled(values, dtype, scale), dtype) * np.asarray(scale, np.float64)
    if isinstance(form, _Integer):
        return np.ones_like(values, dtype=np.float64)
    return np.asarray(np.ldexp(1.0, _exponent(np.asarray(values, np.float64), form)), np.float64)


def round_to(values: Array, dtype: str, scale: Scale = None) -> Array:
    """Each number rounded to the grid, ties to even; beyond it infinity, or the largest if casts saturate."""
    form = _form(dtype)
    values = np.asarray(values, np.float64)
    if scale is not None:
        factor = np.asarray(scale, np.float64)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(round_to(values / factor, dtype) * factor, np.float64)
    if isinstance(form, _Integer):
        return np.clip(np.rint(values), form.low, form.high)
    if dtype == "F64":
        return values.copy()
    exponent = _exponent(values, form)
    rounded = np.ldexp(np.rint(np.ldexp(values, -exponent)), exponent)
    beyond = form.largest if form.saturates else np.inf
    rounded = np.where(np.abs(rounded) > form.largest, np.copysign(beyond, values), rounded)
    return np.asarray(np.where(np.isnan(values), np.nan, rounded), np.float64)


def step(values: Array, dtype: str, direction: int, scale: Scale = None) -> Array:
    """The next value of the grid above (direction +1) or below (-1). The values must lie on the grid."""
    form = _form(dtype)
    if scale is not None:
        return step(_unscaled(values, dtype, scale), dtype, direction) * np.asarray(scale, np.float64)
    values = np.asarray(values, np.float64)
    if isinstance(form, _Integer):
        return np.clip(values + direction, form.low, form.high)
    if dtype == "F64":
        return np.nextafter(values, np.inf * direction)
    turned = values * direction  # upwards now, whatever the direction
    up = turned + _spacing(turned, form)
    beyond = form.largest if form.saturates else np.inf
    up = np.where(up > form.largest, beyond, up)
    up = np.where(turned == -np.inf, -form.largest, up)
    return np.asarray(np.where(turned == np.inf, np.inf, up) * direction, np.float64)


def cell(values: Array, dtype: str, scale: Scale = None) -> Cells:
    """The real numbers that round to each value, to nearest with ties to even.

    scale: of quantised tensors; the values are then multiples (value = scale * stored) and the grid is the
    format's times scale. F64 has no finer numbers to give the middles in: there the ends are the neighbours.
    """
    form = _form(dtype)
    values = np.asarray(values, np.float64)
    if scale is not None:
        factor = np.asarray(scale, np.float64)
        cells = cell(_unscaled(values, dtype, factor), dtype)
        usable = np.isfinite(factor) & (factor > 0)
        low, high = (np.where(usable, end * factor, np.nan) for end in (cells.low, cells.high))
        return Cells(low, high, cells.low_closed, cells.high_closed)
    if isinstance(form, _Integer):
        return _integer_cell(values, form)
    if dtype == "F64":
        no = np.zeros(values.shape, np.bool_)
        return Cells(np.nextafter(values, -np.inf), np.nextafter(values, np.inf), no, no)
    in_steps = np.ldexp(values, -_exponent(values, form))
    on_grid = (in_steps == np.rint(in_steps)) & (np.abs(values) <= form.largest)
    even = on_grid & (np.fmod(np.where(on_grid, in_steps, 1), 2) == 0)
    with np.errstate(invalid="ignore"):
        high = values + _spacing(values, form) / 2
        low = values - _spacing(-values, form) / 2
    if form.saturates:
        high = np.where(values == form.largest, np.inf, high)
        low = np.where(values == -form.largest, -np.inf, low)
    else:
        edge = form.largest + float(ulp(np.array([form.largest]), dtype)[0]) / 2
        infinite = np.isinf(values)
        low = np.where(infinite, np.where(values > 0, edge, -np.inf), low)
        high = np.where(infinite, np.where(values > 0, np.inf, -edge), high)
        # The tie between the largest value and infinity goes to infinity.
        on_grid, even = on_grid | infinite, even | infinite
    return Cells(np.where(on_grid, low, np.nan), np.where(on_grid, high, np.nan), even, even)


def _form(dtype: str) -> _Float | _Integer:
    form: Any = _FLOATS.get(dtype) or _INTEGERS.get(dtype)
    if form is None:
        raise ValueError(f"no grid for the format {dtype!r}")
    return form  # type: ignore[no-any-return]


def _exponent(values: Array, form: _Float) -> NDArray[np.int32]:
    """The power of two of one step of the grid at each value."""
    exponent = np.where(values == 0, form.least_exponent, np.frexp(values)[1] - 1)
    return np.asarray(np.maximum(exponent, form.least_exponent) - form.bits)


def _spacing(values: Array, form: _Float) -> Array:
    """From each value of the grid the distance to the next one above."""
    exponent = _exponent(values, form)
    # Below a power of two the grid is twice as fine: for negative ones that is the way up.
    finer = (values < 0) & (np.frexp(values)[0] == -0.5) & (exponent + form.bits > form.least_exponent)
    return np.asarray(np.ldexp(1.0, exponent - finer), np.float64)


def _integer_cell(values: Array, form: _Integer) -> Cells:
    on_grid = (values == np.rint(values)) & (values >= form.low) & (values <= form.high)
    low = np.where(values == form.low, -np.inf, values - 0.5)
    high = np.where(values == form.high, np.inf, values + 0.5)
    even = on_grid & (np.fmod(np.where(on_grid, values, 1), 2) == 0)
    return Cells(np.where(on_grid, low, np.nan), np.where(on_grid, high, np.nan), even, even)


def _unscaled(values: Array, dtype: str, scale: float | Array) -> Array:
    """Multiples of a scale back as values of the format: product and quotient are off by their rounding."""
    with np.errstate(divide="ignore", invalid="ignore"):
        quotient = np.asarray(values, np.float64) / np.asarray(scale, np.float64)
        nearest = round_to(quotient, dtype)
        return np.where(np.abs(quotient - nearest) <= 2.0**-20 * np.abs(nearest), nearest, quotient)
