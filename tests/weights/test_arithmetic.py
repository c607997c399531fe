"""Each way of computing a merge hits its own predictor; chosen on one half, tested on the other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pytest_modelcard.weights import formats
from pytest_modelcard.weights.agreement import agree
from pytest_modelcard.weights.arithmetic import Predictor, choose, simple
from pytest_modelcard.weights.blends import blend
from pytest_modelcard.weights.slerp import coefficients, on_arc
from pytest_modelcard.weights.votes import vote
from tests.weights.samples import Array, base_values, sample, tuned

N = 20_000


def stored(values: Array, dtype: str = "BF16") -> Array:
    """An operator of torch on low-precision tensors: float32 inside, rounded to the format."""
    return formats.round_to(values.astype(np.float32).astype(np.float64), dtype)


def test_arithmetic_in_the_tensors_own_format() -> None:
    """A merge in bf16 arithmetic scores about 0.7 against float32, and 1.0 against its own predictor."""
    base = base_values(N)
    parent = tuned(base, 5e-4, 1)
    weight = np.float32(0.6)
    summed = stored(stored(weight * parent) + stored(np.float32(0.4) * base))
    kept = float(formats.round_to(np.array([0.6]), "BF16")[0])
    delta = stored(base + stored(kept * stored(parent - base)))
    weights = {"p": 0.6, "b": 0.4}
    for values, own in ((summed, "stored-sum"), (delta, "stored-delta-rounded")):
        one = sample(values, {"p": parent, "b": base})
        hits = {
            kind: agree([one], Predictor(weights, "b", kind), ["p", "b"]).hit_rate  # type: ignore[arg-type]
            for kind in ("float32", "float32-delta", "stored-sum", "stored-delta", "stored-delta-rounded")
        }
        assert hits[own] == 1.0
        assert max(rate for kind, rate in hits.items() if kind != own) < 0.985
        assert hits["float32"] < 0.98


@pytest.mark.parametrize("kind", ["float32", "stored-sum", "stored-delta", "stored-delta-rounded"])
@pytest.mark.parametrize("weight", [0.6, 0.565])
def test_the_arithmetic_is_recovered_and_holds_on_the_other_half(kind: str, weight: float) -> None:
    pairs = []
    for i in range(6):
        base = base_values(3000, i)
        parent = tuned(base, 5e-4, 10 + i)
        one = sample(base, {"p": parent, "b": base}, name=f"layers.{i}.weight")
        truth = Predictor({"p": weight, "b": 1 - weight}, "b", kind)  # type: ignore[arg-type]
        pairs.append(sample(formats.round_to(truth(one), "BF16"), one.others, name=one.name))
    votes = vote(pairs, "b", "p")
    choice = choose(
        pairs,
        {"p": votes.weight, "b": 1 - votes.weight},
        "b",
        {"p": votes.plausible, "b": (1 - votes.plausible[1], 1 - votes.plausible[0])},
    )
    assert choice.predictor.arithmetic == kind
    assert choice.tested_on.hit_rate > 0.995 and choice.tested_on.neighbour_rate < 0.005
    assert choice.predictor.weights["p"] == pytest.approx(weight, abs=0.0025)
    assert choice.chosen_on.elements + choice.tested_on.elements > 10_000


def test_an_honest_fine_tune_is_hit_by_nothing() -> None:
    base = base_values(N)
    models = {"p": tuned(base, 5e-4, 1), "b": base}
    choice = choose([sample(tuned(base, 5e-4, 2), models)], {"p": 0.5, "b": 0.5}, "b")
    assert choice.tested_on.hit_rate < 0.15


def test_task_arithmetic_of_two_parents() -> None:
    base = base_values(N)
    one, two = tuned(base, 5e-4, 1), tuned(base, 5e-4, 2)
    mixed = sum(stored(np.float32(w) * stored(p - base)) for w, p in ((0.7, one), (0.45, two)))
    made = sample(stored(base + stored(np.asarray(mixed))), {"p": one, "q": two, "b": base})
    weights = {"p": 0.7, "q": 0.45, "b": -0.15}
    assert agree([made], Predictor(weights, "b", "stored-delta"), list(weights)).hit_rate == 1.0
    assert agree([made], Predictor(weights, "b", "float32-delta"), list(weights)).hit_rate < 0.98
    found = blend([made], ["p", "q", "b"])
    assert found is not None and found.weights == pytest.approx((0.7, 0.45, -0.15), abs=0.02)


def test_other_weights_for_some_tensors() -> None:
    base = base_values(100)
    parent = tuned(base, 5e-4, 1)
    one = sample(base, {"p": parent, "b": base}, name="x")
    predictor = Predictor({"p": 0.5, "b": 0.5}, "b", by_tensor={"x": {"p": 1.0, "b": 0.0}})
    assert np.array_equal(predictor(one), parent)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.3332, 0.3335, 1 / 3),
        (0.5649, 0.5651, 0.565),
        (0.59, 0.61, 0.6),
        (0.99, 1.2, 1.0),
        (-0.3001, -0.2999, -0.3),
        (0.123456782, 0.123456794, 0.12345679),
        (0.12345678911, 0.12345678912, 0.123456789115),
    ],
)
def test_the_simplest_number(low: float, high: float, expected: float) -> None:
    assert simple(low, high) == pytest.approx(expected, abs=1e-9)
    assert low - 1e-8 <= simple(low, high) <= high + 1e-8


def _turned(t: float, relative: float, seed: int):  # type: ignore[no-untyped-def]
    """A slerp of two whole tensors that far apart."""
    base = base_values(N, seed)
    parent = tuned(base, 0.02 * relative, seed + 100)
    cosine = float(base @ parent / np.linalg.norm(base) / np.linalg.norm(parent))
    first, last = coefficients(t, cosine)
    made = linear_free(first, base, last, parent)
    return sample(made, {"p": parent, "b": base}, name=f"{seed}.weight")


def linear_free(first: float, base: Array, last: float, parent: Array) -> Array:
    total = np.float32(first) * base.astype(np.float32) + np.float32(last) * parent.astype(np.float32)
    return formats.round_to(total.astype(np.float64), "BF16")


@pytest.mark.parametrize("kind", ["float32", "stored-sum"])
def test_a_merge_that_was_quantised_afterwards(kind: str) -> None:
    """Merged in bf16, then stored in 8 bits with a scale for each block of elements."""
    base = base_values(N)
    parent = tuned(base, 4e-3, 1)
    plain = sample(base, {"p": parent, "b": base})
    truth = Predictor({"p": 0.6, "b": 0.4}, "b", kind)  # type: ignore[arg-type]
    merged = formats.round_to(truth(plain), "BF16")
    for dtype, largest in (("F8_E4M3", 448.0), ("I8", 127.0)):
        blocks = np.abs(merged.reshape(-1, 100)).max(axis=1) / largest
        scale = np.repeat(blocks.astype(np.float32), 100).astype(np.float64)
        stored_values = formats.round_to(merged, dtype, scale)
        one = replace(
            sample(stored_values, {"p": parent, "b": base}),
            dtypes={"": dtype, "p": "BF16", "b": "BF16"},
            scales={"": scale},
        )
        votes = vote([one], "b", "p")
        assert votes.unusable == 0
        assert votes.agreement > 0.99 and votes.plausible[0] <= 0.6 <= votes.plausible[1]
        assert votes.high - votes.low < 0.02
        assert agree([one], truth, ["p", "b"]).hit_rate > 0.995
        found = blend([one], ["p", "b"])
        assert found is not None and found.weights[0] == pytest.approx(0.6, abs=0.01)


def test_coefficients_of_a_slerp_lie_on_an_arc() -> None:
    turned = [_turned(0.3, 0.8, seed) for seed in range(4)] + [_turned(0.3, 0.01, 9)]
    for one in turned:
        found = blend([one], ["p", "b"])
        assert found is not None and found.agreement > 0.99
        assert on_arc(*found.weights, one, "b", "p")
    assert not on_arc(0.3, 0.7, turned[0], "b", "p")
    assert not on_arc(0.4, 0.7, turned[-1], "b", "p")
    assert coefficients(0.25, 0.9999) == (0.75, 0.25)
