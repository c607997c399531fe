"""From all evidence on one candidate to one verdict: the ladder.

Sure things first: equality, quantisation, layers taken whole, blends that reproduce held-out elements. Then what is
probable with a known direction: training after a merge, inheritance. What is left and close to the declared base is a
fine-tune of it. Correlation alone never accuses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from . import wording
from .among import loosely_merged, perhaps_merged
from .derived import adapter, descended, related, reordered, rest
from .merged import merged, merged_and_trained, sparsely_merged
from .records import Lineage, TensorSample
from .same import copies, pruned_too, pruning, quantisation, unzeroed
from .stacks import Stack, same_depth
from .verdicts import Case


def decide(
    samples: Sequence[TensorSample],
    candidate: str,
    declared: Sequence[str],
    offered: Sequence[str],
    revisions: Mapping[str, str | None],
    *,
    config: Mapping[str, object] | None = None,
    seed: int = 0,
    stack: Stack | None = None,
) -> Lineage:
    """The verdict on `candidate` among declared and offered models.

    config: facts beside the weights; `older` is a collection of ids that surely existed before the candidate (a copy of
    such a model has a known direction). stack: shifted layers found by `stacks.match`, of
    which `samples` hold the layers they come from. Pure and repeatable.
    """
    case = Case.of(samples, candidate, declared, offered, revisions, config or {}, seed)
    if not case.samples:
        return case.cannot_tell(
            "no tensor in a number format that is known here, with finite values, was compared"
        )
    if not case.ids:
        return case.cannot_tell("none of the models offered has comparable tensors")
    if stack is not None:  # compared by number, parts of a stack would pass for copies
        return _stacked(case, stack)
    for step in (copies, quantisation, pruning, _stack):
        if (found := step(case)) is not None:
            return found
    case = case.plain()
    if not case.samples:
        return case.cannot_tell("all comparable tensors are quantised, and not from an offered model")
    if (found := reordered(case)) is not None:
        return found
    case, zeros = unzeroed(case)
    if related(case):
        for step in (merged, sparsely_merged, loosely_merged, merged_and_trained, adapter, descended):
            if (found := step(case)) is not None:
                return pruned_too(found, zeros)
    return pruned_too(perhaps_merged(case, rest(case)), zeros)


def _stack(case: Case) -> Lineage | None:
    found = same_depth(case.samples, case.ids)
    return None if found is None else _stacked(case, found)


def _stacked(case: Case, found: Stack) -> Lineage:
    if found.pruned:
        parent = case.parent(found.ids[0], 1.0)
        return case.lineage(
            "pruned",
            f"{case.candidate} is {len(found.layers)} layers of {parent.id}, the others are left out; all "
            f"{found.elements:,} compared elements are equal.",
            parents=(parent,),
            complete=case.complete(parent.id),
            recipe={"method": "layer-stack", "layers": tuple(f"{p.id}:{p.layer}" for p in found.layers)},
        )
    layers = [f"{part.id}:{part.layer}" for part in found.layers]
    parents = tuple(
        case.parent(i, sum(part.id == i for part in found.layers) / len(found.layers)) for i in found.ids
    )
    return case.lineage(
        "exact-merge",
        f"{case.candidate} is a stack of whole layers: {wording.listed([f'{p.id} ({sum(x.id == p.id for x in found.layers)} layers)' for p in parents])}; "
        f"all {found.elements:,} compared elements are equal, {wording.AMONG}.",
        method="layer-stack",
        parents=parents,
        complete=all(p.declared for p in parents),
        recipe={"method": "layer-stack", "layers": tuple(layers)},
    )
