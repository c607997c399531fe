"""The arrays that a kernel counts, all of one length."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch


class Arrays(NamedTuple):
    """The candidate, its scale, the sources, their scales; and what was worked out on the whole tensor."""

    candidate: torch.Tensor
    scale: torch.Tensor | None
    sources: Sequence[torch.Tensor]
    scales: Sequence[torch.Tensor | None]
    ahead: Sequence[torch.Tensor] = ()

    def each(self, change: Callable[[torch.Tensor], torch.Tensor]) -> Arrays:
        """The same with every array changed."""
        return Arrays(
            change(self.candidate),
            None if self.scale is None else change(self.scale),
            [change(one) for one in self.sources],
            [None if one is None else change(one) for one in self.scales],
            [change(one) for one in self.ahead],
        )

    def cut(self, start: int, count: int) -> Arrays:
        """Elements [start, start + count), or as many of them as there are."""
        return self.each(lambda one: one[start : start + count])

    def rows(self, which: Sequence[int], length: int) -> Arrays:
        """The rows of `length` elements that are named, one after the other."""
        return self.each(lambda one: torch.cat([one[n * length : (n + 1) * length] for n in which]))
