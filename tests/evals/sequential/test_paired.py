"""Differences on the same items."""

from __future__ import annotations

from fractions import Fraction
from random import Random
from statistics import fmean

import pytest

from pytest_modelcard.evals.sequential import (
    Outcome,
    PairedTest,
    ScoreClaim,
    SequentialTest,
    Tolerance,
    order,
)

ITEMS = 1000


def _pairs(gain: float, lost: float = 0.02) -> list[tuple[bool, bool]]:
    """(model right, base right): the base right on half; the model loses a few and gains the rest."""
    better = round((gain + lost) * ITEMS)
    worse = round(lost * ITEMS)
    half = ITEMS // 2
    return [(i >= worse if i < half else i - half < better, i < half) for i in range(ITEMS)]


def _outcome(right: bool) -> Outcome:
    return Outcome.right() if right else Outcome.wrong()


def _test(claimed: float, **settings: float) -> PairedTest:
    low, high = Fraction(f"{claimed - 0.001:.4f}"), Fraction(f"{claimed + 0.001:.4f}")
    return PairedTest(low, high, ITEMS, tolerance=Tolerance.none(), **settings)  # type: ignore[arg-type]


def _run(claimed: float, gain: float, seed: int, **settings: float) -> PairedTest:
    test, pairs = _test(claimed, **settings), _pairs(gain)
    for item in order(ITEMS, seed):
        model, base = pairs[item]
        test.add(_outcome(model), _outcome(base), item)
        if test.finished:
            break
    return test


def test_the_pairs_have_the_gain_they_are_made_with() -> None:
    assert sum(a - b for a, b in _pairs(0.183)) == 183


def test_an_honest_gain_is_confirmed_and_seldom_refuted() -> None:
    found = [_run(0.183, 0.183, seed).verdict() for seed in range(20)]
    assert sum(v.decision == "refuted" for v in found) <= 2
    assert sum(v.decision == "confirmed" for v in found) >= 18
    inside = sum(v.interval[0] - 1e-3 <= 0.183 <= v.interval[1] + 1e-3 for v in found)
    assert inside >= 18


def test_an_inflated_gain_is_refuted() -> None:
    found = _run(0.183, 0.08, 1).verdict()
    assert found.decision == "refuted"
    assert found.interval[1] < 0.183
    assert found.claimed == (pytest.approx(0.182), pytest.approx(0.184))
    assert "the same items" in found.assumptions[-1]


def test_a_loss_claimed_as_a_gain_is_refuted() -> None:
    pairs = [(a, b) for b, a in _pairs(0.1)]
    test = _test(0.02)
    for item in order(ITEMS, 1):
        test.add(_outcome(pairs[item][0]), _outcome(pairs[item][1]), item)
        if test.finished:
            break
    found = test.verdict()
    assert found.decision == "refuted"
    assert found.score is not None and found.score < 0


def test_pairs_need_fewer_items_than_the_score_alone() -> None:
    """Claimed +10 over a base right on half, in truth +4, 8 % of the items discordant."""
    pairs, claim = _pairs(0.04), ScoreClaim.from_count(599, ITEMS)
    base = [float(b) for _, b in pairs]
    used: dict[str, list[int]] = {"paired": [], "alone": [], "base known": []}
    for seed in range(12):
        used["paired"].append(_run(0.1, 0.04, seed).used)
        for name, predictions in (("alone", None), ("base known", base)):
            test = SequentialTest(claim, tolerance=Tolerance.none(), predictions=predictions)
            for item in order(ITEMS, seed):
                test.add(_outcome(pairs[item][0]), item)
                if test.finished:
                    break
            used[name].append(test.used)
            assert test.decision == "refuted"
    mean = {name: fmean(v) for name, v in used.items()}
    assert mean["paired"] < 0.75 * mean["alone"]
    assert mean["base known"] < 0.75 * mean["alone"]


def test_unread_answers_of_either_model_decide_nothing() -> None:
    test = _test(0.183)
    for item in range(10):
        test.add(Outcome.wrong() if item % 2 else Outcome.not_parsed(), Outcome.right(), item)
    found = test.verdict()
    assert found.unparsed == 5 and found.decision == "undecided"
    assert test.finished


def test_a_small_gain_has_a_small_margin() -> None:
    assert _test(0.02).verdict().margin == pytest.approx(0.0095)
    assert _test(0.3).verdict().margin == pytest.approx(0.05)
    assert _test(-0.1).verdict().margin == pytest.approx(0.05)


def test_noise_widens_with_the_tolerance() -> None:
    random = Random(2)
    tolerance = Tolerance.points(12)
    test = PairedTest(Fraction(183, 1000), Fraction(183, 1000), ITEMS, tolerance=tolerance)
    pairs = _pairs(0.08)
    for item in order(ITEMS, random.random().hex()):
        test.add(_outcome(pairs[item][0]), _outcome(pairs[item][1]), item)
        if test.finished:
            break
    assert test.verdict().decision != "refuted"
    assert test.verdict().tolerance == pytest.approx(0.12)


def test_impossible_differences_are_errors() -> None:
    with pytest.raises(ValueError, match="difference"):
        PairedTest(Fraction(-2), Fraction(0), 10, tolerance=Tolerance.none())
