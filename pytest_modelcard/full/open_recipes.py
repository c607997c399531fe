"""Configurations that a verdict from sampled weights leaves open, and the one of them that gives the candidate back.

Samples tell by what each tensor was multiplied, within an interval, and not by which of mergekit's means (nuslerp, multislerp,
karcher, model_stock) these numbers came about. Here the files are at hand, so each is tried on a few whole tensors.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import CannotTell
from ..weights.header import Tensor
from ..weights.opened import Weights
from .programs import Recipe

if TYPE_CHECKING:
    from .kernels import Kernels
    from .statistics import Statistics

Config = Mapping[str, Any]

#: Parents that are put together in all ways.
_MOST = 4
#: Elements of the matrices that are tried first, and of all; of one at least and at most. Vectors are often the same in all models.
_FEW, _ALL, _LEAST, _LARGEST = 2**18, 2**24, 2**10, 2**24
#: Share of the telling elements that must be equal at first, and in the end; and how many must tell.
_PROMISING, _RIGHT, _TELLING = 0.9, 0.999, 1_000
_FORMATS = {"BF16": "bfloat16", "F16": "float16", "F32": "float32"}


def is_open(lineage: Mapping[str, Any]) -> bool:
    """Whether the samples tell what tensors were multiplied by, and not surely by which settings."""
    recipe = lineage.get("recipe") or {}
    by_number = "coefficients" in recipe
    turned = lineage.get("method") == "slerp" and recipe.get("by") in ("one", "tensor")
    return lineage.get("verdict") == "exact-merge" and (by_number or turned)


def possible(lineage: Mapping[str, Any]) -> list[Config]:
    """Configurations that may have given such multiples, the likeliest arithmetic first."""
    parents = list(lineage.get("parents") or ())
    told = all(p.get("weight") is not None and p.get("interval") for p in parents)
    if not is_open(lineage) or not told or not 2 <= len(parents) <= _MOST:
        return []
    stored = _FORMATS.get(str(lineage.get("dtype") or "BF16"), "bfloat16")
    precisions = [{"dtype": "float32", "out_dtype": stored}, {"dtype": stored}]
    if str((lineage.get("recipe") or {}).get("arithmetic", "")).startswith("stored"):
        precisions.reverse()
    return [{**merge, **precision} for precision in precisions for merge in _merges(parents)]


def _merges(parents: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for base in (None, *(parents if len(parents) > 2 else ())):
        above = {} if base is None else {"base_model": _model(base)}
        for order in permutations([p for p in parents if p is not base]):
            models = [{"model": _model(p)} for p in order]
            if base is None:
                yield {"merge_method": "karcher", "models": models}
            else:
                yield {"merge_method": "model_stock", **above, "models": models}
            shares = _shares(order)
            if not shares:
                continue
            weighted = [{**m, "parameters": {"weight": w}} for m, w in zip(models, shares, strict=True)]
            if len(order) == 2 and base is None:  # from which end decides the last digit
                first, last = (_model(p) for p in order)
                plain = [{"model": first}, {"model": last}]
                yield {
                    "merge_method": "slerp",
                    "base_model": first,
                    "models": plain,
                    "parameters": {"t": shares[1]},
                }
            if len(order) == 2:
                yield {"merge_method": "nuslerp", **above, "models": weighted}
            yield {"merge_method": "multislerp", **above, "models": weighted}


def _shares(parents: Sequence[Mapping[str, Any]]) -> list[float]:
    """The simplest numbers that may be the parents' shares; none where a part of one is negative."""
    from ..weights.arithmetic import simple

    total = sum(float(p["weight"]) for p in parents)
    if total <= 0:
        return []
    spans = [sorted(float(end) / total for end in p["interval"]) for p in parents]
    shares = [simple(low - 1e-6, high + 1e-6) for low, high in spans]
    return shares if all(0 < share < 1 for share in shares) else []


def _model(parent: Mapping[str, Any]) -> str:
    revision = parent.get("revision")
    return f"{parent['id']}@{revision}" if revision else str(parent["id"])


def chosen(
    configs: Sequence[Config],
    candidate: Weights,
    models: Mapping[str, Weights],
    folders: Mapping[str, Path],
) -> int | None:
    """The place of the first configuration that gives most of the candidate's numbers, and as good as all; None: none does."""
    from .kernels import Kernels

    first, every = (_some(candidate, limit) for limit in (_FEW, _ALL))
    shares, kernels = {}, Kernels(compiled=True)
    for number, config in enumerate(configs):
        if _share(_tried(config, first, models, folders, kernels), _PROMISING) > 0:
            shares[number] = _share(_tried(config, every, models, folders, kernels), _RIGHT)
    best = max(shares, key=shares.__getitem__, default=None)
    return best if best is not None and shares[best] > 0 else None


def _some(candidate: Weights, limit: int) -> Weights:
    """The candidate with a few of its matrices, the smallest first, as many as the limit allows and at least one."""
    usable = [
        tensor
        for tensor in candidate.tensors.values()
        if tensor.dtype in _FORMATS and len(tensor.shape) > 1 and _LEAST <= tensor.elements <= _LARGEST
    ]
    kept: dict[str, Tensor] = {}
    total = 0
    for tensor in sorted(usable, key=lambda t: (t.elements, t.name)):
        total += tensor.elements
        if kept and total > limit:
            break
        kept[tensor.name] = tensor
    return replace(candidate, tensors=kept)


def _share(found: Statistics | None, least: float) -> float:
    """The share of telling elements that are equal; 0 where it is too small, or too few tell."""
    if found is None or found.telling < _TELLING:
        return 0.0
    share = found.telling_equal / found.telling
    return share if share >= least else 0.0


def _tried(
    config: Config,
    candidate: Weights,
    models: Mapping[str, Weights],
    folders: Mapping[str, Path],
    kernels: Kernels,
) -> Statistics | None:
    """What a configuration gives of the tensors; None where it cannot be replayed on them."""
    from .plan import make_plan
    from .settings import Settings
    from .statistics import Statistics
    from .work import work

    try:
        recipe = Recipe(config)
        plan = make_plan(recipe, candidate, {id: models[id] for id in recipe.models}, folders)
    except (CannotTell, KeyError):
        return None
    found = Statistics()
    for group in plan.groups:
        if group.tasks:
            result = work(group, Settings(folders, digests=False), kernels)
            found = sum((replace(one, gram=()) for one in result.tensors.values()), start=found)
    return found
