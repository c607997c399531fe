"""Printed scores as intervals of counts, always in the card's favour."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_modelcard.evals.sequential import ScoreClaim


@pytest.mark.parametrize(
    ("value", "decimals", "items", "counts", "least"),
    [
        (70.8, 1, 12_032, range(8513, 8525), 8513),
        (
            70.8,
            1,
            198,
            range(141, 141),
            140,
        ),  # no count gives 70.8 %: a mean of several runs, the next lower counts
        (70.7, 1, 198, range(140, 141), 140),
        (71, 0, 198, range(140, 142), 140),
        (100.0, 1, 30, range(30, 31), 30),
        (0.708, 3, 12_032, range(8513, 8525), 8513),
    ],
)
def test_rounding_counts_for_the_card(
    value: float, decimals: int, items: int, counts: range, least: int
) -> None:
    claim = ScoreClaim.from_printed(value, decimals, items, out_of=1 if value < 1 else 100)
    assert claim.counts == counts
    assert claim.least(0.0) == least


def test_tolerance_and_margin_in_items() -> None:
    claim = ScoreClaim.from_count(140, 200)
    assert claim.least(0.05) == 130
    assert claim.least(0.0501) == 130  # 129.98 items right are not had
    assert claim.least(0.9) < 0
    assert claim.inflated(0.05) == 130
    assert claim.inflated(0.051) == 129


def test_a_low_claim_gets_a_smaller_margin() -> None:
    assert ScoreClaim.from_count(6, 100).margin(0.05) == pytest.approx(0.03)
    assert ScoreClaim.from_count(60, 100).margin(0.05) == 0.05


@given(items=st.integers(1, 5000), data=st.data())
def test_a_true_printed_score_is_never_below_its_claim(items: int, data: st.DataObject) -> None:
    right = data.draw(st.integers(0, items))
    decimals = data.draw(st.integers(0, 3))
    shown = round(100 * right / items, decimals)
    claim = ScoreClaim.from_printed(shown, decimals, items)
    assert claim.least(0.0) <= right
    assert claim.least_mean(0.0) <= right / items


@pytest.mark.parametrize(("value", "items"), [(101.0, 10), (-1.0, 10), (50.0, 0), (float("nan"), 10)])
def test_impossible_claims_are_errors(value: float, items: int) -> None:
    with pytest.raises(ValueError, match=r"not between|at least one"):
        ScoreClaim.from_printed(value, 1, items)


def test_limits_stay_between_0_and_1() -> None:
    claim = ScoreClaim.from_printed(100.0, 0, 30)
    assert (claim.low, claim.high) == (Fraction(199, 200), Fraction(1))
