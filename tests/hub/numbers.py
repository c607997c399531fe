"""Numbers made from a counter: any stretch of an endless sequence in time that grows only with its length.

A sequence is named by a key of 64 bits. Four elements share one hash (the finaliser of splitmix64, Steele et
al. 2014) of key and counter, sixteen bits each, which pick a quantile of the normal distribution.
"""

from __future__ import annotations

import hashlib
from functools import cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_LANES = 4
_LEVELS = 1 << 16
_STEP = np.uint64(0x9E3779B97F4A7C15)
_MIX = ((np.uint64(30), np.uint64(0xBF58476D1CE4E5B9)), (np.uint64(27), np.uint64(0x94D049BB133111EB)))
_LAST = np.uint64(31)


def key(*parts: object) -> int:
    """64 bits that name a sequence, the same on every machine."""
    told = "\0".join(map(str, parts)).encode()
    return int.from_bytes(hashlib.blake2b(told, digest_size=8).digest(), "little")


def bits(name: int, start: int, stop: int) -> NDArray[np.uint16]:
    """Sixteen random bits for each of the elements [start, stop) of sequence `name`."""
    first = start // _LANES
    hashed = np.arange(first, -(-stop // _LANES), dtype=np.uint64)
    hashed += np.uint64(1)
    hashed *= _STEP
    hashed += np.uint64(name)
    for shift, factor in _MIX:
        hashed ^= hashed >> shift
        hashed *= factor
    hashed ^= hashed >> _LAST
    lanes = hashed.astype("<u8", copy=False).view("<u2")
    return lanes[start - first * _LANES : stop - first * _LANES]


def normal(name: int, start: int, stop: int) -> Floats:
    """Standard normal numbers for the elements [start, stop) of sequence `name`."""
    return _quantiles().take(bits(name, start, stop))


@cache
def _quantiles() -> Floats:
    """The middle of each of 65,536 equally likely parts of the normal distribution."""
    inverse = NormalDist().inv_cdf
    upper = np.array([inverse(0.5 + (i + 0.5) / _LEVELS) for i in range(_LEVELS // 2)])
    table = np.concatenate([-upper[::-1], upper])
    return np.asarray(table / table.std(), np.float32)


def to_bf16(values: Floats) -> NDArray[np.uint16]:
    """The bits of the nearest bfloat16 numbers, ties to even; finite values only."""
    raw = values.view(np.uint32)
    return ((raw + (np.uint32(0x7FFF) + ((raw >> np.uint32(16)) & np.uint32(1)))) >> np.uint32(16)).astype(
        "<u2"
    )


def from_bf16(raw: NDArray[np.uint16]) -> Floats:
    """bfloat16 bits as numbers."""
    return (raw.astype(np.uint32) << np.uint32(16)).view(np.float32)


def to_e4m3(values: Floats) -> NDArray[np.uint8]:
    """The bits of the nearest float8 E4M3 numbers, ties to even; beyond 448 cut to it."""
    raw = values.view(np.uint32)
    size = np.minimum(np.abs(values), np.float32(448))
    # Three bits of mantissa are kept; an exponent of 127 in float32 is 7 in float8.
    kept = size.view(np.uint32)
    kept = (kept + (np.uint32(0x7FFFF) + ((kept >> np.uint32(20)) & np.uint32(1)))) >> np.uint32(20)
    small = np.rint(size * np.float32(2**9)).astype(np.uint32)  # below 2**-6 the steps are even
    code = np.where(size < np.float32(2**-6), small, kept - np.uint32((127 - 7) << 3))
    return np.asarray(code | (raw >> np.uint32(31) << np.uint32(7)), np.uint8)
