"""One claim from the first item to the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import exp, inf

import pytest

from pytest_modelcard.evals.sequential import Outcome, ScoreClaim, SequentialTest, Tolerance, order

CLAIM = ScoreClaim.from_printed(70.8, 1, 12_032)


def _run(
    claim: ScoreClaim,
    right: int,
    *,
    seed: int = 0,
    tolerance: Tolerance | None = None,
    spoilt: Sequence[int] = (),
    **settings: float,
) -> SequentialTest:
    """A run over items of which the first `right` are answered right, those in `spoilt` without a readable answer."""
    test = SequentialTest(claim, tolerance=tolerance or Tolerance.none(), **settings)  # type: ignore[arg-type]
    bad = set(spoilt)
    for item in order(claim.items, seed):
        outcome = Outcome.right() if item < right else Outcome.wrong()
        test.add(Outcome.not_parsed() if item in bad else outcome, item)
        if test.finished:
            break
    return test


def test_an_inflated_claim_is_refuted() -> None:
    found = _run(CLAIM, 7300).verdict()  # 60.7 %
    assert found.decision == "refuted"
    assert found.used < 1500
    assert found.interval[0] <= 7300 / 12_032 <= found.interval[1] < 0.708
    assert found.level == pytest.approx(0.98)
    assert found.p_refute <= 0.01 < found.p_confirm
    assert exp(-found.log_e_refute) <= 0.01
    assert "lower than the claim" in found.reason


def test_an_honest_claim_is_confirmed() -> None:
    found = _run(CLAIM, 8520, margin=0.1).verdict()
    assert found.decision == "confirmed"
    assert found.interval[0] > 0.608
    assert "10 points" in found.reason
    assert found.claimed == (pytest.approx(0.7075), pytest.approx(0.7085))


def test_before_the_first_item_nothing_is_known() -> None:
    found = SequentialTest(CLAIM, tolerance=Tolerance.none()).verdict()
    assert found.decision == "undecided"
    assert found.interval == (0.0, 1.0)
    assert (found.p_refute, found.p_confirm, found.score, found.used) == (1.0, 1.0, None, 0)


@pytest.mark.parametrize("right", [0, 9, 18, 20, 21, 22, 25, 30])
def test_thirty_items_are_always_decided(right: int) -> None:
    claim = ScoreClaim.from_count(22, 30)
    for seed in range(5):
        test = _run(claim, right, seed=seed, margin=0.1)
        found = test.verdict()
        assert test.decided
        assert found.interval[0] <= found.interval[1]


def test_between_tolerance_and_margin_nothing_is_said() -> None:
    claim = ScoreClaim.from_count(70, 100)
    found = _run(claim, 62, tolerance=Tolerance.points(10), margin=0.05).verdict()
    assert found.decision == "undecided"
    assert found.used == 100
    assert found.interval == (0.62, 0.62)
    assert "tolerance" in found.reason


def test_unreadable_answers_do_not_refute() -> None:
    # what was seen: 15 answers, none readable, and a claim "refuted" by them
    test = SequentialTest(CLAIM, tolerance=Tolerance.none())
    for item in range(15):
        test.add(Outcome.not_parsed(), item)
    found = test.verdict()
    assert found.decision == "undecided"
    assert test.finished
    assert found.log_e_refute < 0 and found.log_e_confirm < 0
    assert found.unparsed == 15 and found.score is None
    assert "15 of 15 answers could not be read" in found.reason


def test_answers_never_had_are_counted_apart() -> None:
    test = SequentialTest(CLAIM, tolerance=Tolerance.none())
    for item in range(4):
        test.add(Outcome.not_had(), item)
    assert not test.finished  # four may be an accident
    test.add(Outcome.not_had(), 4)
    assert test.finished
    assert (test.verdict().missing, test.verdict().unparsed) == (5, 0)


def test_a_few_unreadable_answers_count_against_either_verdict() -> None:
    claim = ScoreClaim.from_count(140, 198)
    clean = _run(claim, 110, seed=3)
    spoilt = _run(claim, 110, seed=3, spoilt=range(100, 198, 12))  # 1 readable right, 8 wrong
    assert clean.decision == spoilt.decision == "refuted"
    assert spoilt.verdict().used >= clean.verdict().used
    assert spoilt.verdict().unparsed > 0
    assert any("not read" in a for a in spoilt.verdict().assumptions)


def test_answers_read_again_later_release_the_verdict() -> None:
    """Too many unreadable answers early hold the verdict back; it comes once their share has fallen."""
    claim = ScoreClaim.from_count(900, 1000)
    test = SequentialTest(claim, tolerance=Tolerance.none(), unread_limit=0.1)
    for _ in range(5):
        test.add(Outcome.not_parsed())
    for _ in range(30):
        test.add(Outcome.wrong())
    assert not test.decided and test.verdict().log_e_refute > 10
    for _ in range(20):
        test.add(Outcome.wrong())
    assert test.decision == "refuted"


def test_results_after_the_decision_change_nothing() -> None:
    claim = ScoreClaim.from_count(180, 198)
    test = SequentialTest(claim, tolerance=Tolerance.none())
    while not test.decided:
        test.add(Outcome.wrong())
    before = test.verdict()
    for _ in range(64):
        test.add(Outcome.right())
    after = test.verdict()
    assert after.decision == before.decision == "refuted"
    assert (after.used, after.late) == (before.used, 64)
    assert after.interval == before.interval


def test_tolerance_keeps_what_lies_within_it() -> None:
    claim = ScoreClaim.from_count(63, 89)
    assert _run(claim, 59).decision == "refuted"
    within = _run(claim, 59, tolerance=Tolerance.run_noise(claim.middle, 89, noise=0.47))
    assert within.decision != "refuted"
    assert any("run noise" in a for a in within.verdict().assumptions)


def test_several_draws_an_item() -> None:
    claim = ScoreClaim.from_printed(70.8, 1, 89, graded=True)
    test = SequentialTest(claim, tolerance=Tolerance.points(2))
    for item in order(89, 4):
        test.add(Outcome.of_draws(right=2, wrong=1, unparsed=int(item % 30 == 0)), item)
        if test.finished:
            break
    found = test.verdict()
    assert found.draws > found.used
    assert found.interval[0] <= 2 / 3 <= found.interval[1]
    assert 0 < found.unparsed < 5


def test_a_low_score_by_partial_credit_is_refuted() -> None:
    claim = ScoreClaim.from_printed(0.9, 2, 300, out_of=1, graded=True)
    test = SequentialTest(claim, tolerance=Tolerance.none())
    for item in order(300, 1):
        test.add(Outcome.scored(0.6 if item % 2 else 0.7), item)
        if test.finished:
            break
    assert test.decision == "refuted"
    assert test.verdict().used < 15  # scores that hardly spread need few items


def test_predictions_keep_the_verdict() -> None:
    claim = ScoreClaim.from_count(1400, 2000)
    predictions = [0.85 if i < 1000 else 0.25 for i in range(2000)]
    test = SequentialTest(claim, tolerance=Tolerance.none(), predictions=predictions)
    for item in order(2000, 2):
        test.add(Outcome.right() if item < 1150 else Outcome.wrong(), item)
        if test.finished:
            break
    found = test.verdict()
    assert found.decision == "refuted"
    assert found.interval[0] <= 0.575 <= found.interval[1]
    assert found.used < _run(claim, 1150, seed=2).verdict().used


def test_certain_evidence_is_infinite_and_its_p_value_zero() -> None:
    test = SequentialTest(ScoreClaim.from_count(30, 30), tolerance=Tolerance.none())
    test.add(Outcome.wrong())
    found = test.verdict()
    assert (found.decision, found.log_e_refute, found.p_refute) == ("refuted", inf, 0.0)


def test_bad_input_is_an_error() -> None:
    with pytest.raises(ValueError, match="counted before"):
        test = SequentialTest(CLAIM, tolerance=Tolerance.none())
        test.add(Outcome.right(), 3)
        test.add(Outcome.right(), 3)
    with pytest.raises(ValueError, match="not in the benchmark"):
        SequentialTest(CLAIM, tolerance=Tolerance.none()).add(Outcome.right(), 12_032)
    with pytest.raises(ValueError, match="graded"):
        SequentialTest(CLAIM, tolerance=Tolerance.none()).add(Outcome.of_draws(2, 2))
    with pytest.raises(ValueError, match="alpha"):
        SequentialTest(CLAIM, tolerance=Tolerance.none(), alpha=0.0)
    with pytest.raises(ValueError, match="nothing to test"):
        SequentialTest(ScoreClaim(Fraction(0), Fraction(0), 10), tolerance=Tolerance.none())
    with pytest.raises(ValueError, match="of 1 items"):
        test = SequentialTest(ScoreClaim.from_count(1, 1), tolerance=Tolerance.points(100), margin=0.9)
        for _ in range(3):
            test.add(Outcome.not_parsed())


@pytest.mark.parametrize(
    "wrong",
    [
        (0.5, 0.2, 1, 0, 0),
        (0.0, 1.5, 1, 0, 0),
        (0.0, 1.0, 1, 2, 0),
        (0.0, 1.0, 0, 0, 0),
        (0.0, float("nan"), 1, 0, 0),
    ],
)
def test_impossible_outcomes_are_errors(wrong: tuple[float, float, int, int, int]) -> None:
    with pytest.raises(ValueError, match=r"scores|unparsed"):
        Outcome(*wrong)
    with pytest.raises(ValueError, match="one draw"):
        Outcome.of_draws(0, 0)
