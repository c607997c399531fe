"""Which of a source's changes TIES and breadcrumbs keep: mergekit 0.1.5's own steps (`sparsify.py`) on the whole tensor.

They sort all changes by size. Numbers of 16 bits have many changes of one size, and which of them fall on which side of
the end is left to the sort: torch's for processors leaves equals in an order that depends on its version and on the vectors of
the processor; other builds, and GPUs, keep them in the order of their positions. So there are two answers, and the
candidate tells which was taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import torch

from .kernel import DTYPES
from .program import Thinning
from .slerp import CHUNK, Whole

Tensor: TypeAlias = torch.Tensor


def ways(thinnings: Sequence[Thinning], whole: Whole, steps: str) -> list[tuple[Tensor, ...]]:
    """For every source but the first (of `whole`) which changes are kept, as bool: by torch's sort here, and by position
    where that is different.

    steps: the format that changes are stored in. Needs 24 bytes an element for a moment, and one for each source afterwards.
    """
    here, by_position = [], []
    for number, thinning in enumerate(thinnings, 1):
        if thinning.density >= 1:
            kept = (torch.ones((), dtype=torch.bool).expand(whole.elements),) * 2
        else:
            kept = _both(_sizes(whole, number, steps), thinning)
        here.append(kept[0])
        by_position.append(kept[1])
    different = any(not one.equal(two) for one, two in zip(here, by_position, strict=True))
    return [tuple(here), tuple(by_position)] if different else [tuple(here)]


def first_difference(one: Sequence[Tensor], two: Sequence[Tensor]) -> int:
    """The first element that they do not agree on."""
    apart = [a != b for a, b in zip(one, two, strict=True)]
    return min(int(torch.argmax(found.to(torch.uint8))) for found in apart if bool(found.any()))


def _sizes(whole: Whole, number: int, steps: str) -> Tensor:
    """The sizes of a source's changes, as float32."""
    sizes = torch.empty(whole.elements, dtype=torch.float32)
    for start in range(0, whole.elements, CHUNK):
        values = whole.values(start, min(CHUNK, whole.elements - start))
        change = (values[number] - values[0]).to(DTYPES[steps])
        sizes[start : start + CHUNK] = change.abs().to(torch.float32)
    return sizes


def _both(sizes: Tensor, thinning: Thinning) -> tuple[Tensor, Tensor]:
    descending, begin, end = _ranks(thinning, len(sizes))
    here = torch.zeros(len(sizes), dtype=torch.bool)
    here[torch.sort(sizes, descending=descending).indices[begin:end]] = True
    if begin >= end:
        return here, here
    inside = sizes[here]
    by_position = here.clone()
    for size in {float(inside.min()), float(inside.max())}:
        before = int((sizes > size if descending else sizes < size).sum())
        equals = (sizes == size).nonzero()[:, 0]
        by_position[equals] = False
        by_position[equals[max(0, begin - before) : max(0, end - before)]] = True
    return here, by_position


def _ranks(thinning: Thinning, elements: int) -> tuple[bool, int, int]:
    """Whether the largest changes come first, and which places are kept: from the first number up to the second."""
    wanted = int(thinning.density * elements)
    if thinning.gamma is None:
        return True, 0, max(1, wanted) if thinning.density > 0 else 0
    lowest = max(0, elements - wanted - int(thinning.gamma * elements))
    return False, lowest, lowest + max(0, wanted)
