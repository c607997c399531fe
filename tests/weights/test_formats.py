"""Formats: exact values, exact cells, ties to even, at every edge of every grid."""

from __future__ import annotations

import numpy as np
import pytest

from pytest_modelcard.weights import formats

EIGHT_BIT = ("F8_E4M3", "F8_E5M2")
FLOATS = ("F32", "F16", "BF16", *EIGHT_BIT)


def grid(dtype: str) -> np.ndarray:
    """All finite values of a narrow format, in order; of F32 some at every exponent."""
    if dtype == "F32":
        raw = (np.arange(2**16, dtype=np.uint32) << 16).tobytes()
        values = formats.decode(raw, "F32")
    elif dtype in EIGHT_BIT:
        values = formats.decode(bytes(range(256)), dtype)
    else:
        values = formats.decode(np.arange(2**16, dtype=np.uint16).tobytes(), dtype)
    return np.unique(values[np.isfinite(values)])


def test_decode_known_values() -> None:
    assert formats.decode(bytes([0x80, 0x3F, 0x80, 0xFF, 0x01, 0x00]), "BF16").tolist() == [
        1.0,
        -np.inf,
        2.0**-133,
    ]
    assert formats.decode(bytes([0x7E, 0xFE, 0x01, 0x38]), "F8_E4M3").tolist() == [
        448.0,
        -448.0,
        2.0**-9,
        1.0,
    ]
    assert formats.decode(bytes([0x7B, 0x7C, 0xFC, 0x01]), "F8_E5M2").tolist() == [
        57344,
        np.inf,
        -np.inf,
        2.0**-16,
    ]
    assert np.isnan(formats.decode(bytes([0x7F, 0xFF]), "F8_E4M3")).all()
    assert np.isnan(formats.decode(bytes([0x7D, 0x7F, 0xFE]), "F8_E5M2")).all()
    assert formats.decode(bytes([0x80, 0x7F]), "I8").tolist() == [-128.0, 127.0]


@pytest.mark.parametrize(
    ("raw", "dtype"), [(b"abc", "BF16"), (b"abc", "F32"), (b"", "F4"), (b"ab", "nonsense")]
)
def test_decode_refuses(raw: bytes, dtype: str) -> None:
    with pytest.raises(ValueError, match=r"whole elements|no decoder"):
        formats.decode(raw, dtype)


@pytest.mark.parametrize("dtype", ["F16", "BF16", *EIGHT_BIT])
def test_cells_tile_the_line(dtype: str) -> None:
    """Neighbouring cells meet exactly, and exactly one of the two owns the tie."""
    values = grid(dtype)
    cells = formats.cell(values, dtype)
    assert np.array_equal(cells.high[:-1], cells.low[1:])
    assert np.all(cells.high_closed[:-1] != cells.low_closed[1:])
    assert np.array_equal(cells.high[:-1], (values[:-1] + values[1:]) / 2)


@pytest.mark.parametrize("dtype", FLOATS)
def test_round_to_owns_its_ties_and_steps_walk_the_grid(dtype: str) -> None:
    values = grid(dtype)
    cells = formats.cell(values, dtype)
    inner = slice(1, -1)
    for end, closed, direction in (
        (cells.low, cells.low_closed, -1),
        (cells.high, cells.high_closed, 1),
    ):
        beside = formats.step(values, dtype, direction)
        expected = np.where(closed, values, beside)
        assert np.array_equal(formats.round_to(end[inner], dtype), expected[inner])
        inside = np.nextafter(end[inner], values[inner])
        assert np.array_equal(formats.round_to(inside, dtype), values[inner])
        outside = np.nextafter(end[inner], np.inf * direction)
        assert np.array_equal(formats.round_to(outside, dtype), beside[inner])
    assert np.array_equal(formats.round_to(values, dtype), values)
    if dtype != "F32":
        assert np.array_equal(formats.step(values[:-1], dtype, 1), values[1:])
        assert np.array_equal(formats.step(values[1:], dtype, -1), values[:-1])


@pytest.mark.parametrize(("dtype", "kind"), [("F32", np.float32), ("F16", np.float16)])
def test_round_to_is_the_cast(dtype: str, kind: type) -> None:
    generator = np.random.default_rng(3)
    values = generator.standard_normal(20000) * np.exp2(generator.uniform(-160, 140, 20000))
    with np.errstate(over="ignore"):
        assert np.array_equal(formats.round_to(values, dtype), values.astype(kind).astype(np.float64))


def test_beyond_the_grid() -> None:
    largest = grid("BF16")[-1]
    half = formats.ulp(np.array([largest]), "BF16")[0] / 2
    edges = np.array([largest + half, np.nextafter(largest + half, 0), -np.inf, np.nan])
    assert np.array_equal(formats.round_to(edges, "BF16"), [np.inf, largest, -np.inf, np.nan], equal_nan=True)
    assert formats.round_to(np.array([465.0, -1e9]), "F8_E4M3").tolist() == [448.0, -448.0]
    cells = formats.cell(np.array([np.inf, -np.inf, np.nan, largest]), "BF16")
    assert np.array_equal(cells.low, [largest + half, -np.inf, np.nan, largest - half], equal_nan=True)
    assert np.array_equal(cells.high, [np.inf, -largest - half, np.nan, largest + half], equal_nan=True)
    assert formats.cell(np.array([448.0]), "F8_E4M3").high[0] == np.inf
    assert formats.step(np.array([largest, np.inf, -np.inf]), "BF16", 1).tolist() == [
        np.inf,
        np.inf,
        -largest,
    ]


def test_zero_and_powers_of_two() -> None:
    cells = formats.cell(np.array([0.0, -0.0, 1.0, -1.0]), "BF16")
    tiny = 2.0**-134
    assert cells.low.tolist() == [-tiny, -tiny, 1 - 2.0**-9, -1 - 2.0**-8]
    assert cells.high.tolist() == [tiny, tiny, 1 + 2.0**-8, -1 + 2.0**-9]
    assert cells.low_closed.all() and cells.high_closed.all()


def test_nothing_rounds_to_a_value_off_the_grid() -> None:
    assert np.isnan(formats.cell(np.array([1.001]), "BF16").low).all()
    assert np.isnan(formats.cell(np.array([0.5, 128.0]), "I8").low).all()


def test_scaled_grids() -> None:
    scale = float(np.float32(0.0123))
    stored = np.arange(-128.0, 128.0)
    cells = formats.cell(stored * scale, "I8", scale=scale)
    assert cells.high[0] == -127.5 * scale and cells.low[0] == -np.inf and cells.high[-1] == np.inf
    assert np.array_equal(cells.low_closed, stored % 2 == 0)
    assert formats.round_to(np.array([0.03, -9.0]), "I8", scale=scale).tolist() == [2 * scale, -128 * scale]
    values = grid("F8_E4M3")
    plain, scaled = formats.cell(values, "F8_E4M3"), formats.cell(values * scale, "F8_E4M3", scale=scale)
    assert np.array_equal(plain.low * scale, scaled.low)
    assert np.isnan(formats.cell(np.array([1.0]), "I8", scale=0.0).low).all()
