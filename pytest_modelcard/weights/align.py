"""The same numbers under other names and in other shapes: where a candidate's elements lie in another model.

Everything here is told from headers alone. Two tensors are paired whole where their names agree without
wrappers and their shapes are equal; else by parts that are contiguous in both: the experts of a fused tensor,
gate and up in one, q, k and v in one, the common rows of a padded vocabulary. What would need a guess
(transposed or interleaved storage, square experts) is left out with the reason; `orientation` looks at square ones.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field

from ..errors import CannotTell
from . import names
from .count import is_parameter
from .header import Tensor
from .records import LeftOut
from .scales import scale_of

#: Experts of one fused tensor; far above any real model.
MAX_EXPERTS = 4_096


@dataclass(frozen=True, slots=True)
class Run:
    """Elements [start, start + count) of a candidate's tensor are [other_start, ...) of `tensor`
    elsewhere.
    """

    start: int
    count: int
    tensor: Tensor
    other_start: int


@dataclass(frozen=True, slots=True)
class Alignment:
    """Where each tensor of the candidate lies in one other model."""

    pairs: Mapping[str, tuple[Run, ...]]  #: by the candidate's name; sorted, not overlapping
    left_out: tuple[LeftOut, ...]  #: the candidate's tensors that cannot be compared, wholly or in part
    only_there: tuple[str, ...]  #: the other model's tensors that the candidate does not have
    unsure: Mapping[str, Run] = field(
        default_factory=dict
    )  #: square parts that may be transposed there, one a tensor

    def runs(self, name: str, start: int, count: int) -> list[Run]:
        """The parts of [start, start + count) that the other model has."""
        found, end = self.pairs.get(name, ()), start + count
        out = []
        for at in range(max(0, bisect_right(found, start, key=lambda r: r.start) - 1), len(found)):
            run = found[at]
            if run.start >= end:
                break
            first, last = max(start, run.start), min(end, run.start + run.count)
            if first < last:
                out.append(Run(first, last - first, run.tensor, run.other_start + first - run.start))
        return out


@dataclass(frozen=True, slots=True)
class _Part:
    """A contiguous piece of a stored tensor that other models store by itself."""

    key: str
    shape: tuple[int, ...]
    tensor: Tensor
    start: int


def align(
    candidate: Mapping[str, Tensor],
    other: Mapping[str, Tensor],
    *,
    tied: bool | None = None,
    upright: Container[str] = (),
) -> Alignment:
    """Pair the tensors of two models. `tied`: whether the other's output head is its embedding
    (config.json). upright: kinds of tensors (see `kind`) whose square parts are known to be stored the same way round.
    """
    there = _by_canonical(other.values())
    here = _by_canonical(candidate.values())
    pairs: dict[str, tuple[Run, ...]] = {}
    left: list[LeftOut] = []
    single: list[Tensor] = []
    used: set[str] = set()
    for tensor in candidate.values():
        if not is_parameter(tensor, candidate):
            left.append(LeftOut(tensor.name, "no parameter of its own: a constant, or the scale of another"))
            continue
        key = names.canonical(tensor.name)
        match = other.get(tensor.name) or (there.get(key) if here.get(key) is tensor else None)
        if match is None and key == "lm_head.weight" and tied:
            match = there.get("embed_tokens.weight")
        if match is None and here.get(key) is not tensor:
            left.append(
                LeftOut(tensor.name, "several tensors have this name, apart from what stands before it")
            )
            continue
        if match is None:
            single.append(tensor)
            continue
        used.add(match.name)
        try:
            scale_of(tensor, candidate)
            scale_of(match, other)
            pairs[tensor.name] = (Run(0, _common(tensor, match), match, 0),)
        except CannotTell as reason:
            left.append(LeftOut(tensor.name, str(reason)))
    rest = [t for t in other.values() if t.name not in used and is_parameter(t, other)]
    alone = [t for t in rest if there.get(names.canonical(t.name)) is t]
    unsure: dict[str, Run] = {}
    by_parts = _by_parts(single, alone, candidate, other, left, unsure, upright)
    pairs |= by_parts
    used.update(run.tensor.name for runs in by_parts.values() for run in runs)
    return Alignment(pairs, tuple(left), tuple(t.name for t in rest if t.name not in used), unsure)


def kind(name: str) -> str:
    """The canonical name without numbers of layers and experts."""
    return ".".join(part for part in names.canonical(name).split(".") if not part.isdigit())


def _by_canonical(tensors: Iterable[Tensor]) -> dict[str, Tensor]:
    """Tensors by canonical name; names that two tensors share are left out."""
    out: dict[str, Tensor] = {}
    twice = set()
    for tensor in tensors:
        key = names.canonical(tensor.name)
        if key in out:
            twice.add(key)
        out[key] = tensor
    return {key: tensor for key, tensor in out.items() if key not in twice}


def _common(tensor: Tensor, match: Tensor) -> int:
    """Elements from the first on that two tensors of one name have in common; CannotTell where none surely
    are.
    """
    mine, theirs = tensor.shape, match.shape
    if mine == theirs or _squeezed(mine) == _squeezed(theirs):
        return math.prod(mine)
    if names.is_embedding(tensor.name) and len(mine) == len(theirs) and mine[1:] == theirs[1:]:
        return min(mine[0], theirs[0]) * math.prod(mine[1:])
    if len(mine) > 1 and mine == (*theirs[:-2], theirs[-1], theirs[-2]):
        raise CannotTell(f"stored transposed there: {list(theirs)} against {list(mine)}")
    raise CannotTell(f"has another shape there: {list(theirs)} against {list(mine)}")


def _squeezed(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(n for n in shape if n != 1)


def _by_parts(
    mine: list[Tensor],
    theirs: list[Tensor],
    candidate: Mapping[str, Tensor],
    other: Mapping[str, Tensor],
    left: list[LeftOut],
    unsure: dict[str, Run],
    upright: Container[str],
) -> dict[str, tuple[Run, ...]]:
    """Pair what has no whole counterpart by its parts; what stays is told in `left`, and first in `unsure` where it
    may be transposed.
    """
    rows = {names.canonical(t.name): t.shape[0] for t in (*mine, *theirs) if t.shape}
    parts: dict[str, _Part | None] = {}
    refused: dict[str, str] = {}
    for tensor in theirs:
        refused[tensor.name] = _why_not(tensor, other)
        for part in _parts(tensor, rows):
            # stored twice, fused and single: which one is used is not known
            parts[part.key] = None if part.key in parts else part
    out: dict[str, tuple[Run, ...]] = {}
    for tensor in mine:
        own, why = _parts(tensor, rows), _why_not(tensor, candidate)
        runs, reason, missing = [], "", 0
        for part in own:
            match = parts.get(part.key)
            if match is None:
                missing += 1
            elif unreadable := why or refused[match.tensor.name]:
                reason = reason or unreadable
            elif match.shape != part.shape:
                reason = reason or f"{match.tensor.name} there has another shape"
            elif _may_be_transposed(part, match) and kind(tensor.name) not in upright:
                reason = reason or f"{match.tensor.name} there may be stored transposed"
                unsure.setdefault(
                    tensor.name, Run(part.start, math.prod(part.shape), match.tensor, match.start)
                )
            else:
                runs.append(Run(part.start, math.prod(part.shape), match.tensor, match.start))
        if runs:
            out[tensor.name] = tuple(sorted(runs, key=lambda r: r.start))
        if len(runs) < len(own) and runs:
            reason = f"only {len(runs)} of its {len(own)} parts are comparable"
        elif missing == len(own):
            reason = "missing there"
        if reason:
            left.append(LeftOut(tensor.name, reason))
    return out


def _why_not(tensor: Tensor, tensors: Mapping[str, Tensor]) -> str:
    try:
        scale_of(tensor, tensors)
    except CannotTell as reason:
        return str(reason)
    return ""


def _may_be_transposed(a: _Part, b: _Part) -> bool:
    """Experts fused in one tensor are stored as [in, out] by some and [out, in] by others; a square part, or
    one of gate and up in a square slice, would fit both ways.
    """
    for part in (a, b):
        shape = part.tensor.shape
        if len(shape) == 3 and shape[1] == shape[2]:
            return a.tensor.shape != b.tensor.shape
    return False


def _parts(tensor: Tensor, rows: Mapping[str, int]) -> list[_Part]:
    """The pieces of a tensor; itself where it is not fused. `rows`: first dimension by canonical name."""
    key, shape = names.canonical(tensor.name), tensor.shape
    path, _, last = key.rpartition(".")
    if path.endswith("experts") and len(shape) == 3 and 0 < shape[0] <= MAX_EXPERTS:
        return _experts(tensor, path, last)
    if last in ("weight", "bias"):
        head, _, module = path.rpartition(".")
        if module == "gate_up_proj" and shape and shape[0] % 2 == 0 and "experts" not in head:
            return _stacked(tensor, [(f"{head}.{m}.{last}", shape[0] // 2) for m in ("gate_proj", "up_proj")])
        if module == "qkv_proj" and shape:
            keys = [f"{head}.{m}.{last}" for m in ("q_proj", "k_proj", "v_proj")]
            if sum(rows.get(k, 0) for k in keys) == shape[0] and all(k in rows for k in keys):
                return _stacked(tensor, [(k, rows[k]) for k in keys])
    return [_Part(key, shape, tensor, 0)]


def _stacked(tensor: Tensor, pieces: list[tuple[str, int]], start: int = 0) -> list[_Part]:
    """Parts one behind the other along the first dimension."""
    out = []
    for key, height in pieces:
        shape = (height, *tensor.shape[1:])
        out.append(_Part(key, shape, tensor, start))
        start += math.prod(shape)
    return out


def _experts(tensor: Tensor, path: str, last: str) -> list[_Part]:
    """The matrices of all experts in one tensor [experts, out, in]."""
    number, height, width = tensor.shape
    if last == "gate_up_proj" and height % 2 == 0:
        inner = [("gate_proj", height // 2), ("up_proj", height // 2)]
    elif last in ("gate_proj", "up_proj", "down_proj"):
        inner = [(last, height)]
    else:
        return [_Part(f"{path}.{last}", tensor.shape, tensor, 0)]
    out = []
    for expert in range(number):
        start = expert * height * width
        for which, tall in inner:
            out.append(_Part(f"{path}.{expert}.{which}.weight", (tall, width), tensor, start))
            start += tall * width
    return out
