"""The steps of the ladder for merges: exact ones with one weight a model or one a tensor, sparse ones, and merges that
were trained on. Each gives a verdict, or None where the candidate's numbers show no such merge.

A first look (`screen`) says in hundredths of a second which models could explain the candidate at all; only those are
fitted and tested on held-out elements.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

from . import wording
from .agreement import agree
from .by_tensor import tensorwise
from .direction import in_float32, last_digits
from .fit import Fit
from .merges import several, single
from .one_run import same_way
from .order import summed_in
from .records import Lineage, Method, TensorSample
from .screen import LEFT, Screen
from .slerp import bent
from .sparse import sparse
from .trained_on import spread, trained
from .varying import varying
from .verdicts import Case, moving

Array = NDArray[np.float64]

#: Models whose change has a cosine below this with the candidate's have no part in it that could be told.
_RELATED = 0.08
#: Fits tried of single parents, and the most parents of one blend.
_TRIED, _MOST_PARENTS = 4, 4
#: A merge that was trained on: strict hits, and how many times the neighbours. Light training after a merge 0.4 to 0.9
#: and 4 to 40 times; simulated checkpoints of one run 0.16 to 0.25 and 1.6 times, siblings 0.12 and 1.2 times.
_TRAINED, _TIMES, _STEADY = 0.35, 3.0, 0.85
#: What training may add to what a blend leaves for a third of the elements still to be hit.
_LEFT_BY_TRAINING = 100.0
_LESS = 0.985
#: With a wrong base arithmetic in 16 bits still hits so many.
_NEARLY = 0.4
#: Of elements in which models differ the share equal to one of them that makes it a sparse merge's base.
_UNMOVED = 0.03


def merged(case: Case) -> Lineage | None:
    """A blend that reproduces held-out elements: one weight a model, or one a tensor."""
    screen = Screen.of(case.samples, case.ids)
    first = _explaining(case, screen)
    if first is not None and first.exact and moving(first):
        return _exact(case, first)
    alike: list[Fit] = []
    # What models leave that were fitted in vain: more models are worth a fit only if they leave less.
    failed: dict[frozenset[str], float] = {}
    if first is not None:
        failed[frozenset(first.ids)] = screen.left(first.ids)
        if len(first.ids) == 2:
            alike += _too_alike([first])
    for base in case.bases():
        ranked = [i for i, c in case.ranked(base) if abs(c) >= _RELATED]
        hopeful = [p for p in ranked[:_TRIED] if screen.left([p, base]) <= LEFT]
        hopeful = [p for p in hopeful if frozenset((p, base)) not in failed]
        fits = [f for p in hopeful if (f := single(case.samples, base, p)) is not None]
        good = [f for f in fits if f.exact and moving(f)]
        if good:
            return _exact(case, max(good, key=lambda f: (f.held_out.hit_rate, f.held_out.elements)))
        failed |= {frozenset((p, base)): screen.left([p, base]) for p in hopeful}
        for ids in _sets(case, base, screen):
            left = screen.left([*ids, base])
            if any(f <= {*ids, base} and left > _LESS * before for f, before in failed.items()):
                continue
            failed[frozenset((*ids, base))] = left
            fit = several(case.samples, [*ids, base])
            if fit is not None and fit.exact and moving(fit):
                return _exact(case, fit)
        alike += _too_alike(fits)
    for models in _by_tensor(case, screen):
        fit = tensorwise(case.samples, models)
        if fit is not None and fit.exact and _onward(case.samples, fit):
            return varying(case, fit)
    for fit in alike:
        if not case.equal_enough(fit.ids[-1]):
            return case.cannot_tell(
                f"{fit.ids[0]} and {fit.ids[-1]} are too alike where sampled: what lies between them fits many weights"
            )
    return None


def _onward(samples: Sequence[TensorSample], fit: Fit) -> bool:
    """The candidate is made from the models, each tensor with weights of its own, and none of them from it."""
    table = fit.by_tensor or {}
    told = [s for s in samples if s.name in table and all(i in s.others for i in fit.ids)]
    if in_float32(told, fit.ids):
        child, others = last_digits(told, fit.ids, lambda s: table[s.name])
        return child >= others + 0.1
    return fit.swapped < fit.held_out.hit_rate - 0.003


def _too_alike(fits: Sequence[Fit]) -> list[Fit]:
    """Blends that all elements allow, but too few could have contradicted."""
    return [f for f in fits if f.agreement >= 0.995 and f.broken <= 0.004 and f.held_out.elements < 150]


def _explaining(case: Case, screen: Screen) -> Fit | None:
    """The fit of the fewest models that leave nothing but rounding, declared or not."""
    ids = screen.explaining()
    if len(ids) < 2:
        return None
    best: Fit | None = None
    # Only arithmetic in 16 bits depends on which of them is the base.
    for last in sorted(ids, key=lambda i: i not in case.declared):
        others = [i for i in ids if i != last]
        fit = (
            single(case.samples, last, others[0])
            if len(others) == 1
            else several(case.samples, [*others, last])
        )
        if fit is None or fit.exact or fit.held_out.hit_rate < _NEARLY:
            return fit
        best = fit if best is None or fit.held_out.hit_rate > best.held_out.hit_rate else best
    return best


def _sets(case: Case, base: str, screen: Screen) -> Iterator[list[str]]:
    """Sets of two and more models that explain most of the change, those that leave little beside the base."""
    for number in range(2, _MOST_PARENTS + 1):
        ids = case.greedy(base, number)
        if len(ids) < number:
            return
        if screen.left([*ids, base]) <= LEFT:
            yield ids


def _by_tensor(case: Case, screen: Screen) -> Iterator[tuple[str, ...]]:
    """Models, a declared one last where there is one, that could explain each tensor with weights of its own."""
    tried: set[frozenset[str]] = set()
    near = [(p, b) for b in case.bases() for p, c in case.ranked(b)[:2] if abs(c) >= _RELATED]
    for ids in [*screen.by_tensor(), *(pair for pair in near if screen.explained(pair) >= 0.6)]:
        if frozenset(ids) not in tried:
            tried.add(frozenset(ids))
            last = next((i for i in case.declared if i in ids), ids[-1])
            yield (*(i for i in ids if i != last), last)


def _exact(case: Case, fit: Fit) -> Lineage:
    if fit.swapped >= fit.held_out.hit_rate - 0.003:
        return case.cannot_tell(
            f"{wording.listed(fit.ids)} and the candidate are too alike to say which of them is made from the others"
        )
    parents = case.parents(fit)
    total = sum(fit.weights)
    slack = 5e-3 if fit.arithmetic == "stored-sum" else 2e-4  # weights may themselves be rounded
    odd = any(w < -0.005 or w > 1.005 for w in fit.weights) or abs(total - 1) > slack
    method = "task-arithmetic" if odd or fit.arithmetic == "stored" else "linear"
    ids, weights = fit.ids, fit.weights
    if len(ids) == 2 and fit.arithmetic == "float32" and 0 < weights[0] < 1:
        share = weights[0] / total
        if bent(case.samples, (ids[0], ids[1]), lambda _: share):
            method = "slerp"
    rounded = "rounded once" if fit.arithmetic == "float32" else "computed in the stored format"

    # The report's numbers are the shared definition: all elements that differ from every parent.
    def blended(sample: TensorSample) -> Array:
        return np.asarray(sum(w * sample.others[i] for i, w in zip(ids, weights, strict=True)), np.float64)

    whole = agree(case.samples, blended, ids)
    shown = whole if fit.arithmetic == "float32" and whole.hit_rate > fit.held_out.hit_rate else fit.held_out
    kind = "a spherical blend (slerp), " if method == "slerp" else ""
    return case.lineage(
        "exact-merge",
        f"{case.candidate} is {kind}{wording.blend(parents)}, {rounded}: {wording.hits(shown, len(case.samples))}"
        f"{wording.spans(parents)}; no training after the merge, {wording.AMONG}.",
        method=cast(Method, method),
        parents=parents,
        complete=all(p.declared for p in parents),
        agreement=shown,
        recipe=_recipe(case, fit, method),
        pair=(fit.ids[-1], fit.ids[0]),
    )


def _recipe(case: Case, fit: Fit, method: str) -> Mapping[str, object]:
    if method == "slerp":
        return {"method": method, "by": "one", "weights": {"": fit.weights[0]}}
    weights = dict(zip(fit.ids, fit.weights, strict=True))
    if method == "linear":
        weights = summed_in(case.samples, dict(zip(fit.ids, fit.intervals, strict=True)))
    return {"method": method, "arithmetic": fit.arithmetic, "weights": weights}


def sparsely_merged(case: Case) -> Lineage | None:
    """Changes of other models kept or dropped element by element."""
    for base in _unmoved(case):
        ranked = [i for i, c in case.ranked(base) if abs(c) >= _RELATED]
        found = sparse(case.samples, base, ranked)
        if found is None:
            continue
        parents = (*(case.parent(i, None) for i in found.ids), case.parent(base, None))
        factors = wording.listed(
            [f"{m:.3f} of {i}'s" for i, m in zip(found.ids, found.multiples, strict=True)]
        )
        together = (
            f" (what is kept of several is {'averaged' if found.joined == 'mean' else 'summed'})"
            if len(found.ids) > 1
            else ""
        )
        return case.lineage(
            "exact-merge",
            f"{case.candidate} is a sparse merge into {base}: elements stay, or move by {factors} change{together}; "
            f"{100 * found.explained:.1f} % of {found.elements:,} moved held-out elements do, against "
            f"{100 * found.beside:.1f} % for factors beside these, {wording.AMONG}.",
            method="sparse",
            parents=parents,
            complete=all(p.declared for p in parents),
            recipe={
                "method": "sparse",
                "kept": found.kept,
                "multiples": dict(zip(found.ids, found.multiples, strict=True)),
                "joined": found.joined,
            },
            pair=(base, found.ids[0]),
        )
    return None


def _unmoved(case: Case) -> list[str]:
    """What a sparse merge may have been made into: the declared models, and those that most elements equal."""
    shares: dict[str, list[float]] = {i: [] for i in case.ids}
    for s in case.matrices():
        given = {i: s.others[i] for i in case.ids if i in s.others}
        if len(given) < 2:
            continue
        differ = np.ptp(np.array(list(given.values())), axis=0) > 0
        if differ.sum() >= 100:
            for i, values in given.items():
                shares[i].append(float(np.mean((s.candidate == values)[differ])))
    found = {i: float(np.median(v)) for i, v in shares.items() if v}
    likely = sorted((i for i in found if found[i] >= _UNMOVED), key=lambda i: -found[i])[:2]
    return list(dict.fromkeys([*likely, *case.bases()]))


def merged_and_trained(case: Case) -> Lineage | None:
    """A blend that many elements still equal, more than lie a step beside it, and no tensor speaks against."""
    screen = Screen.of(case.samples, case.ids)
    for base in case.bases():
        ranked = [i for i, c in case.ranked(base) if c >= 0.2]
        sets: list[list[str]] = [[p] for p in ranked[:_TRIED]]
        sets += [s for n in (2, 3) if len(s := case.greedy(base, n)) == n]
        sets = [s for s in sets if screen.left([*s, base]) <= _LEFT_BY_TRAINING]
        fits = [f for s in sets if (f := trained(case.samples, [*s, base])) is not None]
        fits = [f for f in fits if all(0.03 <= w <= 0.97 for w in f.weights[:-1]) and f.weights[-1] <= 0.97]
        if not fits:
            continue
        fit = max(fits, key=lambda f: f.held_out.hit_rate)
        if _stands(case.samples, fit):
            near = same_way(
                case.samples, base, [i for i, w in zip(fit.ids, fit.weights, strict=True) if w >= 0.03]
            )
            if near is not None:
                return case.cannot_tell(
                    f"it lies among {wording.listed(fit.ids)}, but {near[0]} and {near[1]} moved the same way, as "
                    "checkpoints of one run do: an average along that run and a merge that was trained on look the same"
                )
            return _trained_on(case, fit)
    return None


def _stands(samples: Sequence[TensorSample], fit: Fit) -> bool:
    a = fit.held_out
    return (
        a.elements >= 300
        and a.hit_rate >= _TRAINED
        and a.hit_rate >= _TIMES * a.neighbour_rate
        and fit.swapped <= 0.8 * a.hit_rate
        and spread(samples, fit.ids, fit.weights) >= _STEADY
    )


def _trained_on(case: Case, fit: Fit) -> Lineage:
    a, parents = fit.held_out, case.parents(fit)
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
        pair=(fit.ids[-1], fit.ids[0]),
    )
