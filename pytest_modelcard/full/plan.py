"""What there is to do: where the parts of every tensor lie, in groups that can be worked on anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from ..errors import CannotTell
from ..weights import names
from ..weights.align import Alignment, Run, align
from ..weights.header import Tensor
from ..weights.opened import Weights
from ..weights.records import LeftOut
from ..weights.scales import Scale, scale_of
from .program import Program, View
from .programs import Recipe

#: Formats whose numbers are compared; others are left out with the reason.
FORMATS = frozenset({"F32", "F16", "BF16", "F8_E4M3", "F8_E5M2"})

_WHOLE = {
    "slerp": "slerp turns",
    "sparse": "changes are kept by their rank in",
    "mean": "this mean is one of",
}
#: Elements of the largest tensor that is worked on as a whole: 24 bytes each, and more.
MAX_WHOLE = 2**32


@dataclass(frozen=True, slots=True)
class Part:
    """Consecutive elements of a stored tensor, from element `start` on, and the scales of that tensor."""

    model: str
    tensor: Tensor
    start: int
    scale: Scale | None


@dataclass(frozen=True, slots=True)
class Segment:
    """Elements [start, start + count) of a candidate's tensor, and the same elements in each source."""

    start: int
    count: int
    sources: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class TensorTask:
    """One tensor of the candidate."""

    own: Part
    program: Program
    segments: tuple[Segment, ...]

    @property
    def name(self) -> str:
        return self.own.tensor.name


@dataclass(frozen=True, slots=True)
class Group:
    """The tensors of one file of the candidate, in its order; and the files to be hashed on the way, as (model, path).

    A group of no tensors hashes files that several groups read.
    """

    name: str
    tasks: tuple[TensorTask, ...]
    digests: tuple[tuple[str, str], ...]

    @property
    def size(self) -> int:
        """Bytes of tensors that are read for it."""
        total = 0
        for task in self.tasks:
            for segment in task.segments:
                stored = [task.own.tensor, *(part.tensor for part in segment.sources)]
                total += sum(segment.count * (t.end - t.begin) // max(1, t.elements) for t in stored)
        return total


@dataclass(frozen=True, slots=True)
class Plan:
    """All groups. folders: of the models, the candidate's under ""; files: weight files of each model that are read, and
    their sizes; left_out: (tensor, elements, reason) of what no prediction is made for, wholly or in part.
    """

    groups: tuple[Group, ...]
    folders: Mapping[str, Path]
    files: Mapping[str, Mapping[str, int]]
    left_out: tuple[tuple[str, int, str], ...]
    elements: int  #: of the candidate's tensors, those left out included


def make_plan(
    recipe: Recipe, candidate: Weights, models: Mapping[str, Weights], folders: Mapping[str, Path]
) -> Plan:
    """Find every tensor's parts. Raises CannotTell where nothing of the candidate can be predicted."""
    layers = {layer for name in candidate.tensors if (layer := names.layer(name)) is not None}
    depth = max(layers, default=-1) + 1
    views = _Views(candidate, models)
    left: list[tuple[str, int, str]] = []
    tasks: dict[str, list[TensorTask]] = {}
    elements = 0
    for tensor in sorted(candidate.tensors.values(), key=lambda t: (t.file, t.begin)):
        if (why := views.beside(tensor)) is not None:
            if why:
                left.append((tensor.name, tensor.elements, why))
            continue
        elements += tensor.elements
        try:
            task = views.task(tensor, recipe.program(tensor.name, depth))
        except CannotTell as reason:
            left.append((tensor.name, tensor.elements, str(reason)))
            continue
        missing = tensor.elements - sum(s.count for s in task.segments)
        if missing:
            left.append((tensor.name, missing, views.why_not(tensor, task.program)))
        if task.segments:
            tasks.setdefault(tensor.file, []).append(task)
    if not tasks:
        why = left[0][2] if left else "it has no tensors"
        raise CannotTell(f"no tensor of {candidate.id} can be predicted: {why}")
    groups, files = _grouped(tasks, candidate, models, folders)
    return Plan(groups, folders, files, tuple(left), elements)


class _Views:
    """Models as the recipe sees them, aligned with the candidate once."""

    def __init__(self, candidate: Weights, models: Mapping[str, Weights]) -> None:
        self._candidate = candidate
        self._models = models
        self._aligned: dict[View, Alignment] = {}
        self._places: dict[str, dict[tuple[str, int], Tensor]] = {}
        none = align(candidate.tensors, {})
        self._no_parameters = {one.name for one in none.left_out if one.reason.startswith("no parameter")}

    def beside(self, tensor: Tensor) -> str | None:
        """None for a tensor that is to be predicted; else why it is not ("" where nothing is to be said)."""
        return "" if tensor.name in self._no_parameters else None

    def task(self, tensor: Tensor, program: Program) -> TensorTask:
        own = self._part("", tensor, 0, self._candidate.tensors)
        runs = [self._alignment(view).runs(tensor.name, 0, tensor.elements) for view in program.sources]
        segments = []
        for start, count in _common(runs):
            parts = []
            for view, found in zip(program.sources, runs, strict=True):
                run = next(r for r in found if r.start <= start < r.start + r.count)
                there = self._models[view.model].tensors
                stored = self._original(view, run.tensor)
                parts.append(self._part(view.model, stored, run.other_start + start - run.start, there))
            if program.whole and any(p.start or p.tensor.elements != count for p in parts):
                raise CannotTell(f"{_WHOLE[program.method]} whole tensors, and here is a part of one")
            if program.method in ("sparse", "mean") and program.whole and count > MAX_WHOLE:
                raise CannotTell(
                    f"{count:,} elements would be worked on at once, more than memory is taken for"
                )
            segments.append(Segment(start, count, tuple(parts)))
        return TensorTask(own, program, tuple(segments))

    def why_not(self, tensor: Tensor, program: Program) -> str:
        """What the alignment says of a tensor that some source does not have."""
        for view in program.sources:
            found: Iterable[LeftOut] = self._alignment(view).left_out
            for one in found:
                if one.name == tensor.name:
                    return f"{view.model}: {one.reason}"
        return "some of its rows have no counterpart"

    def _alignment(self, view: View) -> Alignment:
        if view not in self._aligned:
            model = self._models[view.model]
            self._aligned[view] = align(self._candidate.tensors, _renumbered(model, view), tied=model.tied)
        return self._aligned[view]

    def _original(self, view: View, tensor: Tensor) -> Tensor:
        """The stored tensor behind one that was given the candidate's number of its layer."""
        if view.layers is None:
            return tensor
        if view.model not in self._places:
            stored = self._models[view.model].tensors.values()
            self._places[view.model] = {(t.file, t.begin): t for t in stored if t.elements}
        return self._places[view.model][tensor.file, tensor.begin]

    @staticmethod
    def _part(model: str, tensor: Tensor, start: int, tensors: Mapping[str, Tensor]) -> Part:
        if tensor.dtype not in FORMATS:
            raise CannotTell(f"stored as {tensor.dtype}, which is not replayed here")
        return Part(model, tensor, start, scale_of(tensor, tensors))


def _renumbered(model: Weights, view: View) -> Mapping[str, Tensor]:
    """The model's tensors with its slice's layers under the candidate's numbers; what is in no layer stays."""
    if view.layers is None:
        return model.tensors
    first, end, at = view.layers
    out: dict[str, Tensor] = {}
    for tensor in model.tensors.values():
        layer = names.layer(tensor.name)
        if layer is None:
            out[tensor.name] = tensor
        elif first <= layer < end:
            name = names.with_layer(tensor.name, layer - first + at)
            out[name] = replace(tensor, name=name)
    return out


def _common(runs: list[list[Run]]) -> list[tuple[int, int]]:
    """[start, count) of what all sources have, cut where a run of any begins or ends."""
    points = sorted({p for found in runs for r in found for p in (r.start, r.start + r.count)})
    change = dict.fromkeys(points, 0)
    for found in runs:
        for run in found:
            change[run.start] += 1
            change[run.start + run.count] -= 1
    out, inside = [], 0
    for first, last in pairwise(points):
        inside += change[first]
        if inside == len(runs):
            out.append((first, last - first))
    return out


def _grouped(
    tasks: Mapping[str, list[TensorTask]],
    candidate: Weights,
    models: Mapping[str, Weights],
    folders: Mapping[str, Path],
) -> tuple[tuple[Group, ...], dict[str, dict[str, int]]]:
    """One group for each file of the candidate; files that only it reads are hashed by it, others on their own."""
    readers: dict[tuple[str, str], set[str]] = {}
    for tensor in candidate.tensors.values():
        readers.setdefault(("", tensor.file), set()).add(tensor.file)
    for file, found in tasks.items():
        for task in found:
            for segment in task.segments:
                for part in segment.sources:
                    readers.setdefault((part.model, part.tensor.file), set()).add(file)
    for model, weights in models.items():  # read for nothing else, and still part of what was compared
        for tensor in weights.tensors.values():
            readers.setdefault((model, tensor.file), set())
    groups = []
    for file, found in sorted(tasks.items()):
        mine = sorted(key for key, users in readers.items() if users == {file})
        groups.append(Group(file, tuple(found), tuple(mine)))
    taken = {key for group in groups for key in group.digests}
    groups += [
        Group(f"sha256 {model}/{path}", (), ((model, path),))
        for model, path in sorted(readers)
        if (model, path) not in taken
    ]
    files: dict[str, dict[str, int]] = {}
    for model, path in sorted(readers):
        files.setdefault(model, {})[path] = (folders[model] / path).stat().st_size
    return tuple(groups), files


def total_size(plan: Plan) -> int:
    """Bytes of all files that are read."""
    return sum(size for found in plan.files.values() for size in found.values())
