"""One claim in the hands of engines that answer in any order, without a network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import islice

import pytest

from pytest_modelcard.evals.budget import Budget
from pytest_modelcard.evals.choose import Wanted
from pytest_modelcard.evals.engine import ItemResult
from pytest_modelcard.evals.sequential import Outcome, Tolerance, order
from pytest_modelcard.evals.settings import Settings
from pytest_modelcard.evals.setup import Ready
from pytest_modelcard.evals.tasks import Task
from pytest_modelcard.evals.trial import Pair, Single
from pytest_modelcard.model import Claim, Span

N = 400
CLAIM = Claim("c", "score", Span("README.md", 1), "70.0", value=70.0, decimals=1, benchmark="HarbourQA")


class Shuffling:
    """Keeps `at_once` items under way and gives back the right ones first, as a server with slow wrong answers does."""

    def __init__(self, share: float, at_once: int) -> None:
        self.share, self.at_once, self.asked = share, at_once, 0

    def good(self, index: int) -> bool:
        return int((index + 1) * self.share) > int(index * self.share)

    def run(self, indices: Iterable[int]) -> Iterator[ItemResult]:
        left, under_way = iter(indices), list[int]()
        while True:
            under_way += islice(left, self.at_once - len(under_way))
            if not under_way:
                return
            under_way.sort(key=self.good)
            index = under_way.pop()
            self.asked += 1
            yield ItemResult(index, Outcome.right() if self.good(index) else Outcome.wrong())


def made(kind: str = "score", low: float = 0.7, high: float = 0.7) -> Ready:
    return Ready(
        Wanted(kind, "harbour-qa", CLAIM),  # type: ignore[arg-type]
        Task("harbour-qa"),
        Settings(),
        N,
        Fraction(str(low)),
        Fraction(str(high)),
        Tolerance.points(5),
        False,
    )


@pytest.mark.parametrize("share", [0.4, 0.7])
def test_right_answers_that_come_first_do_not_help(share: float) -> None:
    found = []
    for at_once in (1, 64):
        trial = Single(made(), Budget(10**6, 1e6), 0.01, 0.05, lambda line: None)
        trial.go([Shuffling(share, at_once)], order(N, "seed"))
        found.append((trial.test.decision, trial.test.used, trial.right[0], trial.test.evidence))
    assert found[0] == found[1]
    assert found[0][0] == ("refuted" if share == 0.4 else "confirmed")


def test_two_models_that_answer_in_different_orders_are_paired_by_item() -> None:
    same = Pair(made("difference", 0.0, 0.0), Budget(10**6, 1e6), 0.01, 0.05, lambda line: None)
    same.go([Shuffling(0.6, 7), Shuffling(0.6, 31)], order(N, "seed"))
    assert same.test.decision == "confirmed", "no difference on any item"
    claimed = Pair(made("difference", 0.3, 0.3), Budget(10**6, 1e6), 0.01, 0.05, lambda line: None)
    claimed.go([Shuffling(0.6, 7), Shuffling(0.6, 31)], order(N, "seed"))
    assert claimed.test.decision == "refuted" and claimed.verdict().interval[1] < 0.3
    assert claimed.right[0] == claimed.right[1]


def test_the_evidence_so_far_is_told() -> None:
    lines: list[str] = []
    trial = Single(made(), Budget(10**6, 1e6), 0.01, 0.05, lines.append)
    trial.go([Shuffling(0.4, 1)], order(N, "seed"))
    assert lines[0].startswith("MC401[harbour-qa]: 1 of 400 items")
    assert "evidence against the claim" in lines[-1] and "(100 decides)" in lines[-1]


def test_no_item_is_asked_after_the_verdict() -> None:
    engine = Shuffling(0.2, 1)
    trial = Single(made(), Budget(10**6, 1e6), 0.01, 0.05, lambda line: None)
    trial.go([engine], order(N, "seed"))
    assert trial.test.decision == "refuted" and engine.asked == trial.test.used


def test_a_budget_of_calls_is_never_passed() -> None:
    budget = Budget(37, 1e6)
    trial = Single(made(), budget, 0.01, 0.05, lambda line: None)
    trial.go([Shuffling(0.7, 16)], order(N, "seed"))
    assert budget.spent == 37 and "37 calls" in trial.feeds[0].out_of
