"""The settings of a sparse merge that was not random: densities and weights of TIES and breadcrumbs.

Both keep the changes of a parent by their size alone, so that densities and weights are all that a replay needs.
mergekit 0.1.5 is computed again on tensors that were read whole (`sparsify.py`, `generalized_task_arithmetic.py`), on
one part of them to choose and on all to judge: of others the ranks of sizes are known too roughly. DARE and DELLA draw
lots; for them nothing fits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ..weights.formats import round_to

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..weights.records import Lineage, TensorSample

    Array = NDArray[np.float64]
    Mask = NDArray[np.bool_]

#: Share of elements that settings must reproduce, how many, and of which part of all the sizes must be sure.
_HITS, _LEAST, _SURE = 0.9995, 2_000, 0.5
#: Elements to choose by.
_FEW = 8_192
#: Elements of all tensors beyond which every so manieth is judged.
_MANY = 400_000
#: What people write for gamma of breadcrumbs; 0.01 is mergekit's default.
_GAMMAS = (0.01, 0.0, 0.02, 0.05, 0.1)


@dataclass(frozen=True, slots=True)
class Settings:
    """weights and densities by parent; stored: every step is rounded to the stored dtype, else float32 is used."""

    method: Literal["ties", "breadcrumbs"]
    weights: tuple[float, ...]
    densities: tuple[float, ...]
    gamma: float
    stored: bool


@dataclass(frozen=True)
class _Elements:
    """Elements of many tensors: the base's values, the parents', the candidate's, and how each change ranks by size.

    first, last: of the changes of equal size, the ranks in the tensor, the largest change 0; size: of the tensor.
    """

    base: Array
    parents: Array
    candidate: Array
    first: Array
    last: Array
    size: Array

    def part(self, at: slice) -> _Elements:
        return _Elements(
            self.base[at],
            self.parents[:, at],
            self.candidate[at],
            self.first[:, at],
            self.last[:, at],
            self.size[at],
        )


def with_settings(lineage: Lineage, samples: Iterable[TensorSample]) -> Lineage:
    """A sparse verdict with `mergekit` in its recipe, where settings reproduce the candidate; else unchanged."""
    recipe = lineage.recipe or {}
    multiples = recipe.get("multiples")
    if lineage.method != "sparse" or not isinstance(multiples, dict) or not 1 <= len(multiples) <= 2:
        return lineage
    ids = list(multiples)
    base = next((p.id for p in lineage.parents if p.id not in multiples), "")
    usable = [s for s in samples if base in s.others and all(i in s.others for i in ids)]
    dtypes = {s.dtype for s in usable}
    if len(dtypes) != 1 or not dtypes <= {"BF16", "F16"}:
        return lineage
    found = _settings(usable, ids, base, tuple(map(float, multiples.values())), dtypes.pop())
    return lineage if found is None else replace(lineage, recipe={**recipe, "mergekit": _told(found, ids)})


def _told(found: Settings, ids: Sequence[str]) -> dict[str, Any]:
    models = {}
    for id, weight, density in zip(ids, found.weights, found.densities, strict=True):
        models[id] = {"weight": weight, "density": density}
        if found.method == "breadcrumbs":
            models[id]["gamma"] = found.gamma
    return {
        "merge_method": found.method,
        "models": models,
        "arithmetic": "stored" if found.stored else "float32",
    }


def _settings(
    samples: Sequence[TensorSample], ids: Sequence[str], base: str, multiples: tuple[float, ...], dtype: str
) -> Settings | None:
    for stored in (True, False):
        every = _elements(samples, ids, base, dtype if stored else None)
        if every is None:
            return None
        few = every.part(slice(None, None, max(1, every.size.size // _FEW)))
        count = len(ids)
        starts = [Settings("ties", (1 / count,) * count, (0.5,) * count, 0.0, stored)]
        starts += [Settings("breadcrumbs", multiples, (0.5,) * count, _GAMMAS[0], stored)]
        for start in starts:
            best = _climbed(few, _varied(few, _climbed(few, start, dtype), dtype), dtype)
            hits, sure = _score(every, best, dtype)
            if hits >= _HITS and sure >= max(_LEAST, _SURE * every.size.size):
                return best
    return None


def _climbed(few: _Elements, start: Settings, dtype: str) -> Settings:
    """The settings with the most hits, one number changed at a time, from coarse to fine."""
    best, most = start, _score(few, start, dtype)[0]
    for step, reach in ((0.05, 20), (0.05, 20), (0.01, 5), (0.01, 5)):
        for trial in _neighbours(best, step, reach):
            hits = _score(few, trial, dtype)[0]
            if hits > most:
                best, most = trial, hits
        if most == 1.0:
            break
    return best


def _varied(few: _Elements, found: Settings, dtype: str) -> Settings:
    """With another gamma, or other weights of the same ratio, where these hit more."""
    if found.method == "breadcrumbs":
        trials = [replace(found, gamma=g) for g in _GAMMAS]
    else:
        # Only the ratio matters for TIES, but the roundings of weight and product remain.
        trials = [replace(found, weights=w) for w in _alike(found.weights)]
    return max([found, *trials], key=lambda t: _score(few, t, dtype)[0])


def _neighbours(around: Settings, step: float, reach: int) -> Iterable[Settings]:
    """Settings that differ in one density or weight; of two weights of TIES only the ratio counts."""
    for number, centre in enumerate(around.densities):
        for value in _grid(centre, step, reach):
            if 0 < value <= 1:
                yield replace(around, densities=_put(around.densities, number, value))
    if around.method == "ties" and len(around.weights) == 2:
        whole = sum(around.weights)
        for value in _grid(around.weights[0], step, reach):
            if 0 < value < whole:
                yield replace(around, weights=(value, round(whole - value, 4)))
    elif around.method == "breadcrumbs":
        for number, centre in enumerate(around.weights):
            for value in _grid(centre, step, min(reach, 4)):
                yield replace(around, weights=_put(around.weights, number, value))


def _grid(centre: float, step: float, reach: int) -> list[float]:
    middle = round(centre / step)
    return [round((middle + k) * step, 4) for k in range(-reach, reach + 1)]


def _put(values: tuple[float, ...], number: int, value: float) -> tuple[float, ...]:
    return (*values[:number], value, *values[number + 1 :])


def _alike(weights: tuple[float, ...]) -> list[tuple[float, ...]]:
    """Round pairs of about the same ratio."""
    if len(weights) != 2:
        return [(w,) for w in (1.0, 0.5)]
    written = sorted(
        {round(k * 0.1, 1) for k in range(1, 11)} | {0.25, 0.75, 0.35, 0.65, 0.15, 0.85, 0.45, 0.55}
    )
    share = weights[0] / sum(weights)
    return [(a, b) for a in written for b in written if abs(a / (a + b) - share) < 0.012]


def _elements(
    samples: Sequence[TensorSample], ids: Sequence[str], base: str, dtype: str | None
) -> _Elements | None:
    parts = []
    every = max(1, sum(len(s.candidate) for s in samples) // _MANY)
    for s in samples:
        start, others = s.others[base], np.array([s.others[i] for i in ids])
        whole = len(start) == int(np.prod(s.shape))
        if not whole or len(start) < 64 or not np.isfinite(others).all() or not np.isfinite(start).all():
            continue
        ranks = [_ranks(np.abs(_rounded(o - start, dtype))) for o in others]
        size = np.full(len(start), float(len(start)))
        first, last = np.array([r[0] for r in ranks]), np.array([r[1] for r in ranks])
        made = _Elements(start, others, s.candidate, first, last, size)
        parts.append(made.part(slice(None, None, every)))
    if not parts:
        return None
    return _Elements(
        np.concatenate([p.base for p in parts]),
        np.concatenate([p.parents for p in parts], axis=1),
        np.concatenate([p.candidate for p in parts]),
        np.concatenate([p.first for p in parts], axis=1),
        np.concatenate([p.last for p in parts], axis=1),
        np.concatenate([p.size for p in parts]),
    )


def _ranks(sizes: Array) -> tuple[Array, Array]:
    """First and last rank of each element's equals, the largest 0."""
    ordered = np.sort(-sizes)
    first = np.searchsorted(ordered, -sizes, "left")
    return first.astype(float), (np.searchsorted(ordered, -sizes, "right") - 1).astype(float)


def _score(elements: _Elements, settings: Settings, dtype: str) -> tuple[float, int]:
    """Share of elements reproduced, of those whose size is surely kept or dropped and which any parent changed."""
    kept, sure = _kept(elements, settings)
    kind = dtype if settings.stored else None
    deltas = _rounded(elements.parents - elements.base, kind)
    changed = (deltas != 0).any(axis=0)
    weights = _rounded(np.array(settings.weights), kind)[:, None]
    moved = _rounded(np.where(kept, deltas, 0.0) * weights, kind)
    mask: Mask | float = 1.0
    if settings.method == "ties":
        majority = np.where(_rounded(moved.sum(axis=0), kind) >= 0, 1.0, -1.0)
        mask = np.sign(moved) == majority
    mixed = _rounded((moved * mask).sum(axis=0), kind)
    if settings.method == "ties":
        whole = _rounded((weights * mask).sum(axis=0), kind)
        mixed = _rounded(mixed / np.where(whole == 0, 1.0, whole), kind)
    hit = round_to(_rounded(elements.base + mixed, kind), dtype) == elements.candidate
    used = sure & changed
    count = int(np.count_nonzero(used))
    return (float(np.count_nonzero(hit & used)) / count if count else 0.0), int(np.count_nonzero(sure))


def _kept(elements: _Elements, settings: Settings) -> tuple[Array, Mask]:
    """Which changes are kept, and of which elements that is sure: sorting decides among changes of equal size."""
    kept = np.zeros(elements.first.shape, np.bool_)
    sure = np.ones(elements.size.shape, np.bool_)
    for number, density in enumerate(settings.densities):
        first, last, n = elements.first[number], elements.last[number], elements.size
        if density >= 1:
            kept[number] = True
            continue
        target = np.floor(density * n)
        top = np.floor(settings.gamma * n) if settings.method == "breadcrumbs" else np.zeros_like(n)
        if settings.method == "breadcrumbs":
            bottom = np.maximum(0.0, n - target - top)
            begin, end = n - bottom - target, n - bottom
        else:
            begin, end = top, np.maximum(1.0, target)
        inside = (first >= begin) & (last < end)
        outside = (last < begin) | (first >= end)
        kept[number] = inside
        nothing = elements.parents[number] == elements.base
        sure &= inside | outside | nothing
    return kept.astype(np.float64), sure


def _rounded(values: Array, dtype: str | None) -> Array:
    """As the dtype holds it; float32 for None."""
    if dtype is None:
        return values.astype(np.float32).astype(np.float64)
    return np.asarray(round_to(values, dtype))
