"""Steps of the ladder for a candidate that was made from one other model: adapted, trained from it, reordered, tuned."""

from __future__ import annotations

import numpy as np

from . import wording
from .copies import likeness
from .descent import descent, onward
from .low_rank import LowRank, adapted
from .merges import closest
from .permuted import permuted
from .records import Lineage
from .verdicts import Case, contains

#: Models tried, the most similar first.
_TRIED = 4
#: Correlation of values over matrices (median): independent models 0.00 +- 0.02, heavy training 0.5 and more.
_CLOSE, _STRANGE = 0.3, 0.05
#: Cosine of two changes above which one contains the other whichever came first.
_SAME_WAY = 0.97


def related(case: Case) -> bool:
    """Whether any model's values go together with the candidate's beyond chance: else there is nothing to blend."""
    return any(case.correlation(i) >= _STRANGE for i in case.ids)


def adapter(case: Case) -> Lineage | None:
    """A change of exactly low rank to one model; of several such models, the one with the lowest rank."""
    found: list[tuple[float, bool, str, tuple[LowRank, ...]]] = []
    for model in sorted(case.ids, key=lambda i: -case.correlation(i))[:_TRIED]:
        if case.correlation(model) < _CLOSE:
            break
        ranks = adapted(case.samples, model, case.seed)
        if ranks is not None:
            found.append((float(np.mean([r.rank for r in ranks])), model not in case.declared, model, ranks))
    for _rank, undeclared, model, ranks in sorted(found, key=lambda f: f[:2]):
        parent = case.parent(model, 1.0)
        complete: bool | None = True
        if undeclared:
            # Another adapter on the same model differs from this one by a low rank, too, and so does a child of the
            # candidate; the base shows which it is.
            base = case.base
            if base is not None and not onward(case.matrices(), base, model):
                continue
            complete = False if base is not None or model in case.older else None
        return case.lineage(
            "adapter",
            f"{case.candidate} is {model} with an adapter merged in: its change has rank {max(r.rank for r in ranks)} or "
            f"less in all {len(ranks)} changed matrices examined, and nothing but rounding beside it, {wording.AMONG}.",
            parents=(parent,),
            complete=complete,
        )
    return None


def descended(case: Case) -> Lineage | None:
    for base in case.bases():
        for model, cosine in case.ranked(base)[:_TRIED]:
            if model in case.declared or cosine < 0.2:
                continue
            found = descent(case.samples, base, model)
            if found is not None and found.child:
                return case.lineage(
                    "descendant",
                    f"{case.candidate} was trained from {model}, which is not declared: of {found.elements:,} elements "
                    f"that {model} changed against {base} it has {100 * found.kept:.1f} % unchanged (a child of it would "
                    f"have {100 * found.expected:.1f} %), {wording.AMONG}.",
                    parents=(case.parent(model, 1.0),),
                    complete=False,
                    pair=(base, model),
                )
    return None


def rest(case: Case) -> Lineage:
    """Close to a declared base: a fine-tune; otherwise unrelated, or nothing to say."""
    near = {i: case.correlation(i) for i in case.ids}
    base = max((i for i in case.declared), key=lambda i: near[i], default=None)
    best = max(near, key=lambda i: near[i])
    if base is not None and near[base] >= _CLOSE:
        return _tuned(case, base)
    if base is None and near[best] >= _CLOSE and case.told():
        complete = case.complete(best)
        order = ", or that from it: which was first, weights do not tell" if complete is None else ""
        return case.lineage(
            "descendant",
            f"{case.candidate} comes from {best} (correlation of values {near[best]:.3f}){order}, {wording.AMONG}.",
            parents=(case.parent(best, None),),
            complete=complete,
        )
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


def reordered(case: Case) -> Lineage | None:
    """The weights of one model in another order, or with factors moved about."""
    orders = [f for i in case.ids if (f := permuted(case.samples, i)) is not None]
    orders = [f for f in orders if f.matched >= 0.9]
    if not orders:
        return None
    found = max(orders, key=lambda f: f.likeness)
    parent = case.parent(found.id, 1.0)
    return case.lineage(
        "permuted-copy",
        f"{case.candidate} has the weights of {found.id} in another order or rescaled: {found.changed:,} matrices "
        f"match after aligning rows or columns, {found.equal:,} are equal as they are.",
        parents=(parent,),
        complete=case.complete(parent.id),
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
        # So near to the model an earlier checkpoint or a parent of it seems to contain it, too; only what came after
        # it lies onward.
        near = cosine > _SAME_WAY
        if cosine >= 0.3 and contains(case.matrices(), base, model):
            if near and not onward(case.matrices(), base, model):
                continue
            return case.cannot_tell(
                f"the change contains all of {model}'s, but was followed by training too heavy to tell a descendant "
                "from a later checkpoint of the same run",
                notes=notes,
            )
    parent = case.parent(base, 1.0)
    complete = None if ranked and ranked[0][1] >= 0.9 else True
    like = likeness(case.samples, base)
    moved = 1 - (like.rounded if like is not None else 0.0)
    return case.lineage(
        "fine-tune",
        f"{case.candidate} is a fine-tune of {base}: {100 * moved:.1f} % of the elements changed, and no other model "
        f"offered explains the change, {wording.AMONG}.",
        parents=(parent,),
        complete=complete,
        notes=notes,
        pair=(base, ranked[0][0]) if ranked else None,
    )
