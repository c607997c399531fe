from __future__ import annotations

from pytest_modelcard.checks.tables.gain_within_noise import GainWithinNoise
from tests.support import findings, outcomes

HEAD = "# model\n\n## Gains over the base model\n\n| Benchmark | Base | model | Δ |\n|---|---|---|---|\n"


def test_a_small_gain_on_few_questions_is_noted_with_interval_and_n() -> None:
    (found,) = findings(GainWithinNoise, HEAD + "| GPQA Diamond | 88.4 | 90.9 | +2.5 |\n")
    assert (found.outcome, found.severity) == ("warn", "note")
    assert "198 questions" in found.message and "-3.6 to +8.6" in found.message


def test_a_large_gain_passes() -> None:
    found = outcomes(findings(GainWithinNoise, HEAD + "| GSM8K | 70.1 | 84.3 | +14.2 |\n"))
    assert found == {"gsm8k": "pass"}


def test_losses_and_ratings_are_not_called_noise() -> None:
    found = outcomes(
        findings(
            GainWithinNoise, HEAD + "| GPQA Diamond | 90.9 | 88.4 | -2.5 |\n| GDPval | 1200 | 1533 | +333 |\n"
        )
    )
    assert found == {"gpqa-diamond": "pass", "gdpval": "skip"}


def test_other_tables_have_no_subject() -> None:
    assert (
        findings(
            GainWithinNoise,
            "# model\n\n| Benchmark | model | Base |\n|---|---|---|\n| GSM8K | 70.2 | 70.1 |\n",
        )
        == []
    )
