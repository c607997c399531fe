"""Run noise: how large, how often a tolerance is exceeded, and how many draws bring it down."""

from __future__ import annotations

from random import Random

import pytest

from pytest_modelcard.evals.sequential import ScoreClaim, Tolerance, draws_needed, noise_share
from pytest_modelcard.evals.sequential.alternatives import SHORTFALL
from pytest_modelcard.evals.sequential.hypergeometric import Boundary, Shortfall
from pytest_modelcard.evals.sequential.tolerance import SDS


def _chances(items: int, random: Random, size: float = 1.0, mean: float = 0.7) -> list[float]:
    return [random.betavariate(mean * size, (1 - mean) * size) for _ in range(items)]


def _refuted(runs: int, sds: float, items: int = 89) -> float:
    """Share of honest claims refuted: claim and run are two draws of one model."""
    random, refuted = Random(11), 0
    for _ in range(runs):
        chances = _chances(items, random)
        claimed = sum(random.random() < c for c in chances)
        if not claimed:
            continue
        tolerance = Tolerance.run_noise(claimed / items, items, noise=0.5, sds=sds)
        least = ScoreClaim.from_count(claimed, items).least(tolerance.share)
        boundary = Boundary(Shortfall(items, max(least, 1), SHORTFALL), 0.01)
        random.shuffle(chances)
        right = 0
        for t, chance in enumerate(chances, start=1):
            right += random.random() < chance
            if right <= boundary.at(t):
                refuted += 1
                break
    return refuted / runs


def test_without_a_tolerance_run_noise_refutes_honest_claims() -> None:
    assert _refuted(250, sds=0.0) > 0.3


def test_the_tolerance_keeps_them() -> None:
    assert _refuted(600, sds=SDS) <= 0.03  # 0.007 of noise beside alpha: 10 expected at most


def test_the_largest_noise_is_assumed_unless_measured() -> None:
    most = Tolerance.run_noise(0.708, 89)
    measured = Tolerance.run_noise(0.708, 89, noise=0.47)
    assert most.run_sd == pytest.approx(0.0486, abs=1e-4)
    assert measured.run_sd == pytest.approx(0.033, abs=5e-4)  # 3.3 points were measured on 89 items
    assert measured.share < most.share
    assert most.exceeded == pytest.approx(0.0067, abs=1e-4)
    assert "most possible" in most.reason and "0.47" in measured.reason


def test_averaging_narrows_it_on_both_sides() -> None:
    one = Tolerance.run_noise(0.7, 30).share
    ours = Tolerance.run_noise(0.7, 30, own_draws=16).share
    both = Tolerance.run_noise(0.7, 30, own_draws=16, claimed_draws=64).share
    assert one > ours > one / 2**0.5 > both


def test_noise_is_measured_by_repeated_draws() -> None:
    random = Random(6)
    for size in (0.25, 1.0, 4.0):
        chances = _chances(3000, random, size)
        right = [sum(random.random() < c for _ in range(4)) for c in chances]
        assert noise_share(right, 4) == pytest.approx(size / (1 + size), abs=0.04)
    assert noise_share([4] * 30, 4) == 0.0
    assert noise_share([4, 0] * 30, 4) == 0.0


def test_draws_needed_meet_the_wanted_tolerance() -> None:
    draws = draws_needed(0.733, 30, 0.05, noise=0.5, claimed_draws=64)
    assert draws is not None

    def share(k: int) -> float:
        return Tolerance.run_noise(0.733, 30, noise=0.5, claimed_draws=64, own_draws=k).share

    assert share(draws) <= 0.05 < share(draws - 1)
    assert draws_needed(0.733, 30, 0.05, noise=0.5) is None  # the claim's own noise is larger
    assert draws_needed(1.0, 30, 0.05, noise=0.0) == 1


def test_a_perfect_claim_may_have_been_luck() -> None:
    """A model that is right with 0.97 on each of 30 items has a perfect run in four of ten."""
    assert Tolerance.run_noise(1.0, 30, noise=0.5).share > 0.06
    assert Tolerance.run_noise(1.0, 30, noise=0.0).share == 0.0


def test_noise_of_two_models_adds_up() -> None:
    model, base = Tolerance.run_noise(0.7, 198), Tolerance.run_noise(0.5, 198)
    both = model.with_other(base)
    assert max(model.share, base.share) < both.share < model.share + base.share
    assert both.share == pytest.approx((model.share**2 + base.share**2) ** 0.5)
    assert both.exceeded == model.exceeded
    assert both.run_sd == pytest.approx(both.share / 3.5)


def test_stated_tolerances() -> None:
    assert Tolerance.points(2.5).share == pytest.approx(0.025)
    assert Tolerance.none().share == 0.0
    assert Tolerance.none().exceeded == 0.0


def test_bad_input_is_an_error() -> None:
    with pytest.raises(ValueError, match="tolerance"):
        Tolerance.points(-1)
    with pytest.raises(ValueError, match="noise"):
        Tolerance.run_noise(0.7, 30, noise=1.5)
    with pytest.raises(ValueError, match="2 draws"):
        noise_share([1] * 30, 1)
    with pytest.raises(ValueError, match="20 items"):
        noise_share([1] * 3, 4)
