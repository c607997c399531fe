"""Weights on demand: models of any size whose every byte follows from seeds, and files that hold them.

A model is a recipe over other models (`Grown`, `Tuned`, `Blend`, ...). `at` gives its numbers for a stretch
of one tensor, each exactly on the grid of its dtype, in time that grows with the stretch alone.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from .layout import WIDTHS, Entry, Shard
from .numbers import Floats, bits, from_bf16, key, normal, to_bf16, to_e4m3

#: Elements made at once: few enough to stay in a processor's cache.
_BLOCK = 1 << 16


class Values(Protocol):
    """The numbers of a model."""

    def at(self, name: str, dtype: str, start: int, stop: int) -> Floats:
        """Elements [start, stop) of tensor `name`, on the grid of `dtype`."""


#: Mean and spread of a tensor's weights.
Scale = Callable[[str], tuple[float, float]]
#: The rms of the change that training makes to a tensor's weights; 0 where it leaves them alone.
Change = Callable[[str], float]


def on_grid(values: Floats, dtype: str) -> Floats:
    """Rounded once to what `dtype` can hold."""
    if dtype == "BF16":
        return from_bf16(to_bf16(values))
    return values.astype(np.float16).astype(np.float32) if dtype == "F16" else values


@dataclass(frozen=True)
class Grown:
    """A model of its own: every weight drawn anew."""

    seed: str
    scale: Scale

    def at(self, name: str, dtype: str, start: int, stop: int) -> Floats:
        mean, spread = self.scale(name)
        drawn = normal(key(self.seed, name), start, stop)
        drawn *= np.float32(spread)
        drawn += np.float32(mean)
        return on_grid(drawn, dtype)


@dataclass(frozen=True)
class Tuned:
    """`of`, trained on. The change goes along the directions of `seeds` by their shares (squares sum to 1).

    Two models that share a seed are siblings that learned alike.
    """

    of: Values
    seeds: tuple[tuple[str, float], ...]
    change: Change

    def at(self, name: str, dtype: str, start: int, stop: int) -> Floats:
        before = self.of.at(name, dtype, start, stop)
        size = self.change(name)
        if size == 0:
            return before
        change = np.zeros_like(before)
        for seed, share in self.seeds:
            change += normal(key(seed, name), start, stop) * np.float32(share * size)
        return on_grid(before + change, dtype)


@dataclass(frozen=True)
class Blend:
    """Weighted sum in float32, divided by the sum of the weights, rounded once: mergekit's `linear`.

    A tensor in `alone` comes from the last model unchanged.
    """

    parts: tuple[tuple[Values, float], ...]
    alone: str = ""

    def at(self, name: str, dtype: str, start: int, stop: int) -> Floats:
        if self.alone and name.startswith(self.alone):
            return self.parts[-1][0].at(name, dtype, start, stop)
        total = np.zeros(stop - start, np.float32)
        whole = np.float32(0)
        for model, weight in self.parts:
            total += model.at(name, dtype, start, stop) * np.float32(weight)
            whole += np.float32(weight)
        total /= whole
        return on_grid(total, dtype)


@dataclass(frozen=True)
class Recast:
    """`of` in other dtypes: rounded from what BF16 held; float8 with one scale a tensor, told by block."""

    of: Values
    scale: Scale

    def at(self, name: str, dtype: str, start: int, stop: int) -> Floats:
        if name.endswith("_scale_inv"):
            return np.full(stop - start, self._step(name.removesuffix("_scale_inv")), np.float32)
        if dtype == "F8_E4M3":
            return self.of.at(name, "BF16", start, stop) / np.float32(self._step(name))
        return on_grid(self.of.at(name, "F32" if dtype == "F32" else "BF16", start, stop), dtype)

    def _step(self, name: str) -> float:
        mean, spread = self.scale(name)
        return float(from_bf16(to_bf16(np.array([(abs(mean) + 5 * spread) / 448], np.float32)))[0])


@dataclass(frozen=True)
class Renamed:
    """`of` under other tensor names."""

    of: Values
    old: str
    new: str

    def at(self, name: str, dtype: str, start: int, stop: int) -> Floats:
        inner = self.old + name.removeprefix(self.new) if name.startswith(self.new) else name
        return self.of.at(inner, dtype, start, stop)


@dataclass(frozen=True, eq=False)
class GeneratedFile:
    """One safetensors shard of a generated model; `seed` names the model in the made-up digest."""

    shard: Shard
    values: Values
    seed: str

    @property
    def size(self) -> int:
        return self.shard.size

    @cached_property
    def sha256(self) -> str:
        """Made up, but the same for the same contents."""
        return hashlib.sha256(self.seed.encode() + b"\0" + self.shard.head).hexdigest()

    @cached_property
    def _begins(self) -> list[int]:
        return [entry.begin for entry in self.shard.entries]

    def read(self, start: int, end: int) -> bytes:
        """Bytes [start, end)."""
        end = min(end, self.size)
        parts = [self.shard.head[start:end]]
        place = max(0, bisect_right(self._begins, start) - 1)
        for entry in self.shard.entries[place:]:
            if entry.begin >= end:
                break
            if entry.end > start:
                parts.append(self._data(entry, max(start, entry.begin), min(end, entry.end)))
        return b"".join(parts)

    def _data(self, entry: Entry, start: int, end: int) -> bytes:
        width = WIDTHS[entry.dtype]
        first, last = (start - entry.begin) // width, -(-(end - entry.begin) // width)
        blocks = (
            encoded(self.values, entry, at, min(at + _BLOCK, last)) for at in range(first, last, _BLOCK)
        )
        raw = b"".join(blocks)
        skipped = start - entry.begin - first * width
        return raw[skipped : skipped + end - start]


def encoded(values: Values, entry: Entry, start: int, stop: int) -> bytes:
    """Elements [start, stop) of a tensor as stored; packed integers are noise."""
    if entry.dtype in ("I32", "I8", "U8"):
        halves = max(1, WIDTHS[entry.dtype] // 2)
        drawn = bits(key("packed", entry.name), start * halves, stop * halves)
        return drawn.tobytes() if entry.dtype == "I32" else drawn.astype(np.uint8).tobytes()
    made = values.at(entry.name, entry.dtype, start, stop)
    if entry.dtype == "BF16":
        return to_bf16(made).tobytes()
    if entry.dtype == "F8_E4M3":
        return to_e4m3(made).tobytes()
    return made.astype("<f2" if entry.dtype == "F16" else "<f4").tobytes()
