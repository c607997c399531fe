"""Counting and betting with predictions, averaged: valid whatever the predictions, and cheaper where they are good."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import log
from random import Random
from statistics import fmean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_modelcard.evals.sequential import (
    SHORTFALL,
    InOrder,
    Outcome,
    ScoreClaim,
    SequentialTest,
    Tolerance,
    order,
)
from pytest_modelcard.evals.sequential.hypotheses import Process, against_honest, against_inflated

from .exact import exp_or_inf
from .test_dispatch import completions

ITEMS, RIGHT = 120, 84
NONE = Tolerance.none()


def like(scores: Sequence[float], r2: float, random: Random) -> list[float]:
    """Answers, right or wrong, of a model of the same skill whose squared correlation with these is `r2`."""
    mean, slope = fmean(scores), r2**0.5
    return [float(random.random() < mean + slope * (x - mean)) for x in scores]


PREDICTORS: dict[str, Callable[[Sequence[float], Random], list[float]]] = {
    "good": lambda scores, random: like(scores, 0.6, random),
    "turned": lambda scores, random: [1 - x for x in like(scores, 0.6, random)],
    "useless": lambda scores, random: [random.random() for _ in scores],
    "perfect": lambda scores, random: list(scores),
}


def outcome(score: float) -> Outcome:
    return Outcome.right() if score else Outcome.wrong()


def best_stop(process: Callable[[], Process], scores: Sequence[float]) -> float:
    """The highest expected evidence that any stopping rule reaches over all orders of the items."""

    def value(start: tuple[int, ...]) -> float:
        found = process()
        for item in start:
            found.add(scores[item], item)
        rest = [i for i in range(len(scores)) if i not in start]
        later = fmean(value((*start, i)) for i in rest) if rest else 0.0
        return max(exp_or_inf(found.log_e), later)

    return value(())


@given(
    scores=st.lists(st.sampled_from([0.0, 1.0]), min_size=2, max_size=5),
    data=st.data(),
    slack=st.sampled_from([0, 1]),
    inflated=st.booleans(),
)
@settings(max_examples=40, deadline=None)
def test_no_stopping_rule_gains_under_the_hypothesis(
    scores: list[float], data: st.DataObject, slack: int, inflated: bool
) -> None:
    items = len(scores)
    share = st.sampled_from([0.0, 0.1, 0.5, 1.0])
    predictions = data.draw(st.lists(share, min_size=items, max_size=items))
    claimed = round(sum(scores)) - slack
    if inflated:
        claim, margin = ScoreClaim.from_count(min(claimed + 2 * slack + 1, items), items), 1 / items
        if claim.inflated(margin) < sum(scores) or claim.inflated(margin) < 0:
            return
        worst = best_stop(lambda: against_inflated(claim, margin, predictions), [1 - x for x in scores])
    else:
        claim = ScoreClaim.from_count(max(claimed, 0), items)
        worst = best_stop(lambda: against_honest(claim, NONE, SHORTFALL, predictions), scores)
    assert worst <= 1 + 1e-9


def _run(
    claimed: int, predictions: Sequence[float], seed: str, *, at_once: int = 64, alpha: float = 0.05
) -> SequentialTest:
    """One run whose wrong answers take twice as long."""
    todo = order(ITEMS, seed)
    wrong = [item >= RIGHT for item in todo]
    claim = ScoreClaim.from_count(claimed, ITEMS)
    test = SequentialTest(claim, tolerance=NONE, alpha=alpha, predictions=predictions)
    buffer: InOrder[Outcome] = InOrder(lambda position, found: test.add(found, todo[position]))
    for position in completions(wrong, at_once, Random(seed)):
        buffer.put(position, outcome(not wrong[position]))
        if test.finished:
            break
    return test


@pytest.mark.parametrize("kind", PREDICTORS)
@pytest.mark.parametrize(("claimed", "error"), [(RIGHT, "refuted"), (RIGHT + 6, "confirmed")])
def test_error_rates_hold_with_64_in_flight(kind: str, claimed: int, error: str) -> None:
    scores = [float(i < RIGHT) for i in range(ITEMS)]
    if error == "confirmed":  # inflated by exactly the margin: the worst case
        assert ScoreClaim.from_count(claimed, ITEMS).inflated(0.05) == RIGHT
    predictions = PREDICTORS[kind](scores, Random(3))
    found = [_run(claimed, predictions, f"{kind}{seed}").decision for seed in range(120)]
    assert found.count(error) <= 14  # type: ignore[arg-type]  # 6 expected at most; more than 14 has probability 0.0015


def test_the_number_in_flight_changes_nothing() -> None:
    predictions = PREDICTORS["good"]([float(i < RIGHT) for i in range(ITEMS)], Random(3))
    for seed in range(5):
        one, many = (_run(100, predictions, f"{seed}", at_once=n).verdict() for n in (1, 64))
        assert one == replace(many, late=one.late)


@pytest.mark.parametrize("kind", PREDICTORS)
def test_a_refuted_claim_lies_outside_of_the_interval(kind: str) -> None:
    scores = [float(i < RIGHT) for i in range(ITEMS)]
    predictions, decided = PREDICTORS[kind](scores, Random(4)), set()
    for seed in range(12):
        for claimed in (RIGHT, 96, 108):
            test = _run(claimed, predictions, f"{kind}{seed}", alpha=0.01)
            (low, high), decision = test.interval(), test.decision
            decided.add(decision)
            if decision == "refuted":
                assert high < claimed / ITEMS
            elif decision == "confirmed":
                assert low > test.claim.inflated(test.margin) / ITEMS
    assert "refuted" in decided and "confirmed" in decided


@pytest.mark.parametrize("claimed", [60, 84, 96, 108, 119])
def test_the_interval_agrees_with_the_evidence_after_every_item(claimed: int) -> None:
    """The claim lies in the interval exactly as long as the evidence against it is below 1/alpha."""
    scores = [float(i < RIGHT) for i in range(ITEMS)]
    predictions = PREDICTORS["good"](scores, Random(4))
    test = against_honest(ScoreClaim.from_count(claimed, ITEMS), NONE, SHORTFALL, predictions)
    for item in order(ITEMS, 5)[:90]:
        test.add(scores[item], item)
        assert (test.bound(0.01) < claimed / ITEMS) == (test.log_e >= -log(0.01))
    assert (test.log_e >= -log(0.01)) == (claimed > 90)


def test_intervals_cover_at_all_times() -> None:
    scores = [float(i < RIGHT) for i in range(ITEMS)]
    missed = 0
    for seed in range(40):
        predictions = PREDICTORS["good"](scores, Random(seed))
        test = SequentialTest(
            ScoreClaim.from_count(100, ITEMS), tolerance=NONE, alpha=0.05, predictions=predictions
        )
        for n, item in enumerate(order(ITEMS, f"cover{seed}")):
            test.add(outcome(scores[item]), item)
            if n % 20 == 0:
                test.interval()
        low, high = test.interval()
        missed += not low <= RIGHT / ITEMS <= high
    assert missed <= 11  # 4 expected at most; more than 11 has probability 0.001


def test_good_predictions_save_items_and_bad_ones_cost_few() -> None:
    items, random = 2_000, Random(6)
    scores = [float(i < 0.608 * items) for i in range(items)]
    claim = ScoreClaim.from_count(round(0.708 * items), items)
    used: dict[str, list[int]] = {name: [] for name in ("none", *PREDICTORS)}
    for _ in range(40):
        todo = random.sample(range(items), items)
        for name, found in used.items():
            predictions = None if name == "none" else PREDICTORS[name](scores, random)
            test = SequentialTest(claim, tolerance=NONE, predictions=predictions)
            for item in todo:
                test.add(outcome(scores[item]), item)
                if test.decided:
                    break
            assert test.decision == "refuted"
            found.append(test.used)
    mean = {name: fmean(found) for name, found in used.items()}
    assert mean["good"] < 0.75 * mean["none"]
    assert mean["useless"] < 1.05 * mean["none"]
    assert mean["turned"] < 1.05 * mean["none"]


def test_predictions_known_of_the_first_items_alone_need_a_new_order() -> None:
    """An earlier run in the same order, stopped: its mean says beforehand how ours begins. In an order drawn after
    the predictions it says nothing."""
    items, known, alpha = 400, 100, 0.05
    scores = [float(i < 280) for i in range(items)]
    refuted = {"same order": 0, "new order": 0}
    for seed in range(100):
        first = order(items, f"{seed}")
        answers = like(scores, 0.9, Random(seed))
        mean = fmean(answers[i] for i in first[:known])
        predictions = [mean] * items
        for i in first[:known]:
            predictions[i] = answers[i]
        for name, todo in (("same order", first), ("new order", order(items, f"{seed}+"))):
            process = against_honest(ScoreClaim.from_count(280, items), NONE, SHORTFALL, predictions)
            for item in todo[: 2 * known]:
                process.add(scores[item], item)
                if process.log_e >= -log(alpha):
                    refuted[name] += 1
                    break
    assert refuted["new order"] <= 13  # 5 expected at most; more than 13 has probability 0.0005
    assert refuted["same order"] > 15
