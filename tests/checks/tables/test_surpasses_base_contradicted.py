from __future__ import annotations

from pytest_modelcard.checks.tables.surpasses_base_contradicted import SurpassesBaseContradicted
from tests.support import findings

ROWS = (
    "\n\n| Benchmark | model | Base |\n|---|---|---|\n"
    "| GSM8K | 74.3 | 70.1 |\n| GPQA Diamond | 41.0 | 40.0 |\n"
    "| MATH | 30.4 | 30.0 |\n| BBH | 55.0 | 51.0 |\n"
)
WORSE = "| MMLU | 63.8 | 65.0 |\n| HumanEval | 50.0 | 50.0 |\n"
CLAIM = "# model\n\nmodel surpasses its base model by significant margins."


def one(text: str) -> tuple[str, str, str]:
    (found,) = findings(SurpassesBaseContradicted, text)
    return found.outcome, found.severity, found.message


def test_rows_that_bear_it_out_pass() -> None:
    outcome, _, message = one(CLAIM + ROWS)
    assert outcome == "pass" and "4 of 4" in message and "GPQA Diamond" in message


def test_worse_rows_are_counted_and_listed() -> None:
    outcome, severity, message = one(CLAIM + ROWS + WORSE)
    assert (outcome, severity) == ("warn", "warning")
    assert "4 of 6" in message and "MMLU 65.0 → 63.8" in message and "unchanged: HumanEval" in message


def test_all_is_an_error() -> None:
    text = CLAIM.replace("by significant margins", "on all benchmarks") + ROWS + WORSE
    assert one(text)[:2] == ("fail", "error")


def test_most_rows_worse_is_an_error() -> None:
    rows = ROWS.replace("74.3", "64.3").replace("41.0", "39.0").replace("30.4", "20.4")
    assert one(CLAIM + rows)[:2] == ("fail", "error")


def test_a_hedged_sentence_is_only_noted() -> None:
    text = CLAIM.replace("by significant margins", "on most benchmarks") + ROWS + WORSE
    assert one(text)[:2] == ("warn", "note")


def test_a_sentence_that_names_benchmarks_is_held_to_these() -> None:
    text = CLAIM.replace("by significant margins", "on GSM8K and MATH") + ROWS + WORSE
    outcome, _, message = one(text)
    assert outcome == "pass" and "2 of 2" in message


def test_without_rows_nothing_can_be_said() -> None:
    assert one(CLAIM)[0] == "skip"


def test_a_named_benchmark_counts_however_it_is_written() -> None:
    claim = "# model\n\nOn GPQA-Diamond, model surpasses its base model by +1.0 points."
    outcome, _, message = one(claim + ROWS + WORSE)
    assert outcome == "pass" and "1 of 1" in message


def test_a_benchmark_that_no_table_has_cannot_be_judged() -> None:
    claim = "# model\n\nOn AIME 2024, model surpasses its base model by +10.0 points."
    assert one(claim + ROWS + WORSE)[0] == "skip"


def test_a_field_or_a_told_cost_is_no_claim_about_all() -> None:
    field = "# model\n\nmodel significantly outperforms its base model on coding."
    assert one(field + ROWS + WORSE)[0] == "skip"
    cost = "# model\n\nmodel surpasses its base model, at a small cost elsewhere."
    assert one(cost + ROWS + WORSE)[1] == "note"
