"""When somebody's result speaks for or against a claim, and when it does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_modelcard.evals.formats import PriorItem, PriorResult, compare
from pytest_modelcard.evals.sequential import ScoreClaim

CLAIM = ScoreClaim.from_printed(70.8, 1, 198)
WHOLE = PriorResult("inspect-ai", "a.eval", "gpqa", "gpqa-diamond", 0.7, (0.7,), items=198, population=198)


@pytest.mark.parametrize(
    ("share", "agreement"), [(0.708, "agrees"), (0.65, "agrees"), (0.45, "lower"), (0.95, "higher")]
)
def test_a_complete_run(share: float, agreement: str) -> None:
    assert compare(CLAIM, replace(WHOLE, value=share, shares=(share,))).agreement == agreement


def test_of_two_readings_the_nearer_counts() -> None:
    assert compare(CLAIM, replace(WHOLE, value=0.7, shares=(0.007, 0.7))).agreement == "agrees"


@pytest.mark.parametrize(
    "prior",
    [
        replace(WHOLE, shares=(0.4,), items=50),  # the first 50
        replace(WHOLE, shares=(0.4,), problem="its run ended with 'error'"),
        replace(WHOLE, shares=(0.4,), population=448, items=448),
        replace(WHOLE, shares=()),
        replace(WHOLE, shares=(0.4,), results=tuple(PriorItem(str(n), None) for n in range(30))),
    ],
)
def test_what_does_not_speak(prior: PriorResult) -> None:
    found = compare(CLAIM, prior)
    assert found.agreement == "cannot tell" and found.reason


def test_a_random_sample_speaks_with_its_own_noise() -> None:
    sample = replace(WHOLE, items=40, drawn=True)
    assert compare(CLAIM, replace(sample, shares=(0.5,))).agreement == "agrees"
    assert compare(CLAIM, replace(sample, shares=(0.2,))).agreement == "lower"
