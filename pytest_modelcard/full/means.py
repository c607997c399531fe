"""Means of whole tensors: nuslerp, multislerp, karcher and model_stock, in mergekit 0.1.5's order of steps.

Every element depends on lengths of and angles between whole tensors, and the last digit on the order in which these were added
up; so the prediction is made for a tensor at once, in the format and by the operations that mergekit uses. Another number of
threads, or another processor, may add up otherwise, which moves a few elements by one step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import torch

Tensor: TypeAlias = torch.Tensor

#: Least lengths and sines, as mergekit sets them.
_LEAST_LENGTH, _LEAST_SINE, _LEAST, _TOLERANCE, _ROUNDS = 1e-7, 1e-8, 1e-8, 1e-5, 10
_SINGULAR = 1e-6


def mean(method: str, tensors: Sequence[Tensor], weights: Sequence[float], based: bool) -> Tensor:
    """The prediction, in the tensors' format. tensors: flat, of one format; based: the first one is the base."""
    base, others = (tensors[0], tensors[1:]) if based else (None, tensors)
    return _MEANS[method](list(others), list(weights), base)


def _nuslerp(tensors: list[Tensor], weights: list[float], base: Tensor | None) -> Tensor:
    total = sum(weights)
    t = 0.5 if abs(total) < _SINGULAR else weights[1] / total
    if base is not None:
        return base + _arc(t, tensors[0] - base, tensors[1] - base)
    return _arc(t, tensors[0], tensors[1])


def _arc(t: float, first: Tensor, second: Tensor) -> Tensor:
    one, two = (v / torch.norm(v, dim=-1, keepdim=True).clamp(min=_LEAST_LENGTH) for v in (first, second))
    cosine = torch.sum(one * two, dim=-1, keepdim=True).clamp(-1, 1)
    if bool((1 - cosine.square()) <= _LEAST_SINE**2):
        return (1 - t) * first + t * second
    angle = torch.acos(cosine)
    return (torch.sin((1 - t) * angle) * first + torch.sin(t * angle) * second) / torch.sin(angle)


def _multislerp(tensors: list[Tensor], weights: list[float], base: Tensor | None) -> Tensor:
    if len(tensors) == 1:
        return tensors[0]
    rows = torch.stack(tensors, dim=0)
    if base is not None:
        rows -= base
    shares = torch.tensor(weights, dtype=rows.dtype)
    shares = shares / shares.sum()
    lengths = torch.norm(rows, dim=-1, keepdim=True)
    units = rows / (lengths + _LEAST)
    middle = (units * shares.view(-1, 1)).sum(0)
    size = torch.norm(middle)
    if bool(size < _LEAST):  # mergekit refuses this of more than two
        out = rows[0] * shares[0] + rows[1] * shares[1]
    else:
        middle = middle / size
        tangents = units - (units * middle).sum(-1, keepdim=True) * middle
        tangent = (tangents * shares.view(-1, 1)).sum(0)
        angle = torch.norm(tangent) + _LEAST
        out = middle * torch.cos(angle) + tangent * (torch.sin(angle) / angle)
        out = out * (lengths.squeeze(-1) * shares).sum()
    return out if base is None else out + base


def _karcher(tensors: list[Tensor], weights: list[float], base: Tensor | None) -> Tensor:
    if len(tensors) == 1:
        return tensors[0]
    share = 1.0 / len(tensors)
    lengths = [torch.linalg.vector_norm(t.to(torch.float32)) for t in tensors]
    units = [(t / n).to(t.dtype) for t, n in zip(tensors, lengths, strict=True) if n.item() > _TOLERANCE]
    if not units:
        return torch.zeros_like(tensors[0])
    own = share / sum([share] * len(units))
    middle = torch.zeros_like(units[0])
    for unit in units:
        middle += own * unit
    size = torch.linalg.vector_norm(middle.to(torch.float32))
    middle = units[0].clone() if size.item() < _TOLERANCE else (middle / size).to(middle.dtype)
    for _ in range(_ROUNDS):
        tangent = torch.zeros_like(middle)
        for unit in units:
            cosine = torch.clamp(torch.dot(middle, unit), -1.0, 1.0)
            angle = torch.arccos(cosine)
            if angle.item() >= _TOLERANCE:
                tangent += own * (angle / torch.sin(angle)) * (unit - cosine * middle)
        step = torch.linalg.vector_norm(tangent.to(torch.float32))
        if step.item() < _TOLERANCE:
            break
        middle = (torch.cos(step) * middle + torch.sin(step) * (tangent / step)).to(middle.dtype)
        size = torch.linalg.vector_norm(middle.to(torch.float32))
        if size.item() > _TOLERANCE:
            middle = (middle / size).to(middle.dtype)
    scale: Any = sum(share * n for n in lengths)
    return scale * middle


def _model_stock(tensors: list[Tensor], weights: list[float], base: Tensor | None) -> Tensor:
    assert base is not None
    changes = [t - base for t in tensors]
    cosines = []
    for i, one in enumerate(changes):
        for two in changes[i + 1 :]:
            lengths = torch.norm(one, dim=-1) * torch.norm(two, dim=-1)
            cosines.append(((one * two).sum(dim=-1) / lengths.clamp(min=_SINGULAR)).clamp(-1, 1))
    cosine = torch.stack(cosines).mean(dim=0).unsqueeze(-1)
    count = len(tensors)
    below = 1 + (count - 1) * cosine
    t = torch.zeros_like(cosine) if bool(below.abs() < _SINGULAR) else (count * cosine) / below
    average: Any = sum(tensors) / count
    return t * average + (1 - t) * base


_Mean: TypeAlias = Callable[[list[Tensor], list[float], Tensor | None], Tensor]
_MEANS: Mapping[str, _Mean] = {
    "nuslerp": _nuslerp,
    "multislerp": _multislerp,
    "karcher": _karcher,
    "model_stock": _model_stock,
}
