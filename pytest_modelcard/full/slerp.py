"""What slerp multiplies two tensors by: mergekit 0.1.5's own steps on the whole tensors, so that the last digit is its."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch

#: mergekit's block of elements, threshold of the cosine, and least norm.
CHUNK, NEARLY_EQUAL, LEAST_NORM = 1024 * 1024, 0.9995, 1e-8


@dataclass(frozen=True, slots=True)
class Whole:
    """Two whole tensors: `values(start, count)` gives some of their elements, as float32."""

    elements: int
    values: Callable[[int, int], list[torch.Tensor]]

    def chunks(self) -> Iterator[list[torch.Tensor]]:
        for start in range(0, self.elements, CHUNK):
            yield [v.reshape(1, -1) for v in self.values(start, min(CHUNK, self.elements - start))]


def coefficients(t: float, whole: Whole) -> tuple[float, float]:
    """(base's, other's), float32 numbers."""
    parts = [[torch.linalg.vector_norm(v, dim=1, keepdim=True) for v in chunk] for chunk in whole.chunks()]
    norms = []
    for one in zip(*parts, strict=True):
        norm = torch.linalg.vector_norm(torch.stack(one), dim=0)
        norms.append(torch.where(norm > LEAST_NORM, norm, 1))
    dots = [((a / norms[0]) * (b / norms[1])).sum(dim=1, keepdim=True) for a, b in whole.chunks()]
    dot = torch.stack(dots).sum(dim=0).clamp(-1, 1)
    share = torch.tensor([[t]], dtype=torch.float32)
    if bool(dot.abs() > NEARLY_EQUAL):
        return float(1 - share), float(share)
    angle = torch.acos(dot)
    return float(torch.sin((1 - share) * angle) / torch.sin(angle)), float(
        torch.sin(share * angle) / torch.sin(angle)
    )
