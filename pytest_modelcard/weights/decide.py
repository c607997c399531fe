"""From all evidence on one candidate to one verdict: the ladder.

Sure things first: equality, quantisation, layers taken whole, blends that reproduce held-out elements. Then what is
probable with a known direction: training after a merge, inheritance. What is left and close to the declared base is a
fine-tune of it. Correlation alone never accuses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

from . import wording
from .agreement import agree, halves
from .derived import adapter, descended, related, reordered, rest
from .merges import Fit, several, single, spread, tensorwise, trained
from .order import summed_in
from .records import Lineage, Method, TensorSample
from .same import copies, pruned_too, pruning, quantisation, unzeroed
from .sparse import sparse
from .stacks import Stack, same_depth
from .verdicts import Case, by_part, moving

Array = NDArray[np.float64]

#: Models whose change has a cosine below this with the candidate's have no part in it that could be told.
_RELATED = 0.08
#: Fits tried of single parents, and the most parents of one blend.
_TRIED, _MOST_PARENTS = 4, 4
#: A merge that was trained on: strict hits, and how many times the neighbours. Light training after a merge 0.4 to 0.9
#: and 4 to 40 times; simulated checkpoints of one run 0.16 to 0.25 and 1.6 times, siblings 0.12 and 1.2 times.
_TRAINED, _TIMES, _STEADY = 0.35, 3.0, 0.85


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
        for step in (_merged, _sparse, _merged_and_trained, adapter, descended):
            if (found := step(case)) is not None:
                return pruned_too(found, zeros)
    return pruned_too(rest(case), zeros)


def _stack(case: Case) -> Lineage | None:
    found = same_depth(case.samples, case.ids)
    return None if found is None else _stacked(case, found)


def _stacked(case: Case, found: Stack) -> Lineage:
    if found.pruned:
        parent = case.parent(found.ids[0], 1.0)
        known = parent.declared or parent.id in case.older
        return case.lineage(
            "pruned",
            f"{case.candidate} is {len(found.layers)} layers of {parent.id}, the others are left out; all "
            f"{found.elements:,} compared elements are equal.",
            parents=(parent,),
            complete=(True if parent.declared else False if known else None),
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


def _merged(case: Case) -> Lineage | None:
    for base in case.bases():
        ranked = [i for i, c in case.ranked(base) if abs(c) >= _RELATED]
        fits = [f for p in ranked[:_TRIED] if (f := single(case.samples, base, p)) is not None]
        good = [f for f in fits if f.exact and moving(f)]
        if good:
            return _exact(case, max(good, key=lambda f: (f.held_out.hit_rate, f.held_out.elements)))
        for number in range(2, _MOST_PARENTS + 1):
            ids = case.greedy(base, number)
            if len(ids) < number:
                break
            fit = several(case.samples, [*ids, base])
            if fit is not None and fit.exact and moving(fit):
                return _exact(case, fit)
        for parent in ranked[:2]:
            fit = tensorwise(case.samples, base, parent)
            if fit is not None and fit.exact and fit.swapped < fit.held_out.hit_rate - 0.003:
                return _varying(case, fit)
        alike = [f for f in fits if f.agreement >= 0.995 and f.broken <= 0.004 and f.held_out.elements < 150]
        if alike and not case.equal_enough(base):
            return case.cannot_tell(
                f"{alike[0].ids[0]} and {base} are too alike where sampled: what lies between them fits many weights"
            )
    return None


def _exact(case: Case, fit: Fit) -> Lineage:
    if fit.swapped >= fit.held_out.hit_rate - 0.003:
        return case.cannot_tell(
            f"{wording.listed(fit.ids)} and the candidate are too alike to say which of them is made from the others"
        )
    parents = case.parents(fit)
    total = sum(fit.weights)
    odd = any(w < -0.005 or w > 1.005 for w in fit.weights) or abs(total - 1) > 2e-4
    method = "task-arithmetic" if odd or fit.arithmetic == "stored" else "linear"
    rounded = "rounded once" if fit.arithmetic == "float32" else "computed in the stored format"
    # The report's numbers are the shared definition: all elements that differ from every parent.
    ids, weights = fit.ids, fit.weights

    def blended(sample: TensorSample) -> Array:
        return np.asarray(sum(w * sample.others[i] for i, w in zip(ids, weights, strict=True)), np.float64)

    whole = agree(case.samples, blended, ids)
    shown = whole if fit.arithmetic == "float32" and whole.hit_rate > fit.held_out.hit_rate else fit.held_out
    return case.lineage(
        "exact-merge",
        f"{case.candidate} is {wording.blend(parents)}, {rounded}: {wording.hits(shown, len(case.samples))}"
        f"{wording.spans(parents)}; no training after the merge, {wording.AMONG}.",
        method=cast(Method, method),
        parents=parents,
        complete=all(p.declared for p in parents),
        agreement=shown,
        recipe={
            "method": method,
            "arithmetic": fit.arithmetic,
            "weights": summed_in(case.samples, dict(zip(ids, fit.intervals, strict=True)))
            if method == "linear"
            else dict(zip(ids, weights, strict=True)),
        },
        pair=(fit.ids[-1], fit.ids[0]),
    )


def _varying(case: Case, fit: Fit) -> Lineage:
    table = fit.by_tensor or {}
    sums = np.array([sum(w) for w in table.values()])
    first = {name: w[0] for name, w in table.items()}
    method = "slerp" if float(np.median(sums)) > 1 + 5e-5 and np.mean(sums > 1) > 0.7 else "linear"
    how, weights = by_part(case.samples, first)
    middle, low, high = float(np.median(list(first.values()))), min(first.values()), max(first.values())
    base = fit.ids[-1]
    parents = (
        case.parent(fit.ids[0], middle, (low, high)),
        case.parent(base, 1 - middle, (1 - high, 1 - low)),
    )
    said = {
        "one": "one weight",
        "layer": "a weight for each layer",
        "module": "a weight for each kind of module",
    }
    return case.lineage(
        "exact-merge",
        f"{case.candidate} is a {'spherical' if method == 'slerp' else 'linear'} blend of {fit.ids[0]} and {base} with "
        f"{said.get(how, 'a weight for each tensor')} ({low:.3f} to {high:.3f} of {fit.ids[0]}): "
        f"{wording.hits(fit.held_out, len(table))}; no training after the merge, {wording.AMONG}.",
        method=cast(Method, method),
        parents=parents,
        complete=all(p.declared for p in parents),
        agreement=fit.held_out,
        recipe={"method": method, "by": how, "weights": weights},
        pair=(base, fit.ids[0]),
    )


def _sparse(case: Case) -> Lineage | None:
    choose, test = halves(case.samples)
    for base in case.bases():
        ranked = [i for i, c in case.ranked(base) if abs(c) >= _RELATED][:3]
        sets = [[p] for p in ranked] + [[p, q] for k, p in enumerate(ranked) for q in ranked[k + 1 :]]
        for ids in sets:
            found = sparse(choose, test, base, ids)
            if found is None:
                continue
            parents = (*(case.parent(i, None) for i in ids), case.parent(base, None))
            factors = wording.listed([f"{m:.3f} of {i}'s" for i, m in zip(ids, found.multiples, strict=True)])
            return case.lineage(
                "exact-merge",
                f"{case.candidate} is a sparse merge into {base}: elements stay, or move by {factors} change; "
                f"{100 * found.explained:.1f} % of {found.elements:,} moved held-out elements do, against "
                f"{100 * found.beside:.1f} % for factors beside these, {wording.AMONG}.",
                method="sparse",
                parents=parents,
                complete=all(p.declared for p in parents),
                recipe={
                    "method": "sparse",
                    "kept": found.kept,
                    "multiples": dict(zip(ids, found.multiples, strict=True)),
                },
                pair=(base, ids[0]),
            )
    return None


def _merged_and_trained(case: Case) -> Lineage | None:
    for base in case.bases():
        ranked = [i for i, c in case.ranked(base) if c >= 0.2]
        sets = [[p] for p in ranked[:_TRIED]] + [s for n in (2, 3) if len(s := case.greedy(base, n)) == n]
        fits = [f for s in sets if (f := trained(case.samples, [*s, base])) is not None]
        fits = [f for f in fits if all(0.03 <= w <= 0.97 for w in f.weights[:-1]) and f.weights[-1] <= 0.97]
        if not fits:
            continue
        fit = max(fits, key=lambda f: f.held_out.hit_rate)
        a = fit.held_out
        if (
            a.elements >= 300
            and a.hit_rate >= _TRAINED
            and a.hit_rate >= _TIMES * a.neighbour_rate
            and fit.swapped <= 0.8 * a.hit_rate
            and spread(case.samples, fit.ids, fit.weights) >= _STEADY
        ):
            parents = case.parents(fit)
            return case.lineage(
                "merge-then-training",
                f"{case.candidate} is about {wording.blend(parents, 2)}, changed afterwards by training or other steps: "
                f"{100 * a.hit_rate:.1f} % of {a.elements:,} held-out elements are exactly this blend, "
                f"{100 * a.neighbour_rate:.1f} % one step beside it, {wording.AMONG}.",
                method="linear",
                parents=parents,
                complete=all(p.declared for p in parents),
                agreement=a,
                recipe={"method": "linear", "weights": dict(zip(fit.ids, fit.weights, strict=True))},
                pair=(base, fit.ids[0]),
            )
    return None
