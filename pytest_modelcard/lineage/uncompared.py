"""What a verdict is worth where the candidate has weights that no parent has a counterpart of: a new vision tower on a frozen
language model, experts stored in a way that cannot be paired.

What was compared may then be equal, or a blend to the last bit, while the rest was trained.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from ..weights.count import is_parameter

if TYPE_CHECKING:
    from ..weights.header import Tensor
    from ..weights.reader import Reading
    from ..weights.records import Lineage

#: Verdicts that speak of all of a model's weights.
_OF_ALL = ("copy", "quantised-copy", "permuted-copy", "pruned")
#: A smaller share of the elements is not worth a doubt: a classifier's few rows, a scale of each layer.
_LEAST = 1e-3


def judged(lineage: Lineage, reading: Reading, tensors: Mapping[str, Tensor]) -> Lineage:
    """The verdict, given the share of the candidate's matrices that could be compared with none of its parents."""
    if not lineage.parents or lineage.method == "layer-stack":
        return lineage
    share, names = _uncompared([p.id for p in lineage.parents], reading, tensors)
    if share <= _LEAST:
        return lineage
    some = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    said = f"{100 * share:.1f} % of the weights ({some}) have no counterpart in {lineage.parents[0].id} to compare them with"
    if lineage.verdict not in _OF_ALL:
        sentence = f"{lineage.sentence.removesuffix('.')}. {said[0].upper()}{said[1:]}."
        return replace(lineage, sentence=sentence, uncompared=share)
    missing = f"what was compared looks like a {lineage.verdict} of {lineage.parents[0].id}, but {said}"
    return replace(
        lineage,
        verdict="cannot-tell",
        sentence=f"Where {lineage.candidate} comes from cannot be told: {missing}.",
        missing=missing,
        parents=(),
        declared_complete=None,
        recipe=None,
        uncompared=share,
    )


def _uncompared(
    parents: Iterable[str], reading: Reading, tensors: Mapping[str, Tensor]
) -> tuple[float, list[str]]:
    """The share of elements of sampled matrices, and the names of the largest."""
    wanted = set(parents)
    compared = {s.name for s in reading.samples if wanted & s.others.keys()}
    refused: dict[str, set[str]] = {}
    for left in reading.left_out:
        id = left.reason.partition(": ")[0]
        if id in wanted:
            refused.setdefault(left.name, set()).add(id)
    sizes = {
        name: math.prod(tensors[name].shape)
        for name in {*compared, *(n for n, ids in refused.items() if ids == wanted)} & tensors.keys()
        if len(tensors[name].shape) >= 2 and is_parameter(tensors[name], tensors)
    }
    alone = sorted(sizes.keys() - compared, key=lambda name: (-sizes[name], name))
    total = sum(sizes.values())
    return (sum(sizes[name] for name in alone) / total if total else 0.0), alone
