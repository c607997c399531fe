"""The same counts as `full/kernel.py` gives, slowly: NumPy, float64, and this project's own grids."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pytest_modelcard.weights import formats


def f32(values: Any) -> Any:
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(values, np.float64).astype(np.float32).astype(np.float64)


def cast(values: Any, dtype: str) -> Any:
    return values if not dtype else formats.round_to(f32(values), dtype)


def predicted(
    method: str,
    values: Sequence[Any],
    weights: Sequence[float],
    steps: str,
    divided: bool,
    kept: Sequence[Any] = (),
    signs: bool = False,
    times: bool = False,
) -> Any:
    if method == "copy":
        return f32(values[0])
    if method == "linear":
        total = np.zeros_like(values[0])
        for value, weight in zip(values, weights, strict=False):
            total = f32(total + weight * value)
        return f32(total / weights[-1]) if divided else total
    if method == "slerp":
        return f32(f32(weights[0] * values[0]) + f32(weights[1] * values[1]))
    if method == "mean":  # worked out on the whole tensor
        return f32(kept[0])
    if method == "sparse":
        return sparse(values, weights, steps, divided, kept, signs, times)
    mixed = np.zeros_like(values[0])
    for value, weight in zip(values[1:], weights, strict=True):
        mixed = f32(mixed + cast(weight * cast(value - values[0], steps), steps))
    return f32(values[0] + cast(mixed, steps))


def sparse(
    values: Sequence[Any],
    weights: Sequence[float],
    steps: str,
    divided: bool,
    kept: Sequence[Any],
    signs: bool,
    times: bool,
) -> Any:
    """TIES and breadcrumbs; behind the weights their sum (divided, without signs) and the last factor (times)."""

    def added(numbers: Sequence[Any]) -> Any:
        total = np.zeros_like(values[0])
        for one in numbers:
            total = f32(total + one)
        return cast(total, steps)

    changes = [cast(value - values[0], steps) * mask for value, mask in zip(values[1:], kept, strict=True)]
    weighted = [cast(weight * change, steps) for weight, change in zip(weights, changes, strict=False)]
    mixed = added(weighted)
    divisor = weights[len(changes)] if divided and not signs else 1.0
    if signs:
        majority = np.where(mixed >= 0, 1.0, -1.0)
        masks = [(np.sign(one) == majority).astype(float) for one in weighted]
        mixed = added([one * mask for one, mask in zip(weighted, masks, strict=True)])
        shares = added([weight * mask for weight, mask in zip(weights, masks, strict=False)])
        divisor = np.where(shares == 0, 1.0, shares)
    if divided:
        mixed = cast(mixed / divisor, steps)
    if times:
        mixed = cast(mixed * weights[-1], steps)
    return f32(values[0] + mixed)


def kept(sizes: Any, density: float, gamma: float | None) -> Any:
    """Which changes are kept, of equal ones those that come first in the order that is sorted in."""
    count = len(sizes)
    mask = np.zeros(count, np.bool_)
    if density >= 1:
        return ~mask
    if gamma is None:
        mask[np.argsort(-sizes, kind="stable")[: max(1, int(density * count))]] = True
        return mask
    target = int(density * count)
    bottom = max(0, count - target - int(gamma * count))
    mask[np.argsort(sizes, kind="stable")[bottom : bottom + target]] = True
    return mask


def stored(values: Any, dtype: str, scale: Any) -> Any:
    """Numbers of the format, without their scale."""
    return formats.round_to(f32(values) if scale is None else f32(values / scale), dtype)


def norms(gram: Sequence[float]) -> list[float]:
    """What an error of a Gram matrix's entry is measured by: for each of the upper triangle the product of the two lengths."""
    size = int((2 * len(gram)) ** 0.5)
    upper = iter(gram)
    square = [[next(upper) if j >= i else 0.0 for j in range(size)] for i in range(size)]
    return [(square[i][i] * square[j][j]) ** 0.5 for i in range(size) for j in range(i, size)]


def statistics(
    spec: Any,
    raw: Sequence[bytes],
    scales: Sequence[Any],
    weights: Sequence[float],
    kept: Sequence[Any] = (),
) -> dict[str, Any]:
    """raw, scales: the candidate's first. kept: of the changes of a sparse merge."""
    names = (spec.candidate, *spec.sources)
    numbers = [formats.decode(r, n) for r, n in zip(raw, names, strict=True)]
    all_values = [n if s is None else n * s for n, s in zip(numbers, scales, strict=True)]
    own = scales[0]
    values = [cast(v, spec.loaded) for v in all_values[1:]]
    with np.errstate(all="ignore"):
        exact = predicted(
            spec.method, values, weights, spec.steps, spec.divided, kept, spec.signs, spec.times
        )
        merged = exact if spec.merged in ("", "F32", spec.candidate) else cast(exact, spec.merged)
        wanted = stored(merged, spec.candidate, own)
        found = numbers[0]
        nan = np.isnan(found) | np.isnan(wanted)
        equal = np.where(nan, np.isnan(found) & np.isnan(wanted), found == wanted)
        up, down = (formats.step(np.where(nan, 0.0, wanted), spec.candidate, d) for d in (1, -1))
        beside = ~nan & ~equal & ((found == up) | (found == down))
        telling = ~nan
        finite = np.isfinite(all_values[0])
        rounded = wanted if own is None else wanted * own
        finite &= np.isfinite(rounded)
        for value in values:
            telling &= stored(f32(value), spec.candidate, own) != wanted
            finite &= np.isfinite(value)
        rows = [v[finite] - values[0][finite] for v in (*values[1:], all_values[0])]
        step = formats.ulp(found, spec.candidate) * (1.0 if own is None else own)
        gram = [float(rows[i] @ rows[j]) for i in range(len(rows)) for j in range(i, len(rows))]
        return {
            "elements": len(found),
            "equal": int(equal.sum()),
            "beside": int(beside.sum()),
            "elsewhere": int(len(found) - equal.sum() - beside.sum()),
            "telling": int(telling.sum()),
            "telling_equal": int((telling & equal).sum()),
            "finite": int(finite.sum()),
            "residual": float(((all_values[0] - exact)[finite] ** 2).sum()),
            "rounding": float(((rounded - exact)[finite] ** 2).sum()),
            "floor": float((step[finite] ** 2).sum() / 12),
            "gram": gram,
        }
