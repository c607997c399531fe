"""Quantised tensors whose values are surely known: stored numbers times the scale of their block, row or
tensor.

Known: fp8 with `weight_scale_inv` or `weight_scale` (one number a tensor, a row, or a block of 128 x 128; to
multiply with, whatever the name says), int8 with `weight_scale` a row or tensor and no zero point, and
bitsandbytes' int8 with `SCB` (to multiply with, over 127). Everything else is refused with the reason.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import CannotTell
from .header import Tensor

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BLOCK = 128
_PLAIN = frozenset({"F64", "F32", "F16", "BF16"})
_FLOAT8 = frozenset({"F8_E4M3", "F8_E5M2"})
_UNKNOWN = (".scale_weight", ".scale", ".scales", "_scale_2", "_global_scale", "_zero_point", ".zero_point")


@dataclass(frozen=True, slots=True)
class Scale:
    """The scales of one tensor: `rows` x `columns` of its elements share one; values are multiplied by
    `factor`, too.

    `grid` is (rows, columns) of the scales' own last two dimensions, `height` and `width` those of the
    tensor.
    """

    tensor: Tensor
    rows: int
    columns: int
    height: int
    width: int
    grid: tuple[int, int]
    factor: float = 1.0
    shared: bool = False  #: the same scales for all leading indices (experts)

    def index(self, position: int) -> int:
        """Which scale belongs to a flat element position of the tensor."""
        return int(self._index(position))

    def indices(self, positions: NDArray[np.int64]) -> NDArray[np.int64]:
        """The same for many positions."""
        found: NDArray[np.int64] = self._index(positions)
        return found

    def _index(self, position: Any) -> Any:
        row, column = position // self.width, position % self.width
        leading, row = row // self.height, row % self.height
        at = (0 if self.shared else leading * self.grid[0]) + row // self.rows
        return at * self.grid[1] + column // self.columns

    def span(self, start: int, count: int) -> tuple[int, int]:
        """[first, end) of the scales that the elements [start, start + count) need."""
        first, last = start, start + count - 1
        if first // self.width == last // self.width:
            return self.index(first), self.index(last) + 1
        # several rows: every column may be met, and rows of one block share their scales
        if self.shared and first // (self.width * self.height) != last // (self.width * self.height):
            return 0, self.grid[0] * self.grid[1]
        return self.index(first - first % self.width), self.index(last - last % self.width) + self.grid[1]


def scale_of(tensor: Tensor, tensors: Mapping[str, Tensor]) -> Scale | None:
    """The scales of a tensor, None where its stored numbers are its values; CannotTell where neither is
    sure.
    """
    stem = tensor.name.removesuffix(".weight")
    whole = tensor.name
    if tensor.dtype not in _PLAIN | _FLOAT8 | {"I8"}:
        packed = tensor.dtype in ("U8", "I32", "U32", "F4", "F6_E2M3", "F6_E3M2")
        what = "packed in a quantised format" if packed else "which is no format of weights known here"
        raise CannotTell(f"stored as {tensor.dtype}, {what}")
    for suffix in _UNKNOWN:
        if stem + suffix in tensors or whole + suffix in tensors:
            raise CannotTell(f"quantised in a way that is not surely known (it has {suffix.strip('._')!r})")
    found = [tensors[n] for n in (f"{whole}_scale_inv", f"{whole}_scale") if n in tensors]
    if tensor.dtype == "I8" and f"{stem}.SCB" in tensors:
        return _fitted(tensor, tensors[f"{stem}.SCB"], 1 / 127)
    if not found:
        if tensor.dtype == "I8":
            raise CannotTell("stored as I8, and its scales are not there")
        return None
    if tensor.dtype in _PLAIN or len(found) > 1:
        raise CannotTell("quantised in a way that is not surely known")
    return _fitted(tensor, found[0], 1.0)


def _fitted(tensor: Tensor, scale: Tensor, factor: float) -> Scale:
    """The scales with their blocks; CannotTell where their shape does not fit the tensor's."""
    shape, own = tensor.shape, scale.shape
    if scale.dtype not in _PLAIN:
        raise CannotTell(f"its scales are stored as {scale.dtype}")
    if len(shape) < 2:
        raise CannotTell("quantised, but no matrix")
    if math.prod(own) == 1:
        own = (1,) * len(shape)
    elif len(own) == 1 and len(shape) == 2 and own[0] == shape[0]:
        own = (own[0], 1)
    shared = all(n == 1 for n in own[:-2])
    if len(own) == len(shape) and (shared or own[:-2] == shape[:-2]):
        rows, columns = _block(shape[-2], own[-2]), _block(shape[-1], own[-1])
        if rows and columns:
            grid = (own[-2], own[-1])
            return Scale(scale, rows, columns, shape[-2], shape[-1], grid, factor, shared)
    raise CannotTell(f"its scales have the shape {list(scale.shape)}, which does not fit {list(shape)}")


def _block(length: int, scales: int) -> int:
    """How many elements share a scale along one dimension; 0 where it cannot be told."""
    if scales == 1:
        return max(1, length)
    if scales == length:
        return 1
    return BLOCK if scales == -(-length // BLOCK) else 0
