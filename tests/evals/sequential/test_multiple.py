"""Several claims: Holm's p-values and averages of evidence against every set of claims."""

from __future__ import annotations

from itertools import combinations
from math import inf
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_modelcard.evals.sequential import Boundary, Shortfall, averaged, holm, mean_evidence
from pytest_modelcard.evals.sequential.alternatives import SHORTFALL


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.5, 0.9]) == [1.0, 1.0]
    assert holm([]) == []


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=6))
def test_averages_are_the_smallest_over_all_sets(evidence: list[float]) -> None:
    found = averaged(evidence)
    indexes = range(len(evidence))
    for k in indexes:
        sets = [c for size in indexes for c in combinations(indexes, size + 1) if k in c]
        assert found[k] == pytest.approx(min(sum(evidence[i] for i in c) / len(c) for c in sets))


def test_certain_evidence_stays_certain() -> None:
    assert averaged([inf, 0.0, 3.0])[0] == inf
    assert mean_evidence([1.0, 3.0]) == 2.0


def test_twelve_honest_claims_are_seldom_accused() -> None:
    """Uncorrected, one of twelve is refuted in a third of all cards; corrected, in 5 % at most."""
    random, alpha, items, right = Random(13), 0.05, 60, 42
    process = Shortfall(items, right, SHORTFALL)
    limits = [Boundary(process, alpha / m) for m in range(1, 13)]
    plain = corrected = 0
    for _ in range(150):
        p_values = []
        for _claim in range(12):
            order = [1] * right + [0] * (items - right)
            random.shuffle(order)
            seen, level = 0, 0
            for t, x in enumerate(order, start=1):
                seen += x
                while level < 12 and seen <= limits[level].at(t):
                    level += 1
            p_values.append(alpha / level if level else 1.0)
        plain += min(p_values) <= alpha
        corrected += min(holm(p_values)) <= alpha
    assert plain > 30
    assert corrected <= 17  # 7.5 expected at most; more than 17 has probability 0.0005


def test_bad_input_is_an_error() -> None:
    with pytest.raises(ValueError, match="p-values"):
        holm([1.2])
    with pytest.raises(ValueError, match="evidence"):
        averaged([-1.0])
    with pytest.raises(ValueError, match="evidence"):
        mean_evidence([])
