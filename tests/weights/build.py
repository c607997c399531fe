"""Safetensors files for tests: a true header in front of data that is all zeros and takes no memory."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pytest_modelcard.weights.header import DTYPE_BITS

Shapes = Mapping[str, tuple[str, Sequence[int]]]


@dataclass
class SparseFile:
    """`head`, then zeros up to `size` bytes; keeps the ranges it was asked for."""

    head: bytes
    size: int
    reads: list[tuple[int, int]] = field(default_factory=list)

    def read_range(self, start: int, end: int) -> bytes:
        self.reads.append((start, end))
        end = min(end, self.size)
        known = self.head[start:end]
        return known + bytes(max(0, end - start - len(known)))


def entries(shapes: Shapes) -> dict[str, Any]:
    """The header's JSON for tensors laid one behind the other."""
    out: dict[str, Any] = {}
    at = 0
    for name, (dtype, shape) in shapes.items():
        n = math.prod(shape) * DTYPE_BITS[dtype] // 8
        out[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [at, at + n]}
        at += n
    return out


def with_header(header: Any, data_bytes: int) -> SparseFile:
    """A file with any header, sound or not."""
    body = header if isinstance(header, bytes) else json.dumps(header).encode()
    return SparseFile(len(body).to_bytes(8, "little") + body, 8 + len(body) + data_bytes)


def safetensors(shapes: Shapes) -> SparseFile:
    """A sound file holding these tensors: name -> (dtype, shape)."""
    header = entries(shapes)
    return with_header(header, max((e["data_offsets"][1] for e in header.values()), default=0))
