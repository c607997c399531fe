"""What the tensors of a family say together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("numpy")

from pytest_modelcard.weights.agreement import moments
from pytest_modelcard.weights.families import FIXED, by_family
from pytest_modelcard.weights.formats import round_to
from pytest_modelcard.weights.records import TensorEvidence
from pytest_modelcard.weights.votes import vote
from tests.weights.samples import base_values, linear, sample, tuned


def evidence(
    family: str, weight: float, change: float, *, number: int = 4, mean: float = 0.0, n: int = 1_000
):
    """Evidence of some tensors: blends by `weight` of a base and a fine-tune with changes of that size."""
    for k in range(number):
        base = round_to(mean + base_values(n, seed=k), "BF16")
        parent = tuned(base, change, seed=100 + k) if change else base
        one = sample(
            linear([(weight, parent), (1 - weight, base)]), {"b": base, "p": parent}, name=f"{family}{k}"
        )
        yield TensorEvidence(f"{family}.{k}", family, k, n, vote([one], "b", "p"), moments(one, "b", "p"))


def test_tensors_of_one_family_narrow_the_interval_together() -> None:
    made = list(evidence("up", 0.565, 5e-4, number=12, n=300))
    (found,) = by_family(made)
    assert found.interval and found.interval[0] <= 0.565 <= found.interval[1]
    widths = [t.votes.high - t.votes.low for t in made]
    assert found.interval[1] - found.interval[0] <= min(widths) < FIXED < max(widths)
    assert found.fixed and found.weight == pytest.approx(0.565, abs=FIXED)
    assert (found.tensors, found.voting) == (12, sum(t.votes.voting for t in made))
    assert found.slope == pytest.approx(0.571, abs=0.02) and found.cosine > 0.98


def test_changes_of_a_step_leave_a_wide_interval_that_holds_the_weight() -> None:
    (found,) = by_family(evidence("norm", 0.565, 0.004, mean=1.0))
    assert not found.fixed and found.interval[0] <= 0.565 <= found.interval[1]
    assert found.slope > 0.7  # least squares is bent by rounding


def test_what_is_the_same_in_both_parents_says_nothing() -> None:
    (found,) = by_family(evidence("visual", 0.565, 0.0))
    assert (found.tensors, found.voting, found.weight, found.interval) == (4, 0, None, None)
    assert not found.fixed and found.slope is None


def test_weights_that_differ_between_layers_have_no_common_interval() -> None:
    first, second = evidence("up", 0.3, 5e-4, number=1), evidence("up", 0.6, 5e-4, number=1)
    (found,) = by_family([*first, *second])
    assert found.interval is None and found.weight == pytest.approx(0.45, abs=0.01)


def test_votes_that_disagree_within_a_tensor_give_no_interval() -> None:
    (one,) = evidence("up", 0.3, 5e-4, number=1)
    broken = replace(one, votes=replace(one.votes, agreement=0.998))
    (found,) = by_family([broken])
    assert found.interval is None and not found.fixed
    assert by_family([replace(one, votes=None)]) == ()
    assert np.isfinite(found.weight)
