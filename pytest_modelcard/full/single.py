"""The kernels in float32, for processors: they count as the one in float64 does, many times as fast.

A sum, difference, product or quotient of float32 numbers is the same whether it is rounded once or first to float64. Only
the fused multiply-add needs more: it is put together from float32 steps whose errors are known exactly (Dekker, "A floating-point
technique for extending the available precision", 1971; Knuth, The Art of Computer Programming 2, 4.2.2). Where that is not sure
(numbers that are not finite, very large or very small; one in millions next to the middle of two numbers) the row is left to the
kernel in float64. Nothing here looks at bits, and truth values become numbers at once: compilers make vectors of all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import torch

from .kernel import DTYPES, LARGEST, SHAPE, Spec

Tensor: TypeAlias = torch.Tensor
Kernel: TypeAlias = Callable[..., tuple[Tensor, ...]]

#: Elements of a row: counted and summed in float32, which is exact for counts and good to 1e-6 for sums.
ROW = 1024
#: Values for which no step below overflows, and weights for which none loses digits.
LARGEST_VALUE = 2.0**56
#: Sources of a linear sum.
MOST_ADDED = 3
LEAST_WEIGHT, LARGEST_WEIGHT = 2.0**-20, 2.0**20
#: Formats whose products with 12 digits of a weight are exact.
_NARROW = ("BF16", "F16", "F8_E4M3", "F8_E5M2")

# A kernel takes (candidate, its scale, sources, their scales, coefficients) as `kernel.counting` does, a multiple of ROW
# elements, scales and coefficients float32, and gives numbers for each row.


def matching(spec: Spec) -> Kernel:
    """For rows that are as predicted in every element, as most are of a merge that is replayed: half the work.

    The kernel gives how far numbers are apart (or in doubt), how many tell, then sums; see `matched`.
    """

    def kernel(
        candidate: Tensor,
        scale: Tensor | None,
        sources: Sequence[Tensor],
        scales: Sequence[Tensor | None],
        coefficients: Tensor,
    ) -> tuple[Tensor, ...]:
        step = _step(spec, candidate, scale, sources, scales, coefficients)
        apart = (step.inner - step.wanted).abs()
        if step.doubt is not None:
            apart = apart + step.doubt
        telling = torch.where(step.telling, 1.0, 0.0)
        sums = [step.lost * step.lost, step.floor * step.floor, *step.gram]
        return tuple(one.sum(dim=1) for one in (apart, telling, *sums))

    return kernel


def matched(found: Tensor) -> Tensor:
    """What `matching` gives for each row, in the order in which `any_rows` gives it."""
    apart, telling, *sums = found
    # What is not finite, or large, leaves sums that are not finite.
    sure = (apart == 0) & found.isfinite().all(dim=0)
    every = torch.full_like(apart, ROW)
    return torch.stack([sure * every, every, 0 * every, telling, telling, sums[0], *sums])


def any_rows(spec: Spec) -> Kernel:
    """For all rows.

    The kernel gives how many elements can be relied on; then equal, beside, telling, telling_equal; then the sums in the order of
    `kernel.counting`, the floor without its twelfth.
    """

    def kernel(
        candidate: Tensor,
        scale: Tensor | None,
        sources: Sequence[Tensor],
        scales: Sequence[Tensor | None],
        coefficients: Tensor,
    ) -> tuple[Tensor, ...]:
        step = _step(spec, candidate, scale, sources, scales, coefficients)
        total = step.unscaled.abs() + step.predicted.abs()  # NaN and infinity carry over
        for one in (*step.values, step.found):
            total = total + one.abs()
        sure = total < LARGEST_VALUE
        if step.doubt is not None:
            sure = sure & (step.doubt == 0)
        equal = step.inner == step.wanted
        lower = torch.minimum(step.inner.abs(), step.wanted.abs())
        beside = (step.inner - step.wanted).abs() == _spacing(lower, spec.candidate)
        left = step.found - step.predicted
        marks = [sure, equal, beside, step.telling, step.telling & equal]
        sums = [left * left, step.lost * step.lost, step.floor * step.floor, *step.gram]
        return (
            *(torch.where(mark, 1.0, 0.0).sum(dim=1) for mark in marks),
            *(one.sum(dim=1) for one in sums),
        )

    return kernel


@dataclass(frozen=True, slots=True)
class _Step:
    """What both kernels need of each element. inner, wanted: the candidate's number and the predicted one, as stored; found: the
    first with its scale; unscaled: what was rounded to `wanted`; lost: the rounding's error; floor: the format's step.
    """

    values: Sequence[Tensor]
    inner: Tensor
    found: Tensor
    predicted: Tensor
    doubt: Tensor | None
    unscaled: Tensor
    wanted: Tensor
    telling: Tensor
    lost: Tensor
    floor: Tensor
    gram: Sequence[Tensor]


def _step(
    spec: Spec,
    candidate: Tensor,
    scale: Tensor | None,
    sources: Sequence[Tensor],
    scales: Sequence[Tensor | None],
    coefficients: Tensor,
) -> _Step:
    own = None if scale is None else scale.view(-1, ROW)
    inner = candidate.view(-1, ROW).to(torch.float32)
    found = inner if own is None else inner * own
    values = []
    for stored, given, name in zip(sources, scales, spec.sources, strict=True):
        value = stored.view(-1, ROW).to(torch.float32)
        if given is not None:
            value = value * given.view(-1, ROW)
        there = spec.loaded in ("", "F32") or (given is None and spec.loaded == name)
        values.append(value if there else _cast(value, spec.loaded))
    predicted, doubt = _prediction(spec, values, coefficients)
    straight = spec.merged in ("", "F32", spec.candidate)
    merged = predicted if straight else _cast(predicted, spec.merged)
    unscaled = merged if own is None else merged / own
    wanted = _held(unscaled, spec.candidate)
    telling = None
    for given, value, name in zip(scales, values, spec.sources, strict=True):
        same = name == spec.candidate and given is None and own is None
        plain = same and spec.loaded in ("", "F32", name)
        alone = value if plain else _held(value if own is None else value / own, spec.candidate)
        telling = alone != wanted if telling is None else telling & (alone != wanted)
    assert telling is not None
    floor = _spacing(inner.abs(), spec.candidate)
    rows = [one - values[0] for one in (*values[1:], found)]
    return _Step(
        values,
        inner,
        found,
        predicted,
        doubt,
        unscaled,
        wanted,
        telling,
        lost=(wanted if own is None else wanted * own) - predicted,
        floor=floor if own is None else floor * own,
        gram=[rows[i] * rows[j] for i in range(len(rows)) for j in range(i, len(rows))],
    )


def applies(spec: Spec, scales: Sequence[Tensor | None], coefficients: Tensor) -> bool:
    """Whether the kernels can be used: all numbers that come in are float32, and the weights of usual size."""
    # What takes whole tensors takes longer before than the kernel in float64.
    if spec.method in ("sparse", "mean"):
        return False
    # Every fused multiply-add uses the one before many times, which compilers write out.
    if spec.method == "linear" and len(spec.sources) > MOST_ADDED:
        return False
    if any(scale is not None and scale.dtype != torch.float32 for scale in scales):
        return False
    # A source's number times its scale is not rounded before it is weighted.
    if any(spec.scaled[1:]) and not spec.loaded:
        return False
    return all(w == 0 or LEAST_WEIGHT <= abs(w) <= LARGEST_WEIGHT for w in coefficients.tolist())


def _prediction(spec: Spec, values: Sequence[Tensor], weights: Tensor) -> tuple[Tensor, Tensor | None]:
    """The prediction before it is stored, as `kernel._prediction`; and a number that is not 0 where it is in doubt."""
    if spec.method == "copy":
        return values[0], None
    if spec.method == "linear":
        total, doubt = weights[0] * values[0], None
        for i in range(1, len(values)):
            narrow = spec.loaded in _NARROW or (spec.sources[i] in _NARROW and not spec.scaled[i + 1])
            total, unsure = _multiply_add(total, values[i], weights[i], narrow)
            doubt = unsure if doubt is None else doubt + unsure
        return (total / weights[len(values)] if spec.divided else total), doubt
    if spec.method == "slerp":
        return weights[0] * values[0] + weights[1] * values[1], None
    base, mixed = values[0], None
    for i in range(1, len(values)):
        product = _cast(weights[i - 1] * _cast(values[i] - base, spec.steps), spec.steps)
        mixed = product if mixed is None else mixed + product
    assert mixed is not None
    return base + _cast(mixed, spec.steps), None


def _multiply_add(total: Tensor, value: Tensor, weight: Tensor, narrow: bool) -> tuple[Tensor, Tensor]:
    """total + weight * value rounded once, and a number that is not 0 where that is in doubt.

    narrow: the value has at most 12 digits, so that its products with the halves of the weight are exact.
    """
    high, low = _split(weight)
    if narrow:
        product, error = high * value, low * value
    else:
        first, second = _split(value)
        product = weight * value
        error = (((high * first - product) + high * second) + low * first) + low * second
    near, lost = _add(total, product)
    rest, unknown = _add(lost, error)
    result = near + rest
    beyond = (near - result) + rest
    # What is unknown is less than 2^-9 of half a step: it counts only where the rest is all but half a step.
    further = (result + beyond * (1 + 2.0**-8)) - result
    # Nothing is left of digits below 2^-149; a value whose products could have such (below 2^-60) does not come back unchanged.
    back = (value * 2.0**-89) * 2.0**89
    return result, torch.minimum(unknown.abs(), further.abs()) + (back - value).abs()


def _add(first: Tensor, second: Tensor) -> tuple[Tensor, Tensor]:
    """The sum, rounded, and its error, which is exact."""
    result = first + second
    part = result - first
    return result, (first - (result - part)) + (second - part)


def _split(value: Tensor) -> tuple[Tensor, Tensor]:
    """Two numbers of 12 digits whose sum is the value."""
    many = value * 4097.0
    high = many - (many - value)
    return high, value - high


def _cast(values: Tensor, dtype: str) -> Tensor:
    return values if dtype == "F32" else values.to(DTYPES[dtype]).to(torch.float32)


def _held(values: Tensor, dtype: str) -> Tensor:
    """Numbers as the format holds them."""
    return _cast(values.clamp(-LARGEST[dtype], LARGEST[dtype]) if dtype in LARGEST else values, dtype)


def _spacing(size: Tensor, dtype: str) -> Tensor:
    """The distance from a number that is not negative to the next larger one of the format.

    The power of two in a number by four operations: Rump, "Error estimation of floating-point summation and dot
    product", 2012, algorithm 3.5.
    """
    fraction, _, one = SHAPE[dtype]
    many = size * (2.0**23 + 1)
    power = (many - many * (1 - 2.0**-24)).abs()
    return power.clamp(min=2.0 ** (1 - one)) * 2.0**-fraction
