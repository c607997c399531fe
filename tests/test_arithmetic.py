"""Printed numbers: what is possible is never called impossible."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from pytest_modelcard.arithmetic import (
    Interval,
    agree,
    difference_interval,
    exact,
    mean,
    powerless,
    printed,
    runs_needed,
    truncated,
    whole_count,
    wilson,
)


def rounded(value: Fraction, decimals: int, how: str) -> float:
    """`value` as a card prints it."""
    number = Decimal(value.numerator) / Decimal(value.denominator)
    return float(number.quantize(Decimal(1).scaleb(-decimals), rounding=how))


ROUNDING = st.sampled_from([ROUND_HALF_UP, ROUND_HALF_EVEN])


@given(st.integers(1, 3000), st.integers(1, 64), st.data(), st.integers(0, 3), ROUNDING)
def test_a_true_score_is_never_impossible(
    items: int, runs: int, data: st.DataObject, decimals: int, how: str
) -> None:
    k = data.draw(st.integers(0, items * runs))
    value = rounded(Fraction(100 * k, items * runs), decimals, how)
    share = printed(value, decimals).scaled(Fraction(1, 100))
    assert whole_count(share, items * runs) is not None
    found = runs_needed(share, items)
    assert found is not None and found[0] <= runs


@given(st.integers(1, 3000), st.data(), st.integers(0, 4))
def test_a_cut_off_score_is_never_impossible(items: int, data: st.DataObject, decimals: int) -> None:
    k = data.draw(st.integers(0, items))
    value = rounded(Fraction(100 * k, items), decimals, ROUND_DOWN)
    assert whole_count(truncated(value, decimals).scaled(Fraction(1, 100)), items) is not None


@given(
    st.lists(st.integers(0, 10**6), min_size=1, max_size=20), st.integers(0, 2), st.integers(0, 3), ROUNDING
)
def test_a_true_average_always_fits_its_rounded_parts(
    parts: list[int], decimals: int, more: int, how: str
) -> None:
    true = [Fraction(p, 10**4) for p in parts]
    shown = [printed(rounded(p, decimals, how), decimals) for p in true]
    total = rounded(sum(true, Fraction(0)) / len(true), more, how)
    assert mean(shown).meets(printed(total, more))


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 2), ROUNDING)
def test_a_true_difference_always_fits_its_rounded_operands(a: int, b: int, decimals: int, how: str) -> None:
    first, second = Fraction(a, 10**4), Fraction(b, 10**4)
    shown = printed(rounded(second - first, decimals, how), decimals)
    left, right = (printed(rounded(x, decimals, how), decimals) for x in (second, first))
    assert (left - right).meets(shown)


def test_known_cases_of_counting() -> None:
    def share(v: float, d: int) -> Interval:
        return printed(v, d).scaled(Fraction(1, 100))

    assert runs_needed(share(90.9, 1), 198) == (1, 180)
    assert runs_needed(share(29.2, 1), 12) == (2, 7)
    assert runs_needed(share(70.8, 1), 30, max_runs=3) is None
    assert runs_needed(share(70.8, 1), 30) == (4, 85)
    assert runs_needed(share(33.347, 3), 30, max_runs=8) is None
    assert powerless(share(88.1, 1), 12032)
    assert not powerless(share(90.9, 1), 198)


def test_printed_intervals_are_exact() -> None:
    assert exact(70.8, 1) == Fraction(708, 10)
    assert printed(70.8, 1) == Interval(Fraction(7075, 100), Fraction(7085, 100))
    assert printed(88.0, None) == Interval(Fraction(175, 2), Fraction(177, 2))
    assert truncated(-1.5, 1).high == Fraction(-15, 10)
    assert Fraction(-16, 10) < truncated(-1.5, 1).low < Fraction(-15999, 10000)
    assert whole_count(truncated(68.5, 1).scaled(Fraction(1, 100)), 500) is None  # 343 are 68.6
    assert Interval(Fraction(1), Fraction(2)).over(Interval(Fraction(-1), Fraction(1))) is None


def test_a_share_and_a_percentage_may_agree() -> None:
    assert agree(printed(0.853, 3), printed(85.3, 1))
    assert agree(printed(85.34, 2), printed(85.3, 1))
    assert not agree(printed(85.4, 1), printed(85.6, 1))


def test_wilson_against_published_values_and_differences_by_symmetry() -> None:
    # Newcombe 1998, Statistics in Medicine 17, 857-872: 81 of 263 gives 0.2553 to 0.3662
    low, high = wilson(81 / 263, 263)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
    low, high = difference_interval(0.5, 0.6, 100)
    assert low < 0.1 < high
    mirrored = difference_interval(0.6, 0.5, 100)
    assert abs(mirrored[0] + high) < 1e-12 and abs(mirrored[1] + low) < 1e-12


@given(st.floats(0, 1), st.floats(0, 1), st.integers(1, 20000))
def test_intervals_hold_their_estimate(a: float, b: float, n: int) -> None:
    low, high = difference_interval(a, b, n)
    assert -1 <= low <= b - a + 1e-12 and b - a - 1e-12 <= high <= 1
