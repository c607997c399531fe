from __future__ import annotations

import pytest

from pytest_modelcard.checks.release.open_training_data import OpenTrainingData
from tests.support import findings

GOOD = (
    "# Acme\n\n## Training data\n\nThe data were collected from Common Crawl: 2T tokens, "
    "deduplicated, filtered for toxicity and toxic content; we measured bias."
)


def found(card: str) -> dict[str, str]:
    return {f.key: f.outcome for f in findings(OpenTrainingData, card, repo_id=None) if f.outcome != "pass"}


def test_a_card_that_states_all_passes() -> None:
    assert found(GOOD) == {}


def test_a_card_that_states_nothing_has_open_items() -> None:
    assert found("Hello.") == dict.fromkeys(
        [
            "data-type",
            "data-provenance",
            "data-obtained",
            "data-amount",
            "data-curation",
            "unsuitable-sources",
            "bias-measures",
        ],
        "warn",
    )


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Trained on 14.8 trillion tokens.", "data-amount"),
        ("使用了 15 万亿 tokens", "data-amount"),
        ("publicly available sources", "data-provenance"),
        ("Personal data were removed.", "unsuitable-sources"),
        ("## Bias\n\nNot measured.", "bias-measures"),
        ("We deduplicated the corpus.", "data-curation"),
    ],
)
def test_what_states_an_item(text: str, key: str) -> None:
    assert key not in found("text\n\n" + text)


def test_a_context_window_is_no_amount_of_data() -> None:
    assert "data-amount" in found("text\n\nIt has a context window of 4,096 tokens.")


def test_the_rule_runs_in_its_profile_only() -> None:
    assert OpenTrainingData.profiles == ("eu-gpai",)
