"""Hit against neighbour, residuals and moments, on merges and on what only looks alike."""

from __future__ import annotations

import numpy as np
import pytest

from pytest_modelcard.weights import formats
from pytest_modelcard.weights.agreement import agree, gram, halves, moments
from pytest_modelcard.weights.records import TensorSample
from tests.weights.samples import base_values, linear, sample, tuned


def at(weight: float):  # type: ignore[no-untyped-def]
    def prediction(one: TensorSample):  # type: ignore[no-untyped-def]
        return one.others["b"] + weight * (one.others["p"] - one.others["b"])

    return prediction


@pytest.mark.parametrize(
    ("rms", "changed", "slope", "cosine"),
    [(2e-5, 0.23, 0.890, 0.977), (1e-4, 0.68, 0.736, 0.959), (5e-4, 0.93, 0.602, 0.994)],
)
def test_the_bias_of_least_squares(rms: float, changed: float, slope: float, cosine: float) -> None:
    """The design's table: share of weights changed, slope and cosine of a true 0.6 merge in bf16."""
    base = base_values(400_000)
    parent = tuned(base, rms, 1)
    merged = sample(linear([(0.6, parent), (0.4, base)]), {"p": parent, "b": base})
    assert np.mean(parent != base) == pytest.approx(changed, abs=0.01)
    found = moments(merged, "b", "p")
    assert found.slope == pytest.approx(slope, abs=0.01)
    assert found.cosine == pytest.approx(cosine, abs=0.01)
    assert found.elements == base.size
    score = agree([merged], at(0.6), ["p", "b"])
    assert score.hit_rate > 0.9999 and score.neighbour_rate < 1e-4
    assert score.residual_over_rounding == pytest.approx(1.0, abs=1e-3)


def test_a_wrong_weight_scores_low() -> None:
    base = base_values(100_000)
    parent = tuned(base, 5e-4, 1)
    merged = sample(linear([(0.6, parent), (0.4, base)]), {"p": parent, "b": base})
    wrong = agree([merged], at(0.4), ["p", "b"])
    assert wrong.hit_rate < 0.5 and wrong.residual_over_rounding > 2


def test_siblings_and_direction() -> None:
    """Siblings with cosine 0.94 hit no better than they miss by one step; nor do parents from their child."""
    generator = np.random.default_rng(5)
    base = base_values(200_000)
    shared = generator.normal(0, 5e-4, base.size)
    one, two = (
        formats.round_to(base + shared + generator.normal(0, 1.25e-4, base.size), "BF16") for _ in "ab"
    )
    score = agree([sample(one, {"p": two, "b": base})], at(0.94), ["p", "b"])
    assert score.hit_rate < 0.35
    assert score.hit_rate < 2 * score.neighbour_rate
    unrelated = agree(
        [sample(tuned(base, 5e-4, 8), {"p": tuned(base, 5e-4, 9), "b": base})], at(0.5), ["p", "b"]
    )
    assert unrelated.hit_rate < 0.1
    merged = linear([(0.6, one), (0.4, base)])
    backwards = agree([sample(one, {"p": merged, "b": base})], at(1 / 0.6), ["p", "b"])
    assert backwards.hit_rate < 0.7


def test_light_training_after_the_merge() -> None:
    base = base_values(200_000)
    parent = tuned(base, 5e-4, 1)
    merged = linear([(0.6, parent), (0.4, base)])
    touched = tuned(merged, 2.5e-5, 3)
    score = agree([sample(touched, {"p": parent, "b": base})], at(0.6), ["p", "b"])
    assert 0.5 < score.hit_rate < 0.95
    assert score.hit_rate > 4 * score.neighbour_rate
    assert score.residual_over_rounding > 1.05


def test_copies_count_nothing_and_zero_energy_is_no_error() -> None:
    base = base_values(1000)
    parent = tuned(base, 5e-4, 1)
    score = agree([sample(parent, {"p": parent, "b": base})], at(1.0), ["p", "b"])
    assert score.elements == 0 and score.residual_over_rounding == 0
    equal = agree([sample(base, {"p": base, "b": base})], at(0.5), ["p", "b"])
    assert equal.elements == 0 and equal.residual_over_rounding == 1.0
    assert agree([sample(base, {"b": base})], at(0.5), ["p", "b"]).elements == 0


def test_values_that_are_not_finite_are_left_out() -> None:
    base = base_values(2000)
    parent = tuned(base, 5e-4, 1)
    merged = linear([(0.6, parent), (0.4, base)])
    merged[0], parent[1], base[2] = np.nan, np.inf, -np.inf
    bad = sample(merged, {"p": parent, "b": base})
    assert agree([bad], at(0.6), ["p", "b"]).hit_rate == 1.0
    assert moments(bad, "b", "p").elements == 1997


def test_gram_of_differences() -> None:
    base, one, two = np.zeros(3), np.array([1.0, 2.0, np.nan]), np.array([0.0, 1.0, 1.0])
    products = gram([sample(np.array([2.0, 3.0, 4.0]), {"b": base, "x": one, "y": two})], "b", ["x", "y"])
    assert products.tolist() == [[5, 2, 8], [2, 1, 3], [8, 3, 13]]


def test_halves_share_nothing() -> None:
    ones = [sample(np.zeros(2), {}, name=f"{family}.{i}") for i in range(5) for family in "ab"]
    first, second = halves(ones)
    assert sorted(one.name for one in [*first, *second]) == sorted(one.name for one in ones)
    assert abs(len(first) - len(second)) <= 1
    (left,), (right,) = halves([sample(np.arange(5.0), {"b": np.arange(5.0)})])
    assert [*left.positions, *right.positions] == [0, 1, 2, 3, 4]
    assert right.others["b"].tolist() == [2, 3, 4]
