"""Steps of the ladder for a candidate that is one other model: copied, cast, quantised, pruned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from .agreement import part
from .copies import likeness
from .quantised import quantised
from .records import Lineage, TensorSample
from .verdicts import Case

#: Models tried, the most similar first.
_TRIED = 4
#: Quantised: share of the changed matrices' elements that are the nearest values, of all and of each matrix. Simulated
#: quantised fine-tunes with changes of 2e-5: 0.97 (fp8), 0.986 (int8).
_QUANTISED, _EACH = 0.994, 0.98
#: Zeros the candidate has and the other model has not; and the rest unchanged.
PRUNED = 0.05


def copies(case: Case) -> Lineage | None:
    for model in case.ids:
        like = likeness(case.samples, model)
        if like is None or like.whole < like.tensors or like.tensors < 0.8 * len(case.samples):
            continue
        parent = case.parent(model, 1.0)
        if not _in_layers(case.samples):
            return case.cannot_tell(
                f"all that was compared equals {model}'s, but no matrix of a layer was among it: these are packed, or of "
                "another shape"
            )
        if like.equal >= 0.9999:
            complete = case.complete(model)
            order = "; which was first, weights do not tell" if complete is None else ""
            return case.lineage(
                "copy",
                f"{case.candidate} has the same weights as {model}: {like.elements:,} elements in "
                f"{like.tensors:,} tensors are equal{order}.",
                parents=(parent,),
                complete=complete,
            )
        return case.lineage(
            "quantised-copy",
            f"{case.candidate} is {model}, cast to another number format: {100 * like.rounded:.2f} % of "
            f"{like.elements:,} elements are its values, rounded.",
            parents=(parent,),
            complete=parent.declared,
        )
    return None


def _in_layers(samples: Sequence[TensorSample]) -> bool:
    """Where tensors of layers are compared at all, matrices are among them; norms alone say nothing of a layer."""
    layers = [s for s in samples if s.layer is not None]
    return not layers or any(len(s.shape) >= 2 for s in layers)


def quantisation(case: Case) -> Lineage | None:
    for model in sorted(case.ids, key=lambda i: -case.correlation(i))[:_TRIED]:
        if case.correlation(model) < 0.9:
            break
        changed = [
            s
            for s in case.matrices()
            if model in s.others and not np.array_equal(s.candidate, s.others[model])
        ]
        rest = likeness([s for s in case.samples if len(s.shape) < 2], model)
        if not changed or (rest is not None and rest.rounded < 0.999):
            continue
        part: list[float] = []
        for s in changed:
            part.append(quantised(s, model) or 0.0)
            if part[-1] < _EACH:
                break
        if part[-1] < _EACH:
            continue
        share = float(np.average(part, weights=[len(s.candidate) for s in changed]))
        if share < _QUANTISED:
            continue
        parent = case.parent(model, 1.0)
        return case.lineage(
            "quantised-copy",
            f"{case.candidate} is {model}, quantised: scales exist with which {100 * share:.2f} % of the elements of "
            f"{len(changed):,} matrices are its values, rounded.",
            parents=(parent,),
            complete=parent.declared,
        )
    return None


def pruning(case: Case) -> Lineage | None:
    for model in case.ids:
        like = likeness(case.samples, model)
        if like is None or like.zeroed < PRUNED or like.kept < 0.9999:
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


def unzeroed(case: Case) -> tuple[Case, float]:
    """The case without the elements that were set to zero in the candidate, and their share; (case, 0.0) if there are few."""
    best = max(case.ids, key=case.correlation)
    like = likeness(case.samples, best)
    if like is None or like.zeroed < PRUNED:
        return case, 0.0
    kept = []
    for s in case.samples:
        if best in s.others:
            kept.append(part(s, np.flatnonzero((s.candidate != 0) | (s.others[best] == 0))))
        else:
            kept.append(s)
    return replace(
        case, samples=[s for s in kept if len(s.candidate)], _ranked={}, _correlations={}
    ), like.zeroed


def pruned_too(found: Lineage, zeros: float) -> Lineage:
    """A verdict on the elements that were not set to zero, put in words for the whole model."""
    if not zeros:
        return found
    said = f"{100 * zeros:.1f} % of the elements were set to zero, too; the verdict is on the others"
    if found.verdict != "fine-tune":
        return replace(found, notes=(*found.notes, said))
    sentence = (
        f"{found.sentence.removesuffix('.')}; {100 * zeros:.1f} % of the elements were set to zero, too."
    )
    return replace(found, verdict="pruned", sentence=sentence)
