"""The verdict on a blend whose weights differ from tensor to tensor: by layer, by module, or as the angles between the
tensors of a spherical blend make them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import numpy as np

from . import wording
from .fit import Fit
from .records import Lineage, Method, TensorSample
from .slerp import bent, cosine_between, on_arc, share
from .verdicts import Case

#: Weights of tensors that differ by no more are one: a share fitted to a straight line is a little off an arc's.
_SAME = 2e-3
#: An interval no wider than this tells the weight of a tensor; norms, which hardly change, allow almost any.
_NARROW = 0.02
#: A model whose weight is below this in all tensors has no part.
_NO_PART = 0.005
#: Spherical weights sum to more than one: by so much in the median, in this share of tensors.
_MORE, _MOSTLY = 5e-5, 0.7
#: Sums of one merge whose weights are the same in all tensors lie within this, nine in ten of them.
_STEADY = 3e-3

Span = tuple[float, float]


def varying(case: Case, fit: Fit) -> Lineage:
    """The verdict on a fit by `tensorwise`."""
    table, spans = fit.by_tensor or {}, fit.spans or {}
    method = _method(case.samples, fit)
    first = _spans_of(case.samples, fit, 0, method)
    how, weights = by_part(case.samples, first)
    said = {
        "one": "one weight",
        "layer": "a weight for each layer",
        "module": "a weight for each kind of module",
    }
    recipe: Mapping[str, object] = {"method": method, "by": how, "weights": weights}
    if len(fit.ids) == 2 and method != "task-arithmetic":
        found = {fit.ids[0]: first, fit.ids[1]: {n: (1 - high, 1 - low) for n, (low, high) in first.items()}}
    else:
        found = {id: {n: spans[n][k] for n in table} for k, id in enumerate(fit.ids)}
    sliding = method != "slerp" or _sliding(case.samples, fit)
    if len(fit.ids) > 2 or method == "task-arithmetic" or fit.arithmetic != "float32" or not sliding:
        # What the models were multiplied by, which no setting of mergekit's linear or slerp gives.
        how = "tensor"
        columns = {id: {n: w[k] for n, w in table.items()} for k, id in enumerate(fit.ids)}
        recipe = {"method": method, "by": how, "arithmetic": fit.arithmetic, "coefficients": columns}
    parents, hulls = [], []
    for id, column in found.items():
        ends = [s for s in column.values() if s[1] - s[0] <= _NARROW] or list(column.values())
        hull = (min(low for low, _ in ends), max(high for _, high in ends))
        if hull[0] > -_NO_PART and hull[1] < _NO_PART:
            continue
        hulls.append(hull)
        parents.append(case.parent(id, float(np.median(ends)), hulls[-1]))
    least, most = (wording.fixed(end, 3) for end in hulls[0])
    between = f" ({least} to {most} of {fit.ids[0]})"
    kind = {"slerp": "spherical", "task-arithmetic": "free"}.get(method, "linear")
    return case.lineage(
        "exact-merge",
        f"{case.candidate} is a {kind} blend of {wording.listed(fit.ids)} with "
        f"{said.get(how, 'a weight for each tensor')}{between}: "
        f"{_hits(fit)}; no training after the merge, {wording.AMONG}.",
        method=cast(Method, method),
        parents=parents,
        complete=all(p.declared for p in parents),
        agreement=fit.held_out if fit.arithmetic == "float32" else None,
        recipe=recipe,
        pair=(fit.ids[-1], fit.ids[0]),
    )


def _hits(fit: Fit) -> str:
    count = len(fit.by_tensor or {})
    if fit.arithmetic == "float32":
        return wording.hits(fit.held_out, count)
    return (
        f"{100 * fit.held_out.hit_rate:.1f} % of {fit.held_out.elements:,} held-out elements in {count} tensors are within "
        "two steps of it, as arithmetic in 16 bits leaves them"
    )


def _method(samples: Sequence[TensorSample], fit: Fit) -> str:
    table = fit.by_tensor or {}
    sums = np.array([sum(w) for w in table.values()])
    columns = list(zip(*(fit.spans or {}).values(), strict=True))
    # Where 16-bit arithmetic widens the intervals of the weights, their sum is still told well: it is the length along
    # what the models share, which rounding does not turn.
    steady = float(np.subtract(*np.quantile(sums, (0.95, 0.05)))) <= _STEADY
    constant = (
        abs(float(np.median(sums)) - 1) > _SAME and all(_one(column, _SAME) for column in columns) and steady
    )
    # One sum other than one for all tensors, whatever their angles; on an arc only if all angles are equal.
    if constant and (len(fit.ids) > 2 or not _sliding(samples, fit)):
        return "task-arithmetic"
    if float(np.median(sums)) > 1 + _MORE and np.mean(sums > 1) > _MOSTLY:
        return "slerp"
    if len(fit.ids) == 2:
        straight = {name: w[0] / sum(w) if sum(w) else w[0] for name, w in table.items()}
        return "slerp" if bent(samples, (fit.ids[0], fit.ids[1]), straight.get) else "linear"
    negative = np.mean([min(w) < -_NARROW for w in table.values()])
    return "task-arithmetic" if negative > 0.5 else "linear"


def _spans_of(samples: Sequence[TensorSample], fit: Fit, number: int, method: str) -> dict[str, Span]:
    """The interval of one model's weight by tensor; of two, its share t on the arc between them."""
    spans = fit.spans or {}
    if len(fit.ids) > 2 or method == "task-arithmetic":
        return {name: ends[number] for name, ends in spans.items()}
    found = {}
    for s in samples:
        if s.name in spans:
            (low, high), (low_other, high_other) = spans[s.name]
            cosine = cosine_between(s, fit.ids[1], fit.ids[0])
            summing = abs(low + high_other - 1) < 1e-9
            found[s.name] = (
                (low, high) if summing else (share(low, high_other, cosine), share(high, low_other, cosine))
            )
    return found


def _sliding(samples: Sequence[TensorSample], fit: Fit) -> bool:
    """Whether the weights are those of mergekit's slerp: other spherical means bring tensors to one length first."""
    table = fit.by_tensor or {}
    good = [
        on_arc(table[s.name][0], table[s.name][1], s, fit.ids[1], fit.ids[0])
        for s in samples
        if s.name in table
    ]
    return float(np.mean(good)) >= 0.9


def by_part(
    samples: Sequence[TensorSample], spans: Mapping[str, Span], tolerance: float = _SAME
) -> tuple[str, Mapping[str, float]]:
    """The simplest table that explains the intervals of single tensors: one, by layer, by module, or by tensor."""
    if _one(list(spans.values()), tolerance):
        return "one", {"": _value(list(spans.values()))}
    for how in ("layer", "module"):
        groups: dict[str, list[Span]] = {}
        for s in samples:
            if s.name in spans:
                key = str(s.layer) if how == "layer" and s.layer is not None else s.family
                groups.setdefault(key, []).append(spans[s.name])
        if len(groups) < len(spans) and all(_one(g, tolerance) for g in groups.values()):
            return how, {key: _value(g) for key, g in groups.items()}
    return "tensor", {name: _value([ends]) for name, ends in spans.items()}


def _one(spans: Sequence[Span], tolerance: float) -> bool:
    return max(low for low, _ in spans) - min(high for _, high in spans) <= tolerance


def _value(spans: Sequence[Span]) -> float:
    return float(np.median([s for s in spans if s[1] - s[0] <= _NARROW] or list(spans)))
