"""Rounding intervals against the truth of simulated merges, fine-tunes and siblings."""

from __future__ import annotations

import numpy as np
import pytest

from pytest_modelcard.weights import formats
from pytest_modelcard.weights.votes import intervals, spectrum, sweep, vote
from tests.weights.samples import base_values, linear, sample, tuned


@pytest.mark.parametrize("rms", [2e-5, 1e-4, 5e-4])
def test_merge_weight_is_found_where_least_squares_is_bent(rms: float) -> None:
    """The design's table: changes of these sizes on weights of 0.02 in bf16, a true 0.6."""
    base = base_values(200_000)
    parent = tuned(base, rms, 1)
    merged = linear([(0.6, parent), (0.4, base)])
    votes = vote([sample(merged, {"p": parent, "b": base})], "b", "p")
    assert votes.agreement == 1.0
    assert votes.low <= 0.6 <= votes.high
    assert votes.weight == pytest.approx(0.6, abs=1e-4)
    assert votes.broken == 0 and votes.voting + votes.fixed == base.size


@pytest.mark.parametrize("dtype", ["F32", "F16", "BF16", "F8_E5M2", "F8_E4M3"])
@pytest.mark.parametrize("seed", range(6))
def test_an_exact_merge_lies_in_every_interval(dtype: str, seed: int) -> None:
    """Any weight, sign and scale, subnormal to large: float32 then one rounding is always contained."""
    generator = np.random.default_rng(seed)
    scale = {"F32": (-130, 20), "BF16": (-130, 20), "F16": (-24, 8), "F8_E5M2": (-16, 8), "F8_E4M3": (-9, 5)}[
        dtype
    ]
    size = np.exp2(generator.uniform(*scale, 20_000))
    base = formats.round_to(generator.standard_normal(20_000) * size, dtype)
    parent = formats.round_to(base + generator.standard_normal(20_000) * size * 0.1, dtype)
    weight = float(generator.uniform(-0.5, 1.5))
    merged = linear([(weight, parent), (1 - weight, base)], dtype)
    found = intervals(sample(merged, {"p": parent, "b": base}, dtype), "b", "p")
    assert found.broken == 0
    assert np.all((found.low <= weight) & (weight <= found.high))


def test_a_few_elements_decide() -> None:
    base = base_values(10_000)
    parent = tuned(base, 5e-4, 1)
    merged = linear([(0.565, parent), (0.435, base)])
    for count, width in ((1000, 0.003), (10_000, 3e-4)):
        votes = vote([sample(merged[:count], {"p": parent[:count], "b": base[:count]})], "b", "p")
        assert votes.low <= 0.565 <= votes.high and votes.high - votes.low < width


def test_parents_one_step_apart_give_a_wide_interval() -> None:
    base = np.ones(4000)
    parent = np.where(np.arange(4000) % 4 == 0, formats.step(base, "BF16", 1), base)
    merged = linear([(0.565, parent), (0.435, base)])
    votes = vote([sample(merged, {"p": parent, "b": base})], "b", "p")
    assert votes.low == pytest.approx(0.5, abs=1e-3) and votes.high == pytest.approx(1.5, abs=1e-3)
    assert votes.sharp == 0


def test_an_honest_sibling_agrees_on_nothing() -> None:
    """Sibling fine-tunes whose changes have cosine 0.94 before rounding, changes of several steps."""
    generator = np.random.default_rng(5)
    base = base_values(100_000)
    shared = generator.normal(0, 5e-4, base.size)
    own = [
        formats.round_to(base + shared + generator.normal(0, 1.25e-4, base.size), "BF16") for _ in range(2)
    ]
    votes = vote([sample(own[0], {"p": own[1], "b": base})], "b", "p")
    assert votes.sharp_agreement < 0.5
    unrelated = vote([sample(tuned(base, 5e-4, 8), {"p": tuned(base, 5e-4, 9), "b": base})], "b", "p")
    assert unrelated.sharp_agreement == pytest.approx(unrelated.chance, abs=0.04)


def test_copies_and_fine_tunes() -> None:
    base = base_values(20_000)
    parent = tuned(base, 2e-4, 1)
    assert vote([sample(parent, {"p": parent, "b": base})], "b", "p").agreement == 1.0
    again = vote([sample(base, {"p": parent, "b": base})], "b", "p")
    assert again.low <= 0 <= again.high and again.agreement == 1.0
    moved = vote([sample(tuned(base, 2e-4, 7), {"p": parent, "b": base})], "b", "p")
    assert moved.broken > 0.3 * moved.fixed


def test_not_finite_elements_do_not_vote() -> None:
    base = base_values(1000)
    parent = tuned(base, 2e-4, 1)
    merged = linear([(0.6, parent), (0.4, base)])
    plain = vote([sample(merged.copy(), {"p": parent, "b": base})], "b", "p")
    merged[:3] = [np.nan, np.inf, 0.12345]  # the last is no bf16 number
    parent[3] = np.nan
    base[4] = -np.inf
    votes = vote([sample(merged, {"p": parent, "b": base})], "b", "p")
    assert votes.unusable == 5
    assert votes.agreement == 1.0 and plain.agreement == 1.0
    nothing = vote([sample(np.full(4, np.nan), {"p": np.ones(4), "b": np.zeros(4)})], "b", "p")
    assert nothing.voting == 0 and nothing.unusable == 4 and np.isnan(nothing.weight)


def test_samples_without_the_parent_are_left_out() -> None:
    base = base_values(100)
    votes = vote([sample(base, {"b": base})], "b", "p")
    assert votes.voting == 0 and (votes.low, votes.high) == (-np.inf, np.inf)


def test_sweep_counts_closed_intervals() -> None:
    best, low, high, most = sweep(np.array([0.0, 1.0, 5.0]), np.array([1.0, 2.0, 6.0]))
    assert (best, low, high, most) == (1.0, 1.0, 1.0, 2)
    best, low, high, most = sweep(np.array([0.0, 0.0, 4.0, 5.0]), np.array([1.0, 1.0, 7.0, 8.0]))
    assert (best, low, high, most) == (6.0, 0.0, 7.0, 2)


def test_sweep_against_counting() -> None:
    generator = np.random.default_rng(2)
    for _ in range(200):
        low = generator.integers(0, 12, 9).astype(float)
        high = low + generator.integers(0, 6, 9)
        points = np.arange(0, 20, 0.5)
        counts = ((low[:, None] <= points) & (points <= high[:, None])).sum(axis=0)
        best, first, last, most = sweep(low, high)
        assert most == counts.max()
        assert (first, last) == (points[counts == most][0], points[counts == most][-1])
        assert ((low <= best) & (best <= high)).sum() == most


def test_spectrum_shows_the_peak_or_the_spikes() -> None:
    base = base_values(20_000)
    parent = tuned(base, 5e-4, 1)
    merged = linear([(0.565, parent), (0.435, base)])
    peaks = spectrum([sample(merged, {"p": parent, "b": base})], "b", "p")
    assert len(peaks) == 200
    weight, share = max(peaks, key=lambda peak: peak[1])
    assert share == 1.0 and weight == pytest.approx(0.565, abs=1e-3)
    kept = np.random.default_rng(4).random(base.size) < 0.5
    sparse = formats.round_to(base + np.where(kept, 1.2, 0.0) * (parent - base), "BF16")
    peaks = spectrum([sample(sparse, {"p": parent, "b": base})], "b", "p")
    tall = [weight for weight, share in peaks if share > 0.49]
    assert min(tall) < 0.01 and max(tall) == pytest.approx(1.2, abs=0.02)


@pytest.mark.parametrize("weight", [0.6, 0.565])
@pytest.mark.parametrize("rms", [2e-5, 1e-4, 5e-4])
def test_training_after_the_merge_leaves_the_weight_plausible(rms: float, weight: float) -> None:
    base = base_values(200_000)
    parent = tuned(base, rms, 1)
    touched = tuned(linear([(weight, parent), (1 - weight, base)]), rms / 20, 2)
    votes = vote([sample(touched, {"p": parent, "b": base})], "b", "p")
    assert 0.6 < votes.agreement < 1 and votes.sharp_agreement > 10 * votes.chance
    low, high = votes.plausible
    assert low <= weight <= high and high - low < 0.05
    assert votes.weight == pytest.approx(weight, abs=0.006)
    assert low <= votes.low and votes.high <= high
