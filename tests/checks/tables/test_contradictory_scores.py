from __future__ import annotations

from pytest_modelcard.checks.tables.contradictory_scores import ContradictoryScores
from tests.checks.tables.test_score_out_of_range import table
from tests.support import findings, outcomes

FIRST = "# model\n\n## Results\n\n| Benchmark | model | Other 7B |\n|---|---|---|\n"
SECOND = "\n## Gains over the base\n\n| Benchmark | Base | model | Δ |\n|---|---|---|---|\n"


def card(first: str, second: str, heading: str = "") -> str:
    gains = SECOND.replace("Gains over the base", heading) if heading else SECOND
    return FIRST + first + gains + second


ROWS = "| GSM8K | 81.0 | 84.3 |\n| MMLU | 71.2 | 69.8 |\n| BBH | 50.0 | 52.0 |\n"


def two(found: dict[str, str]) -> dict[str, str]:
    return {k: v for k, v in found.items() if k != "eval-results"}


def test_the_same_values_twice_pass() -> None:
    text = card(ROWS, "| GSM8K | 77.0 | 81.0 | +4.0 |\n| MMLU | 70.0 | 71.2 | +1.2 |\n")
    found = two(outcomes(findings(ContradictoryScores, text)))
    assert found == {"gsm8k": "pass", "mmlu": "pass"}


def test_two_values_for_one_score_fail_with_both_lines() -> None:
    text = card(ROWS, "| GSM8K | 77.0 | 83.0 | +6.0 |\n| MMLU | 70.0 | 71.2 | +1.2 |\n")
    (bad,) = [f for f in findings(ContradictoryScores, text) if f.outcome == "fail"]
    assert bad.key == "gsm8k" and bad.span.line == 15
    assert "81.0 in line 7" in bad.message and "83.0 in line 15" in bad.message and "1 other" in bad.message
    assert bad.related[0].span.line == 7


def test_rounding_and_shares_agree() -> None:
    text = card(
        ROWS, "| GSM8K | 77 | 81 | +4 |\n| MMLU | 0.700 | 0.712 | +1.2 |\n| BBH | 44.00 | 50.04 | +6.0 |\n"
    )
    assert set(two(outcomes(findings(ContradictoryScores, text))).values()) == {"pass"}


def test_other_settings_are_not_compared() -> None:
    for heading in (
        "Quantized (INT4) results",
        "Thinking mode",
        "Base model results",
        "Open LLM Leaderboard",
    ):
        second = "| Benchmark | model |\n|---|---|\n| GSM8K | 60.0 |\n| MMLU | 71.2 |\n"
        text = FIRST + ROWS + f"\n## {heading}\n\n" + second
        assert "fail" not in outcomes(findings(ContradictoryScores, text)).values(), heading
    text = (
        FIRST
        + ROWS.replace("GSM8K", "GSM8K (8-shot)")
        + "\n## More\n\n"
        + ("| Benchmark | model |\n|---|---|\n| GSM8K (0-shot) | 60.0 |\n")
    )
    assert two(outcomes(findings(ContradictoryScores, text))) == {}


def test_tables_that_differ_throughout_are_two_evaluations() -> None:
    second = "| Benchmark | model |\n|---|---|\n| GSM8K | 60.0 |\n| MMLU | 65.0 |\n| BBH | 44.0 |\n"
    text = FIRST + ROWS + "\n## Another evaluation\n\n" + second
    assert set(two(outcomes(findings(ContradictoryScores, text))).values()) == {"skip"}


def test_one_row_printed_twice_in_a_table() -> None:
    text = FIRST + ROWS + "| GSM8K | 79.0 | 84.3 |\n"
    (bad,) = [f for f in findings(ContradictoryScores, text) if f.outcome == "warn"]
    assert bad.key == "gsm8k" and "81.0 in line 7" in bad.message and "79.0 in line 10" in bad.message
    several = FIRST + ROWS + ROWS.replace("81.0", "60.0").replace("71.2", "61.2")
    assert "warn" not in outcomes(findings(ContradictoryScores, several)).values()


def test_a_sentence_against_the_table() -> None:
    text = table("GSM8K | 81.0 | 84.3") + "\nThe model reaches 86.0 on GSM8K.\n"
    found = {f.key: f for f in findings(ContradictoryScores, text)}
    assert found["gsm8k"].outcome == "warn" and "86.0" in found["gsm8k"].message
    good = table("GSM8K | 81.0 | 84.3") + "\nThe model reaches 81% on GSM8K.\n"
    assert two(outcomes(findings(ContradictoryScores, good))) == {"gsm8k": "pass"}


def test_a_value_from_elsewhere_gets_no_verdict() -> None:
    index = INDEX.format(name="GSM8K", value="79.5").replace("---\n", "", 1)
    index = "---\n" + index.replace("\n---\n", "\n    source: {name: Open LLM Leaderboard, url: x}\n---\n")
    found = findings(ContradictoryScores, index + table("GSM8K | 81.0 | 84.3"))
    assert two(outcomes(found)) == {"gsm8k": "skip"}


INDEX = (
    "---\nmodel-index:\n- name: model\n  results:\n  - task: {{type: text-generation}}\n"
    "    dataset: {{name: {name}, type: gsm8k}}\n    metrics:\n"
    "    - {{type: accuracy, value: {value}}}\n---\n"
)


def test_model_index_against_the_table() -> None:
    bad = INDEX.format(name="GSM8K", value="79.5") + table("GSM8K | 81.0 | 84.3")
    (found,) = [f for f in findings(ContradictoryScores, bad) if f.key == "gsm8k"]
    assert (found.outcome, found.severity) == ("warn", "warning") and "79.5" in found.message
    good = INDEX.format(name="GSM8K", value="0.81") + table("GSM8K | 81.0 | 84.3")
    assert two(outcomes(findings(ContradictoryScores, good))) == {"gsm8k": "pass"}
    other = INDEX.format(name="GSM8K (5-shot)", value="79.5") + table("GSM8K | 81.0 | 84.3")
    assert two(outcomes(findings(ContradictoryScores, other))) == {"gsm8k": "skip"}


RESULTS = "- dataset:\n    id: openai/gsm8k\n    task_id: gsm8k\n  value: {value}\n"


def test_eval_results_against_the_table() -> None:
    text = table("GSM8K | 81.0 | 84.3")
    good = {".eval_results/gsm8k.yaml": RESULTS.format(value="81.0")}
    assert outcomes(findings(ContradictoryScores, text, files=good))["eval-results"] == "pass"
    bad = {".eval_results/gsm8k.yaml": RESULTS.format(value="77.7")}
    (found,) = [f for f in findings(ContradictoryScores, text, files=bad) if f.outcome == "warn"]
    assert "77.7" in found.message and "81.0" in found.message
    assert found.related[0].span.path == ".eval_results/gsm8k.yaml" and found.related[0].span.line == 4


def test_a_lone_card_cannot_be_compared_with_results() -> None:
    found = findings(ContradictoryScores, table("GSM8K | 81.0 | 84.3"), knows_files=False)
    assert outcomes(found) == {"eval-results": "skip"}


def test_metrics_under_other_headings_are_of_other_data() -> None:
    rows = "| Model | Accuracy [%] |\n|---|---|\n| Acme 7B | {} |\n| Other 7B | {} |\n"
    card = f"# Acme 7B\n\n## Tagging\n\n{rows.format(98.3, 97.1)}\n## Sentiment\n\n{rows.format(96.5, 97.1)}"
    assert not {"fail", "warn"} & set(outcomes(findings(ContradictoryScores, card)).values())


def test_an_unknown_benchmark_that_alone_differs_is_reported() -> None:
    rows = "| Benchmark | Acme 7B |\n|---|---|\n| HarbourQA | {} |\n| GSM8K | 81.0 |\n| MMLU | 70.1 |\n"
    card = f"# Acme 7B\n\n## Overview\n\n{rows.format(61.3)}\n## Details\n\n{rows.format(66.5)}"
    found = outcomes(findings(ContradictoryScores, card, repo_id="acme/acme-7b"))
    assert found["harbourqa"] in ("fail", "warn")


def test_two_tables_of_mere_scores_are_of_two_data_sets() -> None:
    text = (
        "# model\n\n## MMBench\n\n| Model | Score |\n|---|---|\n| model | 68.5 |\n\nIn Chinese:\n\n"
        "| Model | Score |\n|---|---|\n| model | 24.9 |\n"
    )
    assert not {"fail", "warn"} & set(outcomes(findings(ContradictoryScores, text)).values())


def test_a_benchmark_within_a_suite_is_another_measurement() -> None:
    text = (
        "# model\n\n## Audio\n\n| Benchmark | model |\n|---|---|\n| **VoiceBench** | |\n| IFEval | 77.99 |\n"
        "\n## Text\n\n| Benchmark | model |\n|---|---|\n| IFEval | 82.44 |\n"
    )
    assert not {"fail", "warn"} & set(outcomes(findings(ContradictoryScores, text)).values())
