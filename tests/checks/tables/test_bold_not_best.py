from __future__ import annotations

from pytest_modelcard.checks.tables.bold_not_best import BoldNotBest
from tests.checks.tables.test_score_out_of_range import table
from tests.support import findings, outcomes

GOOD = (
    "MMLU | **71.2** | 69.8 | 70.0",
    "GSM8K | 81.0 | **84.3** | 80.0",
    "HumanEval | 60.1 | 61.0 | **64.4**",
    "BBH | **70.0** | 61.0 | 64.4",
    "MATH | **50.0** | 41.0 | 44.4",
)
THREE = "model | Other 7B | Third 7B"


def test_bold_on_the_best_passes() -> None:
    found = findings(BoldNotBest, table(*GOOD, models=THREE))
    assert len(found) == 5 and {f.outcome for f in found} == {"pass"}


def test_bold_on_a_beaten_score_fails() -> None:
    found = findings(BoldNotBest, table(*GOOD, "MGSM | **60.0** | 66.0 | 59.0", models=THREE))
    (bad,) = [f for f in found if f.outcome == "fail"]
    assert bad.key == "mgsm" and bad.span.line == 10
    assert "60.0" in bad.message and "66.0" in bad.message and "5 of 6" in bad.message
    assert bad.related[0].span.line == 10


def test_lower_is_better_where_the_name_or_an_arrow_says_so() -> None:
    good = table(*GOOD, "WER | 3.1 | **2.2** | 4.0", "HouseBench ↓ | 3.1 | **2.2** | 4.0", models=THREE)
    assert {f.outcome for f in findings(BoldNotBest, good)} == {"pass"}
    bad = table(*GOOD, "WER | 3.1 | 2.2 | **4.0**", models=THREE)
    assert outcomes(findings(BoldNotBest, bad))["wer"] == "fail"


def test_an_unknown_direction_is_only_faulted_at_neither_end() -> None:
    ends = table(*GOOD, "HouseBench | 3.1 | **2.2** | 4.0", "YardBench | 3.1 | 2.2 | **4.0**", models=THREE)
    assert {f.outcome for f in findings(BoldNotBest, ends)} == {"pass"}
    middle = table(*GOOD, "HouseBench | **3.1** | 2.2 | 4.0", models=THREE)
    assert outcomes(findings(BoldNotBest, middle))["housebench"] == "warn"


def test_ties_and_printed_errors_pass() -> None:
    card = table(
        *GOOD, "MGSM | **60.0** | 60.0 | 59.0", "SIQA | **60.0±1.1** | 60.4±0.9 | 50.0±1.0", models=THREE
    )
    assert {f.outcome for f in findings(BoldNotBest, card)} == {"pass"}


def test_the_own_column_in_bold_throughout_means_nothing() -> None:
    rows = [
        "MMLU | **71.2** | 69.8",
        "GSM8K | **81.0** | 84.3",
        "BBH | **70.0** | 61.0",
        "MATH | **50.0** | 41.0",
    ]
    assert findings(BoldNotBest, table(*rows)) == []


def test_a_lone_winner_that_is_unmarked_where_it_loses_is_held_to_it() -> None:
    rows = [
        "MMLU | **71.2** | 69.8",
        "BBH | **70.0** | 61.0",
        "MATH | **50.0** | 41.0",
        "GSM8K | **81.0** | 84.3",
        "MGSM | 51.0 | 54.3",
        "SIQA | 51.0 | 54.3",
    ]
    assert outcomes(findings(BoldNotBest, table(*rows)))["gsm8k"] == "warn"


def test_bold_without_a_pattern_is_silent() -> None:
    rows = [
        "MMLU | 71.2 | **69.8** | 70.0",
        "GSM8K | **81.0** | 84.3 | 80.0",
        "BBH | 70.0 | 61.0 | **64.4**",
        "MATH | **50.0** | 41.0 | 44.4",
    ]
    assert findings(BoldNotBest, table(*rows, models=THREE)) == []


def test_a_closed_model_that_is_never_bold_may_stand_outside() -> None:
    card = table(
        "MMLU | **71.2** | 69.8 | 86.4",
        "GSM8K | 81.0 | **84.3** | 80.0",
        "HumanEval | **62.1** | 61.0 | 60.4",
        "BBH | **70.0** | 61.0 | 64.4",
        "MATH | **50.0** | 41.0 | 44.4",
        models="model | Other 7B | GPT-4",
    )
    assert outcomes(findings(BoldNotBest, card))["mmlu"] == "skip"


def test_underline_is_held_to_the_second_place() -> None:
    rows = [
        "MMLU | **71.2** | 69.8 | <u>70.0</u>",
        "GSM8K | <u>81.0</u> | **84.3** | 80.0",
        "BBH | **70.0** | 61.0 | <u>64.4</u>",
    ]
    good = findings(BoldNotBest, table(*rows, models=THREE))
    assert {f.outcome for f in good} == {"pass"} and len(good) == 6
    bad = table(*rows, "MATH | **50.0** | <u>41.0</u> | 44.4", models=THREE)
    assert outcomes(findings(BoldNotBest, bad))["hendrycks-math-underline"] == "warn"
