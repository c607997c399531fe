"""A stretch of one tensor's elements: where its bytes lie in every model, and what the kernel is told of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch

from .kernel import DTYPES, Spec
from .plan import Part, TensorTask


@dataclass(frozen=True, slots=True)
class Block:
    """Elements of one tensor that are done at once: where they lie in the candidate, then in each source. ahead: what was worked out on the whole tensor, see `thinned` and `means`."""

    task: TensorTask
    spec: Spec
    parts: tuple[Part, ...]
    count: int
    weights: torch.Tensor
    ahead: tuple[torch.Tensor, ...] = ()

    def cut(self, start: int, most: int) -> Block:
        """Its elements from `start` on, no more than `most`."""
        count = min(most, self.count - start)
        parts = tuple(replace(part, start=part.start + start) for part in self.parts)
        ahead = tuple(one[start : start + count] for one in self.ahead)
        return replace(self, parts=parts, count=count, ahead=ahead)

    def size(self, part: Part) -> int:
        """Bytes of the block in one model."""
        return place_of(part, self.count)[1]


class Memory:
    """Room for one block of every model, kept for the next block; pinned where it is copied to a GPU."""

    def __init__(self, device: torch.device) -> None:
        self._pinned = device.type == "cuda"
        self._room: dict[int, torch.Tensor] = {}

    def of(self, place: int, size: int) -> torch.Tensor:
        room = self._room.get(place)
        if room is None or len(room) < size:
            room = self._room[place] = torch.empty(size, dtype=torch.uint8, pin_memory=self._pinned)
        return room


def place_of(part: Part, count: int) -> tuple[int, int]:
    """First byte in the file, and bytes, of a part's `count` elements."""
    width = DTYPES[part.tensor.dtype].itemsize
    return part.tensor.begin + part.start * width, count * width


def spec_of(task: TensorTask) -> Spec:
    program, sources = task.program, task.segments[0].sources
    merged = program.merged or sources[0].tensor.dtype
    narrow = task.own.tensor.dtype.startswith("F8")
    if not narrow and program.loaded == "F32":
        merged = "F32"  # rounded once, to whatever the candidate holds
    return Spec(
        candidate=task.own.tensor.dtype,
        sources=tuple(part.tensor.dtype for part in sources),
        scaled=tuple(part.scale is not None for part in (task.own, *sources)),
        method=program.method,
        steps=steps_of(task),
        loaded=program.loaded,
        # Stored numbers that have scales are no format to store a merge in.
        merged="" if merged.startswith("F8") else merged,
        divided=program.divided,
        signs=program.signs,
        times=program.times != 1,
    )


def steps_of(task: TensorTask) -> str:
    """The format every step is rounded to: the recipe's, or where it names none that of the first source."""
    first = task.segments[0].sources[0]
    in_steps = task.program.method in ("delta", "sparse", "mean")
    stored = first.tensor.dtype if first.scale is None and in_steps else "F32"
    steps = task.program.steps or stored
    return steps if steps in ("BF16", "F16") else "F32"
