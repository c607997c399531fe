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
from .copies import likeness, quantised
from .descent import descent
from .low_rank import low_rank
from .merges import Fit, closest, several, single, spread, tensorwise, trained
from .order import summed_in
from .permuted import permuted
from .records import Lineage, Method, TensorSample
from .sparse import sparse
from .stacks import Stack, same_depth
from .verdicts import Case, by_part, contains, moving

Array = NDArray[np.float64]

#: Models whose change has a cosine below this with the candidate's have no part in it that could be told.
_RELATED = 0.08
#: Fits tried of single parents, and the most parents of one blend.
_TRIED, _MOST_PARENTS = 4, 4
#: A merge that was trained on: strict hits, and how many times the neighbours. Light training after a merge 0.4 to 0.9
#: and 4 to 40 times; simulated checkpoints of one run 0.16 to 0.25 and 1.6 times, siblings 0.12 and 1.2 times.
_TRAINED, _TIMES, _STEADY = 0.35, 3.0, 0.85
#: Quantised: share of all elements of matrices that one scale a group explains. Simulated quantised fine-tunes with
#: changes of 2e-5: 0.97 (fp8), 0.986 (int8).
_QUANTISED = 0.994
#: Correlation of values over matrices (median): independent models 0.00 +- 0.02, heavy training 0.5 and more.
_CLOSE, _STRANGE = 0.3, 0.05
#: Zeros the candidate has and the base has not; and the rest unchanged.
_PRUNED = 0.05


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
    for step in (_copies, _quantised, _pruned, _stack):
        if (found := step(case)) is not None:
            return found
    case = case.plain()
    if not case.samples:
        return case.cannot_tell("all comparable tensors are quantised, and not from an offered model")
    for step in (_merged, _sparse, _merged_and_trained, _descended):
        if (found := step(case)) is not None:
            return found
    return _rest(case)


def _copies(case: Case) -> Lineage | None:
    for model in case.ids:
        like = likeness(case.samples, model)
        if like is None or like.whole < like.tensors or like.tensors < 0.8 * len(case.samples):
            continue
        parent = case.parent(model, 1.0)
        if like.equal >= 0.9999:
            known = parent.declared or model in case.older
            order = "" if known else "; which was first, weights do not tell"
            return case.lineage(
                "copy",
                f"{case.candidate} has the same weights as {model}: {like.elements:,} elements in "
                f"{like.tensors:,} tensors are equal{order}.",
                parents=(parent,),
                complete=(True if parent.declared else False if known else None),
            )
        return case.lineage(
            "quantised-copy",
            f"{case.candidate} is {model}, cast to another number format: {100 * like.rounded:.2f} % of "
            f"{like.elements:,} elements are its values, rounded.",
            parents=(parent,),
            complete=parent.declared,
        )
    return None


def _quantised(case: Case) -> Lineage | None:
    for model in sorted(case.ids, key=lambda i: -case.correlation(i))[:_TRIED]:
        matrices = [s for s in case.matrices() if model in s.others]
        if not matrices or case.correlation(model) < 0.9:
            continue
        # A few tensors first: most models are none of it.
        if min(_share(s, model) for s in matrices[:2]) < _QUANTISED:
            continue
        part = [_share(s, model) for s in matrices]
        share = float(np.average(part, weights=[len(s.candidate) for s in matrices]))
        rest = likeness([s for s in case.samples if len(s.shape) < 2], model)
        if share < _QUANTISED or (rest is not None and rest.rounded < 0.999):
            continue
        parent = case.parent(model, 1.0)
        return case.lineage(
            "quantised-copy",
            f"{case.candidate} is {model}, quantised: scales exist with which {100 * share:.2f} % of the elements of "
            f"{len(matrices):,} matrices are its values, rounded.",
            parents=(parent,),
            complete=parent.declared,
        )
    return None


def _share(s: TensorSample, model: str) -> float:
    if np.array_equal(s.candidate, s.others[model]):
        return 1.0
    found = quantised(s, model)
    return 0.0 if found is None else found


def _pruned(case: Case) -> Lineage | None:
    for model in case.ids:
        like = likeness(case.samples, model)
        if like is None or like.zeroed < _PRUNED or like.kept < 0.9999:
            continue
        parent = case.parent(model, 1.0)
        return case.lineage(
            "pruned",
            f"{case.candidate} is {model} with {100 * like.zeroed:.1f} % of the elements set to zero; all others are "
            "equal.",
            parents=(parent,),
            complete=parent.declared,
        )
    return None


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


def _descended(case: Case) -> Lineage | None:
    base = case.base
    if base is None:
        return None
    for model, cosine in case.ranked(base)[:_TRIED]:
        if model in case.declared or cosine < 0.2:
            continue
        found = descent(case.samples, base, model)
        if found is not None and found.child:
            return case.lineage(
                "descendant",
                f"{case.candidate} was trained from {model}, which is not declared: of {found.elements:,} elements that "
                f"{model} changed against {base} it has {100 * found.kept:.1f} % unchanged (a child of it would have "
                f"{100 * found.expected:.1f} %), {wording.AMONG}.",
                parents=(case.parent(model, 1.0),),
                complete=False,
                pair=(base, model),
            )
    return None


def _rest(case: Case) -> Lineage:
    """Close to a declared base: a fine-tune; in another order: permuted; otherwise unrelated, or nothing to say."""
    near = {i: case.correlation(i) for i in case.ids}
    orders = [f for i in case.ids if near[i] < 0.98 and (f := permuted(case.samples, i)) is not None]
    orders = [f for f in orders if f.matched >= 0.9]
    if orders:
        found = max(orders, key=lambda f: f.likeness)
        parent = case.parent(found.id, 1.0)
        known = parent.declared or found.id in case.older
        return case.lineage(
            "permuted-copy",
            f"{case.candidate} has the weights of {found.id} in another order or rescaled: {found.changed:,} matrices "
            f"match after aligning rows or columns, {found.equal:,} are equal as they are.",
            parents=(parent,),
            complete=(True if parent.declared else False if known else None),
        )
    base = max((i for i in case.declared), key=lambda i: near[i], default=None)
    best = max(near, key=lambda i: near[i])
    if base is not None and near[base] >= _CLOSE:
        return _tuned(case, base)
    if (
        near[best] >= 0.8
        and base is not None
        and near[base] < _STRANGE
        and case.told()
        and case.traces(base) < 2
    ):
        return case.lineage(
            "descendant",
            f"{case.candidate} has nothing in common with {base} beyond chance (correlation of values "
            f"{near[base]:.3f}), but is close to {best} ({near[best]:.3f}), {wording.AMONG}.",
            parents=(case.parent(best, None),),
            complete=False,
        )
    if near[best] < _STRANGE and case.told():
        traced = next((i for i in case.ids if case.traces(i) >= 2), None)
        if traced is not None:
            return case.cannot_tell(
                f"most values have nothing in common with {traced}'s, but some tensors do, as in a permuted or rotated "
                "copy or a model of reused parts"
            )
        return case.lineage(
            "unrelated",
            f"{case.candidate} has nothing in common with {wording.listed(case.ids)} beyond chance: the correlation of "
            f"values is at most {max(near.values()):.3f}.",
            complete=False if case.declared else None,
        )
    return case.cannot_tell(
        f"the weights are neither close to a declared base nor unrelated (correlation of values {near[best]:.2f} with "
        f"{best})"
    )


def _tuned(case: Case, base: str) -> Lineage:
    ranked = [(i, c) for i, c in closest(case.samples, base, [i for i in case.ids if i not in case.declared])]
    notes = []
    if ranked and ranked[0][1] >= 0.3:
        notes.append(
            f"its change resembles that of {ranked[0][0]} (cosine {ranked[0][1]:.2f}); siblings, checkpoints of one run and "
            "descendants all do, so this alone says nothing"
        )
    for model, cosine in ranked[:3]:
        if 0.3 <= cosine <= 0.97 and contains(case.matrices(), base, model):
            return case.cannot_tell(
                f"the change contains all of {model}'s, but was followed by training too heavy to tell a descendant "
                "from a later checkpoint of the same run",
                notes=notes,
            )
    changed = [
        s for s in case.matrices() if base in s.others and not np.array_equal(s.candidate, s.others[base])
    ]
    ranks = [low_rank(s, base, case.seed) for s in changed[:4]]
    low = [r for r in ranks if r is not None]
    parent = case.parent(base, 1.0)
    complete = None if ranked and ranked[0][1] >= 0.9 else True
    if len(low) >= 2 and len(low) >= 0.6 * len(ranks):
        return case.lineage(
            "adapter",
            f"{case.candidate} is {base} with an adapter merged in: its change has rank {max(r.rank for r in low)} or less "
            f"in {len(low)} of {len(ranks)} matrices examined, {wording.AMONG}.",
            parents=(parent,),
            complete=complete,
            notes=notes,
        )
    zeros = likeness(case.samples, base)
    if zeros is not None and zeros.zeroed >= _PRUNED:
        return case.lineage(
            "pruned",
            f"{case.candidate} is a fine-tune of {base} with {100 * zeros.zeroed:.1f} % of the elements set to zero.",
            parents=(parent,),
            complete=complete,
            notes=notes,
        )
    moved = 1 - (zeros.rounded if zeros is not None else 0.0)
    return case.lineage(
        "fine-tune",
        f"{case.candidate} is a fine-tune of {base}: {100 * moved:.1f} % of the elements changed, and no other model "
        f"offered explains the change, {wording.AMONG}.",
        parents=(parent,),
        complete=complete,
        notes=notes,
        pair=(base, ranked[0][0]) if ranked else None,
    )
