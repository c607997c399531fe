"""Tensors laid into safetensors shards: true header bytes, and where each tensor's data lies."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

WIDTHS: Mapping[str, int] = {"F32": 4, "I32": 4, "BF16": 2, "F16": 2, "F8_E4M3": 1, "I8": 1, "U8": 1}

#: (name, dtype, shape)
Listed = tuple[str, str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Entry:
    """One tensor in a shard; `begin` and `end` are bytes from the start of the file."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    begin: int
    end: int


@dataclass(frozen=True)
class Shard:
    """One file of a checkpoint, its header made when it is asked for."""

    name: str
    tensors: tuple[Listed, ...]
    metadata: Mapping[str, str]

    @cached_property
    def head(self) -> bytes:
        """Length and JSON, padded with spaces to eight bytes as the format's own writer does."""
        told: dict[str, object] = {"__metadata__": self.metadata} if self.metadata else {}
        at = 0
        for name, dtype, shape in self.tensors:
            size = math.prod(shape) * WIDTHS[dtype]
            told[name] = {"dtype": dtype, "shape": shape, "data_offsets": [at, at + size]}
            at += size
        body = json.dumps(told, separators=(",", ":")).encode()
        body += b" " * (-len(body) % 8)
        return len(body).to_bytes(8, "little") + body

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """By offset."""
        out, at = [], len(self.head)
        for name, dtype, shape in self.tensors:
            size = math.prod(shape) * WIDTHS[dtype]
            out.append(Entry(name, dtype, shape, at, at + size))
            at += size
        return tuple(out)

    @property
    def size(self) -> int:
        return self.entries[-1].end


def bytes_of(tensor: Listed) -> int:
    """Bytes of a tensor's data."""
    return math.prod(tensor[2]) * WIDTHS[tensor[1]]


def pack(tensors: Iterable[Listed], limit: int) -> list[list[Listed]]:
    """One shard after the other filled up to `limit` bytes, the order kept."""
    groups: list[list[Listed]] = [[]]
    filled = 0
    for tensor in tensors:
        size = bytes_of(tensor)
        if groups[-1] and filled + size > limit:
            groups.append([])
            filled = 0
        groups[-1].append(tensor)
        filled += size
    return groups


def spread(groups: list[list[Listed]], count: int) -> list[list[Listed]]:
    """The same cut finer: the group of most tensors is halved until there are `count`."""
    out = list(groups)
    while len(out) < count:
        place = max(range(len(out)), key=lambda i: len(out[i]))
        middle = len(out[place]) // 2
        out[place : place + 1] = [out[place][:middle], out[place][middle:]]
    return out


def shards(
    groups: Sequence[Sequence[Listed]], pattern: str, metadata: Mapping[str, str]
) -> tuple[Shard, ...]:
    """Files of these groups, named by `pattern` with `{n}` and `{of}`."""
    return tuple(
        Shard(pattern.format(n=n, of=len(groups)), tuple(group), metadata)
        for n, group in enumerate(groups, start=1)
    )


def index(files: Iterable[Shard]) -> str:
    """`model.safetensors.index.json`."""
    listed = [
        (name, file.name, bytes_of((name, dtype, shape)))
        for file in files
        for name, dtype, shape in file.tensors
    ]
    weight_map = {name: file for name, file, _ in sorted(listed)}
    return json.dumps(
        {"metadata": {"total_size": sum(n for *_, n in listed)}, "weight_map": weight_map}, indent=2
    )
