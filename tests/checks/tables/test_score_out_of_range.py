from __future__ import annotations

import pytest

from pytest_modelcard.card.benchmarks import Benchmark, Registry
from pytest_modelcard.checks.tables.score_out_of_range import ScoreOutOfRange
from pytest_modelcard.engine import plan, run
from pytest_modelcard.policy import Policy
from tests.support import evidence_for, findings, outcomes


def table(*rows: str, models: str = "model | Other 7B") -> str:
    names = [m.strip() for m in models.split("|")]
    head = f"| Benchmark | {' | '.join(names)} |\n|---|{'---|' * len(names)}\n"
    return "# model\n\n" + head + "\n".join(f"| {r} |" for r in rows) + "\n"


def test_scores_in_range_pass_in_percent_and_as_shares() -> None:
    found = findings(
        ScoreOutOfRange, table("GSM8K | 81.0 | 84.3", "MMLU | 0.712 | 0.698", "MT-Bench | 8.9 | 9.1")
    )
    assert len(found) == 6
    assert {f.outcome for f in found} == {"pass"}


def test_a_score_above_the_maximum_fails_with_its_line() -> None:
    found = findings(ScoreOutOfRange, table("MMLU | 71.2 | 69.8", "GSM8K | 104.2 | 84.3"))
    (bad,) = [f for f in found if f.outcome == "fail"]
    assert bad.key == "gsm8k" and bad.span.line == 6
    assert "104.2" in bad.message and "0 to 100" in bad.message
    assert sum(f.outcome == "pass" for f in found) == 3


def test_every_model_has_its_own_subject() -> None:
    found = outcomes(findings(ScoreOutOfRange, table("GSM8K | 81.0 | 184.3")))
    assert found == {"gsm8k": "pass", "gsm8k-other-7b": "fail"}


def test_blank_cells_are_no_subjects() -> None:
    assert [f.key for f in findings(ScoreOutOfRange, table("GSM8K | 81.0 | -"))] == ["gsm8k"]


def test_an_unknown_benchmark_is_skipped_unless_it_prints_percent() -> None:
    found = findings(ScoreOutOfRange, table("HouseBench | 1432.0 | 1377.0", "YardBench | 71.0% | 134.0%"))
    by_key = {f.key: f for f in found}
    assert by_key["housebench"].outcome == "skip" and "registry" in by_key["housebench"].message
    assert by_key["yardbench"].outcome == "pass"
    assert by_key["yardbench-other-7b"].outcome == "warn"


@pytest.mark.parametrize("label", ["Relative speed Bench", "Improvement Eval", "Throughput gain Bench"])
def test_relative_numbers_may_pass_a_hundred_percent(label: str) -> None:
    found = findings(ScoreOutOfRange, table(f"{label} | 100% | 134.0%"))
    assert "warn" not in {f.outcome for f in found} and "fail" not in {f.outcome for f in found}


def test_ratings_and_error_rates_have_no_upper_bound() -> None:
    rows = ("GDPval | 1533 | 1554", "Codeforces (rating) | 2029 | 1891", "WER | 2.1 | 112")
    found = findings(ScoreOutOfRange, table(*rows))
    assert {f.outcome for f in found} == {"pass"}


def test_a_row_that_is_out_of_range_as_a_whole_is_another_metric() -> None:
    card = table("MathVista | 897.3 | 1041.1 | 884.2", models="model | Other 7B | Third 7B")
    assert {f.outcome for f in findings(ScoreOutOfRange, card)} == {"skip"}


def test_a_judge_score_of_ten_may_be_printed_of_a_hundred() -> None:
    assert {f.outcome for f in findings(ScoreOutOfRange, table("MT-Bench | 89.2 | 9.1"))} == {"pass"}


def test_model_index_scores_are_subjects() -> None:
    card = (
        "---\nmodel-index:\n- name: model\n  results:\n  - task: {type: text-generation}\n"
        "    dataset: {name: GSM8K, type: gsm8k}\n    metrics:\n"
        "    - {type: accuracy, value: 181.0}\n---\n# model\n"
    )
    (bad,) = findings(ScoreOutOfRange, card)
    assert bad.outcome == "fail" and bad.span.line == 8


def test_a_users_benchmark_is_checked_by_its_own_range() -> None:
    registry = Registry.default().extended(
        [Benchmark("house-bench", "HouseBench", low=0, high=50, proportion=False)]
    )
    evidence = evidence_for(table("HouseBench | 61.0 | 42.0"), registry=registry)
    policy = Policy(select=("MC201",))
    found = outcomes([run(c, evidence, policy) for c in plan(evidence, [ScoreOutOfRange], policy)])
    assert found == {"house-bench": "fail", "house-bench-other-7b": "pass"}


def test_a_metric_that_subtracts_may_be_negative() -> None:
    card = "# model\n\n| Tasks | Metric | Value |\n|---|---|---|\n| truthfulqa | bleu_diff,none | -1.26 |\n"
    assert "fail" not in outcomes(findings(ScoreOutOfRange, card)).values()


@pytest.mark.parametrize("metric", ["total", "gen_len", "HasAns_total"])
def test_counts_and_lengths_of_model_index_are_no_shares(metric: str) -> None:
    card = (
        "---\nmodel-index:\n- name: model\n  results:\n  - task: {type: question-answering}\n"
        "    dataset: {name: squad_v2, type: squad_v2}\n    metrics:\n"
        f"    - {{type: {metric}, value: 11869, name: {metric}}}\n---\n# model\n"
    )
    assert "fail" not in outcomes(findings(ScoreOutOfRange, card)).values()


def test_scores_relative_to_a_model_of_the_table_may_pass_one_hundred() -> None:
    card = (
        "# model\n\n| Model | XNLI | GSM8K | LCQMC |\n|---|---|---|---|\n"
        "| model-large | 103.0% | 100.2% | 100.7% |\n| model | 100% | 100% | 100% |\n"
    )
    assert not {"fail", "warn"} & set(outcomes(findings(ScoreOutOfRange, card)).values())


def test_columns_of_tokens_beside_scores_are_no_scores() -> None:
    rows = "| AIME 2024 | 30.0 | 36.7 | 12,110 | 7,266 |\n| MATH-500 | 84.0 | 86.2 | 4,100 | 2,460 |\n"
    for names in ("base tokens | model tokens", "Base (written) | model (written)"):
        card = f"# model\n\n| Benchmark | Base | model | {names} |\n|---|---|---|---|---|\n{rows}"
        found = outcomes(findings(ScoreOutOfRange, card))
        assert "fail" not in found.values() and found["aime-2024"] == "pass"
