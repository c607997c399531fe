"""Weights of several parents: exact merges to many digits, task arithmetic, slerp, when to say nothing."""

from __future__ import annotations

import numpy as np
import pytest

from pytest_modelcard.weights import formats
from pytest_modelcard.weights.blends import blend
from pytest_modelcard.weights.polytope import BOX, Slabs
from tests.weights.samples import base_values, linear, sample, tuned

N = 20_000


@pytest.mark.parametrize("rms", [2e-5, 1e-4, 5e-4])
@pytest.mark.parametrize("weights", [(0.5, 0.3, 0.2), (0.1, 0.15, 0.75), (0.7, 0.6, -0.3)])
def test_exact_merges_of_three(rms: float, weights: tuple[float, ...]) -> None:
    base = base_values(N)
    one, two = tuned(base, rms, 1), tuned(base, rms * 1.5, 2)
    merged = linear(list(zip(weights, (one, two, base), strict=True)))
    found = blend([sample(merged, {"p": one, "q": two, "b": base})], ["p", "q", "b"])
    assert found is not None and found.agreement == 1.0
    for weight, truth, (low, high) in zip(found.weights, weights, found.intervals, strict=True):
        assert weight == pytest.approx(truth, abs=1e-3 if rms > 2e-5 else 3e-3)
        assert low <= truth <= high and low <= weight <= high


@pytest.mark.parametrize("dtype", ["F32", "F16", "BF16"])
def test_exact_merges_of_six(dtype: str) -> None:
    base = base_values(N, dtype=dtype)
    parents = [tuned(base, 5e-4 * (i + 1), i + 1, dtype) for i in range(5)]
    weights = (0.25, 0.2, 0.2, 0.15, 0.1, 0.1)
    merged = linear(list(zip(weights, (*parents, base), strict=True)), dtype)
    others = {f"p{i}": parent for i, parent in enumerate(parents)} | {"b": base}
    found = blend([sample(merged, others, dtype)], list(others))
    assert found is not None and found.agreement == 1.0
    assert found.weights == pytest.approx(weights, abs=1e-3)


def test_one_parent_is_the_vote() -> None:
    base = base_values(N)
    parent = tuned(base, 5e-4, 1)
    found = blend([sample(linear([(0.565, parent), (0.435, base)]), {"p": parent, "b": base})], ["p", "b"])
    assert found is not None
    assert found.weights == pytest.approx((0.565, 0.435), abs=2e-4)
    assert found.intervals[0][1] - found.intervals[0][0] < 3e-4


def test_a_model_that_took_no_part_gets_nothing() -> None:
    base = base_values(N)
    one, two = tuned(base, 5e-4, 1), tuned(base, 5e-4, 2)
    found = blend(
        [sample(linear([(0.6, one), (0.4, base)]), {"p": one, "q": two, "b": base})], ["p", "q", "b"]
    )
    assert found is not None and found.weights == pytest.approx((0.6, 0, 0.4), abs=1e-3)


def test_task_arithmetic_weights_exceed_one() -> None:
    base = base_values(N)
    one, two = tuned(base, 5e-4, 1), tuned(base, 5e-4, 2)
    summed = formats.round_to(base + 0.9 * (one - base) + 0.8 * (two - base), "BF16")
    found = blend([sample(summed, {"p": one, "q": two, "b": base})], ["p", "q", "b"])
    assert found is not None and found.agreement == 1.0
    assert found.weights == pytest.approx((0.9, 0.8, -0.7), abs=1e-3)


def test_weights_that_do_not_sum_to_one() -> None:
    """A slerp between far models, and a sum that was never normalised."""
    base, other = base_values(N, 1), base_values(N, 2)
    angle = np.pi / 2
    turned = formats.round_to(
        (np.sin(0.6 * angle) * base + np.sin(0.4 * angle) * other) / np.sin(angle), "BF16"
    )
    found = blend([sample(turned, {"o": other, "b": base})], ["o", "b"])
    assert found is not None and found.agreement == 1.0
    assert found.weights == pytest.approx((np.sin(0.4 * angle), np.sin(0.6 * angle)), abs=1e-3)


@pytest.mark.parametrize("share", [0.05, 0.3])
def test_elements_that_violate_do_not_bend_the_weights(share: float) -> None:
    base = base_values(N)
    one, two = tuned(base, 5e-4, 1), tuned(base, 5e-4, 2)
    merged = linear([(0.5, one), (0.3, two), (0.2, base)])
    hit = np.random.default_rng(9).random(N) < share
    merged[hit] = tuned(merged, 3e-4, 4)[hit]
    found = blend([sample(merged, {"p": one, "q": two, "b": base})], ["p", "q", "b"])
    assert found is not None
    assert found.agreement == pytest.approx(1 - share, abs=0.2 * share)
    assert found.weights == pytest.approx((0.5, 0.3, 0.2), abs=2e-3)


def test_training_after_the_merge() -> None:
    base = base_values(N)
    one, two = tuned(base, 5e-4, 1), tuned(base, 5e-4, 2)
    touched = tuned(linear([(0.5, one), (0.3, two), (0.2, base)]), 2.5e-5, 3)
    found = blend([sample(touched, {"p": one, "q": two, "b": base})], ["p", "q", "b"])
    assert found is not None and 0.5 < found.agreement < 0.95
    assert found.weights == pytest.approx((0.5, 0.3, 0.2), abs=0.01)


def test_honest_fine_tunes_are_not_explained() -> None:
    base = base_values(N)
    models = {name: tuned(base, 5e-4, i) for i, name in enumerate("pq")} | {"b": base}
    found = blend([sample(tuned(base, 5e-4, 7), models)], ["p", "q", "b"])
    assert found is None or found.agreement < 0.2


def test_too_alike_is_none() -> None:
    base = base_values(N)
    parent = tuned(base, 5e-4, 1)
    merged = linear([(0.6, parent), (0.4, base)])
    assert blend([sample(merged, {"p": parent, "q": parent, "b": base})], ["p", "q", "b"]) is None
    assert blend([sample(merged, {"p": parent, "q": base, "b": base})], ["p", "q", "b"]) is None
    assert blend([sample(base, {"p": base, "b": base})], ["p", "b"]) is None
    assert blend([sample(np.full(9, np.nan), {"p": np.ones(9), "b": np.zeros(9)})], ["p", "b"]) is None
    assert blend([sample(merged, {"b": base})], ["p", "b"]) is None
    with pytest.raises(ValueError, match="at least one parent"):
        blend([], ["b"])


def test_hostile_sizes_do_not_raise() -> None:
    generator = np.random.default_rng(1)
    wild = [generator.standard_normal(500) * 10.0 ** generator.uniform(-320, 300, 500) for _ in range(4)]
    models = {"p": wild[0], "q": wild[1], "b": wild[2]}
    assert blend([sample(wild[3], models, "F64")], ["p", "q", "b"]) is None


def test_corners_of_a_polytope() -> None:
    """|x| + |y| <= 1 as two slabs, a strip across it, and nothing."""
    diamond = Slabs(np.array([[1.0, 1.0], [1.0, -1.0]]), np.array([-1.0, -1.0]), np.array([1.0, 1.0]))
    corner = diamond.furthest(np.array([1.0, 0.0]))
    assert corner is not None and corner[0] == pytest.approx(1)
    ranges, middle = diamond.extremes(np.eye(2)) or ([], np.zeros(0))
    assert ranges == [pytest.approx((-1, 1)), pytest.approx((-1, 1))] and middle == pytest.approx([0, 0])
    strip = Slabs(np.array([[1.0, 0.0]]), np.array([0.5]), np.array([np.inf]))
    assert strip.furthest(np.array([-1.0, 0.1])) == pytest.approx([0.5, BOX])
    empty = Slabs(np.array([[1.0, 0.0], [1.0, 1e-9]]), np.array([0.0, 3.0]), np.array([1.0, 4.0]))
    assert empty.furthest(np.array([0.3, 0.7])) is None
