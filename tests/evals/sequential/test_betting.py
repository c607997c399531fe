"""Betting on scores between 0 and 1: a supermartingale under every population the hypothesis allows."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, log
from random import Random
from statistics import fmean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_modelcard.evals.sequential import SHORTFALL, Betting, Boundary, Shortfall, order

from .exact import exp_or_inf, rises, supermartingale_excess

SCORES = st.sampled_from([0.0, 0.25, 0.5, 1.0])
SHARES = st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0])


@given(
    scores=st.lists(SCORES, min_size=2, max_size=5),
    data=st.data(),
    predicted=st.booleans(),
    slack=st.sampled_from([0.0, 0.0, 0.1]),
)
@settings(max_examples=60, deadline=None)
def test_supermartingale_under_every_population(
    scores: list[float], data: st.DataObject, predicted: bool, slack: float
) -> None:
    least = fmean(scores) - slack
    predictions = (
        data.draw(st.lists(SHARES, min_size=len(scores), max_size=len(scores))) if predicted else None
    )

    def evidence(start: Sequence[tuple[float, int]]) -> float:
        process = Betting(len(scores), least, SHORTFALL, predictions=predictions)
        for score, item in start:
            process.add(score, item)
        return exp_or_inf(process.log_e)

    population = [(score, i) for i, score in enumerate(scores)]
    assert supermartingale_excess(population, evidence) <= 1e-9


def _run(process: Betting, scores: Sequence[float], todo: Sequence[int], alpha: float = 0.01) -> int:
    for item in todo:
        process.add(scores[item], item)
        if process.log_e >= -log(alpha):
            break
    return process.drawn


def test_right_and_wrong_items_cost_little_more_than_the_exact_ratio() -> None:
    items, claim = 198, 140
    scores = [1.0] * 120 + [0.0] * 78
    boundary = Boundary(Shortfall(items, claim, SHORTFALL), 0.01)
    ours, exact = [], []
    for seed in range(150):
        todo = order(items, seed)
        process = Betting(items, claim / items, SHORTFALL, variance=0.2)
        ours.append(_run(process, scores, todo))
        right, count = 0, 0
        for count, item in enumerate(todo, start=1):
            right += scores[item] == 1
            if right <= boundary.at(count):
                break
        exact.append(count)
    assert fmean(ours) < 1.06 * fmean(exact)


def test_several_draws_an_item_need_fewer_items() -> None:
    items, claim, random = 198, 0.708, Random(8)
    chances = [random.betavariate(0.6 * 1.0, 0.4 * 1.0) for _ in range(items)]
    mean = fmean(chances)
    chances = [c * 0.608 / mean if mean > 0.608 else c for c in chances]

    def used(draws: int) -> float:
        found = []
        for seed in range(60):
            scores = [sum(random.random() < c for _ in range(draws)) / draws for c in chances]
            found.append(_run(Betting(items, claim, SHORTFALL, variance=0.2), scores, order(items, seed)))
        return fmean(found)

    assert used(8) < 0.85 * used(1)


def test_predictions_save_items_and_useless_ones_cost_few() -> None:
    items, claim, random = 12_032, 0.708, Random(3)
    scores = [float(i < 0.608 * items) for i in range(items)]
    # easy items are right in 88 % and hard ones in 26 %: R2 0.39
    part = (0.608 - 0.26) / (0.88 - 0.26)
    easy = {1.0: part * 0.88 / 0.608, 0.0: part * 0.12 / 0.392}
    good = [0.88 if random.random() < easy[x] else 0.26 for x in scores]
    useless = [random.random() for _ in scores]
    turned = [1 - p for p in good]
    used: dict[str, list[int]] = {"none": [], "good": [], "useless": [], "turned": []}
    kinds = {"none": None, "good": good, "useless": useless, "turned": turned}
    for _ in range(40):
        todo = random.sample(range(items), 2500)
        for name, predictions in kinds.items():
            process = Betting(items, claim, SHORTFALL, variance=0.2, predictions=predictions)
            used[name].append(_run(process, scores, todo))
    mean = {name: fmean(v) for name, v in used.items()}
    assert mean["good"] < 0.82 * mean["none"]
    assert mean["useless"] < 1.1 * mean["none"]
    assert mean["turned"] < 1.1 * mean["none"]


@pytest.mark.parametrize("kind", ["good", "turned", "extreme"])
def test_honest_claims_survive_any_predictions(kind: str) -> None:
    items, right, alpha, random = 120, 84, 0.05, Random(5)
    scores = [float(i < right) for i in range(items)]
    predictions = {
        "good": [0.9 if x else 0.3 for x in scores],
        "turned": [0.1 if x else 0.9 for x in scores],
        "extreme": [float(random.random() < 0.5) for _ in scores],
    }[kind]
    refuted = 0
    for seed in range(300):
        process = Betting(items, right / items, SHORTFALL, variance=0.2, predictions=predictions)
        _run(process, scores, order(items, f"{kind}{seed}"), alpha)
        refuted += process.log_e >= -log(alpha)
    assert refuted <= 27  # 15 expected at most; more than 27 has probability 0.001


def test_bound_is_inverted_and_covers() -> None:
    items, random, alpha = 100, Random(2), 0.05
    scores = [random.choice([0.0, 0.25, 0.75, 1.0]) for _ in range(items)]
    truth, missed = fmean(scores), 0
    for seed in range(60):
        process = Betting(items, 0.9, SHORTFALL)
        for item in order(items, seed)[:40]:
            process.add(scores[item], item)
        missed += process.bound(alpha) < truth
    assert missed <= 9  # 3 expected at most; more than 9 has probability 0.0005


def test_capital_rises_with_the_mean_it_bets_against() -> None:
    random = Random(1)
    process = Betting(50, 0.7, SHORTFALL, predictions=[random.random() for _ in range(50)])
    for item in range(30):
        process.add(random.choice([0.0, 0.5, 1.0]), item)
    bounds = [process.bound(alpha) for alpha in (0.5, 0.2, 0.05, 0.01, 0.001)]
    assert rises(bounds)


def test_an_impossible_mean_is_refuted_for_certain() -> None:
    process = Betting(4, 0.75, SHORTFALL)
    process.add(0.0)
    assert process.log_e < inf
    process.add(0.5)
    assert process.log_e == inf
    exact = Betting(3, 1 / 3, SHORTFALL)
    for score in (0.0, 1.0, 0.0):
        exact.add(score)
    assert exact.log_e < 0  # the mean is met exactly


def test_bad_input_is_an_error() -> None:
    with pytest.raises(ValueError, match="not between 0 and 1"):
        Betting(4, 0.5, SHORTFALL).add(1.5)
    with pytest.raises(ValueError, match="not between 0 and 1"):
        Betting(4, 0.5, SHORTFALL).add(float("nan"))
    with pytest.raises(ValueError, match="one for each item"):
        Betting(4, 0.5, SHORTFALL, predictions=[0.5] * 3)
    with pytest.raises(ValueError, match="index"):
        Betting(2, 0.5, SHORTFALL, predictions=[0.5, 0.5]).add(1.0)
    full = Betting(1, 0.5, SHORTFALL)
    full.add(1.0)
    with pytest.raises(ValueError, match="all 1 items"):
        full.add(1.0)
