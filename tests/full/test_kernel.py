"""Counts of the torch kernel are those of the slow NumPy reference, bit for bit; sums to their order of adding."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from . import reference
from .reference import norms

torch = pytest.importorskip("torch", reason="full coverage needs torch, which no other extra brings")

from pytest_modelcard.full.arrays import Arrays  # noqa: E402
from pytest_modelcard.full.kernel import DTYPES, Spec  # noqa: E402
from pytest_modelcard.full.kernels import Fused, Kernels, plainly  # noqa: E402
from pytest_modelcard.full.native import call as native_call  # noqa: E402
from pytest_modelcard.full.native import compiler as native_compiler  # noqa: E402
from pytest_modelcard.full.native.call import Native, applies  # noqa: E402
from pytest_modelcard.full.native.source import ROW  # noqa: E402
from pytest_modelcard.full.statistics import COUNTS, Statistics  # noqa: E402

IN_C = pytest.mark.skipif(not list(native_compiler.compilers()), reason="no C compiler")
BY_TORCH = pytest.mark.skipif(shutil.which("c++") is None, reason="torch.compile needs a C++ compiler")
SIZE = 4_099
FORMATS = ("BF16", "F16", "F32", "F8_E4M3", "F8_E5M2")
METHODS: dict[str, tuple[int, tuple[float, ...], dict[str, Any]]] = {
    "copy": (1, (), {"method": "copy"}),
    "copy-merged": (1, (), {"method": "copy", "merged": "BF16"}),
    "linear-2": (2, (0.4, 0.6), {"method": "linear"}),
    "linear-3-divided": (3, (0.5, 0.3, 0.4, 1.2), {"method": "linear", "divided": True}),
    "linear-loaded": (2, (0.565, 0.435), {"method": "linear", "loaded": "BF16", "merged": "BF16"}),
    "delta": (3, (0.7, -0.3), {"method": "delta"}),
    "delta-bf16": (3, (0.7, 0.45), {"method": "delta", "steps": "BF16", "merged": "BF16"}),
    "delta-fp16": (2, (0.7,), {"method": "delta", "steps": "F16", "merged": "F16"}),
    "slerp": (2, (0.41, 0.6103), {"method": "slerp"}),
    "mean": (2, (), {"method": "mean"}),
    "mean-bf16": (2, (), {"method": "mean", "steps": "BF16", "merged": "BF16"}),
    "sparse": (3, (0.7, -0.3), {"method": "sparse"}),
    "sparse-divided": (3, (0.7, 0.5, 1.2, 0.9), {"method": "sparse", "divided": True, "times": True}),
    "ties": (4, (0.7, 0.45, 0.2), {"method": "sparse", "signs": True, "divided": True}),
    "ties-bf16": (
        3,
        (0.75, 0.5, 1.3),
        {"method": "sparse", "signs": True, "divided": True, "times": True, "steps": "BF16"},
    ),
}


def masks(spec: Spec, seed: int) -> list[Any]:
    """Of a sparse merge, which changes are kept; of a mean, the prediction."""
    draw = np.random.default_rng(seed + 1)
    if spec.method == "mean":
        return [reference.cast(draw.normal(0, 0.02, SIZE), spec.steps).astype(np.float32)]
    return [draw.random(SIZE) < 0.6 for _ in spec.sources[1:]] if spec.method == "sparse" else []


def made(spec: Spec, weights: tuple[float, ...], seed: int, wild: bool) -> tuple[list[Any], list[Any]]:
    """Stored tensors and scales, the candidate's first: near the prediction, beside it, and far from it."""
    draw = np.random.default_rng(seed)
    base = draw.normal(0, 0.02, SIZE)
    values = [base] + [base + draw.normal(0, 10.0 ** draw.uniform(-5, -2), SIZE) for _ in spec.sources[1:]]
    values = [
        v * (60.0 if name.startswith("F8") else 1.0) for v, name in zip(values, spec.sources, strict=True)
    ]
    scales: list[Any] = [
        np.repeat(draw.uniform(0.3, 3, -(-SIZE // 128)), 128)[:SIZE].astype(np.float32).astype(float)
        if s
        else None
        for s in spec.scaled
    ]
    sources = [
        torch.tensor(v, dtype=torch.float32).to(DTYPES[n]) for v, n in zip(values, spec.sources, strict=True)
    ]
    if wild:  # every bit pattern, NaN and infinity among them
        for one in sources:
            bits = draw.integers(0, 256, SIZE * one.element_size(), dtype=np.uint8)
            one.view(torch.uint8)[: SIZE * one.element_size() // 2] = torch.tensor(bits)[
                : SIZE * one.element_size() // 2
            ]
    plain = [
        s.float().double().numpy() * (1 if k is None else k) for s, k in zip(sources, scales[1:], strict=True)
    ]
    with np.errstate(all="ignore"):
        plain = [reference.cast(v, spec.loaded) for v in plain]
        exact = reference.predicted(
            spec.method, plain, weights, spec.steps, spec.divided, masks(spec, seed), spec.signs, spec.times
        )
        inner = exact if scales[0] is None else exact / scales[0]
        noise = draw.choice([0, 0, 0, 1, -1, 2, 9], SIZE)
        bits = {1: np.int8, 2: np.int16, 4: np.int32}[DTYPES[spec.candidate].itemsize]
        candidate = torch.tensor(np.clip(reference.f32(inner), -3e38, 3e38), dtype=torch.float32).to(
            DTYPES[spec.candidate]
        )
        moved = candidate.view(torch.uint8).numpy().view(bits) + noise.astype(bits)
    if not wild:
        moved[~torch.tensor(moved).view(DTYPES[spec.candidate]).float().isfinite().numpy()] = 0
    return [torch.tensor(moved).view(DTYPES[spec.candidate]), *sources], scales


def check(
    spec: Spec,
    weights: tuple[float, ...],
    kernels: Any,
    seed: int,
    wild: bool,
    times: int = 1,
    wide: torch.dtype = torch.float64,
) -> None:
    weights = tuple(float(np.float32(w)) for w in weights)
    tensors, scales = made(spec, weights, seed, wild)
    kept = masks(spec, seed)
    if times > 1:
        tensors = [t.repeat(times) for t in tensors]
        scales = [None if s is None else np.tile(s, times) for s in scales]
        kept = [np.tile(one, times) for one in kept]
    expected = reference.statistics(
        spec, [t.view(torch.uint8).numpy().tobytes() for t in tensors], scales, weights, kept
    )
    given = [None if s is None else torch.tensor(s, dtype=wide) for s in scales]
    coefficients = torch.tensor(weights or (1.0,), dtype=torch.float64)
    arrays = Arrays(tensors[0], given[0], tensors[1:], given[1:], [torch.tensor(one) for one in kept])
    found = kernels(spec, arrays, coefficients).as_dict()
    sums = {"residual", "rounding", "floor"}
    assert {k: v for k, v in found.items() if k not in sums | {"gram"}} == {
        k: v for k, v in expected.items() if k not in sums | {"gram"}
    }
    for got, wanted, norm in zip(found["gram"], expected["gram"], norms(expected["gram"]), strict=True):
        assert got == pytest.approx(wanted, rel=1e-6, abs=1e-6 * norm)
    for name in sums:
        assert found[name] == pytest.approx(expected[name], rel=1e-6)
    assert not kernels.failures


@pytest.mark.parametrize("wild", [False, True], ids=["near", "wild"])
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("dtype", FORMATS)
def test_counts_are_those_of_the_reference(dtype: str, method: str, wild: bool) -> None:
    number, weights, more = METHODS[method]
    spec = Spec(dtype, (dtype,) * number, (False,) * (number + 1), **more)
    check(spec, weights, Kernels(compiled=False), seed=len(method), wild=wild)


@pytest.mark.parametrize("wide", [torch.float32, torch.float64], ids=str)
@pytest.mark.parametrize("method", ["copy", "linear-2", "linear-loaded", "delta-bf16"])
def test_block_scales_on_either_side(method: str, wide: torch.dtype) -> None:
    number, weights, more = METHODS[method]
    for own, theirs in (("F8_E4M3", "BF16"), ("BF16", "F8_E4M3"), ("F8_E4M3", "F8_E4M3"), ("F8_E5M2", "F16")):
        scaled = (own.startswith("F8"), *(theirs.startswith("F8") for _ in range(number)))
        spec = Spec(own, (theirs,) * number, scaled, **{**more, "merged": "BF16"})
        check(spec, weights, Kernels(compiled=False), seed=3, wild=False, wide=wide)


def test_sources_in_different_formats() -> None:
    spec = Spec("F16", ("BF16", "F32"), (False, False, False), "linear", merged="BF16")
    check(spec, (0.25, 0.75), Kernels(compiled=False), seed=5, wild=True)


#: Every format and every method once; the other pairs are left to the trials.
OFTEN = {("BF16", method) for method in METHODS} | {(dtype, "linear-2") for dtype in FORMATS}
PAIRS = [
    pytest.param(dtype, method, marks=() if (dtype, method) in OFTEN else pytest.mark.slow)
    for dtype in FORMATS
    for method in METHODS
]


@IN_C
@pytest.mark.parametrize(("dtype", "method"), PAIRS)
def test_the_kernel_in_c_counts_the_same(dtype: str, method: str) -> None:
    number, weights, more = METHODS[method]
    spec = Spec(dtype, (dtype,) * number, (False,) * (number + 1), **more)
    kernel = InC(spec)
    check(spec, weights, kernel, seed=len(method), wild=False)
    assert kernel.left == 0
    check(spec, weights, kernel, seed=len(method), wild=True)


@IN_C
@pytest.mark.parametrize("method", ["copy", "linear-2", "linear-loaded", "delta-bf16", "sparse", "mean"])
def test_the_kernel_in_c_takes_block_scales(method: str) -> None:
    number, weights, more = METHODS[method]
    for own, theirs in (("F8_E4M3", "BF16"), ("BF16", "F8_E4M3"), ("F8_E4M3", "F8_E4M3"), ("F8_E5M2", "F16")):
        scaled = (own.startswith("F8"), *(theirs.startswith("F8") for _ in range(number)))
        loaded = more.get("loaded", "F32")
        spec = Spec(own, (theirs,) * number, scaled, **{**more, "merged": "BF16", "loaded": loaded})
        kernel = InC(spec)
        check(spec, weights, kernel, seed=3, wild=False, wide=torch.float32)
        assert kernel.left == 0


@IN_C
def test_the_kernel_in_c_takes_different_formats_and_many_models() -> None:
    spec = Spec("F16", ("BF16", "F32"), (False, False, False), "linear", merged="BF16")
    check(spec, (0.25, 0.75), InC(spec), seed=5, wild=True)
    spec = Spec("BF16", ("BF16",) * 9, (False,) * 10, "linear")
    check(spec, (0.1, 0.2, 0.05, 0.15, 0.1, 0.1, 0.1, 0.1, 0.1), InC(spec), seed=6, wild=True)


class InC:
    """The kernel in C whatever the size, and plain torch for the rows that it leaves."""

    failures: Sequence[str] = ()

    def __init__(self, spec: Spec) -> None:
        self._native = Native(spec)
        self.left = 0

    def __call__(self, spec: Spec, arrays: Arrays, coefficients: Any) -> Statistics:
        assert applies(spec, arrays, coefficients)
        found, rest = self._native(arrays, coefficients)
        self.left = len(rest.candidate) if rest else 0
        return found + plainly(spec, rest, coefficients) if rest else found


@IN_C
@pytest.mark.parametrize("method", ["linear-2", "delta-bf16"])
def test_compiled_kernels_are_used(method: str) -> None:
    number, weights, more = METHODS[method]
    spec = Spec("BF16", ("BF16",) * number, (False,) * (number + 1), **more)
    kernels = Kernels(compiled=True)
    check(spec, weights, kernels, seed=11, wild=True, times=20)
    assert kernels.used == 1


@IN_C
def test_a_kernel_that_counts_otherwise_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = Spec("BF16", ("BF16",) * 2, (False,) * 3, "linear")
    kernels = Kernels(compiled=True)
    program = native_call.source
    monkeypatch.setattr(native_call, "source", lambda spec: program(spec).replace("w[1], v1", "w[0], v1"))
    tensors, _ = made(spec, (0.4, 0.6), 1, False)
    many = [one.repeat(20) for one in tensors]
    arrays = Arrays(many[0], None, many[1:], [None, None])
    coefficients = torch.tensor((0.4, 0.6), dtype=torch.float32).to(torch.float64)
    found = kernels(spec, arrays, coefficients)
    assert found == plainly(spec, arrays, coefficients)
    assert kernels.used == 0
    assert kernels.failures == ["the compiled kernel counts otherwise than the uncompiled one"]


def test_without_a_compiler_torch_counts_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native_compiler, "compilers", lambda: iter(()))
    spec = Spec("BF16", ("BF16",) * 2, (False,) * 3, "linear")
    kernels = Kernels(compiled=True)
    tensors, _ = made(spec, (0.4, 0.6), 1, False)
    many = [one.repeat(20) for one in tensors]
    arrays = Arrays(many[0], None, many[1:], [None, None])
    coefficients = torch.tensor((0.4, 0.6), dtype=torch.float32).to(torch.float64)
    assert kernels(spec, arrays, coefficients).elements == 20 * SIZE
    assert ["no C compiler was found" in why for why in kernels.failures] == [True]


@BY_TORCH
@pytest.mark.parametrize("method", ["linear-3-divided", "ties-bf16", "mean-bf16"])
def test_the_kernel_in_float64_compiles(method: str) -> None:
    """As on a GPU, where it does all."""
    number, weights, more = METHODS[method]
    spec = Spec("BF16", ("BF16",) * number, (False,) * (number + 1), **more)
    fused = Fused(spec)

    def kernels(spec: Spec, arrays: Arrays, coefficients: Any) -> Statistics:
        return fused(arrays, coefficients)[0]

    kernels.failures = []  # type: ignore[attr-defined]
    check(spec, weights, kernels, seed=11, wild=True, times=20)


@IN_C
@pytest.mark.parametrize("weights", [(0.4, 0.6), (0.5, 0.5), (0.3, 0.7), (1.3, -0.3), (1e-9, 1.0)])
@pytest.mark.parametrize("dtype", ["BF16", "F16", "F32"])
def test_a_fused_multiply_add_is_rounded_once(dtype: str, weights: tuple[float, float]) -> None:
    """Values of all sizes, equal ones, zeros and ties: every prediction is the one of float64, kept in float32."""
    draw = np.random.default_rng(7)
    size = 64 * ROW
    one = draw.normal(0, 1, size) * 2.0 ** draw.integers(-24, 4, size)
    two = np.where(draw.random(size) < 0.5, one, -one) * (1 + draw.integers(-9, 9, size) / 256)
    two[::97], one[::89], two[:: 89 * 5] = 0, 0, 1e-30
    sources = [torch.tensor(v).to(DTYPES[dtype]) for v in (one, two)]
    factors = [float(np.float32(w)) for w in weights]
    values = [s.to(torch.float64).numpy() for s in sources]
    merged = torch.tensor(reference.predicted("linear", values, factors, "F32", False)).to(torch.float32)
    spec = Spec("F32", (dtype, dtype), (False,) * 3, "linear")
    arrays = Arrays(merged, None, sources, [None, None])
    found = InC(spec)(spec, arrays, torch.tensor(factors, dtype=torch.float64))
    assert found.equal == size


@IN_C
@pytest.mark.parametrize("sign", [1, -1])
def test_a_fused_multiply_add_is_not_rounded_twice(sign: int) -> None:
    """Sums so near to the middle of two float32 numbers that float64 rounds them to it, beside exact fractions."""
    steps = np.arange(1, 400)
    total = sign * (1 + (2 * steps + 1) * 2.0**-23)  # odd: the middle would be rounded away from it
    value = np.full(len(steps), sign * (1 - 2.0**-18))
    weight = 2.0**-24 * (1 + 2.0**-18)  # the product is 2^-60 less than half a step
    spec = Spec("F32", ("F32", "F32"), (False,) * 3, "linear")
    exact = [Fraction(t) + Fraction(weight) * Fraction(v) for t, v in zip(total, value, strict=True)]
    merged = torch.tensor([nearest(one) for one in exact], dtype=torch.float32)
    tensors = [torch.tensor(v, dtype=torch.float32) for v in (total, value)]
    twice = torch.tensor(total + weight * value).to(torch.float32)
    assert not torch.equal(twice, merged)
    arrays, factors = Arrays(merged, None, tensors, [None, None]), torch.tensor([1.0, weight]).double()
    for kernels in (Kernels(False), InC(spec)):
        assert kernels(spec, arrays, factors).equal == len(steps)


def nearest(exact: Fraction) -> float:
    """The float32 number nearest to one between 1 and 2, or -2 and -1; ties to even."""
    return float(Fraction(round(exact * 2**23), 2**23))


def test_stretches_add_up_to_the_whole() -> None:
    """Counts do not depend on where blocks and rows begin."""
    spec = Spec("BF16", ("BF16", "BF16"), (False,) * 3, "linear")
    tensors, _ = made(spec, (0.4, 0.6), 1, True)
    coefficients = torch.tensor((0.4, 0.6), dtype=torch.float32).to(torch.float64)
    kernels = Kernels(False)

    def counted(first: int, last: int) -> Statistics:
        return kernels(
            spec,
            Arrays(tensors[0][first:last], None, [t[first:last] for t in tensors[1:]], [None] * 2),
            coefficients,
        )

    whole = counted(0, SIZE)
    for cuts in ((0, 1, SIZE), (0, 1500, 3000, SIZE), (0, ROW, 4 * ROW, SIZE)):
        parts = sum((counted(a, b) for a, b in pairwise(cuts)), start=Statistics())
        names = ("elements", *COUNTS)
        assert [getattr(parts, n) for n in names] == [getattr(whole, n) for n in names]


def test_counts_see_every_kind_of_element() -> None:
    """A recipe that is not the candidate's: something of everything is counted."""
    spec = Spec("BF16", ("BF16", "BF16"), (False,) * 3, "linear")
    tensors, _ = made(spec, (0.4, 0.6), 1, False)
    coefficients = torch.tensor((0.4, 0.6), dtype=torch.float64)
    found = Kernels(False)(spec, Arrays(tensors[0], None, tensors[1:], [None, None]), coefficients)
    assert min(found.equal, found.beside, found.elsewhere, found.telling) > 0
    assert found.residual > found.rounding > 0
