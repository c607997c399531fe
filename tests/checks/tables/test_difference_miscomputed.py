from __future__ import annotations

from pytest_modelcard.checks.tables.difference_miscomputed import DifferenceMiscomputed
from tests.support import findings, outcomes


def gains(*rows: str, head: str = "Benchmark | Base | model | Δ") -> str:
    n = head.count("|") + 1
    return f"# model\n\n| {head} |\n|{'---|' * n}\n" + "\n".join(f"| {r} |" for r in rows) + "\n"


def test_differences_that_compute_pass() -> None:
    found = findings(DifferenceMiscomputed, gains("GSM8K | 70.1 | 74.3 | +4.2", "MMLU | 65.0 | 63.8 | -1.2"))
    assert len(found) == 2 and {f.outcome for f in found} == {"pass"}


def test_a_wrong_difference_fails_with_both_scores() -> None:
    found = findings(
        DifferenceMiscomputed,
        gains("GSM8K | 70.1 | 74.3 | +6.2", "MMLU | 65.0 | 63.8 | -1.2", "BBH | 50.0 | 58.8 | +8.8"),
    )
    (bad,) = [f for f in found if f.outcome == "fail"]
    assert bad.key == "gsm8k" and bad.span.line == 5
    assert "74.3 - 70.1 = +4.2" in bad.message and "2 of the 3" in bad.message
    assert len(bad.related) == 2


def test_the_only_row_of_two_scores_is_checked() -> None:
    assert outcomes(findings(DifferenceMiscomputed, gains("GSM8K | 70.1 | 74.3 | +6.2"))) == {"gsm8k": "fail"}
    assert outcomes(findings(DifferenceMiscomputed, gains("GSM8K | 70.1 | 74.3 | +4.2"))) == {"gsm8k": "pass"}


def test_rounding_of_unprinted_digits_is_understood() -> None:
    card = gains("GSM8K | 70.1 | 74.3 | +4.3", "MMLU | 65.0 | 66.0 | +0.9", "BBH | 50 | 54 | +3.7")
    assert {f.outcome for f in findings(DifferenceMiscomputed, card)} == {"pass"}


def test_relative_differences_are_learnt() -> None:
    rows = ["GSM8K | 50.0 | 60.0 | +20.0%", "MMLU | 40.0 | 50.0 | +25.0%", "BBH | 80.0 | 88.0 | +10.0%"]
    assert {f.outcome for f in findings(DifferenceMiscomputed, gains(*rows))} == {"pass"}
    found = outcomes(findings(DifferenceMiscomputed, gains(*rows, "MATH | 20.0 | 30.0 | +80.0%")))
    assert found["hendrycks-math"] == "fail"


def test_percentage_points_of_shares_pass() -> None:
    card = gains("GSM8K | 0.701 | 0.743 | +4.2", "MMLU | 0.650 | 0.638 | -1.2")
    assert {f.outcome for f in findings(DifferenceMiscomputed, card)} == {"pass"}


def test_differences_of_scores_elsewhere_are_skipped() -> None:
    card = gains(
        "GSM8K | 70.1 | +9.1",
        "MMLU | 65.0 | +2.2",
        "BBH | 50.0 | +8.8",
        head="Benchmark | model | Δ vs Other 7B",
    )
    assert "fail" not in {f.outcome for f in findings(DifferenceMiscomputed, card)}


def test_the_right_two_of_several_columns_are_found() -> None:
    head = "Benchmark | Other 7B | Base | model | Δ vs Base"
    rows = [
        "GSM8K | 71.0 | 70.1 | 74.3 | +4.2",
        "MMLU | 66.0 | 65.0 | 63.8 | -1.2",
        "BBH | 51.0 | 50.0 | 58.8 | +8.8",
    ]
    assert {f.outcome for f in findings(DifferenceMiscomputed, gains(*rows, head=head))} == {"pass"}
    found = findings(DifferenceMiscomputed, gains(*rows, "MATH | 30.0 | 20.0 | 28.0 | +18.0", head=head))
    assert outcomes(found)["hendrycks-math"] == "fail"
