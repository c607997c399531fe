"""One fused step in torch: stored bytes of all models in, counts and sums out.

Everything is computed in float64 and rounded to float32, or to the stored format, exactly where a merge tool rounds.
Sums, differences, products and quotients of two float32 numbers are the same whether rounded once or first to float64, a
product with float32 weights is exact, and a fused multiply-add is put together so that it is rounded once: processors, GPUs
and the reference of the tests count the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import torch

Tensor: TypeAlias = torch.Tensor
Method = Literal["copy", "linear", "delta", "sparse", "slerp", "mean"]

DTYPES = {
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "F8_E4M3": torch.float8_e4m3fn,
    "F8_E5M2": torch.float8_e5m2,
}
_BITS = {
    "F32": torch.int32,
    "F16": torch.int16,
    "BF16": torch.int16,
    "F8_E4M3": torch.int8,
    "F8_E5M2": torch.int8,
}
#: Largest value, for formats whose casts saturate.
LARGEST = {"F8_E4M3": 448.0}
#: Bits after the point, bits of the exponent, exponent of the number 1.
SHAPE = {
    "F32": (23, 8, 127),
    "F16": (10, 5, 15),
    "BF16": (7, 8, 127),
    "F8_E4M3": (3, 4, 7),
    "F8_E5M2": (2, 5, 15),
}


@dataclass(frozen=True, slots=True)
class Spec:
    """What a kernel is made for: one is compiled for each.

    candidate, sources: stored formats; scaled: whether values are stored numbers times scales (candidate's first).
    method: see `programs`. steps: the format that every step is rounded to, "F32" for float32 arithmetic. loaded: the
    format that sources are cast to first, merged: the one that the merge is stored in before the candidate's; "" for
    none. divided: a sum is divided by the sum of the weights. signs, times: of a sparse sum, only changes of the sign of
    their sum count, as TIES has it; and it is multiplied by a last number.
    """

    candidate: str
    sources: tuple[str, ...]
    scaled: tuple[bool, ...]
    method: Method
    steps: str = "F32"
    loaded: str = ""
    merged: str = ""
    divided: bool = False
    signs: bool = False
    times: bool = False


def counting(spec: Spec) -> Callable[..., tuple[Tensor, ...]]:
    """The kernel of a spec: (candidate, its scale, sources, their scales, coefficients, ahead) -> counts, then sums.

    Stored numbers are tensors of the stored dtype, scales float64 of the same length or None, coefficients float64
    (the weights, rounded as the method rounds them; behind them the divisor where `divided`, but for `signs`, and the last
    factor where `times`). ahead: what was worked out on the whole tensor: for "sparse", whether each source's change counts, the
    first source's left out; for "mean", the prediction.
    """

    def kernel(
        candidate: Tensor,
        scale: Tensor | None,
        sources: Sequence[Tensor],
        scales: Sequence[Tensor | None],
        coefficients: Tensor,
        ahead: Sequence[Tensor] = (),
    ) -> tuple[Tensor, ...]:
        values = []
        for stored, own, name in zip(sources, scales, spec.sources, strict=True):
            # What is stored in this format, or in 16 bits where it is float32, is cast to it already.
            there = own is None and spec.loaded in ("", "F32", name)
            values.append(_value(stored, own) if there else _rounded(_value(stored, own), spec.loaded))
        exact = _prediction(spec, values, coefficients, ahead)
        straight = spec.merged in ("", "F32", spec.candidate)
        merged = exact if straight else _rounded(exact, spec.merged)
        wanted = _on_grid(merged, spec.candidate, scale)
        found_at, found = _ordered(candidate, spec.candidate), _narrow(_value(candidate, scale))
        # NaN is unlike itself; infinity less itself is NaN. Comparisons are kept in 32 bits, which processors do fast.
        clear = ((found == found) & (wanted.unscaled == wanted.unscaled)).to(torch.int32)
        both = ((found != found) & (wanted.unscaled != wanted.unscaled)).to(torch.int32)
        apart = found_at - wanted.at
        equal = torch.where(apart == 0, clear | both, both)
        beside = torch.where(apart.abs() == 1, clear, 0)
        telling = clear
        narrow = [_narrow(value) for value in values]
        predicted = _narrow(exact)
        zero = (found - found) + (wanted.value - wanted.value) + (predicted - predicted)
        for stored, own, value, name in zip(sources, scales, values, spec.sources, strict=True):
            same = name == spec.candidate and own is None and scale is None
            plain = same and spec.loaded in ("", "F32", name)
            given = (
                _ordered(stored, name)
                if plain
                else _on_grid(_rounded(value, "F32"), spec.candidate, scale).at
            )
            telling = torch.where(given != wanted.at, telling, 0)
        for one in narrow:
            zero = zero + (one - one)
        finite = (zero == 0).to(torch.int32)
        counts = [equal, beside, telling, telling * equal, finite]
        # In float64: differences of float32 numbers can be too large for float32.
        base, there, aim = (_wide(finite, one) for one in (narrow[0], found, predicted))
        rows = [*(_wide(finite, one) - base for one in narrow[1:]), there - base]
        left, lost = there - aim, _wide(finite, wanted.value) - aim
        floor = _wide(finite, _step(candidate, spec.candidate, scale))
        gram = [rows[i] * rows[j] for i in range(len(rows)) for j in range(i, len(rows))]
        sums = [left * left, lost * lost, floor * floor / 12, *gram]
        return (*(c.sum(dtype=torch.int32) for c in counts), *(s.sum() for s in sums))

    return kernel


def _wide(finite: Tensor, values: Tensor) -> Tensor:
    return torch.where(finite != 0, values, 0.0).to(torch.float64)


def _narrow(values: Tensor) -> Tensor:
    return values.to(torch.float32)


def _prediction(spec: Spec, values: Sequence[Tensor], weights: Tensor, ahead: Sequence[Tensor]) -> Tensor:
    """The prediction before it is stored: float32 numbers, in float64."""
    if spec.method == "copy":
        return _rounded(values[0], "F32")
    if spec.method == "linear":
        total = _rounded(weights[0] * values[0], "F32")
        for i in range(1, len(values)):
            total = _added(total, weights[i] * values[i])  # torch's addcmul: a fused multiply-add
        return _rounded(total / weights[len(values)], "F32") if spec.divided else total
    if spec.method == "slerp":
        first, second = (_rounded(weights[i] * values[i], "F32") for i in (0, 1))
        return _rounded(first + second, "F32")
    if spec.method == "sparse":
        return _sparse(spec, values, weights, ahead)
    if spec.method == "mean":
        return ahead[0].to(torch.float32).to(torch.float64)
    base, mixed = values[0], torch.zeros_like(values[0])
    for i in range(1, len(values)):
        change = _cast(values[i] - base, spec.steps)
        product = _cast(weights[i - 1] * change, spec.steps)
        # torch's sum over 16-bit numbers keeps its total in float32.
        mixed = _rounded(mixed + product, "F32")
    return _rounded(base + _cast(mixed, spec.steps), "F32")


def _added(total: Tensor, product: Tensor) -> Tensor:
    """Their sum rounded to float32 once, though float64 does not hold it: rounded to odd in between (Boldo and Melquiond,
    "Emulation of a FMA and correctly rounded sums: proved algorithms using rounding to odd", 2008).
    """
    near = total + product
    part = near - total
    # What was lost is exact: Knuth, The Art of Computer Programming 2, 4.2.2.
    lost = (total - (near - part)) + (product - part)
    bits = near.view(torch.int64)
    away = torch.where((lost > 0) == (near > 0), 1, -1)
    inexact = (lost.abs() > 0) & ((bits & 1) == 0)
    return _rounded(torch.where(inexact, bits + away, bits).view(torch.float64), "F32")


def _sparse(spec: Spec, values: Sequence[Tensor], weights: Tensor, kept: Sequence[Tensor]) -> Tensor:
    """The base and the changes that were kept (mergekit 0.1.5's `generalized_task_arithmetic`)."""
    base, number = values[0], len(values) - 1
    changes = [
        _cast(weights[i] * (_cast(values[i + 1] - base, spec.steps) * kept[i]), spec.steps)
        for i in range(number)
    ]
    mixed = _total(changes, spec.steps)
    divisor = weights[number] if spec.divided and not spec.signs else None
    if spec.signs:
        up = mixed >= 0
        agreeing = [torch.where(up, one > 0, one < 0).to(torch.float64) for one in changes]
        mixed = _total([one * mask for one, mask in zip(changes, agreeing, strict=True)], spec.steps)
        shares = _total([weights[i] * mask for i, mask in enumerate(agreeing)], spec.steps)
        divisor = torch.where(shares == 0, 1.0, shares)
    if spec.divided and divisor is not None:
        mixed = _cast(mixed / divisor, spec.steps)
    if spec.times:
        mixed = _cast(mixed * weights[-1], spec.steps)
    return _rounded(base + mixed, "F32")


def _total(values: Sequence[Tensor], dtype: str) -> Tensor:
    """Their sum, one after the other, as torch adds numbers of the format: in float32, then stored."""
    total = torch.zeros_like(values[0])
    for one in values:
        total = _rounded(total + one, "F32")
    return _cast(total, dtype)


def _cast(values: Tensor, dtype: str) -> Tensor:
    """What an operator on tensors of the format gives: computed in float32, then stored."""
    wide = _rounded(values, "F32")
    return wide if dtype == "F32" else _rounded(wide, dtype)


def _rounded(values: Tensor, dtype: str) -> Tensor:
    """float64 numbers rounded to a format, through float32 as every cast of merge tools goes; "" for as they are."""
    if not dtype:
        return values
    narrow = values.to(torch.float32)
    return (narrow if dtype == "F32" else narrow.to(DTYPES[dtype])).to(torch.float64)


def _value(stored: Tensor, scale: Tensor | None) -> Tensor:
    wide = stored.to(torch.float32).to(torch.float64)
    return wide if scale is None else wide * scale


@dataclass(frozen=True, slots=True)
class _Rounded:
    """Numbers rounded to a format: places on its grid, the values, and what was rounded, without scale; all of 32 bits."""

    at: Tensor
    value: Tensor
    unscaled: Tensor


def _on_grid(values: Tensor, dtype: str, scale: Tensor | None) -> _Rounded:
    """Numbers as a format holds them; quantisers divide by the scale in float32."""
    narrow = _narrow(values if scale is None else values / scale)
    if dtype == "BF16":
        # To nearest, ties to even, on the bits: a cast whose bits are wanted keeps compilers from using vectors.
        bits = narrow.view(torch.int32)
        half = bits + 0x7FFF + ((bits >> 16) & 1)
        return _Rounded(_signed(half >> 16, 0x7FFF), (half & -0x10000).view(torch.float32), narrow)
    if dtype in LARGEST:
        held = narrow.clamp(-LARGEST[dtype], LARGEST[dtype]).to(DTYPES[dtype])
    else:
        held = narrow.to(DTYPES[dtype])
    return _Rounded(_ordered(held, dtype), _narrow(_value(held, scale)), narrow)


def _ordered(stored: Tensor, dtype: str) -> Tensor:
    """The numbers' places on their format's grid, as int32: 0 for both zeros, neighbours differ by 1."""
    bits = stored.view(_BITS[dtype]).to(torch.int32)
    return _signed(bits, (1 << (sum(SHAPE[dtype][:2]))) - 1)


def _signed(bits: Tensor, mask: int) -> Tensor:
    size = bits & mask
    return torch.where(bits < 0, -size, size)


def _step(stored: Tensor, dtype: str, scale: Tensor | None) -> Tensor:
    """The distance to the next number of the format."""
    fraction, width, one = SHAPE[dtype]
    bits = stored.view(_BITS[dtype]).to(torch.int32)
    exponent = ((bits >> fraction) & ((1 << width) - 1)).clamp(min=1) - one
    # 2^exponent by its bits; the smallest steps lie below what float32 gives that way, and count as its least
    step = ((exponent + 127).clamp(min=1) << 23).view(torch.float32) * 2.0**-fraction
    return step if scale is None else _narrow(step * scale)
