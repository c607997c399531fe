"""Sampled elements of a candidate and of the models it may come from, read as ranges of their files.

Only what several models have in common is read, at the same places. What cannot be read is left out with the
reason: nothing is filled in.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ..errors import CannotTell, CardError
from ..model import Cost
from . import names
from .align import Alignment, Run, align
from .fetch import Fetched, Progress, Range, coalesce, fetch
from .formats import decode
from .header import DTYPE_BITS, Tensor
from .opened import Weights
from .records import LeftOut, TensorSample
from .sampling import Blocks, draw
from .scales import Scale, scale_of

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Reading:
    """Samples, what they cost, what was left out and why, and every range that was read."""

    samples: list[TensorSample]
    cost: Cost
    left_out: list[LeftOut]
    ranges: tuple[Range, ...]
    not_finite: int  #: values among the samples that are NaN or infinite; they are kept


@dataclass(frozen=True, slots=True)
class _Piece:
    """Consecutive elements of a stored tensor, with the scales they need."""

    model: str
    tensor: Tensor
    start: int
    count: int
    scale: Scale | None

    def ranges(self) -> Iterable[Range]:
        yield _range(self.model, self.tensor, self.start, self.count)
        if self.scale is not None:
            first, end = self.scale.span(self.start, self.count)
            yield _range(self.model, self.scale.tensor, first, end - first)


@dataclass(frozen=True, slots=True)
class _Job:
    """One tensor of the candidate: the pieces of each model, in the order of `blocks`."""

    name: str
    blocks: Blocks
    pieces: Mapping[str, list[_Piece]]  #: the candidate's under ""


def read_samples(
    candidate: Weights,
    others: Mapping[str, Weights],
    plan: Mapping[str, Blocks],
    *,
    budget: int,
    seed: int = 0,
    alignments: Mapping[str, Alignment] | None = None,
    progress: Progress | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Reading:
    """Read the planned blocks of all models.

    At most `budget` bytes are read in all, those kept from an earlier run counted, too; which tensors go
    beyond it depends on `seed` alone. `alignments`: from `align`, by model; computed where not given.
    """
    started = time.monotonic()
    models = {"": candidate, **others}
    before = [(m.meter.requests, m.meter.bytes_read) for m in models.values()]
    known = alignments or {
        key: align(candidate.tensors, model.tensors, tied=model.tied) for key, model in others.items()
    }
    left = [
        LeftOut(one.name, f"{key}: {one.reason}")
        for key, found in known.items()
        for one in found.left_out
        if one.name in plan
    ]
    jobs = [job for name, blocks in plan.items() if (job := _job(name, blocks, models, known, left))]
    jobs, ranges = _within(jobs, budget, seed, left)
    spans = coalesce(ranges)
    if sum(s.end - s.start for s in spans) > budget:
        spans = coalesce(ranges, gap=0)
    fetched = fetch(models, spans, progress, sleep)
    samples = [sample for job in jobs if (sample := _sample(job, candidate, fetched, left))]
    after = [(m.meter.requests, m.meter.bytes_read) for m in models.values()]
    cost = Cost(
        seconds=time.monotonic() - started,
        requests=sum(b[0] - a[0] for a, b in zip(before, after, strict=True)),
        bytes_read=sum(b[1] - a[1] for a, b in zip(before, after, strict=True)),
    )
    broken = sum(
        int(np.count_nonzero(~np.isfinite(v))) for s in samples for v in (s.candidate, *s.others.values())
    )
    return Reading(samples, cost, left, tuple(s for s in spans if s in fetched.raw), broken)


def read_values(
    model: Weights, wanted: Mapping[str, Blocks], progress: Progress | None = None
) -> dict[str, Array]:
    """Values of blocks of one model's own tensors, by name; what cannot be read is missing."""
    jobs, left = [], list[LeftOut]()
    for name, blocks in wanted.items():
        if name in model.tensors and (job := _job(name, blocks, {"": model}, {}, left, alone=True)):
            jobs.append(job)
    spans = coalesce(r for job in jobs for piece in job.pieces[""] for r in piece.ranges())
    fetched = fetch({"": model}, spans, progress)
    out = {}
    for job in jobs:
        try:
            out[job.name] = _values(job.pieces[""], fetched)[0]
        except CardError:
            continue
    return out


def _job(
    name: str,
    blocks: Blocks,
    models: Mapping[str, Weights],
    alignments: Mapping[str, Alignment],
    left: list[LeftOut],
    *,
    alone: bool = False,
) -> _Job | None:
    """What to read of one tensor: the parts of its blocks in every model that has at least half of them."""
    tensor = models[""].tensors.get(name)
    if tensor is None:
        left.append(LeftOut(name, "the candidate has no such tensor"))
        return None
    try:
        own = scale_of(tensor, models[""].tensors)
    except CannotTell as reason:
        left.append(LeftOut(name, str(reason)))
        return None
    asked = sum(count for _, count in blocks)
    runs = {
        key: [run for start, count in blocks for run in found.runs(name, start, count)]
        for key, found in alignments.items()
    }
    runs = {key: found for key, found in runs.items() if 2 * sum(r.count for r in found) >= asked > 0}
    if not runs and not alone:
        return None  # the alignment has told why
    cuts = _common(blocks, [[(r.start, r.count) for r in found] for found in runs.values()])
    if not cuts:
        return None
    pieces = {"": [_Piece("", tensor, start, count, own) for start, count in cuts]}
    for key, found in runs.items():
        mine, there, at = [], models[key].tensors, 0
        for start, count in cuts:
            while found[at].start + found[at].count <= start:
                at += 1
            run = found[at]
            mine.append(_piece(key, run, start, count, there))
        pieces[key] = mine
    return _Job(name, cuts, pieces)


def _piece(model: str, run: Run, start: int, count: int, tensors: Mapping[str, Tensor]) -> _Piece:
    """The other model's part of a run that begins at the candidate's element `start`."""
    where = run.other_start + start - run.start
    return _Piece(model, run.tensor, where, count, scale_of(run.tensor, tensors))


def _common(blocks: Blocks, covers: list[Blocks]) -> Blocks:
    """The blocks cut where any cover begins or ends, without what some cover lacks; all sorted."""
    points = sorted(
        {p for cover in (blocks, *covers) for start, count in cover for p in (start, start + count)}
    )
    depth = dict.fromkeys(points, 0)
    for cover in (blocks, *covers):
        for start, count in cover:
            depth[start] += 1
            depth[start + count] -= 1
    out, inside = [], 0
    for first, last in pairwise(points):
        inside += depth[first]
        if inside == 1 + len(covers):
            out.append((first, last - first))
    return out


def _within(jobs: list[_Job], budget: int, seed: int, left: list[LeftOut]) -> tuple[list[_Job], list[Range]]:
    """The jobs that fit into the budget, chosen by lot, in their old order; and their ranges."""
    kept, ranges, spent = set(), list[Range](), 0
    for job in sorted(jobs, key=lambda j: draw(seed, j.name, -1, 2**62)):
        own = {r for pieces in job.pieces.values() for piece in pieces for r in piece.ranges()}
        size = sum(r.end - r.start for r in own)
        if spent + size <= budget:
            spent += size
            kept.add(job.name)
            ranges += own
        else:
            left.append(LeftOut(job.name, "budget: more bytes than may be read"))
    return [job for job in jobs if job.name in kept], ranges


def _sample(job: _Job, candidate: Weights, fetched: Fetched, left: list[LeftOut]) -> TensorSample | None:
    values: dict[str, Array] = {}
    scales: dict[str, Array] = {}
    for key, pieces in job.pieces.items():
        try:
            values[key], scale = _values(pieces, fetched)
        except CardError as error:
            left.append(LeftOut(job.name, f"{key or candidate.id}: {error}"))
            continue
        if scale is not None:
            scales[key] = scale
    own = values.pop("", None)
    if own is None or not values:
        return None
    tensor = candidate.tensors[job.name]
    return TensorSample(
        name=job.name,
        family=names.family(job.name),
        layer=names.layer(job.name),
        shape=tensor.shape,
        positions=_positions(job.blocks),
        candidate=own,
        others=values,
        dtypes={key: job.pieces[key][0].tensor.dtype for key in ("", *values)},
        scales=scales,
    )


def _values(pieces: list[_Piece], fetched: Fetched) -> tuple[Array, Array | None]:
    """The values of the pieces, one behind the other, and the scale of each where they have any."""
    parts, scales = [], []
    for piece in pieces:
        wanted = _range(piece.model, piece.tensor, piece.start, piece.count)
        value = decode(fetched.bytes_of(wanted), piece.tensor.dtype)
        if piece.scale is not None:
            first, end = piece.scale.span(piece.start, piece.count)
            stored = decode(
                fetched.bytes_of(_range(piece.model, piece.scale.tensor, first, end - first)),
                piece.scale.tensor.dtype,
            )
            at = piece.scale.indices(np.arange(piece.start, piece.start + piece.count, dtype=np.int64))
            scale = stored[at - first] * piece.scale.factor
            scales.append(scale)
            value = value * scale
        parts.append(value)
    return np.concatenate(parts), np.concatenate(scales) if len(scales) == len(parts) else None


def _positions(blocks: Blocks) -> NDArray[np.int64]:
    return np.concatenate([np.arange(start, start + count, dtype=np.int64) for start, count in blocks])


def _range(model: str, tensor: Tensor, start: int, count: int) -> Range:
    size = DTYPE_BITS[tensor.dtype] // 8
    return Range(model, tensor.file, tensor.begin + start * size, tensor.begin + (start + count) * size)
