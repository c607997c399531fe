from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_modelcard.checks.tables.impossible_score import ImpossibleScore
from tests.checks.tables.test_score_out_of_range import table
from tests.support import findings


def one(row: str) -> tuple[str, str, str]:
    (found, *_) = findings(ImpossibleScore, table(row, models="model"))
    return found.outcome, found.severity, found.message


def test_whole_counts_pass_and_say_how_many() -> None:
    outcome, _, message = one("GPQA Diamond | 90.9")
    assert outcome == "pass" and "180 of 198" in message
    outcome, _, message = one("AIME 2024 | 70.8")
    assert outcome == "pass" and "r = 4 runs" in message and "85 of 120" in message
    outcome, _, message = one("Apex | 29.2")
    assert outcome == "pass" and "r = 2 runs" in message and "7 of 24" in message


def test_a_score_that_no_count_gives_is_warned_of() -> None:
    outcome, severity, message = one("HumanEval | 71.23456")
    assert (outcome, severity) == ("warn", "warning") and "164 questions" in message


def test_the_runs_that_the_card_states_must_do() -> None:
    assert one("AIME 2024 (avg@4) | 70.8")[0] == "pass"
    outcome, severity, message = one("AIME 2024 (avg@4) | 71.3")
    assert (outcome, severity) == ("warn", "note") and "in 4 runs; r = " in message


def test_one_run_where_the_card_says_so() -> None:
    assert one("HumanEval (greedy) | 71.3")[0] == "pass"
    outcome, severity, message = one("HumanEval (greedy) | 70.0")
    assert (outcome, severity) == ("warn", "note") and "164 questions in one run; r = " in message


def test_other_models_scores_may_be_quoted() -> None:
    found = findings(ImpossibleScore, table("AIME 2024 (avg@4) | 70.8 | 71.3"))
    assert [f.outcome for f in found] == ["pass", "skip"]


def test_no_verdict_where_counting_is_powerless() -> None:
    assert "every value" in one("GSM8K | 81")[2]
    assert one("HLE | 36.5")[0] == "skip"


def test_no_verdict_on_other_metrics() -> None:
    for row in ("HumanEval (pass@10) | 71.23456", "AIME 2024 (maj@64) | 71.3", "HumanEval | 71.23456 ± 0.2"):
        assert one(row)[0] == "skip", row
    assert (
        findings(
            ImpossibleScore, table("GDPval | 1533 | 1200", "MMLU | 71.23456 | 1.0", "IFEval | 71.23456 | 1")
        )
        == []
    )


def test_another_known_set_of_questions_is_no_fault() -> None:
    # 281 of 295 questions of the validation part
    assert one("ARC-Challenge | 95.254")[0] in ("pass", "skip")


@given(
    st.sampled_from([("HumanEval", 164), ("GPQA Diamond", 198), ("AIME 2025", 30)]),
    st.data(),
    st.integers(1, 5),
)
def test_a_true_score_is_never_accused(
    benchmark: tuple[str, int], data: st.DataObject, decimals: int
) -> None:
    name, items = benchmark
    runs = data.draw(st.integers(1, 64))
    k = data.draw(st.integers(0, items * runs))
    value = f"{float(Fraction(100 * k, items * runs)):.{decimals}f}"
    assert one(f"{name} | {value}%")[0] in ("pass", "skip")


def test_a_score_cut_off_does_not_reach_the_next_one() -> None:
    # 342 and 343 of 500 are 68.4 and 68.6
    assert one("MATH-500 (single run) | 68.5")[0] == "warn"
    assert one("MATH-500 (single run) | 68.4")[0] == "pass"


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ("All scores are from a single run.", "warn"),
        ("Zero-shot, one run each.", "warn"),
        ("All scores are from a single run, except AIME.", "pass"),
        ("Each score is the average of 8 runs.", "pass"),
        ("Greedy.", "pass"),
    ],
)
def test_runs_told_in_the_text_around_a_table(said: str, outcome: str) -> None:
    card = f"# model\n\n{said}\n\n| Benchmark | model |\n|---|---|\n| AIME 2025 | 24.2 |\n| MMLU | 70.0 |\n"
    found = [f for f in findings(ImpossibleScore, card) if f.key == "aime-2025"]
    assert [f.outcome for f in found] == [outcome]
    assert all(f.severity == "note" for f in found if f.outcome == "warn")
