from __future__ import annotations

from pytest_modelcard.checks.tables.selective_gains import SelectiveGains
from tests.support import findings

MAIN = (
    "# model\n\n## Results\n\n| Benchmark | model | Base | Other 7B |\n|---|---|---|---|\n"
    "| GSM8K | 74.3 | 70.1 | 81.0 |\n| MMLU | 63.8 | 65.0 | 66.0 |\n| BBH | 50.0 | 50.0 | 51.0 |\n"
    "| WER | 4.1 | 3.2 | 4.0 |\n| MATH | 30.4 | 30.0 | 31.0 |\n"
)
GAINS = "\n## Gains over the base model\n\n| Benchmark | Base | model | Δ |\n|---|---|---|---|\n"


def test_left_out_losses_are_listed_with_lines() -> None:
    (found,) = findings(SelectiveGains, MAIN + GAINS + "| GSM8K | 70.1 | 74.3 | +4.2 |\n")
    assert (found.outcome, found.severity) == ("fail", "error")
    assert "2 that got worse" in found.message and "MMLU 65.0 → 63.8 (-1.2, line 8)" in found.message
    assert "WER 3.2 → 4.1 (+0.9, line 10)" in found.message
    assert "1 that did not move: BBH" in found.message and "1 that got better: MATH" in found.message
    assert {r.span.line for r in found.related} == {8, 9, 10}


def test_a_table_that_shows_losses_too_is_warned_of() -> None:
    rows = "| GSM8K | 70.1 | 74.3 | +4.2 |\n| MMLU | 65.0 | 63.8 | -1.2 |\n"
    (found,) = findings(SelectiveGains, MAIN + GAINS + rows)
    assert (found.outcome, found.severity) == ("warn", "warning")


def test_a_full_table_passes() -> None:
    rows = (
        "| GSM8K | 70.1 | 74.3 | +4.2 |\n| MMLU | 65.0 | 63.8 | -1.2 |\n| BBH | 50.0 | 50.0 | 0.0 |\n"
        "| WER | 3.2 | 4.1 | +0.9 |\n| MATH | 30.0 | 30.4 | +0.4 |\n"
    )
    (found,) = findings(SelectiveGains, MAIN + GAINS + rows)
    assert found.outcome == "pass"


def test_only_gains_left_out_are_a_note() -> None:
    rows = (
        "| GSM8K | 70.1 | 74.3 | +4.2 |\n| MMLU | 65.0 | 63.8 | -1.2 |\n"
        "| BBH | 50.0 | 50.0 | 0.0 |\n| WER | 3.2 | 4.1 | +0.9 |\n"
    )
    (found,) = findings(SelectiveGains, MAIN + GAINS + rows)
    assert (found.outcome, found.severity) == ("warn", "note") and "MATH" in found.message


def test_a_heading_that_says_selected_softens_it() -> None:
    text = MAIN + GAINS.replace("Gains", "Selected gains") + "| GSM8K | 70.1 | 74.3 | +4.2 |\n"
    (found,) = findings(SelectiveGains, text)
    assert found.severity == "note"


def test_a_table_that_shows_losses_too_is_a_warning() -> None:
    rows = "| GSM8K | 70.1 | 74.3 | +4.2 |\n| MMLU | 65.0 | 63.8 | -1.2 |\n"
    (found,) = findings(SelectiveGains, MAIN + GAINS + rows)
    assert (found.outcome, found.severity) == ("warn", "warning")


def test_only_unchanged_scores_left_out_are_a_warning() -> None:
    rows = "| GSM8K | 70.1 | 74.3 | +4.2 |\n"
    main = "\n".join(line for line in MAIN.split("\n") if "MMLU" not in line and "WER" not in line)
    (found,) = findings(SelectiveGains, main + GAINS + rows)
    assert (found.outcome, found.severity) == ("warn", "warning")


def test_without_a_gains_table_there_is_no_subject() -> None:
    assert findings(SelectiveGains, MAIN) == []
