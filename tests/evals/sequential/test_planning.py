"""Costs and impossibilities said before the first call."""

from __future__ import annotations

import pytest

from pytest_modelcard.evals.sequential import ScoreClaim, Tolerance, plan

GPQA = ScoreClaim.from_printed(70.8, 1, 198)


def test_the_plan_foresees_the_calls() -> None:
    found = plan(GPQA, tolerance=Tolerance.none())
    calls = {f.inflation: f.mean_items for f in found.forecasts}
    assert calls[0.1] == pytest.approx(95, abs=6)
    assert calls[0.18] == pytest.approx(53, abs=5)
    assert calls[0.05] > calls[0.1] > calls[0.18]
    assert found.mean_calls(0.1) == calls[0.1]
    assert all(f.items_95 <= f.most_items <= 198 for f in found.forecasts)
    assert found.warnings == ()


def test_the_same_claim_gives_the_same_plan() -> None:
    assert plan(GPQA, tolerance=Tolerance.points(2)) == plan(GPQA, tolerance=Tolerance.points(2))


def test_error_rates_in_the_plan() -> None:
    honest, inflated = plan(GPQA, tolerance=Tolerance.none(), inflations=(0.0, 0.055)).forecasts
    assert honest.refuted <= 0.03
    assert inflated.confirmed <= 0.03
    assert inflated.undecided == pytest.approx(0)


def test_a_small_benchmark_with_noise_cannot_decide() -> None:
    claim = ScoreClaim.from_printed(73.3, 1, 30)
    found = plan(claim, tolerance=Tolerance.run_noise(claim.middle, 30), inflations=(0.0, 0.1, 0.18))
    assert found.detectable > 0.18
    assert len([w for w in found.warnings if "cannot be told from an honest claim" in w]) == 2
    assert any("3.5 standard deviations of a run" in w for w in found.warnings)


def test_epochs_make_it_possible() -> None:
    claim = ScoreClaim.from_printed(73.3, 1, 30, graded=True)
    tolerance = Tolerance.run_noise(claim.middle, 30, noise=0.5, claimed_draws=64, own_draws=16)
    found = plan(claim, tolerance=tolerance, draws=16, margin=0.1, inflations=(0.0, 0.1, 0.18))
    honest, some, much = found.forecasts
    assert found.warnings == ()
    assert honest.confirmed > 0.95 and honest.refuted < 0.03
    assert some.refuted > 0.9 and much.refuted > 0.97
    assert found.mean_calls(0.18) == pytest.approx(much.mean_items * 16)


def test_too_few_calls_are_said() -> None:
    found = plan(GPQA, tolerance=Tolerance.none(), calls=9, inflations=(0.0, 0.18))
    assert found.within == 9
    assert found.fewest_to_refute is not None and found.fewest_to_refute > 9
    assert any("cannot refute" in w for w in found.warnings)
    assert any("cannot confirm" in w for w in found.warnings)
    seldom = plan(GPQA, tolerance=Tolerance.none(), calls=60, inflations=(0.1,))
    assert any("in only" in w for w in seldom.warnings)
    assert max(f.items_95 for f in seldom.forecasts) <= 60


def test_a_tolerance_down_to_zero_refutes_nothing() -> None:
    found = plan(ScoreClaim.from_count(3, 30), tolerance=Tolerance.points(20), inflations=(0.0,))
    assert found.fewest_to_refute is None
    assert any("no run of 30 items can refute" in w for w in found.warnings)


def test_in_any_order_so_many_items_suffice() -> None:
    f = plan(ScoreClaim.from_count(70, 100), tolerance=Tolerance.none(), inflations=(0.2,)).forecasts[0]
    # 50 right, 70 claimed: after the 81st item at the latest 31 wrong ones were seen
    assert f.most_items == 81


def test_a_hundred_thousand_items_are_planned() -> None:
    claim = ScoreClaim.from_printed(70.8, 1, 100_000)
    found = plan(claim, tolerance=Tolerance.points(1), inflations=(0.0, 0.1))
    assert [f.mean_items < 1500 for f in found.forecasts] == [True, True]


def test_draws_need_a_graded_claim() -> None:
    with pytest.raises(ValueError, match="graded"):
        plan(GPQA, tolerance=Tolerance.none(), draws=4)
