"""Rows that the candidate has and no other model: a vocabulary that was extended or padded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..weights.names import canonical
from ..weights.records import LeftOut

if TYPE_CHECKING:
    from ..weights.opened import Weights


def rows_beyond(candidate: Weights, others: Iterable[Weights]) -> tuple[LeftOut, ...]:
    """What was not compared, since no other model's tensor of that name and width has so many rows."""
    most: dict[tuple[str, tuple[int, ...]], int] = {}
    for model in others:
        for tensor in model.tensors.values():
            if len(tensor.shape) >= 2:
                key = canonical(tensor.name), tensor.shape[1:]
                most[key] = max(most.get(key, 0), tensor.shape[0])
    left = []
    for tensor in candidate.tensors.values():
        rows = most.get((canonical(tensor.name), tensor.shape[1:])) if len(tensor.shape) >= 2 else None
        if rows is not None and tensor.shape[0] > rows:
            left.append(LeftOut(tensor.name, f"its rows from {rows:,} on, which no model offered has"))
    return tuple(left)
