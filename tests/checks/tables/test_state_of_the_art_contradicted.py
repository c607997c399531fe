from __future__ import annotations

from pytest_modelcard.checks.tables.state_of_the_art_contradicted import StateOfTheArtContradicted
from tests.support import findings

CLAIM = "# model\n\nmodel achieves state-of-the-art performance.\n\n"
HEAD = "| Benchmark | model | Other 7B | Third 7B |\n|---|---|---|---|\n"
LEADS = "| GSM8K | 84.3 | 81.0 | 80.0 |\n| MMLU | 71.0 | 70.0 | 66.0 |\n| BBH | 60.0 | 59.0 | 51.0 |\n"
TRAILS = "| GSM8K | 74.3 | 81.0 | 80.0 |\n| MMLU | 61.0 | 70.0 | 66.0 |\n| BBH | 60.0 | 59.0 | 51.0 |\n"


def one(text: str) -> tuple[str, str, str]:
    (found,) = findings(StateOfTheArtContradicted, text)
    return found.outcome, found.severity, found.message


def test_a_model_that_leads_everywhere_passes() -> None:
    assert one(CLAIM + HEAD + LEADS)[0] == "pass"


def test_a_model_that_trails_on_most_rows_is_warned_of() -> None:
    outcome, severity, message = one(CLAIM + HEAD + TRAILS)
    assert (outcome, severity) == ("warn", "warning")
    assert "2 of 3 rows" in message and "Other 7B 81.0" in message


def test_a_few_lost_rows_are_a_note() -> None:
    assert one(CLAIM + HEAD + LEADS + "| MATH | 30.0 | 41.0 | 20.0 |\n")[:2] == ("warn", "note")


def test_a_narrowed_claim_gets_no_verdict() -> None:
    for words in ("state-of-the-art open-model performance", "state-of-the-art performance for its size"):
        outcome, _, message = one(CLAIM.replace("state-of-the-art performance", words) + HEAD + TRAILS)
        assert outcome == "skip" and "2 of 3 rows" in message


def test_a_size_in_the_models_own_name_narrows_nothing() -> None:
    text = CLAIM.replace("model achieves", "Acme 7B achieves").replace("# model", "# Acme 7B")
    assert one(text + HEAD.replace("model", "Acme 7B") + TRAILS)[0] == "warn"


def test_a_claim_that_names_benchmarks_is_held_to_these() -> None:
    named = CLAIM.replace("performance", "performance on GSM8K")
    outcome, _, message = one(named + HEAD + TRAILS)
    assert outcome == "warn" and "1 of 1 rows" in message
    assert one(CLAIM.replace("performance", "performance on BBH") + HEAD + TRAILS)[0] == "pass"


def test_no_other_models_no_verdict() -> None:
    assert one(CLAIM + "| Benchmark | model |\n|---|---|\n| GSM8K | 74.3 |\n")[0] == "skip"


def test_a_benchmark_that_no_table_has_cannot_be_judged() -> None:
    claim = "# model\n\nmodel achieves state-of-the-art performance on AIME 2024.\n\n"
    assert one(claim + HEAD + TRAILS)[0] == "skip"
