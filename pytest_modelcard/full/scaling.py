"""Scales of quantised tensors, one for each element of a stretch."""

from __future__ import annotations

import torch

from ..weights.scales import Scale


def expanded(scale: Scale, values: torch.Tensor, start: int, count: int) -> torch.Tensor:
    """The scales of elements [start, start + count), one for each."""
    first, last = start // scale.width, (start + count - 1) // scale.width
    rows = torch.arange(first, last + 1, device=values.device)
    # one row of scales for each row of the tensor, then as many of each as columns share it
    at = _first_scale(scale, rows)[:, None] + torch.arange(scale.grid[1], device=values.device)
    wide = values[at].repeat_interleave(scale.columns, dim=1)[:, : scale.width]
    return wide.reshape(-1)[start - first * scale.width :][:count]


def _first_scale(scale: Scale, rows: torch.Tensor) -> torch.Tensor:
    """The first scale of each row of the tensor, as `Scale.index` counts."""
    leading, row = rows // scale.height, rows % scale.height
    return ((0 if scale.shared else leading * scale.grid[0]) + row // scale.rows) * scale.grid[1]
