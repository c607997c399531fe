"""Exact intervals against published values and against their own definition."""

from __future__ import annotations

from math import comb

import pytest

from pytest_modelcard.identity.interval import exact_interval


def test_known_values() -> None:
    # binom.test(7, 20)$conf.int and binom.test(0, 10)$conf.int in R
    assert exact_interval(7, 20, 0.95) == pytest.approx((0.1539092, 0.5921885), abs=1e-6)
    assert exact_interval(0, 10, 0.95) == pytest.approx((0.0, 0.3084971), abs=1e-6)


@pytest.mark.parametrize(("count", "total"), [(95, 120), (1, 126), (63, 126), (126, 126)])
def test_each_end_has_half_of_what_is_left(count: int, total: int) -> None:
    low, high = exact_interval(count, total, 0.99)

    def at_least(k: int, p: float) -> float:
        return sum(comb(total, i) * p**i * (1 - p) ** (total - i) for i in range(k, total + 1))

    assert at_least(count, low) == pytest.approx(0.005, rel=1e-6)
    if count < total:
        assert 1 - at_least(count + 1, high) == pytest.approx(0.005, rel=1e-6)
    else:
        assert high == 1.0


def test_bad_input_is_refused_and_nothing_asked_tells_nothing() -> None:
    assert exact_interval(0, 0, 0.99) == (0.0, 1.0)
    for bad in ((5, 4, 0.99), (-1, 4, 0.99), (1, 4, 1.0), (1, 4, 0.0)):
        with pytest.raises(ValueError, match=r"of|between"):
            exact_interval(*bad)
