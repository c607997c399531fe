"""The evidence against "at least so many are right": exact over all orders of small benchmarks, steady on large ones."""

from __future__ import annotations

from math import comb, exp, inf, log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_modelcard.evals.sequential import SHORTFALL, Alternatives, Boundary, Shortfall
from pytest_modelcard.evals.sequential.alternatives import honest

from .exact import best_stop, ever, exp_or_inf, rises

MIXTURES = [SHORTFALL, honest(0.05), Alternatives((0.3,), (1.0,))]


@pytest.mark.parametrize("mixture", MIXTURES)
@pytest.mark.parametrize("items", [1, 2, 7, 13, 30])
def test_no_stopping_rule_gains_under_any_honest_population(items: int, mixture: Alternatives) -> None:
    for least in range(1, items + 1):
        process = Shortfall(items, least, mixture)
        for right in range(least, items + 1):
            gain = best_stop(items, right, lambda t, s, p=process: exp_or_inf(p.log_e(t, s)))
            assert gain <= 1 + 1e-9


def test_at_the_boundary_it_is_a_martingale() -> None:
    items, least = 12, 8
    process = Shortfall(items, least, SHORTFALL)
    for t in range(items):
        for s in range(max(0, least - (items - t)), min(t, least) + 1):
            up = (least - s) / (items - t)
            if not 0 < up < 1:
                continue  # what the hypothesis rules out is the alternatives' gain, and never seen under it
            mean = up * exp(process.log_e(t + 1, s + 1)) + (1 - up) * exp(process.log_e(t + 1, s))
            assert mean == pytest.approx(exp(process.log_e(t, s)), rel=1e-9, abs=1e-12)


def test_evidence_is_the_ratio_of_probabilities() -> None:
    # 5 items drawn from 20, 1 right; claim 14, alternative 14 - 6 = 8
    process = Shortfall(20, 14, Alternatives((0.3,), (1.0,)))
    under = comb(15, 8 - 1) / comb(20, 8)
    boundary = comb(15, 14 - 1) / comb(20, 14)
    assert exp(process.log_e(5, 1)) == pytest.approx(under / boundary)


@pytest.mark.parametrize(("items", "claim"), [(30, 21), (89, 63), (198, 140), (198, 180)])
@pytest.mark.parametrize("alpha", [0.01, 0.05])
def test_false_refutations_stay_below_alpha_exactly(items: int, claim: int, alpha: float) -> None:
    boundary = Boundary(Shortfall(items, claim, SHORTFALL), alpha)
    for right in (claim, claim + 1, claim + 5):
        assert ever(items, right, lambda t, s: s <= boundary.at(t)) <= alpha
    if (
        items > 50
    ):  # and not far below, or calls would be wasted; on few items the last ones are certain anyway
        assert ever(items, claim, lambda t, s: s <= boundary.at(t)) > alpha / 5


@pytest.mark.parametrize("right", range(0, 31, 3))
def test_bounds_hold_at_all_times_at_once(right: int) -> None:
    items, alpha = 30, 0.05
    process = Shortfall(items, items, SHORTFALL)
    below = ever(items, right, lambda t, s: process.bound(t, s, alpha) < right)
    assert below <= alpha


@given(
    items=st.integers(30, 100_000),
    share=st.floats(0.02, 1.0),
    drawn=st.floats(0, 1),
    seen=st.floats(0, 1),
)
@settings(max_examples=150, deadline=None)
def test_evidence_rises_with_the_claim_and_falls_with_right_answers(
    items: int, share: float, drawn: float, seen: float
) -> None:
    least, t = max(1, round(share * items)), round(drawn * items)
    s = round(seen * t)
    at = Shortfall(items, least, SHORTFALL).log_e(t, s)
    assert at == at  # no NaN
    if least < items and at > 0:
        assert Shortfall(items, least + 1, SHORTFALL).log_e(t, s) >= at - 1e-6
    if s < t:
        assert Shortfall(items, least, SHORTFALL).log_e(t, s + 1) <= at + 1e-6


@given(items=st.integers(30, 3000), t=st.integers(1, 400), s=st.floats(0, 1))
@settings(max_examples=60, deadline=None)
def test_bound_is_the_last_claim_not_refuted(items: int, t: int, s: float) -> None:
    t = min(t, items)
    right = round(s * t)
    bound = Shortfall(items, 1, SHORTFALL).bound(t, right, 0.05)
    logs = [Shortfall(items, k, SHORTFALL).log_e(t, right) for k in range(1, items + 1)]
    kept = [k for k, x in enumerate(logs, start=1) if x < -log(0.05)]
    assert bound == max(kept, default=0)


@pytest.mark.parametrize("mixture", MIXTURES)
def test_boundary_agrees_with_the_evidence(mixture: Alternatives) -> None:
    items, least, alpha = 60, 40, 0.02
    process = Shortfall(items, least, mixture)
    boundary = Boundary(process, alpha)
    found = [boundary.at(t) for t in range(1, items + 1)]
    for t, most in enumerate(found, start=1):
        refuting = [s for s in range(t + 1) if process.log_e(t, s) >= -log(alpha)]
        assert refuting == list(range(most + 1))
    assert rises(found)


def test_certainty_at_both_ends() -> None:
    process = Shortfall(10, 8, SHORTFALL)
    assert process.log_e(3, 0) == inf  # 7 left cannot make 8
    assert process.log_e(10, 8) == -inf
    assert process.log_e(0, 0) == pytest.approx(0.0)
    assert Shortfall(10, 0, SHORTFALL).log_e(10, 0) == 0.0


def test_a_hundred_thousand_items() -> None:
    process = Shortfall(100_000, 70_800, SHORTFALL)
    assert process.log_e(0, 0) == pytest.approx(0.0, abs=1e-9)
    assert process.log_e(500, 300) > -log(0.01) > process.log_e(500, 350)
    assert process.bound(100_000, 65_000, 0.01) == 65_000


@pytest.mark.parametrize(("drawn", "right"), [(3, 4), (11, 2), (3, -1)])
def test_impossible_counts_are_errors(drawn: int, right: int) -> None:
    with pytest.raises(ValueError, match="right of"):
        Shortfall(10, 8, SHORTFALL).log_e(drawn, right)


def test_wrong_sizes_are_errors() -> None:
    with pytest.raises(ValueError, match="never be right"):
        Shortfall(10, 11, SHORTFALL)
    with pytest.raises(ValueError, match="at least one item"):
        Shortfall(0, 0, SHORTFALL)
    with pytest.raises(ValueError, match="positive"):
        Alternatives((0.0,), (1.0,))
    with pytest.raises(ValueError, match="one weight"):
        Alternatives((0.1, 0.2), (1.0,))
